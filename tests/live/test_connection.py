"""One client's way through a room: slow readers, shared frames, and the end of access in its place."""

import asyncio
from collections.abc import Sequence

import pytest

from app.core.database import Database
from app.core.events import RecordedEvent
from app.core.topics import Topic
from app.live import connection as connections
from app.live.broker_memory import MemoryBroker
from app.live.connection import Closing
from app.live.language import HtmlLanguage, JsonLanguage, Language
from app.live.log import DatabaseLog
from app.live.rooms import Rooms
from tests.live.ears import PATIENCE, an_event
from tests.live.followers import HTML, MIA, Client, Ledger, following, upto


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
