"""All rooms of this process, and the repair that makes the log, not the broker, the truth."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

import structlog
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError

from app.core.ending import end
from app.core.events import RecordedEvent
from app.core.topics import Topic
from app.live.broker import Broker
from app.live.log import DatabaseLog
from app.live.room import Follower, Room

REPAIR_EVERY = 1.0
REPAIR_EVERY_WITHOUT_BROKER = 0.25

logger = structlog.get_logger()
repaired = Counter("tandem_repaired_events_total", "Events that came from the log, not from the broker")


class Rooms:
    """Opens a room when its first follower comes, and closes it when the last one has gone."""

    def __init__(self, log: DatabaseLog, broker: Broker) -> None:
        self._log = log
        self._broker = broker
        self._rooms: dict[Topic, Room] = {}
        self._doors: WeakValueDictionary[Topic, asyncio.Lock] = WeakValueDictionary()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen to the broker and begin to repair."""
        await self._broker.start(self._take, self._gap)
        self._spawn(self._repair_for_ever())

    async def stop(self) -> None:
        await end(set(self._tasks))
        await self._broker.stop()

    def announce(self, events: Sequence[RecordedEvent]) -> None:
        """Tell everybody of committed ``events``: this process at once, the others by the broker."""
        for event in events:
            # At home without the way through the broker, which brings it once more; the room drops that.
            self._take(event)
            self._broker.announce(event)

    @asynccontextmanager
    async def follow(self, topic: Topic, follower: Follower) -> AsyncIterator[Room]:
        """The room of ``topic``, which wakes ``follower`` until the context is left."""
        room = await self._open(topic, follower)
        try:
            yield room
        finally:
            room.followers.discard(follower)
            if not room.followers:
                self._spawn(self._close(topic))

    async def repair(self) -> None:
        """Ask the log, in one query, how far every open room should be, and read what is missing."""
        rooms = dict(self._rooms)
        if not rooms:
            return
        positions = await self._log.latest(list(rooms))
        for topic, room in rooms.items():
            if positions[topic] > room.position:
                before = room.position
                await room.catch_up()
                repaired.inc(room.position - before)

    async def _open(self, topic: Topic, follower: Follower) -> Room:
        async with self._doors.setdefault(topic, asyncio.Lock()):
            room = self._rooms.get(topic)
            if room is None:
                await self._broker.subscribe(topic)
                try:
                    position = (await self._log.latest([topic]))[topic]
                except BaseException:
                    self._spawn(self._broker.unsubscribe(topic))
                    raise
                room = self._rooms[topic] = Room(topic, self._log, position)
                try:
                    # What was committed between the reading of the position and the opening of the room.
                    await room.catch_up()
                except BaseException:
                    self._spawn(self._close(topic))
                    raise
            room.followers.add(follower)
            return room

    async def _close(self, topic: Topic) -> None:
        async with self._doors.setdefault(topic, asyncio.Lock()):
            room = self._rooms.get(topic)
            if room is not None and not room.followers:
                del self._rooms[topic]
                await self._broker.unsubscribe(topic)

    def _take(self, event: RecordedEvent) -> None:
        room = self._rooms.get(event.topic)
        if room is not None and room.offer(event):
            self._spawn(self._caught_up(room))

    def _gap(self, topic: Topic) -> None:
        room = self._rooms.get(topic)
        if room is not None:
            self._spawn(self._caught_up(room))

    async def _caught_up(self, room: Room) -> None:
        try:
            await room.catch_up()
        except (SQLAlchemyError, OSError) as error:
            logger.warning("the log could not be read; the next repair will", error=str(error))

    async def _repair_for_ever(self) -> None:
        while True:
            await asyncio.sleep(REPAIR_EVERY if self._broker.healthy else REPAIR_EVERY_WITHOUT_BROKER)
            try:
                await self.repair()
            except (SQLAlchemyError, OSError) as error:
                logger.warning("the log could not be asked; trying again", error=str(error))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
