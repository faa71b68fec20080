"""Rooms keep the promise of delivery whatever the broker does: the log, not the broker, is the truth."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from app.core.database import Database
from app.core.events import RecordedEvent
from app.core.scope import Scope
from app.core.topics import Topic
from app.live import connection as connections
from app.live import rooms as rooms_module
from app.live.broker import OnEvent, OnGap
from app.live.broker_memory import MemoryBroker
from app.live.connection import Admission, Closing, Connection
from app.live.language import HtmlLanguage, JsonLanguage, Language
from app.live.log import DatabaseLog
from app.live.room import RECENT, Room
from app.live.rooms import REPAIR_EVERY, Rooms
from tests.live.ears import PATIENCE, a_topic, an_event, eventually

MIA = Scope(user_id=uuid4(), name="Mia", email="mia@example.com", session_id=uuid4())
HTML = HtmlLanguage({"task": lambda _view, first, last: f"[{first.seq}-{last.seq}]"})


class Ledger:
    """A real log, and the means to write to it as commands do."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.log = DatabaseLog(database)
        self.topic = a_topic()

    async def write(self, count: int = 1, topic: Topic | None = None) -> list[RecordedEvent]:
        """Commit ``count`` events and tell nobody."""
        topic = topic or self.topic
        async with self.database.write() as session:
            last = await self.log.reserve(session, topic, count)
            events = [an_event(topic, seq) for seq in range(last - count + 1, last + 1)]
            await self.log.append(session, events)
            await session.commit()
        return events


@pytest.fixture
async def ledger(database_url: str) -> AsyncIterator[Ledger]:
    database = Database(database_url)
    yield Ledger(database)
    await database.close()


@pytest.fixture
async def rooms(ledger: Ledger) -> AsyncIterator[Rooms]:
    made = Rooms(ledger.log, MemoryBroker())
    await made.start()
    yield made
    await made.stop()


class Client:
    """What one client has been sent; it may be made to stop reading."""

    def __init__(
        self, since: int, *, admitted_at: int | None = None, language: Language | None = None
    ) -> None:
        self.frames: list[dict[str, Any]] = []
        self.reads = asyncio.Event()
        self.reads.set()
        self._news = asyncio.Event()
        self.connection = Connection(
            connection_id=uuid4().hex,
            admission=Admission(
                scope=MIA, role="member", seq=since if admitted_at is None else admitted_at, online=()
            ),
            view=None,
            language=language or JsonLanguage(),
            since=since,
            send=self._take,
            heartbeat_interval=60,
        )

    @property
    def seqs(self) -> list[int]:
        """The numbers of the changes."""
        return [frame["seq"] for frame in self.frames if frame["type"] in ("task.updated", "changes")]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def _take(self, text: str) -> None:
        await self.reads.wait()
        self.frames.append(json.loads(text))
        self._news.set()


@asynccontextmanager
async def following(rooms: Rooms, topic: Topic, client: Client) -> AsyncIterator[asyncio.Task[None]]:
    async with rooms.follow(topic, client.connection) as room:
        task = asyncio.create_task(client.connection.follow(room))
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def upto(last: int) -> list[int]:
    return list(range(1, last + 1))


async def test_a_room_takes_events_in_the_order_of_their_numbers(ledger: Ledger) -> None:
    room = Room(ledger.topic, ledger.log, 0)
    first, second, third = await ledger.write(3)
    assert room.offer(third)  # something before it is missing
    assert room.position == 0
    assert room.offer(first)
    assert room.position == 1
    assert not room.offer(second)
    assert room.position == 3
    for known in (first, second, third):
        assert not room.offer(known)
    assert await room.since(0, limit=10) == [first, second, third]
    assert await room.since(1, limit=1) == [second]
    assert await room.since(3, limit=10) == []


async def test_a_room_fills_holes_from_the_log(ledger: Ledger) -> None:
    room = Room(ledger.topic, ledger.log, 0)
    events = await ledger.write(1_203)  # more than are read at once
    assert room.offer(events[700])
    await asyncio.gather(*(room.catch_up() for _ in range(5)))
    assert room.position == 1_203
    assert not room.offer(events[700])
    assert await room.since(1_200, limit=10) == events[1_200:]


