"""Who is here: what processes see, put together into what everybody is shown. It knows no names.

Presence has no numbers and is kept nowhere: whoever connects gets all of it, and what is lost is put
right by the next exchange. It never waits in the way of a committed change.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid4

import structlog

from app.core.clock import Clock
from app.core.errors import Unavailable
from app.core.presence import UNKNOWN, Here, MemberPresence, Snapshot
from app.core.topics import Topic
from app.live.connection import RoomPresence
from app.live.presence_store import PresenceStore, Sighting

EXCHANGED_EVERY = 1.0
# Whoever comes and goes, or looks at one thing after the other, faster than this is told of only so often.
APART = 0.1
RENEWED_EVERY = 3.0
# How long somebody may be away from every socket, as during a reload, before they count as gone.
GRACE = 5.0
# After so long every process has said anew whom it sees.
SETTLED = RENEWED_EVERY + 2 * EXCHANGED_EVERY
# How long the store may be silent before nobody knows anything.
PATIENCE = 3.0

logger = structlog.get_logger()


# Who belongs to a workspace, and when each was last there as far as the database knows.
Members = Callable[[Topic], Awaitable[Mapping[UUID, datetime | None]]]


class Seen(Protocol):
    """A socket through which somebody is seen."""

    @property
    def user_id(self) -> UUID: ...

    @property
    def task_id(self) -> UUID | None: ...

    @property
    def away(self) -> bool: ...

    @property
    def silent_for(self) -> float:
        """Seconds since its client said anything."""

    def wake(self) -> None:
        """There is something new to tell."""


@dataclass
class _Place:
    """One workspace, as this process knows it."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    sockets: set[Seen] = field(default_factory=set)
    told: set[Sighting] = field(default_factory=set)
    renewed_at: float = float("-inf")
    answered_at: float = float("-inf")
    seen_at: dict[UUID, float] = field(default_factory=dict)
    last: dict[UUID, Here] = field(default_factory=dict)
    snapshot: Snapshot = UNKNOWN
    # The exchange for which all wait who come while nothing is known yet.
    first: asyncio.Task[None] | None = None


