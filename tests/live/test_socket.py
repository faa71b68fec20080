"""Coming in by the socket: who may, what they are told first, and what keeps them in."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from app.config import Settings
from app.core.security import session_cookie_name
from tests.builders import a_task
from tests.cast import a_person
from tests.conftest import World
from tests.live.wire import JSON, PATIENCE, browser_headers, dial, listening, socket_address


async def closed(world: World, place: object, headers: Mapping[str, str] | None) -> tuple[int, str]:
    async with dial(socket_address(world.mia, place), headers=headers) as wire:
        return await wire.closed()


async def test_nobody_comes_in_without_a_token_that_is_alive(world: World) -> None:
    own_page = {"Origin": world.mia.address}
    await world.adam.api.post("/api/auth/logout")
    refused: list[Mapping[str, str]] = [
        own_page,
        own_page | {"Cookie": f"{session_cookie_name(world.tandem.settings)}="},
        own_page | {"Cookie": f"{world.mia.cookie_name}={world.mia.token}x"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": f"Bearer {world.mia.token[:-2]}"},
        {"Authorization": f"Bearer {'x' * 5000}"},
        world.adam.bearer,
        browser_headers(world.adam),
    ]
    for headers in refused:
        code, reason = await closed(world, world.workspace_id, headers)
        assert (code, bool(reason)) == (4401, True), headers


async def test_a_cookie_opens_sockets_from_our_own_pages_only(world: World) -> None:
    address = world.mia.address
    port = address.rpartition(":")[2]
    for origin in (
        "https://evil.example",
        "null",
        "",
        f"http://localhost:{port}",
        f"https://127.0.0.1:{port}",
        f"{address}.evil.example",
        f"{address}/",
    ):
        headers = {"Cookie": f"{world.mia.cookie_name}={world.mia.token}", "Origin": origin}
        assert (await closed(world, world.workspace_id, headers))[0] == 4403, origin
    cookie_alone = {"Cookie": f"{world.mia.cookie_name}={world.mia.token}"}
    assert (await closed(world, world.workspace_id, cookie_alone))[0] == 4403
    async with dial(
        socket_address(world.mia, world.workspace_id), headers=browser_headers(world.mia)
    ) as wire:
        assert (await wire.read())["type"] == "welcome"


async def test_a_program_needs_no_origin(world: World) -> None:
    for headers in (world.mia.bearer, world.mia.bearer | {"Origin": "https://elsewhere.example"}):
        async with dial(socket_address(world.mia, world.workspace_id), headers=headers) as wire:
            assert (await wire.read())["type"] == "welcome"


async def test_what_is_not_for_somebody_does_not_exist_for_them(world: World) -> None:
    words = set()
    for person, place in (
        (world.mia, uuid4()),
        (world.stan, world.workspace_id),
        (world.mia, "not-a-uuid"),
        (world.mia, f"{world.workspace_id}x"),
        (world.mia, "%00"),
        (world.mia, "%F0%9F%98%80"),
    ):
        code, reason = await closed(world, place, person.bearer)
        assert code == 4404, place
        words.add(reason)
    assert len(words) == 1, "the words must not tell what exists"


async def test_a_wrong_address_of_a_view_is_refused_in_words(world: World) -> None:
    for query, field in (
        ("since=x", "since"),
        ("since=-1", "since"),
        ("since=" + "9" * 30, "since"),
        ("since=1.5", "since"),
        ("sort=colour", "sort"),
        ("due=never", "due"),
        ("status=open", "status"),
        ("assignee=somebody", "assignee"),
        ("due_before=tomorrow", "due_before"),
        ("q=" + "x" * 201, "q"),
    ):
        address = socket_address(world.mia, world.workspace_id, query)
        async with dial(address, headers=world.mia.bearer) as wire:
            code, reason = await wire.closed()
        assert (code, field in reason) == (1008, True), (query, reason)


async def test_programs_are_welcomed_in_json(world: World) -> None:
    await a_task(world.tandem, world.olga, world.workspace_id)
    seq = (await world.mia.api.get(f"/api/workspaces/{world.workspace_id}")).json()["seq"]
    address = socket_address(world.vera, world.workspace_id)
    async with dial(address, headers=world.vera.bearer, protocol=JSON) as wire:
        assert wire.connection.subprotocol == JSON
        welcome = await wire.read()
    assert welcome.keys() == {"type", "workspace_id", "ts", "actor", "data"}
    assert (welcome["type"], welcome["workspace_id"]) == ("welcome", str(world.workspace_id))
    data = welcome["data"]
    assert data["user"] == {"id": world.vera.id, "name": "Vera"}
    assert (data["role"], data["seq"], data["heartbeat_interval"]) == ("viewer", seq, 30)
    assert data["connection_id"]
    assert isinstance(data["online"], list)


async def test_pages_are_welcomed_in_their_own_language(world: World) -> None:
    for protocol in (None, "tandem.json.v9"):
        async with dial(
            socket_address(world.mia, world.workspace_id), headers=world.mia.bearer, protocol=protocol
        ) as wire:
            assert wire.connection.subprotocol is None
            welcome = await wire.read()
            assert welcome["type"] == "welcome"
            assert welcome["seq"] > 0
            assert welcome["heartbeat_interval"] == 30
            await a_task(world.tandem, world.olga, world.workspace_id)
            assert "<hx-partial" in (await wire.until("changes"))["content"]


async def test_every_connection_has_an_id_of_its_own(world: World) -> None:
    async with listening(world.mia, world.workspace_id) as one, listening(world.mia, None) as other:
        assert one.connection_id != other.connection_id


async def test_the_personal_socket_hears_of_personal_tasks_alone(world: World) -> None:
    async with listening(world.mia, None) as mias, listening(world.adam, None) as adams:
        welcome = mias.heard[0]
        assert (welcome["workspace_id"], welcome["data"]["role"]) == (None, "owner")
        await a_task(world.tandem, world.mia, world.workspace_id, title="for everybody")
        await a_task(world.tandem, world.mia, None, title="Mia's own")
        await a_task(world.tandem, world.adam, None, title="Adam's own")
        for wire, title in ((mias, "Mia's own"), (adams, "Adam's own")):
            event = await wire.until("task.created")
            assert (event["data"]["task"]["title"], event["workspace_id"]) == (title, None)


class TestConnects:
    """How often somebody may connect."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, ws_connects_per_minute=10)

    async def test_the_eleventh_connect_in_a_minute_is_told_how_long_to_wait(self, world: World) -> None:
        for _ in range(10):
            async with listening(world.mia, world.workspace_id):
                pass
        code, reason = await closed(world, world.workspace_id, world.mia.bearer)
        assert code == 4429
        assert 50 <= int(reason) <= 60
        # By person and workspace: neither others nor other places are affected.
        async with listening(world.adam, world.workspace_id), listening(world.mia, None):
            pass

    async def test_refused_connects_count_too(self, world: World) -> None:
        codes = [(await closed(world, world.workspace_id, world.stan.bearer))[0] for _ in range(12)]
        assert codes == [4404] * 10 + [4429] * 2


