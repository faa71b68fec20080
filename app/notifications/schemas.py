"""Notifications as the JSON API takes and gives them."""

from datetime import datetime
from uuid import UUID

import msgspec

from app.notifications.models import NotificationType
from app.notifications.words import words
from app.workspaces.schemas import PersonOut


class NotificationOut(msgspec.Struct, frozen=True):
    """One notification; ``title`` is that of the task, or the workspace's name."""

    id: UUID
    type: NotificationType
    workspace_id: UUID | None
    task_id: UUID | None
    actor: PersonOut | None
    title: str
    read_at: datetime | None
    created_at: datetime
    version: int

    @property
    def address(self) -> str | None:
        """The page that it is about; None where there is nothing to go to."""
        if self.task_id is None:
            return f"/workspaces/{self.workspace_id}" if self.workspace_id else None
        home = f"/workspaces/{self.workspace_id}" if self.workspace_id else ""
        return f"{home}/tasks/{self.task_id}"

    @property
    def words(self) -> tuple[str, str]:
        """What is said before and after the title."""
        return words(self.type, who=self.actor.name if self.actor else "Tandem")

    @property
    def created(self) -> str:
        """By which notifications are put in order: ids sort by the time they were made."""
        return str(self.id)


class PreferenceOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How somebody is told of one type."""

    type: NotificationType
    in_app: bool
    toast: bool
    email: bool


class Preferences(msgspec.Struct, forbid_unknown_fields=True):
    """Some types or all; what is left out stays."""

    preferences: list[PreferenceOut]


class UnreadOut(msgspec.Struct, frozen=True):
    """How many are left to read."""

    unread: int
