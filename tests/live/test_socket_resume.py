"""What a connection gets: no echo of its own changes, and after a gap exactly what it has missed."""

import asyncio
import json
import re
from uuid import UUID

import pytest
from sqlalchemy import delete, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.core.topics import workspace_topic
from app.live import connection, language, socket
from app.live.log import LoggedEvent
from app.tasks import commands
from tests.builders import a_task
from tests.conftest import World
from tests.live.ears import an_event, eventually
from tests.live.wire import JSON, PATIENCE, Message, Wire, dial, listening, socket_address

HTML = None


async def seq_of(world: World) -> int:
    topic = workspace_topic(world.workspace_id)
    return (await world.tandem.log.latest([topic]))[topic]


async def make_history(world: World, tasks: int) -> list[UUID]:
    """Three changes of each of ``tasks`` tasks."""
    made = [await a_task(world.tandem, world.olga, world.workspace_id, title=f"no {n}") for n in range(tasks)]
    for command in (commands.complete_task, commands.reopen_task):
        for task in made:
            await command(world.tandem.unit_of_work(), world.olga.scope, task.id)
    return [task.id for task in made]


def numbers(messages: list[Message]) -> list[int]:
    return [message["seq"] for message in messages]


async def marker(world: World, *wires: Wire) -> None:
    """A change by somebody else, which must be the very next thing that ``wires`` hear."""
    task = await a_task(world.tandem, world.adam, world.workspace_id, title="marker")
    for wire in wires:
        heard = await wire.next()
        shown = heard.get("content") or heard["data"]["task"]["id"]
        assert (heard["type"] in ("task.created", "changes"), str(task.id) in shown) == (True, True), heard


async def test_a_change_over_http_is_no_echo_on_the_connection_it_names(world: World) -> None:
    async with (
        listening(world.mia, world.workspace_id) as own,
        listening(world.mia, world.workspace_id) as other_tab,
        listening(world.vera, world.workspace_id) as vera,
    ):
        answer = await world.mia.api.post(
            f"/api/workspaces/{world.workspace_id}/tasks",
            json={"title": "milk"},
            headers={"X-Connection-Id": own.connection_id},
        )
        for wire in (other_tab, vera):
            heard = await wire.next()
            assert (heard["type"], heard["data"]["task"]) == ("task.created", answer.json())
            assert heard["actor"] == {"id": world.mia.id, "name": "Mia"}
        await marker(world, own, other_tab, vera)


async def test_a_change_over_a_socket_is_no_echo_on_it(world: World) -> None:
    async with (
        listening(world.mia, world.workspace_id) as own,
        listening(world.mia, world.workspace_id) as other_tab,
        listening(world.mia, world.workspace_id, protocol=HTML) as page,
    ):
        ack = await own.ask("task.create", {"title": "milk"})
        task = ack["data"]["task"]
        assert (await other_tab.next())["data"]["task"] == task
        assert task["id"] in (await page.next())["content"]
        await marker(world, own, other_tab, page)


async def test_naming_a_connection_of_somebody_else_hides_nothing_from_other_tabs(world: World) -> None:
    async with (
        listening(world.adam, world.workspace_id) as adam,
        listening(world.mia, world.workspace_id) as mia,
    ):
        for name in ("", "unknown", "x" * 5000, "\xff\xfe"):
            await world.mia.api.post(
                f"/api/workspaces/{world.workspace_id}/tasks",
                json={"title": "milk"},
                headers=[(b"X-Connection-Id", name.encode("latin-1"))],
            )
            assert (await adam.next())["type"] == (await mia.next())["type"] == "task.created"


async def test_an_own_change_moves_the_number_of_a_page_without_content(world: World) -> None:
    async with listening(world.mia, world.workspace_id, protocol=HTML) as page:
        headers = {"X-Connection-Id": page.connection_id}
        await world.mia.api.post(
            f"/api/workspaces/{world.workspace_id}/tasks", json={"title": "milk"}, headers=headers
        )
        assert await page.next() == {"type": "changes", "seq": await seq_of(world)}


