"""What can happen to a task."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.core.events import Event
from app.tasks.models import Task
from app.tasks.queries import task_out
from app.tasks.schemas import TaskOut

# What every change touches; it is not what anybody means by "changed".
_ALWAYS_CHANGED = {"version", "updated_at"}


@dataclass(frozen=True, kw_only=True)
class TaskEvent(Event):
    """A change of one task; ``previous`` is its state before, None for a new one."""

    task: Task
    previous: TaskOut | None = None

    @property
    def entity_id(self) -> UUID:
        return self.task.id

    def stamp(self, seq: int) -> None:
        changed = self.changed() or TaskOut.__struct_fields__
        self.task.version = seq
        self.task.field_versions = {**self.task.field_versions, **dict.fromkeys(changed, seq)}

    def data(self) -> object:
        changed = self.changed()
        return {"task": task_out(self.task)} | ({"changed": changed} if changed else {})

    def before(self) -> object | None:
        if self.previous is None:
            return None
        return {field: getattr(self.previous, field) for field in self.changed()}

    def changed(self) -> list[str]:
        """The public fields that are no longer what they were."""
        return [] if self.previous is None else changed_fields(self.previous, task_out(self.task))


@dataclass(frozen=True, kw_only=True)
class TaskCreated(TaskEvent):
    """A task is there that was not there before: new, or back from the trash."""

    type: ClassVar[str] = "task.created"


@dataclass(frozen=True, kw_only=True)
class TaskUpdated(TaskEvent):
    """Anything changed for which there is no event of its own."""

    type: ClassVar[str] = "task.updated"


@dataclass(frozen=True, kw_only=True)
class AssigneeRenamed(TaskUpdated):
    """Whoever has it has another name now. To programs that is an update like others."""

    def stamp(self, seq: int) -> None:
        """The number of the task alone: it is in nobody's way who changes the assignee."""
        self.task.version = seq


@dataclass(frozen=True, kw_only=True)
class TaskCompleted(TaskEvent):
    """It is done, and nothing else changed."""

    type: ClassVar[str] = "task.completed"


@dataclass(frozen=True, kw_only=True)
class TaskReopened(TaskEvent):
    """It is not done after all, and nothing else changed."""

    type: ClassVar[str] = "task.reopened"


@dataclass(frozen=True, kw_only=True)
class TaskAssigned(TaskEvent):
    """It is somebody's, somebody else's, or nobody's now, and nothing else changed."""

    type: ClassVar[str] = "task.assigned"


@dataclass(frozen=True, kw_only=True)
class TaskDeleted(TaskEvent):
    """It is in the trash."""

    type: ClassVar[str] = "task.deleted"

    def data(self) -> object:
        return {"id": self.task.id, "title": self.task.title}

    def before(self) -> object | None:
        return self.previous


@dataclass(frozen=True, kw_only=True)
class AssignmentEvent(Event):
    """Told to a person alone: something about a workspace's task that is theirs, or was.

    Their page of all assigned tasks follows it; a workspace's stream tells of one workspace.
    """

    task: Task

    @property
    def entity_id(self) -> UUID:
        return self.task.id

    def about(self) -> UUID | None:
        return self.task.workspace_id


@dataclass(frozen=True, kw_only=True)
class AssignmentChanged(AssignmentEvent):
    """It is theirs, and new to them or not what it was."""

    type: ClassVar[str] = "assignment.changed"

    def data(self) -> object:
        return {"task": task_out(self.task)}


@dataclass(frozen=True, kw_only=True)
class AssignmentEnded(AssignmentEvent):
    """It is theirs no longer, or in the trash."""

    type: ClassVar[str] = "assignment.ended"

    def data(self) -> object:
        return {"id": self.task.id, "version": self.task.version}


def changed_fields(previous: TaskOut, current: TaskOut) -> list[str]:
    """The public fields in which two states of a task differ."""
    return [
        field
        for field in TaskOut.__struct_fields__
        if field not in _ALWAYS_CHANGED and getattr(previous, field) != getattr(current, field)
    ]


def change_event(task: Task, previous: TaskOut) -> type[TaskEvent]:
    """The most specific event for the change from ``previous`` to ``task`` as it is now."""
    changed = set(changed_fields(previous, task_out(task))) - {
        "status",
        "completed",
        "completed_at",
    }
    completed = task_out(task).completed
    if not changed and previous.completed != completed:
        return TaskCompleted if completed else TaskReopened
    if changed == {"assignee"} and previous.status is task.status:
        return TaskAssigned
    return TaskUpdated
