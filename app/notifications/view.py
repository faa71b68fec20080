"""What the page of notifications shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from app.core.errors import FieldError, Invalid
from app.notifications.models import Notification, NotificationType
from app.notifications.schemas import NotificationOut


@dataclass(frozen=True, kw_only=True)
class Centre:
    """A filter. Every question is answered twice, for the database and for one in an event."""

    unread: bool = False
    type: NotificationType | None = None

    def matches(self, notification: NotificationOut) -> bool:
        """Whether ``notification`` is shown."""
        return not (self.unread and notification.read_at) and self.type in (None, notification.type)

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same question for the database."""
        asked: list[ColumnElement[bool]] = []
        if self.unread:
            asked.append(Notification.read_at.is_(None))
        if self.type is not None:
            asked.append(Notification.type == self.type)
        return asked


def parse_centre(parameters: Sequence[tuple[str, str]]) -> Centre:
    """What an address asks for: ``unread`` (true or false) and ``type``. Raises Invalid."""
    given = dict(parameters)
    unread = given.get("unread", "").strip() or "false"
    if unread not in ("true", "false"):
        raise Invalid(FieldError("unread", "must be true or false."))
    kind = given.get("type", "").strip()
    if kind and kind not in list(NotificationType):
        raise Invalid(FieldError("type", f"must be one of {', '.join(NotificationType)}."))
    return Centre(unread=unread == "true", type=NotificationType(kind) if kind else None)