async def test_a_room_reads_what_it_no_longer_remembers_from_the_log(ledger: Ledger) -> None:
    room = Room(ledger.topic, ledger.log, 0)
    events = await ledger.write(RECENT + 10)
    for event in events:
        room.offer(event)
    await ledger.write(5)  # committed, but the room has not come so far
    seen: list[RecordedEvent] = []
    while len(seen) < len(events):
        seen += await room.since(len(seen), limit=300)
    assert seen == events
    assert await room.since(9, limit=1) == events[9:10]
    assert await room.since(len(events), limit=10) == []


async def test_random_arrivals_come_out_once_and_in_order(ledger: Ledger) -> None:
    dice = random.Random(20261123)
    events = await ledger.write(60)
    for _ in range(10):
        room = Room(ledger.topic, ledger.log, 0)
        arrivals = [event for event in events for _ in range(dice.choice((0, 1, 1, 2)))]
        dice.shuffle(arrivals)
        taken: list[RecordedEvent] = []
        for event in arrivals:
            room.offer(event)
            if room.position > len(taken):
                taken += await room.since(len(taken), limit=100)
        await room.catch_up()
        if room.position > len(taken):
            taken += await room.since(len(taken), limit=100)
        assert taken == events


class MoodyBroker(MemoryBroker):
    """Loses some events, brings others twice, late, or in any order."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__()
        self._dice = dice
        self._late: list[RecordedEvent] = []

    def announce(self, event: RecordedEvent) -> None:
        self._late += [event] * self._dice.choice((0, 0, 1, 1, 2))
        if self._dice.random() < 0.3:
            self._dice.shuffle(self._late)
            while self._late:
                super().announce(self._late.pop())


class DeafBroker(MemoryBroker):
    """Looks alive and brings nothing at all."""

    def announce(self, event: RecordedEvent) -> None:
        """Lose it."""


class SickBroker(DeafBroker):
    """Knows that it brings nothing."""

    async def start(self, on_event: OnEvent, on_gap: OnGap) -> None:
        """Never become healthy."""


async def test_a_moody_broker_changes_nothing_of_what_clients_get(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms_module, "REPAIR_EVERY", 0.05)
    dice = random.Random(7)
    broker = MoodyBroker(dice)
    rooms = Rooms(ledger.log, broker)
    await rooms.start()
    program, page = Client(0), Client(0, language=HTML)
    async with following(rooms, ledger.topic, program), following(rooms, ledger.topic, page):
        for _ in range(60):
            for event in await ledger.write(dice.randint(1, 5)):
                broker.announce(event)  # as another process would: this one hears by the broker alone
            await asyncio.sleep(0)
        last = (await ledger.log.latest([ledger.topic]))[ledger.topic]
        await program.until(lambda: len(program.seqs) >= last)
        await page.until(lambda: page.seqs[-1:] == [last])
    await rooms.stop()
    assert program.seqs == upto(last)
    assert page.seqs == sorted({*page.seqs})


async def test_what_no_broker_brings_the_repair_does_within_its_tick(ledger: Ledger) -> None:
    """Two processes that do not know each other, as while Redis is away or only looks alive."""
    processes = [Rooms(ledger.log, broker) for broker in (MemoryBroker(), DeafBroker(), SickBroker())]
    for process in processes:
        await process.start()
    clients = [Client(0) for _ in processes]
    now = asyncio.get_running_loop().time
    async with (
        following(processes[0], ledger.topic, clients[0]),
        following(processes[1], ledger.topic, clients[1]),
        following(processes[2], ledger.topic, clients[2]),
    ):
        for last in (3, 6):
            processes[0].announce(await ledger.write(3))
            began = now()
            for client in clients:
                await client.until(lambda client=client, last=last: len(client.seqs) >= last)  # type: ignore[misc]
            assert now() - began < REPAIR_EVERY + 0.8
    for process in processes:
        await process.stop()
    assert [client.seqs for client in clients] == [upto(6)] * 3


class CountingLog(DatabaseLog):
    asked = 0

    async def latest(self, topics: Sequence[Topic]) -> Mapping[Topic, int]:
        self.asked += 1
        return await super().latest(topics)


async def test_the_repair_asks_once_for_all_rooms(ledger: Ledger) -> None:
    log = CountingLog(ledger.database)
    rooms = Rooms(log, MemoryBroker())
    topics = [a_topic() for _ in range(5)]
    clients = [Client(0) for _ in topics]
    async with (
        following(rooms, topics[0], clients[0]),
        following(rooms, topics[1], clients[1]),
        following(rooms, topics[2], clients[2]),
    ):
        for count, topic in enumerate(topics):
            if count:
                await ledger.write(count, topic)
        log.asked = 0
        await rooms.repair()
        assert log.asked == 1
        await clients[2].until(lambda: len(clients[2].seqs) == 2)
        assert [client.seqs for client in clients] == [[], [1], [1, 2], [], []]


async def test_a_gap_that_the_broker_admits_is_read_from_the_log(ledger: Ledger) -> None:
    gaps: list[OnGap] = []

    class HonestBroker(DeafBroker):
        async def start(self, on_event: OnEvent, on_gap: OnGap) -> None:
            gaps.append(on_gap)
            await super().start(on_event, on_gap)

    rooms = Rooms(ledger.log, HonestBroker())
    await rooms.start()
    client = Client(0)
    async with following(rooms, ledger.topic, client):
        await ledger.write(2)
        gaps[0](a_topic())  # of no interest here
        gaps[0](ledger.topic)
        async with asyncio.timeout(REPAIR_EVERY / 2):
            await client.until(lambda: client.seqs == [1, 2])
    await rooms.stop()


async def test_what_is_committed_while_a_room_opens_is_not_lost(ledger: Ledger) -> None:
    class Doorway(MemoryBroker):
        """Something is committed and announced in the middle of each subscription."""

        async def subscribe(self, topic: Topic) -> None:
            self.announce((await ledger.write())[0])
            await super().subscribe(topic)
            self.announce((await ledger.write())[0])

    rooms = Rooms(ledger.log, Doorway())
    await rooms.start()
    client = Client(0)
    async with following(rooms, ledger.topic, client):
        await client.until(lambda: client.seqs == [1, 2])
    await rooms.stop()


async def test_rooms_that_open_and_close_quickly_lose_nothing(ledger: Ledger, rooms: Rooms) -> None:
    dice = random.Random(11)

    async def come_and_go(number: int) -> None:
        await asyncio.sleep(dice.random() / 20)
        client = Client(0)
        async with following(rooms, ledger.topic, client):
            since = (await ledger.log.latest([ledger.topic]))[ledger.topic]
            await client.until(lambda: len(client.seqs) >= since)
        assert client.seqs == upto(len(client.seqs)), number

    async def change() -> None:
        for _ in range(20):
            rooms.announce(await ledger.write())
            await asyncio.sleep(0.002)

    async with asyncio.timeout(60):
        await asyncio.gather(change(), *(come_and_go(number) for number in range(100)))
    await eventually(lambda: not rooms._rooms)
    late = Client(20)
    async with following(rooms, ledger.topic, late):  # and the last closing did not make it deaf
        began = asyncio.get_running_loop().time()
        rooms._broker.announce((await ledger.write())[0])
        await late.until(lambda: late.seqs == [21])
        assert asyncio.get_running_loop().time() - began < REPAIR_EVERY / 2


async def test_who_does_not_read_delays_nobody_and_is_sent_away(
    ledger: Ledger, rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "SEND_SECONDS", 0.5)
    blocked, lively = Client(0), [Client(0) for _ in range(20)]
    async with (
        following(rooms, ledger.topic, blocked) as task,
        following(rooms, ledger.topic, lively[0]),
        following(rooms, ledger.topic, lively[1]),
    ):
        await blocked.until(lambda: len(blocked.frames) == 1)
        blocked.reads.clear()
        for last in range(1, 11):
            rooms.announce(await ledger.write())
            for client in lively[:2]:
                await client.until(lambda client=client, last=last: client.seqs == upto(last))  # type: ignore[misc]
        assert blocked.seqs == []
        with pytest.raises(Closing) as closing:
            await asyncio.wait_for(task, PATIENCE)
        assert closing.value.code == 1013
        assert closing.value.reason


async def test_who_reads_slowly_has_a_position_and_no_queue(
    ledger: Ledger, rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "SEND_SECONDS", PATIENCE)
    program, page = Client(0), Client(0, language=HTML)
    async with following(rooms, ledger.topic, program), following(rooms, ledger.topic, page):
        for client in (program, page):
            await client.until(lambda client=client: len(client.frames) == 1)  # type: ignore[misc]
            client.reads.clear()
        for _ in range(50):
            rooms.announce(await ledger.write(10))
        tasks = len(asyncio.all_tasks())
        for client in (program, page):
            client.reads.set()
        await program.until(lambda: len(program.seqs) == 500)
        await page.until(lambda: page.seqs[-1] == 500)
    assert tasks < 12  # none of them holds an event
    assert program.seqs == upto(500)
    assert len(page.seqs) == 2  # the one that it stood at, and one for all the rest


class SlowLog(DatabaseLog):
    """Gives what it has read only when it is told to."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.reading = asyncio.Event()
        self.may_give = asyncio.Event()
        self.may_give.set()

    async def read(self, topic: Topic, *, since: int, limit: int) -> list[RecordedEvent]:
        events = await super().read(topic, since=since, limit=limit)
        self.reading.set()
        await self.may_give.wait()
        return events


