"""Comments as the JSON API takes and gives them."""

from datetime import datetime
from uuid import UUID

import msgspec

from app.workspaces.schemas import PersonOut


class CommentOut(msgspec.Struct, frozen=True):
    """A comment's public state; ``body`` is Markdown as it was typed."""

    id: UUID
    task_id: UUID
    author: PersonOut
    body: str
    mentions: tuple[PersonOut, ...]
    version: int
    created_at: datetime
    edited_at: datetime | None

    @property
    def created(self) -> str:
        """By which comments are put in order."""
        return f"{self.created_at:%Y-%m-%dT%H:%M:%S.%f}"


class CommentCreate(msgspec.Struct, forbid_unknown_fields=True):
    """A client may send an ``id`` of its own: sent again, the same comment is there once."""

    body: str
    id: UUID | None = None


class CommentUpdate(msgspec.Struct, forbid_unknown_fields=True):
    body: str
    version: int | None = None
