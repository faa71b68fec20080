"""The event log: the truth about what happened in a stream, and in which order."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, insert, select, union_all, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Database
from app.core.events import FORGOTTEN, Actor, RecordedEvent
from app.core.models import Base, value_enum
from app.core.topics import StreamKind, Topic


class Stream(Base):
    """The counter row of one stream. Bumping it locks it until commit: number order is commit order."""

    __tablename__ = "stream"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[StreamKind] = mapped_column(value_enum(StreamKind, "stream_kind"))
    seq: Mapped[int] = mapped_column(BigInteger)


class LoggedEvent(Base):
    """One event under its number."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_stream_id_about_id", "stream_id", "about_id"),)

    stream_id: Mapped[UUID] = mapped_column(ForeignKey("stream.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    type: Mapped[str] = mapped_column(String(40))
    entity_id: Mapped[UUID] = mapped_column(index=True)
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str | None] = mapped_column(String(80))
    at: Mapped[datetime]
    data: Mapped[str] = mapped_column(Text)
    before: Mapped[str | None] = mapped_column(Text)
    connection_id: Mapped[str | None] = mapped_column(String(64))
    ends_access_of: Mapped[str | None] = mapped_column(String(40))
    about_id: Mapped[UUID | None]
    forgets_id: Mapped[UUID | None]
    part_of_id: Mapped[UUID | None] = mapped_column(index=True)


class DatabaseLog:
    """The log in the program's own database; the EventLog of the unit of work."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(self, session: AsyncSession, topic: Topic, count: int) -> int:
        """Take the next ``count`` numbers of ``topic``, and lock it until commit; gives the last one.

        A counter row, because a serial column hides commits from a reader that follows
        "number greater than the last": numbers are drawn before, and in another order than, commits.
        """
        upsert = sqlite_insert if self._database.is_sqlite else postgres_insert
        statement = (
            upsert(Stream)
            .values(id=topic.id, kind=topic.kind, seq=count)
            .on_conflict_do_update(index_elements=[Stream.id], set_={"seq": Stream.seq + count})
            .returning(Stream.seq)
        )
        return (await session.execute(statement)).scalar_one()

    async def append(self, session: AsyncSession, events: Sequence[RecordedEvent]) -> None:
        """Keep ``events`` in the transaction of ``session``."""
        if events:
            await session.execute(insert(LoggedEvent), [_row(event) for event in events])

    async def forget(self, session: AsyncSession, topic: Topic, about: UUID) -> None:
        """Leave of what ``topic`` told ``about`` a workspace nothing but the numbers.

        Whoever holds the stream by ``reserve`` misses none: all earlier numbers are committed.
        """
        told = (LoggedEvent.stream_id == topic.id) & (LoggedEvent.about_id == about)
        nothing = {"type": FORGOTTEN, "data": "{}", "before": None, "actor_id": None, "actor_name": None}
        await session.execute(
            update(LoggedEvent).where(told).values(nothing).execution_options(synchronize_session=False)
        )

    async def read(self, topic: Topic, *, since: int, limit: int) -> list[RecordedEvent]:
        """The events of ``topic`` after number ``since``, in order, at most ``limit`` of them."""
        query = (
            select(LoggedEvent.__table__)
            .where(LoggedEvent.stream_id == topic.id, LoggedEvent.seq > since)
            .order_by(LoggedEvent.seq)
            .limit(limit)
        )
        async with self._database.read() as session:
            return [_event(topic, row) for row in await session.execute(query)]

    async def newest(
        self,
        session: AsyncSession,
        topic: Topic,
        *,
        limit: int,
        since: int = 0,
        before: int | None = None,
        of: UUID | None = None,
    ) -> list[RecordedEvent]:
        """The last ``limit`` events of ``topic``, newest first, with numbers above ``since`` and below
        ``before``; with ``of`` those of one thing and its parts."""
        query = select(LoggedEvent.__table__).where(
            LoggedEvent.stream_id == topic.id, LoggedEvent.seq > since
        )
        if before is not None:
            query = query.where(LoggedEvent.seq < before)
        if of is not None:
            # Each by its own index: for "either column" a planner may walk the whole stream instead.
            seqs = select(LoggedEvent.seq).where(LoggedEvent.stream_id == topic.id)
            query = query.where(
                LoggedEvent.seq.in_(
                    union_all(
                        seqs.where(LoggedEvent.entity_id == of), seqs.where(LoggedEvent.part_of_id == of)
                    )
                )
            )
        rows = await session.execute(query.order_by(LoggedEvent.seq.desc()).limit(limit))
        return [_event(topic, row) for row in rows]

    async def positions(self, session: AsyncSession, topics: Sequence[Topic]) -> Mapping[Topic, int]:
        """The last number of each of ``topics`` in the snapshot of ``session``; 0 for a silent one."""
        by_id = {topic.id: topic for topic in topics}
        found = await session.execute(select(Stream.id, Stream.seq).where(Stream.id.in_(by_id)))
        return dict.fromkeys(topics, 0) | {by_id[row.id]: row.seq for row in found}

    async def latest(self, topics: Sequence[Topic]) -> Mapping[Topic, int]:
        """The last number of each of ``topics`` now, in one query."""
        async with self._database.read() as session:
            return await self.positions(session, topics)


def _row(event: RecordedEvent) -> dict[str, object]:
    return {
        "stream_id": event.stream_id,
        "seq": event.seq,
        "type": event.type,
        "entity_id": event.entity_id,
        "actor_id": event.actor.id if event.actor else None,
        "actor_name": event.actor.name if event.actor else None,
        "at": event.at,
        "data": bytes(event.data).decode(),
        "before": None if event.before is msgspec.UNSET else bytes(event.before).decode(),
        "connection_id": event.connection_id,
        "ends_access_of": event.ends_access_of,
        "about_id": event.about,
        "forgets_id": event.forgets,
        "part_of_id": event.part_of,
    }


def _event(topic: Topic, row: Row[tuple[object, ...]]) -> RecordedEvent:
    return RecordedEvent(
        kind=topic.kind,
        stream_id=topic.id,
        seq=row.seq,
        type=row.type,
        entity_id=row.entity_id,
        actor=None if row.actor_id is None else Actor(id=row.actor_id, name=row.actor_name),
        at=row.at,
        data=msgspec.Raw(row.data),
        before=msgspec.UNSET if row.before is None else msgspec.Raw(row.before),
        connection_id=row.connection_id,
        ends_access_of=row.ends_access_of,
        about=row.about_id,
        forgets=row.forgets_id,
        part_of=row.part_of_id,
    )
