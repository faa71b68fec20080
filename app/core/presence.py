"""Who is here, as the engine knows it and features show it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

import msgspec

from app.core.topics import Topic


@dataclass(frozen=True, kw_only=True)
class Here:
    """Somebody who is here: whether their page is hidden everywhere, and which tasks they have open."""

    away: bool = False
    tasks: frozenset[UUID] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Everybody who is here. While nobody can know, ``known`` is false: that is not "nobody"."""

    known: bool
    people: Mapping[UUID, Here] = field(default_factory=dict)


UNKNOWN = Snapshot(known=False)


class MemberPresence(msgspec.Struct, frozen=True):
    """One member; ``online`` is None while nobody can know."""

    user_id: UUID
    online: bool | None
    last_seen_at: datetime | None


@runtime_checkable
class Presences(Protocol):
    """Where features ask."""

    async def ask(self, topic: Topic) -> Snapshot:
        """Who is here in a workspace."""

    async def members(self, topic: Topic) -> list[MemberPresence]:
        """Every member of a workspace, and whether they are here."""