async def test_a_frame_made_while_the_room_moved_on_is_not_given_for_a_longer_stretch(ledger: Ledger) -> None:
    """After a restart all pages resume from the same number at once, while changes go on."""
    log = SlowLog(ledger.database)
    rooms = Rooms(log, MemoryBroker())
    await rooms.start()
    await ledger.write(3)
    early, late = Client(0, language=HTML), Client(0, language=HTML)
    async with following(rooms, ledger.topic, Client(3)):
        log.reading.clear()
        log.may_give.clear()
        async with following(rooms, ledger.topic, early):
            await asyncio.wait_for(log.reading.wait(), PATIENCE)
            rooms.announce(await ledger.write())
            log.may_give.set()
            await early.until(lambda: 4 in early.seqs)
            async with following(rooms, ledger.topic, late):
                await late.until(lambda: 4 in late.seqs)
    await rooms.stop()


async def test_pages_with_one_view_share_their_frames(ledger: Ledger, rooms: Rooms) -> None:
    made: list[int] = []

    def present(_view: object, _first: RecordedEvent, last: RecordedEvent) -> str:
        made.append(last.seq)
        return "x"

    language = HtmlLanguage({"task": present})
    clients = [Client(0, language=language) for _ in range(3)]
    async with (
        following(rooms, ledger.topic, clients[0]),
        following(rooms, ledger.topic, clients[1]),
        following(rooms, ledger.topic, clients[2]),
    ):
        rooms.announce(await ledger.write())
        for client in clients:
            await client.until(lambda client=client: client.seqs == [1])  # type: ignore[misc]
    assert made == [1]


