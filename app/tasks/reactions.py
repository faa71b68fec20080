"""What happens to tasks because of what happened to a person."""

from msgspec.structs import replace

from app.accounts.events import UserRenamed
from app.core.topics import user_topic
from app.core.unit_of_work import UnitOfWork
from app.tasks import queries
from app.tasks.events import (
    AssigneeRenamed,
    AssignmentChanged,
    AssignmentEnded,
    TaskAssigned,
    TaskDeleted,
    TaskEvent,
)
from app.workspaces.events import MemberRemoved
from app.workspaces.schemas import PersonOut


async def when_user_renamed(uow: UnitOfWork, event: UserRenamed) -> None:
    """Rows show the name of whoever has the task; those of this person show the new one at once."""
    before = PersonOut(id=event.user.id, name=event.previous_name)
    for task in await queries.tasks_given_to(uow.session, event.user.id):
        previous = replace(queries.task_out(task), assignee=before)
        uow.record(AssigneeRenamed(topic=task.topic, actor=event.actor, task=task, previous=previous))


async def when_member_removed(uow: UnitOfWork, event: MemberRemoved) -> None:
    """A task is a member's or nobody's: all that they had here, done or not, is nobody's now.

    Told after they are out, so that it is not told to them. What is in the trash is not told at all.
    """
    for task in await queries.tasks_given_to(uow.session, event.member.user_id, event.member.workspace_id):
        previous = queries.task_out(task)
        task.assigned_to, task.assignee = None, None
        task.updated_at = uow.clock()
        if task.deleted_at is None:
            uow.record(TaskAssigned(topic=task.topic, actor=event.actor, task=task, previous=previous))


async def when_task_changed(uow: UnitOfWork, event: TaskEvent) -> None:
    """Whoever has a task of a workspace follows it from everywhere, and is told when they lose it."""
    task = event.task
    if task.workspace_id is None:
        return  # its own stream is the person's
    before = event.previous.assignee.id if event.previous and event.previous.assignee else None
    now = None if isinstance(event, TaskDeleted) else task.assigned_to
    if now is not None:
        uow.record(AssignmentChanged(topic=user_topic(now), actor=event.actor, task=task))
    if before is not None and before != now:
        uow.record(AssignmentEnded(topic=user_topic(before), actor=event.actor, task=task))
