"""Presence in a single process; the twin of that in Redis."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from math import inf
from uuid import UUID

from app.core.clock import Clock
from app.core.topics import Topic
from app.live.presence_store import LEASE, Sighting


class MemoryPresence:
    """Keeps what was said for as long as it is believed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[Topic, dict[Sighting, float]] = {}
        self._last_seen: dict[Topic, dict[UUID, datetime]] = {}

    async def exchange(
        self, topic: Topic, *, here: Collection[Sighting], gone: Collection[Sighting]
    ) -> Collection[Sighting]:
        now = self._clock().timestamp()
        until = self._until.setdefault(topic, {})
        for sighting in gone:
            until.pop(sighting, None)
        for sighting in here:
            until[sighting] = now + LEASE
        for sighting in [*here, *gone]:
            moment = datetime.fromtimestamp(now, UTC)
            self._last_seen.setdefault(topic, {})[sighting.user_id] = moment
        alive = {sighting: end for sighting, end in until.items() if end > now}
        if alive:
            self._until[topic] = alive
        else:
            del self._until[topic]
        return list(alive)

    async def kept_for(self) -> float:
        """What is kept is lost only with the process, and so with everybody whom it sees."""
        return inf

    async def last_seen(self, topic: Topic) -> Mapping[UUID, datetime]:
        return dict(self._last_seen.get(topic, {}))

    async def stop(self) -> None:
        """Nothing is held."""
