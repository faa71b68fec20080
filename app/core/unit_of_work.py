"""One command, one transaction, and its events after COMMIT."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from itertools import groupby
from types import TracebackType
from typing import Any, Protocol, Self, runtime_checkable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import Clock
from app.core.database import Database
from app.core.events import Event, RecordedEvent, recorded
from app.core.once import GivenKey, take
from app.core.topics import Topic

Announce = Callable[[Sequence[RecordedEvent]], None]
Reaction = Callable[["UnitOfWork", Any], Awaitable[None]]
# Is told everything that a transaction records, once, when nothing else will be added to it.
Conclusion = Callable[["UnitOfWork", Sequence[Event]], Awaitable[None]]


@runtime_checkable
class EventLog(Protocol):
    """Where events get their numbers and are kept."""

    async def reserve(self, session: AsyncSession, topic: Topic, count: int) -> int:
        """Take the next ``count`` numbers of a stream, and lock it until commit; gives the last one."""

    async def append(self, session: AsyncSession, events: Sequence[RecordedEvent]) -> None:
        """Keep ``events`` in the transaction of ``session``."""

    async def forget(self, session: AsyncSession, topic: Topic, about: UUID) -> None:
        """Leave of what ``topic`` told ``about`` a workspace nothing but the numbers."""

    async def newest(
        self,
        session: AsyncSession,
        topic: Topic,
        *,
        limit: int,
        since: int = 0,
        before: int | None = None,
        of: UUID | None = None,
    ) -> Sequence[RecordedEvent]:
        """The last ``limit`` events of a stream, newest first, with numbers above ``since`` and below
        ``before``; with ``of`` those of one thing and its parts."""

    async def positions(self, session: AsyncSession, topics: Sequence[Topic]) -> Mapping[Topic, int]:
        """The last number of each of ``topics`` in the snapshot of ``session``; 0 for a silent one."""


class UnitOfWork:
    """The transaction of one command.

    ``async with uow:`` begins it. Leaving it well writes the events under the next numbers of their
    streams, commits, and only then announces them; leaving it by an error undoes everything and is
    silence to everybody else. With a ``key`` it is done once: entering it again raises DoneBefore.
    """

    session: AsyncSession

    def __init__(
        self,
        database: Database,
        log: EventLog,
        announce: Announce,
        clock: Clock,
        *,
        reactions: Mapping[type[Event], Sequence[Reaction]] | None = None,
        conclusion: Conclusion | None = None,
        connection_id: str | None = None,
    ) -> None:
        self._database = database
        self._log = log
        self._announce = announce
        self._reactions = reactions or {}
        self._conclusion = conclusion
        # The socket that is not told, since its page gets the change as the answer.
        self.connection_id = connection_id
        # By which the request is known if it comes again; told by whoever knows who asks.
        self.key: GivenKey | None = None
        self._undone = False
        self._events: list[Event] = []
        self._transaction: AbstractAsyncContextManager[AsyncSession] | None = None
        self.clock = clock

    async def __aenter__(self) -> Self:
        self._events = []
        self._undone = False
        self._transaction = self._database.write()
        self.session = await self._transaction.__aenter__()
        if self.key is not None:
            try:
                await take(self.session, self.key, at=self.clock())
            except BaseException as refusal:
                await self.__aexit__(type(refusal), refusal, refusal.__traceback__)
                raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        transaction, self._transaction = self._transaction, None
        if transaction is None:
            raise RuntimeError("a unit of work is left only once")
        written: list[RecordedEvent] = []
        try:
            if error is None and not self._undone:
                written = await self._write_events()
                await self.session.commit()
                self.key = None  # one request, one change that must not be done again
        except BaseException as failure:
            await transaction.__aexit__(type(failure), failure, failure.__traceback__)
            raise
        await transaction.__aexit__(kind, error, trace)
        if written:
            self._announce(written)

    def record(self, event: Event) -> None:
        """Say that ``event`` becomes true when this transaction commits."""
        self._events.append(event)

    async def told(self, topic: Topic, of: UUID, *, after: int, limit: int) -> Sequence[RecordedEvent]:
        """What the log still knows of one thing under numbers above ``after``, newest first."""
        with self.session.no_autoflush:
            found = await self._log.newest(self.session, topic, limit=limit, since=after, of=of)
        return [event for event in found if event.entity_id == of]

    def undo(self) -> None:
        """Leave nothing of this transaction, its key included, though it ends well."""
        self._undone = True

    async def hold(self, topics: Collection[Topic]) -> None:
        """Lock the streams of ``topics``: what they are judged by cannot change before this commits.

        Also those that sort before the last of them and have events already, so that every
        transaction takes its streams in one order.
        """
        if not topics:
            return
        last = max(topics)
        for topic in sorted({*topics, *(event.topic for event in self._events if event.topic < last)}):
            await self._log.reserve(self.session, topic, 0)

    async def _write_events(self) -> list[RecordedEvent]:
        for event in self._events:  # grows while reactions record events of their own
            for reaction in self._reactions.get(type(event), ()):
                await reaction(self, event)
        if self.session.new:
            await self.session.flush()  # what is added from here on may refer to it
        # Changed rows are written once, with the numbers of their events.
        with self.session.no_autoflush:
            if self._conclusion is not None and self._events:
                await self._conclusion(self, tuple(self._events))
            numbered = await self._number()
        await self.session.flush()
        at = self.clock()
        # Only now: one stream may tell of what has got its number in another.
        written = [
            recorded(event, seq=seq, at=at, connection_id=self.connection_id) for event, seq in numbered
        ]
        await self._log.append(self.session, written)
        return written

    async def _number(self) -> list[tuple[Event, int]]:
        """Everything that is still to be told, each with the number of its stream, which it is told."""
        numbered: list[tuple[Event, int]] = []
        # The same order of streams in every transaction, so that no two wait for each other.
        ordered = sorted(self._events, key=lambda event: event.topic)
        for topic, group in groupby(ordered, key=lambda event: event.topic):
            events, forgotten = _without_forgotten(list(group))
            last = await self._log.reserve(self.session, topic, len(events))
            for about in forgotten:
                await self._log.forget(self.session, topic, about)
            for seq, event in enumerate(events, start=last - len(events) + 1):
                event.stamp(seq)
                numbered.append((event, seq))
        return numbered


def _without_forgotten(events: list[Event]) -> tuple[list[Event], set[UUID]]:
    """``events`` of one stream that are still to be told, and about what earlier ones are forgotten."""
    forgotten = {about for event in events if (about := event.forgets()) is not None}
    return [event for event in events if event.about() not in forgotten], forgotten
