"""What one person alone is told about what they are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.core.events import Event
from app.notifications.models import Notification
from app.notifications.queries import notification_out


@dataclass(frozen=True, kw_only=True)
class NotificationEvent(Event):
    """Something about one notification; ``unread`` is how many are left to read after it."""

    notification: Notification
    unread: int

    @property
    def entity_id(self) -> UUID:
        return self.notification.id

    def stamp(self, seq: int) -> None:
        self.notification.version = seq

    def data(self) -> object:
        return {"notification": notification_out(self.notification), "unread": self.unread}

    def about(self) -> UUID | None:
        return self.notification.workspace_id


@dataclass(frozen=True, kw_only=True)
class NotificationCreated(NotificationEvent):
    """There is something that somebody must know; ``toast`` is whether it is shown at once."""

    type: ClassVar[str] = "notification.new"
    toast: bool

    def data(self) -> object:
        return {
            "notification": notification_out(self.notification),
            "unread": self.unread,
            "toast": self.toast,
        }


@dataclass(frozen=True, kw_only=True)
class NotificationRead(NotificationEvent):
    """One has been read."""

    type: ClassVar[str] = "notification.read"


@dataclass(frozen=True, kw_only=True)
class NotificationsDeleted(Event):
    """Some are no longer there: too old, or of a workspace that was left."""

    type: ClassVar[str] = "notification.deleted"
    ids: Sequence[UUID]
    unread: int

    @property
    def entity_id(self) -> UUID:
        # One of them, so that two of these are never taken for two states of one thing.
        return self.ids[0]

    def data(self) -> object:
        return {"ids": list(self.ids), "unread": self.unread}
