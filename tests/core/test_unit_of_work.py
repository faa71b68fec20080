"""One command, one transaction: all of it or nothing, and told only when it is kept."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.accounts.events import UserRenamed
from app.accounts.models import User
from app.config import Settings
from app.core.database import Database
from app.core.events import Actor, Event, RecordedEvent
from app.core.topics import Topic, user_topic, workspace_topic
from app.core.unit_of_work import Reaction, UnitOfWork
from app.live.log import DatabaseLog, LoggedEvent, Stream

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Oops(Exception):
    """What goes wrong in these tests."""


@dataclass
class Desk:
    """A database, its log, and what was announced."""

    url: str
    database: Database
    log: DatabaseLog
    announced: list[RecordedEvent] = field(default_factory=list)
    # How many users another connection saw each time something was announced.
    seen: list[int] = field(default_factory=list)

    def unit(self, reactions: Mapping[type[Event], Sequence[Reaction]] | None = None) -> UnitOfWork:
        return UnitOfWork(
            self.database, self.log, self._announce, lambda: NOW, reactions=reactions, connection_id="c1"
        )

    def _announce(self, events: Sequence[RecordedEvent]) -> None:
        self.announced.extend(events)
        self.seen.append(self._users_seen_by_another())

    def _users_seen_by_another(self) -> int:
        query = "SELECT count(*) FROM user_account"
        if self.database.is_sqlite:
            with sqlite3.connect(self.url.partition(":///")[2]) as file:
                return int(file.execute(query).fetchone()[0])
        with psycopg.connect(self.url.replace("+psycopg", "")) as connection:
            row = connection.execute("SELECT count(*) FROM user_account").fetchone()
            assert row is not None
            return int(row[0])

    async def kept(self) -> tuple[int, int, int]:
        """How many users, events and streams there are."""
        async with self.database.read() as session:
            counts = [
                await session.scalar(select(func.count()).select_from(table))
                for table in (User, LoggedEvent, Stream)
            ]
        return counts[0] or 0, counts[1] or 0, counts[2] or 0

    async def numbers(self, topic: Topic) -> list[int]:
        return [event.seq for event in await self.log.read(topic, since=0, limit=1000)]


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    database = Database(settings.database_url)
    yield Desk(url=settings.database_url, database=database, log=DatabaseLog(database))
    await database.close()


async def test_rows_and_events_are_kept_together_and_then_told(desk: Desk) -> None:
    topic = user_topic(uuid4())
    async with desk.unit() as uow:
        uow.session.add(_a_user())
        uow.record(_renamed(topic, "one"))
        uow.record(_renamed(topic, "two"))
        await uow.session.flush()
        assert desk.announced == []
    assert await desk.kept() == (1, 2, 1)
    # Another connection saw the row when it was told: it was committed by then.
    assert desk.seen == [1]
    assert desk.announced == await desk.log.read(topic, since=0, limit=10)
    assert [(event.seq, event.at, event.connection_id) for event in desk.announced] == [
        (1, NOW, "c1"),
        (2, NOW, "c1"),
    ]


async def test_rows_without_an_event_are_kept_in_silence(desk: Desk) -> None:
    async with desk.unit() as uow:
        uow.session.add(_a_user())
    assert await desk.kept() == (1, 0, 0)
    assert desk.seen == []


async def test_an_error_in_the_middle_leaves_nothing_and_tells_nobody(desk: Desk) -> None:
    unit = desk.unit()

    async def write() -> None:
        async with unit as uow:
            uow.session.add(_a_user())
            await uow.session.flush()
            uow.record(_renamed(user_topic(uuid4())))
            raise Oops("in the middle")

    with pytest.raises(Oops, match="in the middle"):
        await write()
    assert await desk.kept() == (0, 0, 0)
    assert desk.announced == []
    # The same unit again begins with nothing of what failed.
    async with unit as uow:
        uow.session.add(_a_user())
    assert await desk.kept() == (1, 0, 0)


async def test_a_commit_that_fails_is_an_error_to_the_caller_and_silence_to_everybody(desk: Desk) -> None:
    # A constraint that is looked at by COMMIT alone.
    async with desk.database.engine.begin() as connection:
        await connection.execute(
            text(
                "CREATE TABLE loose (id INTEGER PRIMARY KEY,"
                " other INTEGER REFERENCES loose (id) DEFERRABLE INITIALLY DEFERRED)"
            )
        )

    async def write() -> None:
        async with desk.unit() as uow:
            uow.session.add(_a_user())
            uow.record(_renamed(user_topic(uuid4())))
            await uow.session.execute(text("INSERT INTO loose VALUES (1, 2)"))

    with pytest.raises(DBAPIError):
        await write()
    assert await desk.kept() == (0, 0, 0)
    assert desk.announced == []
    async with desk.unit() as uow:
        uow.session.add(_a_user())
        uow.record(_renamed(user_topic(uuid4())))
    assert (await desk.kept(), desk.seen) == ((1, 1, 1), [1])


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
async def test_a_connection_that_is_cut_before_the_commit_is_an_error_and_silence(desk: Desk) -> None:
    async def write() -> None:
        async with desk.unit() as uow:
            uow.session.add(_a_user())
            uow.record(_renamed(user_topic(uuid4())))
            process = await uow.session.scalar(select(func.pg_backend_pid()))
            async with desk.database.engine.connect() as another:
                await another.execute(select(func.pg_terminate_backend(process)))

    with pytest.raises(DBAPIError):
        await write()
    assert (await desk.kept(), desk.announced) == ((0, 0, 0), [])


async def test_who_gives_up_in_the_middle_leaves_nothing_and_the_next_can_write(desk: Desk) -> None:
    inside = asyncio.Event()

    async def write() -> None:
        async with desk.unit() as uow:
            uow.session.add(_a_user())
            await uow.session.flush()
            uow.record(_renamed(user_topic(uuid4())))
            inside.set()
            await asyncio.sleep(60)

    writing = asyncio.create_task(write())
    await inside.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert (await desk.kept(), desk.announced) == ((0, 0, 0), [])
    async with asyncio.timeout(10), desk.unit() as uow:
        uow.session.add(_a_user())
    assert await desk.kept() == (1, 0, 0)


async def test_two_streams_in_one_transaction_each_go_on_with_their_own_numbers(desk: Desk) -> None:
    one, two = workspace_topic(uuid4()), user_topic(uuid4())
    async with desk.unit() as uow:
        uow.record(_renamed(two, "before"))
    desk.announced.clear()
    async with desk.unit() as uow:
        for name, topic in (("a", one), ("b", two), ("c", one), ("d", two), ("e", one)):
            uow.record(_renamed(topic, name))
    assert await desk.numbers(one) == [1, 2, 3]
    assert await desk.numbers(two) == [1, 2, 3]
    told = {topic: [e for e in desk.announced if e.topic == topic] for topic in (one, two)}
    assert [(event.seq, _name(event)) for event in told[one]] == [(1, "a"), (2, "c"), (3, "e")]
    assert [(event.seq, _name(event)) for event in told[two]] == [(2, "b"), (3, "d")]
    assert len(desk.seen) == 2

    async def fail() -> None:
        async with desk.unit() as uow:
            uow.record(_renamed(one))
            uow.record(_renamed(two))
            raise Oops

    with pytest.raises(Oops):
        await fail()
    assert (await desk.numbers(one), await desk.numbers(two)) == ([1, 2, 3], [1, 2, 3])


async def test_many_at_once_number_two_streams_in_the_order_of_their_commits(desk: Desk) -> None:
    topics = [workspace_topic(uuid4()), workspace_topic(uuid4())]

    async def write(number: int) -> None:
        # Half of them name the streams the other way round, and none waits for another for ever.
        async with desk.unit() as uow:
            for topic in topics if number % 2 else topics[::-1]:
                uow.record(_renamed(topic, str(number)))
            await asyncio.sleep(0)
            if number % 3 == 0:
                raise Oops

    async with asyncio.timeout(30):
        done = await asyncio.gather(*(write(n) for n in range(30)), return_exceptions=True)
    assert [isinstance(each, Oops) for each in done] == [n % 3 == 0 for n in range(30)]
    kept = [[_name(e) for e in await desk.log.read(topic, since=0, limit=100)] for topic in topics]
    for topic in topics:
        assert await desk.numbers(topic) == list(range(1, 21))
        # Told in the order of the numbers, with nothing left out.
        assert [event.seq for event in desk.announced if event.topic == topic] == list(range(1, 21))
    # Both streams were locked together, so both saw the same order.
    assert kept[0] == kept[1]


async def test_reactions_write_in_the_same_transaction_and_may_be_reacted_to(desk: Desk) -> None:
    own, shared = user_topic(uuid4()), workspace_topic(uuid4())

    async def tell_the_others(uow: UnitOfWork, event: Any) -> None:
        if event.topic == own:
            uow.session.add(_a_user())
            uow.record(_renamed(shared, "reaction"))

    async def count(uow: UnitOfWork, event: Any) -> None:
        heard.append(event.topic)

    heard: list[Topic] = []
    async with desk.unit({UserRenamed: [tell_the_others, count]}) as uow:
        uow.record(_renamed(own))
    assert heard == [own, shared]
    assert await desk.kept() == (1, 2, 2)
    assert desk.seen == [1]
    assert {event.topic for event in desk.announced} == {own, shared}


async def test_a_reaction_that_fails_undoes_what_it_reacted_to(desk: Desk) -> None:
    async def refuse(uow: UnitOfWork, event: Any) -> None:
        uow.session.add(_a_user())
        await uow.session.flush()
        raise Oops("in a reaction")

    async def write() -> None:
        async with desk.unit({UserRenamed: [refuse]}) as uow:
            uow.session.add(_a_user())
            uow.record(_renamed(user_topic(uuid4())))

    with pytest.raises(Oops, match="in a reaction"):
        await write()
    assert (await desk.kept(), desk.announced) == ((0, 0, 0), [])


async def test_a_unit_is_left_only_once(desk: Desk) -> None:
    unit = desk.unit()
    async with unit:
        pass
    with pytest.raises(RuntimeError, match="only once"):
        await unit.__aexit__(None, None, None)


def _a_user() -> User:
    ident = uuid4()
    return User(id=ident, email=f"{ident}@example.com", name="Mia", password_hash="", created_at=NOW)


def _renamed(topic: Topic, name: str = "Maria") -> UserRenamed:
    user = Actor(id=UUID(int=1), name=name)
    return UserRenamed(topic=topic, actor=None, user=user, previous_name="Mia")


def _name(event: RecordedEvent) -> str:
    return bytes(event.data).decode().rpartition('"name":"')[2].partition('"')[0]