async def test_a_change_whose_commit_fails_is_silence_to_everybody_and_leaves_no_hole(world: World) -> None:
    def fail(_: Session) -> None:
        raise OperationalError("COMMIT", None, ConnectionError("the database is gone"))

    before = await seq_of(world)
    mia = world.mia.api
    async with (
        listening(world.vera, world.workspace_id) as vera,
        listening(world.mia, world.workspace_id) as own,
    ):
        event.listen(Session, "before_commit", fail)
        try:
            path = f"/api/workspaces/{world.workspace_id}/tasks"
            answer = await mia.post(path, json={"title": "never"})
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
        finally:
            event.remove(Session, "before_commit", fail)
        await marker(world, vera, own)
        assert vera.heard[-1]["seq"] == own.heard[-1]["seq"] == before + 1


async def test_a_program_resumes_with_every_number_once_and_in_order(world: World) -> None:
    await make_history(world, 6)
    last = await seq_of(world)
    for since in (0, 1, last - 1):
        async with listening(world.mia, world.workspace_id, query=f"since={since}") as wire:
            assert numbers(await wire.changes(last)) == list(range(since + 1, last + 1))
    async with listening(world.mia, world.workspace_id, query=f"since={last}") as wire:
        await marker(world, wire)


async def test_a_program_that_does_not_ask_gets_nothing_old(world: World) -> None:
    await make_history(world, 2)
    for query in ("", "since="):
        async with listening(world.mia, world.workspace_id, query=query) as wire:
            assert wire.heard[0]["data"]["seq"] == await seq_of(world)
            await marker(world, wire)


async def test_a_reconnecting_program_misses_nothing_while_others_write(world: World) -> None:
    first = await seq_of(world)
    writing = asyncio.create_task(make_history(world, 12))
    seen: list[int] = []
    while len(seen) < 36:
        since = seen[-1] if seen else first
        async with listening(world.mia, world.workspace_id, query=f"since={since}") as wire:
            seen += [(await wire.next())["seq"] for _ in range(4)]
    await writing
    assert seen == list(range(first + 1, first + 37))


async def test_a_page_resumes_with_one_frame_of_last_states(world: World) -> None:
    since = await seq_of(world)
    ids = await make_history(world, 5)
    await commands.complete_task(world.tandem.unit_of_work(), world.mia.scope, ids[3])
    last = await seq_of(world)
    async with listening(world.mia, world.workspace_id, protocol=HTML, query=f"since={since}") as page:
        frame = await page.next()
        assert (frame["type"], frame["seq"]) == ("changes", last)
        rows = re.findall(r'<li id="task-([^"]+)"[^>]* data-v="(\d+)" data-status="(\w+)"', frame["content"])
        assert {row[0] for row in rows} == {str(task_id) for task_id in ids}
        assert len(rows) == 5
        assert (str(ids[3]), str(last), "done") in rows
        assert sum(row[2] == "done" for row in rows) == 1
        await marker(world, page)


async def test_two_pages_with_different_views_each_get_their_own(world: World) -> None:
    since = await seq_of(world)
    ids = await make_history(world, 3)
    await commands.complete_task(world.tandem.unit_of_work(), world.mia.scope, ids[0])
    frames = {}
    for status in ("done", "todo"):
        query = f"since={since}&status={status}"
        async with listening(world.mia, world.workspace_id, protocol=HTML, query=query) as page:
            frames[status] = (await page.next())["content"]
    assert frames["done"].count('data-status="done"') == 1
    # The others were done for a while, so a page may have shown them: at most it is told that they went.
    assert 'data-status="todo"' not in frames["done"]
    assert frames["todo"].count('data-status="todo"') == 2
    assert str(ids[0]) not in frames["todo"] or "data-gone" in frames["todo"]


