"""How a notification looks on pages that are already open: the bell, a toast, and a row of the centre."""

from uuid import UUID

import msgspec

from app.core.events import RecordedEvent
from app.core.fragments import gone, place
from app.core.views import Views
from app.notifications.events import NotificationCreated, NotificationsDeleted
from app.notifications.schemas import NotificationOut
from app.notifications.view import Centre

BELL = "#bell-place"
CENTRE = "#notifications"


class _Told(msgspec.Struct):
    notification: NotificationOut
    unread: int
    toast: bool = False


class _Deleted(msgspec.Struct):
    ids: list[UUID]
    unread: int


class NotificationFragments:
    """Makes the pieces; the bell is on every page, the rows on one."""

    def __init__(self, views: Views) -> None:
        self._views = views

    def bell_change(self, unread: int, seq: int) -> str:
        """The bell of an open page with ``unread`` on it."""
        return place(BELL, self._views.render("notifications/_bell.html", unread=unread, seq=seq))

    def row(self, notification: NotificationOut) -> str:
        """A row of the centre."""
        return self._views.render("notifications/_notification.html", notification=notification)

    def present(self, view: object, _first: RecordedEvent, last: RecordedEvent) -> str:
        """What changes on a page with ``view`` by what was told to its person."""
        if last.type == NotificationsDeleted.type:
            deleted = msgspec.json.decode(last.data, type=_Deleted)
            rows = "".join(gone("notification", each, last.seq) for each in deleted.ids)
            shown = place(CENTRE, rows) if isinstance(view, Centre) and rows else ""
            return self.bell_change(deleted.unread, last.seq) + shown
        told = msgspec.json.decode(last.data, type=_Told)
        parts = [self.bell_change(told.unread, last.seq)]
        if isinstance(view, Centre):
            parts.append(self.answer(view, told.notification))
        if last.type == NotificationCreated.type and told.toast:
            toast = self._views.render("notifications/_toast.html", notification=told.notification)
            parts.append(f'<hx-partial hx-target="#toasts" hx-swap="beforeend">{toast}</hx-partial>')
        return "".join(parts)

    def answer(self, view: Centre, notification: NotificationOut) -> str:
        """The row where ``view`` shows it, or its removal."""
        if view.matches(notification):
            return place(CENTRE, self.row(notification))
        return place(CENTRE, gone("notification", notification.id, notification.version))
