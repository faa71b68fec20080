"""How a task looks on a page that is already open: pure functions of the event and the page's view."""

from collections.abc import Callable
from functools import lru_cache
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from app.core.events import RecordedEvent
from app.core.fragments import FetchAnew, gone, place
from app.core.topics import StreamKind
from app.core.views import Views
from app.tasks.events import AssignmentChanged, AssignmentEnded, TaskDeleted
from app.tasks.schemas import TaskOut
from app.tasks.view import Assigned, OneTask, TaskView

REGION = "#tasks"
_ROWS_KEPT = 5_000

TaskBefore = msgspec.defstruct(
    "TaskBefore",
    [(field.name, field.type | UnsetType, UNSET) for field in msgspec.structs.fields(TaskOut)],
)


class _TaskData(msgspec.Struct):
    task: TaskOut


class _Ended(msgspec.Struct):
    id: UUID
    version: int


class TaskFragments:
    """Makes rows, and the changes that bring a page from one state of a task to another."""

    def __init__(self, views: Views) -> None:
        self._views = views
        render: Callable[[TaskOut], str] = lambda task: views.render("tasks/_task.html", task=task)  # noqa: E731
        # A task's state is its own key: the row is a pure function of it.
        self.row = lru_cache(maxsize=_ROWS_KEPT)(render)

    def present(self, view: object, first: RecordedEvent, last: RecordedEvent) -> str:
        """What changes in ``view`` between the state before ``first`` and the one after ``last``."""
        if isinstance(view, OneTask):
            return self._news(view, last)
        if not isinstance(view, TaskView):
            return ""
        after = None
        if last.type != TaskDeleted.type:
            after = msgspec.json.decode(last.data, type=_TaskData).task
            if view.matches(after):
                return place(REGION, self.row(after))
        before = _state_before(first)
        # Between several changes it may have been in view, and on a page that asked for one of them.
        if first is not last or (before is not None and view.matches(before)):
            return place(REGION, gone("task", last.entity_id, last.seq))
        return ""

    def shows(self, view: object, first: RecordedEvent, last: RecordedEvent) -> bool:
        """Whether a page with ``view`` shows the task after ``last``, or did so before ``first``."""
        if isinstance(view, OneTask):
            return last.entity_id == view.task_id
        if not isinstance(view, TaskView) or last.type == AssignmentEnded.type:
            return False
        if last.type == AssignmentChanged.type and not isinstance(view, Assigned):
            return False
        deleted = last.type == TaskDeleted.type
        if not deleted and view.matches(msgspec.json.decode(last.data, type=_TaskData).task):
            return True
        before = _state_before(first)
        return before is not None and view.matches(before)

    def present_assignment(self, view: object, _first: RecordedEvent, last: RecordedEvent) -> str:
        """The same on the page of everything that is somebody's, wherever it lives."""
        if not isinstance(view, Assigned):
            return ""
        if last.type == AssignmentEnded.type:
            ended = msgspec.json.decode(last.data, type=_Ended)
            return place(REGION, gone("task", ended.id, ended.version))
        return self.answer(view, msgspec.json.decode(last.data, type=_TaskData).task)

    def present_own_workspaces(self, view: object, _first: RecordedEvent, _last: RecordedEvent) -> str:
        """Tasks come, go and stand under another name with their workspace, all at once."""
        if isinstance(view, Assigned):
            raise FetchAnew
        return ""

    def _news(self, view: OneTask, last: RecordedEvent) -> str:
        if last.entity_id != view.task_id:
            return ""
        home = f"/workspaces/{last.stream_id}" if last.kind is StreamKind.WORKSPACE else ""
        news = self._views.render(
            "tasks/_news.html",
            version=last.seq,
            who=last.actor.name if last.actor else "Somebody",
            deleted=last.type == TaskDeleted.type,
            list=home or "/tasks",
            page=f"{home}/tasks/{view.task_id}",
        )
        return place("#task-news", news)

    def answer(self, view: TaskView, task: TaskOut, *, deleted: bool = False) -> str:
        """The same for the page that asked for the change, which gets it as its answer."""
        if view.matches(task) and not deleted:
            return place(REGION, self.row(task))
        return place(REGION, gone("task", task.id, task.version))

    def answer_added(self, view: TaskView, task: TaskOut) -> str:
        """The same for whoever has just added ``task``, and is told where it is if ``view`` hides it."""
        answer = self.answer(view, task)
        if view.matches(task):
            return answer
        toast = self._views.render("tasks/_hidden.html", task=task, look="toast toast--news")
        return answer + f'<hx-partial hx-target="#toasts" hx-swap="beforeend">{toast}</hx-partial>'


def _state_before(event: RecordedEvent) -> TaskOut | None:
    if event.before is UNSET:
        return None
    before = msgspec.json.decode(event.before, type=TaskBefore)
    known = {
        name: value for name in TaskOut.__struct_fields__ if (value := getattr(before, name)) is not UNSET
    }
    if event.type == TaskDeleted.type:
        return TaskOut(**known)
    return msgspec.structs.replace(msgspec.json.decode(event.data, type=_TaskData).task, **known)