async def resynced(world: World, protocol: str | None, since: int) -> Wire:
    query = f"since={since}"
    address = socket_address(world.mia, world.workspace_id, query)
    async with dial(address, headers=world.mia.bearer, protocol=protocol) as wire:
        assert (await wire.read())["type"] == "welcome"
        assert (await wire.next())["type"] == "resync"
        # From here on it is like a fresh one: at the server's number, and live.
        task = await a_task(world.tandem, world.adam, world.workspace_id)
        assert str(task.id) in json.dumps(await wire.next())
    return wire


@pytest.mark.parametrize("protocol", [JSON, HTML])
async def test_a_number_above_the_servers_own_leads_to_a_resync(world: World, protocol: str | None) -> None:
    last = await seq_of(world)
    wire = await resynced(world, protocol, last + 1)
    welcome, resync = wire.heard[:2]
    assert (welcome["data"]["seq"] if protocol else welcome["seq"]) == last
    assert protocol or resync["seq"] == last


@pytest.mark.parametrize("protocol", [JSON, HTML])
async def test_too_many_changes_behind_leads_to_a_resync(
    world: World, protocol: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language.JsonLanguage, "replay_most", 20)
    monkeypatch.setattr(language.HtmlLanguage, "replay_most", 20)
    since = await seq_of(world)
    await make_history(world, 7)
    await resynced(world, protocol, since)
    async with listening(
        world.mia, world.workspace_id, protocol=protocol, query=f"since={since + 3}"
    ) as wire:
        assert (await wire.next())["type"] != "resync"


async def test_a_page_with_too_much_to_show_is_told_to_fetch_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = await seq_of(world)
    await make_history(world, 7)
    monkeypatch.setattr(language, "ENTITIES_MOST", 6)
    await resynced(world, HTML, since)
    monkeypatch.setattr(language, "ENTITIES_MOST", 600)
    monkeypatch.setattr(language, "CONTENT_MOST", 6_000)  # one row is smaller, seven are not
    await resynced(world, HTML, since)


@pytest.mark.parametrize("protocol", [JSON, HTML])
async def test_a_log_that_no_longer_goes_back_so_far_leads_to_a_resync(
    world: World, protocol: str | None
) -> None:
    since = await seq_of(world)
    await make_history(world, 7)
    async with world.tandem.database.write() as session:
        old = LoggedEvent.seq.between(since + 1, since + 5)
        await session.execute(delete(LoggedEvent).where(LoggedEvent.stream_id == world.workspace_id, old))
        await session.commit()
    await resynced(world, protocol, since)
    await resynced(world, protocol, since + 4)
    async with listening(
        world.mia, world.workspace_id, protocol=protocol, query=f"since={since + 5}"
    ) as wire:
        assert (await wire.next())["type"] != "resync"


async def test_a_program_that_does_not_read_is_dropped_and_resumes_whole(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "SEND_SECONDS", 0.3)
    monkeypatch.setattr(socket, "CLOSE_SECONDS", PATIENCE)
    topic = workspace_topic(world.workspace_id)
    since = await seq_of(world)
    async with world.tandem.database.write() as session:  # more than the system buffers for a socket
        last = await world.tandem.log.reserve(session, topic, 400)
        events = [an_event(topic, seq, title="x" * 50_000) for seq in range(since + 1, last + 1)]
        await world.tandem.log.append(session, events)
        await session.commit()
    address = socket_address(world.mia, world.workspace_id, f"since={since}")
    async with dial(address, headers=world.mia.bearer, protocol=JSON) as slow:
        slow.connection.transport.pause_reading()
        async with listening(world.vera, world.workspace_id) as lively:
            await eventually(lambda: len(world.tandem.sockets._connections) == 2)
            await eventually(lambda: len(world.tandem.sockets._connections) == 1)
            await a_task(world.tandem, world.adam, world.workspace_id)
            assert (await lively.next())["seq"] == last + 1
        slow.connection.transport.resume_reading()
        assert (await slow.closed())[0] == 1013
    seen = [message["seq"] for message in slow.heard if "seq" in message]
    assert since < seen[-1] < last
    async with listening(world.mia, world.workspace_id, query=f"since={seen[-1]}") as wire:
        seen += numbers(await wire.changes(last))
    assert seen == list(range(since + 1, last + 1))
