"""One stream in this process: how far it has come, what happened lately, and who follows it."""

import asyncio
from collections import deque
from collections.abc import Callable
from itertools import islice
from typing import Protocol
from uuid import UUID

from app.core.events import RecordedEvent, forgotten
from app.core.topics import Topic
from app.live.log import DatabaseLog

RECENT = 1_000
READ_AT_ONCE = 500


class Follower(Protocol):
    """Somebody who wants to know that the room has moved on."""

    def wake(self) -> None:
        """Called whenever the room's position has risen."""


class Room:
    """Takes events in the order of their numbers, whatever the order of arrival.

    ``offer`` never waits. An event that is already known is dropped; one that comes too early waits
    for those before it, which ``catch_up`` reads from the log.
    """

    def __init__(self, topic: Topic, log: DatabaseLog, position: int) -> None:
        self.topic = topic
        self.position = position
        self.followers: set[Follower] = set()
        self._log = log
        self._recent: deque[RecordedEvent] = deque(maxlen=RECENT)
        self._early: dict[int, RecordedEvent] = {}
        self._reading = asyncio.Lock()
        self._frames: dict[object, list[str]] = {}

    def offer(self, event: RecordedEvent) -> bool:
        """Take ``event`` if it is news; tells whether events before it are missing."""
        if event.seq > self.position:
            self._early[event.seq] = event
            self._advance()
        return bool(self._early)

    async def catch_up(self) -> None:
        """Read from the log what has not arrived."""
        async with self._reading:
            while True:
                events = await self._log.read(self.topic, since=self.position, limit=READ_AT_ONCE)
                for event in events:
                    self.offer(event)
                if len(events) < READ_AT_ONCE:
                    break

    async def since(self, position: int, *, limit: int) -> list[RecordedEvent]:
        """The next events after ``position``, in order, at most ``limit`` of them.

        Never beyond the room's own position, and empty only where there is nothing to read.
        """
        if self._recent and self._recent[0].seq <= position + 1:
            skipped = position + 1 - self._recent[0].seq
            return list(islice(self._recent, skipped, skipped + limit))
        upto = self.position
        events = await self._log.read(self.topic, since=position, limit=limit)
        return [event for event in events if event.seq <= upto]

    def shared(self, key: object, make: Callable[[], list[str]]) -> list[str]:
        """What ``make`` gives, made once for all followers with the same ``key`` at this position."""
        if key not in self._frames:
            self._frames[key] = make()
        return self._frames[key]

    def _advance(self) -> None:
        before = self.position
        while (event := self._early.pop(self.position + 1, None)) is not None:
            self.position = event.seq
            if event.forgets is not None:
                self._forget(event.forgets)
            self._recent.append(event)
        if self.position > before:
            self._early = {seq: early for seq, early in self._early.items() if seq > self.position}
            self._frames.clear()
            for follower in self.followers:
                follower.wake()

    def _forget(self, about: UUID) -> None:
        kept = (forgotten(event) if event.about == about else event for event in self._recent)
        self._recent = deque(kept, maxlen=RECENT)
