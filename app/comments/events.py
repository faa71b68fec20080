"""What can happen to a comment."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.comments.models import Comment
from app.comments.queries import comment_out
from app.core.events import Event
from app.tasks.models import Task


@dataclass(frozen=True, kw_only=True)
class CommentEvent(Event):
    """Something about one comment on ``task``."""

    task: Task
    comment: Comment

    @property
    def entity_id(self) -> UUID:
        return self.comment.id

    def part_of(self) -> UUID | None:
        return self.task.id

    def stamp(self, seq: int) -> None:
        self.comment.version = seq

    def data(self) -> object:
        return {"comment": comment_out(self.comment)}


@dataclass(frozen=True, kw_only=True)
class CommentCreated(CommentEvent):
    """Somebody said something. ``participants`` have said something of this task before."""

    type: ClassVar[str] = "comment.created"
    participants: Collection[UUID]


@dataclass(frozen=True, kw_only=True)
class CommentUpdated(CommentEvent):
    """Its author put it differently. ``newly_mentioned`` were not named before."""

    type: ClassVar[str] = "comment.updated"
    newly_mentioned: Collection[UUID]


@dataclass(frozen=True, kw_only=True)
class CommentDeleted(CommentEvent):
    """It is gone."""

    type: ClassVar[str] = "comment.deleted"

    def stamp(self, seq: int) -> None:
        """The row is gone; there is nothing to write the number on."""

    def data(self) -> object:
        return {"id": self.comment.id, "task_id": self.task.id}