async def ending(ledger: Ledger, subject: str) -> list[RecordedEvent]:
    """Commit one event that ends the access of ``subject``, and one more."""
    async with ledger.database.write() as session:
        last = await ledger.log.reserve(session, ledger.topic, 2)
        events = [an_event(ledger.topic, last - 1), an_event(ledger.topic, last)]
        fields = {name: getattr(events[0], name) for name in RecordedEvent.__struct_fields__}
        events[0] = RecordedEvent(**(fields | {"ends_access_of": subject}))
        await ledger.log.append(session, events)
        await session.commit()
    return events


@pytest.mark.parametrize("language", [JsonLanguage(), HTML], ids=["json", "html"])
async def test_the_end_of_access_is_met_in_its_place_in_the_order(
    ledger: Ledger, rooms: Rooms, language: Language
) -> None:
    await ledger.write(2)
    await ending(ledger, str(MIA.user_id))
    cases: Sequence[tuple[int, int, list[int], bool]] = [
        (0, 2, [1, 2], True),
        (2, 2, [], True),
        (0, 3, [1, 2, 3, 4], False),  # an admission after it stands
        (999, 2, [], True),  # nor does a resync lead around it
    ]
    for since, admitted_at, seqs, ends in cases:
        client = Client(since, admitted_at=admitted_at, language=language)
        async with following(rooms, ledger.topic, client) as task:
            if ends:
                with pytest.raises(Closing) as closing:
                    await asyncio.wait_for(task, PATIENCE)
                assert closing.value.code == 4403
            else:
                await client.until(lambda client=client: client.seqs[-1:] == [4])  # type: ignore[misc]
        expected = seqs if language is not HTML else seqs[-1:]
        assert client.seqs == expected, (since, admitted_at)
