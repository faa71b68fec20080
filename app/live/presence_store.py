"""Where processes tell each other whom they see."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from app.core.topics import Topic

# How long a process is believed to see somebody after it said so last, in seconds.
LEASE = 7.0


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """What one process sees of one person in one workspace, through all their sockets there."""

    user_id: UUID
    process_id: str
    away: bool = False
    task_id: UUID | None = None


class PresenceStore(Protocol):
    """Where processes tell each other whom they see."""

    async def exchange(
        self, topic: Topic, *, here: Collection[Sighting], gone: Collection[Sighting]
    ) -> Collection[Sighting]:
        """Say whom this process sees for the next seconds, and whom no longer; gives what all see.

        Raises Unavailable.
        """

    async def kept_for(self) -> float:
        """For how many seconds nothing has been lost of what it was told. Raises Unavailable."""

    async def last_seen(self, topic: Topic) -> Mapping[UUID, datetime]:
        """When each was here last. Raises Unavailable."""

    async def stop(self) -> None:
        """Let go of what it holds."""