class TestHeartbeat:
    """Both sides say that they are there."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, heartbeat_interval=timedelta(seconds=0.5))

    async def test_the_server_beats_as_often_as_it_said(self, world: World) -> None:
        for protocol in (None, JSON):
            async with listening(world.mia, world.workspace_id, protocol=protocol) as wire:
                now = asyncio.get_running_loop().time
                began = now()
                for _ in range(3):
                    await wire.until("heartbeat")
                    await wire.send(json.dumps({"type": "heartbeat"}))
                assert 1 <= now() - began < 5

    async def test_a_client_that_beats_stays_and_a_silent_one_is_closed(self, world: World) -> None:
        person = await a_person(world.tandem, "pia", address=world.mia.address)
        async with listening(world.mia, world.workspace_id) as beating, listening(person, None) as silent:
            ending = asyncio.create_task(silent.closed())
            async with asyncio.timeout(PATIENCE):
                while not ending.done():
                    await beating.until("heartbeat")
                    await beating.send('{"type": "heartbeat"}')
                code, reason = await ending
            assert (code, bool(reason)) == (4408, True)
            # It heard heartbeats all the while: the client's own are what counts.
            assert [message["type"] for message in silent.heard[1:]].count("heartbeat") >= 1
            assert (await beating.ask("task.create", {"title": "still here"}))["type"] == "ack"
