"""How what happened to a task looks on its page while that is open."""

from typing import Protocol, runtime_checkable
from uuid import UUID

from app.activity.queries import task_of
from app.core.events import RecordedEvent
from app.core.views import Views
from app.tasks.events import TaskDeleted


@runtime_checkable
class OfOneTask(Protocol):
    """The view of a page that is about one task, whichever feature shows it."""

    task_id: UUID


class HistoryFragments:
    """Tells the page of a task that there is more to read."""

    def __init__(self, views: Views) -> None:
        self._views = views

    def present(self, view: object, _first: RecordedEvent, last: RecordedEvent) -> str:
        """What makes the page fetch its history anew: a push has only the last state of a thing."""
        if not isinstance(view, OfOneTask) or task_of(last) != view.task_id:
            return ""
        if last.type == TaskDeleted.type:
            return ""  # not everybody may read what happened to what is in the trash
        news = self._views.render("activity/_news.html", task_id=view.task_id)
        return f'<hx-partial hx-target="#history-news" hx-swap="innerHTML">{news}</hx-partial>'