class Presence:
    """The people of every workspace that has sockets in this process."""

    def __init__(self, store: PresenceStore, members: Members, *, timeout: float, clock: Clock) -> None:
        self._store = store
        self._members = members
        self._timeout = timeout
        self._clock = clock
        self._process_id = uuid4().hex[:12]
        self._places: dict[Topic, _Place] = {}
        self._changed = asyncio.Event()
        self._known = True

    async def enter(self, topic: Topic, socket: Seen) -> None:
        """Somebody is seen; returns once this process shows it, or cannot know."""
        place = self._places.setdefault(topic, _Place())
        place.sockets.add(socket)
        if place.snapshot.known:
            self._show_own(place)
            self._changed.set()
            return
        # One for all of them: where the store does not answer, nobody waits for the others' turns.
        if place.first is None or place.first.done():
            place.first = asyncio.create_task(self._exchange(topic, place))
        await asyncio.shield(place.first)
        if self.snapshot(topic).known:
            self._show_own(place)

    def leave(self, topic: Topic, socket: Seen) -> None:
        """They are seen through this socket no longer."""
        place = self._places.get(topic)
        if place is not None:
            place.sockets.discard(socket)
            self._changed.set()

    def changed(self) -> None:
        """Somebody went away from their page, or came back to it."""
        self._changed.set()

    def room(self, topic: Topic) -> RoomPresence:
        """What one who follows a workspace is told of."""

        async def everybody() -> Mapping[str, object]:
            members = await self.members(topic)
            return {"online": [each.user_id for each in members if each.online], "members": members}

        async def members() -> Collection[UUID]:
            return (await self._members(topic)).keys()

        return RoomPresence(snapshot=lambda: self.snapshot(topic), everybody=everybody, members=members)

    def snapshot(self, topic: Topic) -> Snapshot:
        """Who is here, as everybody is shown it."""
        place = self._places.get(topic)
        return place.snapshot if place else UNKNOWN

    async def ask(self, topic: Topic) -> Snapshot:
        """The same for a workspace of which this process may have no socket."""
        place = self._places.get(topic)
        if place is not None and place.sockets:
            return place.snapshot
        try:
            sightings = await self._store.exchange(topic, here=(), gone=())
            settled = await self._store.kept_for() >= SETTLED
        except Unavailable:
            return UNKNOWN
        return _snapshot(_together(sightings)) if settled else UNKNOWN

    async def members(self, topic: Topic) -> list[MemberPresence]:
        """Every member of a workspace, and whether they are here."""
        snapshot = await self.ask(topic)
        try:
            seen = await self._store.last_seen(topic)
        except Unavailable:
            seen = {}
        return [
            MemberPresence(
                user_id=user_id,
                online=user_id in snapshot.people if snapshot.known else None,
                last_seen_at=seen.get(user_id) or kept,
            )
            for user_id, kept in (await self._members(topic)).items()
        ]

    async def run(self) -> None:
        """Exchange with the other processes, for ever."""
        while True:
            try:
                async with asyncio.timeout(EXCHANGED_EVERY):
                    await self._changed.wait()
            except TimeoutError:
                pass
            self._changed.clear()
            await self.exchange_all()
            await asyncio.sleep(APART)

    async def exchange_all(self) -> None:
        """Say and hear everything once."""
        places = list(self._places.items())
        await asyncio.gather(*(self._exchange(topic, place) for topic, place in places))

    async def stop(self) -> None:
        """Tell the others that nobody is seen here any more."""
        for place in self._places.values():
            place.sockets.clear()
        await self.exchange_all()
        await self._store.stop()

    async def _exchange(self, topic: Topic, place: _Place) -> None:
        # In turn: an older answer must not undo what a newer one has said.
        async with place.turn:
            await self._exchange_now(topic, place)

    async def _exchange_now(self, topic: Topic, place: _Place) -> None:
        now = self._now()
        here = self._sightings(place)
        gone = place.told - here
        due = now - place.renewed_at >= RENEWED_EVERY
        told = here if due else here - place.told
        try:
            sightings = await self._store.exchange(topic, here=told, gone=gone)
            settled = place.snapshot.known or await self._store.kept_for() >= SETTLED
        except Unavailable:
            self._unanswered(place, now)
            return
        place.told = here
        if due:
            place.renewed_at = now
        place.answered_at = now
        if settled:
            self._show(place, _together(sightings), now)
            self._note(known=True)
        if not (place.sockets or place.told):
            self._places.pop(topic, None)

    def _sightings(self, place: _Place) -> set[Sighting]:
        attentive: dict[tuple[UUID, UUID | None], bool] = {}
        for socket in place.sockets:
            if socket.silent_for < self._timeout:
                key = (socket.user_id, socket.task_id)
                attentive[key] = attentive.get(key, False) or not socket.away
        return {
            Sighting(user_id=user_id, process_id=self._process_id, away=not here, task_id=task_id)
            for (user_id, task_id), here in attentive.items()
        }

    def _show(self, place: _Place, seen: Mapping[UUID, Here], now: float) -> None:
        if not place.snapshot.known:
            # Others may not have said again yet whom they see: they get the time that a reload gets.
            place.seen_at = dict.fromkeys(place.last, now)
        for user_id, here in seen.items():
            place.seen_at[user_id] = now
            place.last[user_id] = here
        for user_id in [user for user, at in place.seen_at.items() if now - at >= GRACE]:
            del place.seen_at[user_id], place.last[user_id]
        self._publish(place, _snapshot(place.last))

    def _show_own(self, place: _Place) -> None:
        """Whom this process sees is here, whatever the others say."""
        now = self._now()
        for user_id, here in _together(self._sightings(place)).items():
            place.seen_at[user_id] = now
            place.last.setdefault(user_id, here)
        self._publish(place, _snapshot(place.last))

    def _unanswered(self, place: _Place, now: float) -> None:
        if now - place.answered_at >= PATIENCE:
            self._publish(place, UNKNOWN)
            self._note(known=False)

    def _publish(self, place: _Place, snapshot: Snapshot) -> None:
        if snapshot != place.snapshot:
            place.snapshot = snapshot
            for socket in place.sockets:
                socket.wake()

    def _note(self, *, known: bool) -> None:
        if known != self._known:
            logger.warning("presence.back" if known else "presence.unknown")
        self._known = known

    def _now(self) -> float:
        return self._clock().timestamp()


def _together(sightings: Collection[Sighting]) -> dict[UUID, Here]:
    found: dict[UUID, Here] = {}
    for sighting in sightings:
        before = found.get(sighting.user_id)
        tasks = {sighting.task_id} - {None} | (before.tasks if before else frozenset())
        away = sighting.away and (before is None or before.away)
        found[sighting.user_id] = Here(away=away, tasks=frozenset(task for task in tasks if task))
    return found


def _snapshot(people: Mapping[UUID, Here]) -> Snapshot:
    return Snapshot(known=True, people=dict(people))
