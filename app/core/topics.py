"""Every topic: whose stream of events something belongs to."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class StreamKind(StrEnum):
    """Who shares a stream."""

    WORKSPACE = "workspace"
    USER = "user"


@dataclass(frozen=True, order=True)
class Topic:
    """One stream of events with numbers of its own: a workspace's, or one person's."""

    kind: StreamKind
    id: UUID

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Topic":
        """The topic written as ``kind:uuid``; raises ValueError for anything else."""
        kind, _, ident = text.partition(":")
        return cls(StreamKind(kind), UUID(ident))


def workspace_topic(workspace_id: UUID) -> Topic:
    """What everybody in a workspace sees."""
    return Topic(StreamKind.WORKSPACE, workspace_id)


def user_topic(user_id: UUID) -> Topic:
    """What one person alone sees."""
    return Topic(StreamKind.USER, user_id)
