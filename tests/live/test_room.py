"""Rooms keep the promise of delivery whatever the broker does: the log, not the broker, is the truth."""

import asyncio
import random
from collections.abc import Mapping, Sequence

import pytest

from app.core.events import RecordedEvent
from app.core.topics import Topic
from app.live import rooms as rooms_module
from app.live.broker import OnEvent, OnGap
from app.live.broker_memory import MemoryBroker
from app.live.log import DatabaseLog
from app.live.room import RECENT, Room
from app.live.rooms import REPAIR_EVERY, Rooms
from tests.live.ears import a_topic, eventually
from tests.live.followers import HTML, Client, Ledger, following, upto


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


async def test_a_gap_that_the_broker_admits_is_read_from_the_log(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms_module, "REPAIR_EVERY", 600)
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


async def test_rooms_that_open_and_close_quickly_lose_nothing(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms_module, "REPAIR_EVERY", 600)  # no help from there
    rooms = Rooms(ledger.log, MemoryBroker())
    await rooms.start()
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
        rooms._broker.announce((await ledger.write())[0])
        await late.until(lambda: late.seqs == [21])
    await rooms.stop()
