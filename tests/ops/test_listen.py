"""``tandem listen`` and ``tandem send`` as a terminal runs them, against the running program."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from asyncio.subprocess import Process as Child
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from tests.builders import a_task
from tests.cast import Person
from tests.conftest import World
from tests.process import Process
from tests.server import free_port

PATIENCE = 30
ACCOUNT = {"email": "mia@example.com", "name": "Mia", "password": "correct horse battery"}

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def process(database_url: str) -> Iterator[Process]:
    """The program in a process of its own."""
    with Process(database_url=database_url) as process:
        process.start()
        yield process


async def test_every_event_is_printed_once_though_the_program_is_killed_and_restarted(
    process: Process,
) -> None:
    async with httpx.AsyncClient(base_url=process.url, timeout=PATIENCE) as client:
        signed_in = (await client.post("/api/auth/register", json=ACCOUNT)).json()
        client.headers["Authorization"] = f"Bearer {signed_in['access_token']}"
        workspace = (await client.post("/api/workspaces", json={"name": "Home"})).json()
        address = f"/api/workspaces/{workspace['id']}/tasks"

        async def add(count: int) -> None:
            for number in range(count):
                answer = await client.post(address, json={"title": f"task {number}"})
                assert answer.status_code == 201

        signs_in = {"TANDEM_PASSWORD": ACCOUNT["password"]}
        where = ["--url", process.url, "--workspace", workspace["id"], "--email", ACCOUNT["email"]]
        async with tandem("listen", *where, **signs_in) as listening:
            welcome = await a_line(listening)
            assert welcome["type"] == "welcome"
            assert welcome["data"]["seq"] == workspace["seq"]
            await add(3)
            first = await events(listening, 3)
            await asyncio.to_thread(process.kill)
            await asyncio.to_thread(process.start)
            await add(3)
            second = await events(listening, 3)
            await asyncio.to_thread(process.restart)
            await add(3)
            third = await events(listening, 3)
            heard = [*first, *second, *third]
            begin = workspace["seq"] + 1
            assert [event["seq"] for event in heard] == list(range(begin, begin + 9))
            assert {event["type"] for event in heard} == {"task.created"}
            kept = (await client.get(address)).json()["items"]
            assert [event["data"]["task"] for event in heard] == kept
            listening.send_signal(signal.SIGINT)
            assert await ended(listening) == (130, "")
        async with tandem("listen", *where, "--since", str(begin), **signs_in) as again:
            assert (await a_line(again))["type"] == "welcome"
            assert [event["seq"] for event in await events(again, 8)] == list(range(begin + 1, begin + 9))


async def test_who_is_refused_is_told_so_and_not_kept_waiting(world: World) -> None:
    where = ["--url", world.program.address, "--workspace", str(world.workspace_id)]
    async with tandem("listen", *where, TANDEM_TOKEN=world.stan.token) as outside:
        code, words = await ended(outside)
    assert (code, words.partition(" ")[0]) == (1, "closed:")
    assert "4404" in words
    async with tandem("listen", *where[:2], "--workspace", "home", TANDEM_TOKEN=world.mia.token) as lost:
        code, words = await ended(lost)
    assert (code, words.startswith("closed: "), "Traceback" in words) == (1, True, False), words
    async with tandem("listen", *where, TANDEM_TOKEN="nonsense") as nobody:
        code, words = await ended(nobody)
    assert (code, "4401" in words) == (1, True)
    wrong = ["--email", "mia@example.com"]
    async with tandem("listen", *where, *wrong, TANDEM_PASSWORD="not the password") as nobody:
        code, words = await ended(nobody)
    assert (code, words.startswith("401: ")) == (1, True)


async def test_who_is_taken_out_while_listening_is_told_so(world: World) -> None:
    where = ["--url", world.program.address, "--workspace", str(world.workspace_id)]
    async with tandem("listen", *where, TANDEM_TOKEN=world.mia.token) as listening:
        assert (await a_line(listening))["type"] == "welcome"
        address = f"/api/workspaces/{world.workspace_id}/members/{world.mia.id}"
        assert (await world.olga.api.delete(address)).status_code == 204
        code, words = await ended(listening)
    assert (code, "4403" in words) == (1, True)


async def test_one_message_is_sent_and_its_answer_printed(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    address = world.program.address
    where = ["--url", address, "--workspace", str(world.workspace_id)]
    code, answer, _ = await sent(world.mia, *where, "task.create", '{"title": "Buy milk"}')
    assert (code, answer["type"], answer["data"]["task"]["title"]) == (0, "ack", "Buy milk")
    code, answer, _ = await sent(world.mia, "--url", address, "task.create", '{"title": "own"}')
    assert (code, answer["data"]["task"]["workspace_id"]) == (0, None)
    code, answer, _ = await sent(world.vera, *where, "task.complete", json.dumps({"id": str(task.id)}))
    assert (code, answer["type"], answer["data"]["code"]) == (1, "error", answer["data"]["code"])
    code, answer, _ = await sent(world.mia, *where, "task.explode")
    assert (code, answer["type"]) == (1, "error")
    listed = (await world.mia.api.get(f"/api/workspaces/{world.workspace_id}/tasks")).json()["items"]
    assert [each["title"] for each in listed] == ["milk", "Buy milk"]
    assert not any(each["completed"] for each in listed)


async def test_what_cannot_be_sent_is_said_in_one_line(world: World) -> None:
    where = ["--workspace", str(world.workspace_id), "task.create", '{"title": "milk"}']
    code, _, words = await sent(world.stan, "--url", world.program.address, *where)
    assert (code, "4404" in words, "Traceback" in words) == (1, True, False), words
    nowhere = f"http://127.0.0.1:{free_port()}"
    code, _, words = await sent(world.mia, "--url", nowhere, *where)
    assert (code, words.strip() != "", "Traceback" in words) == (1, True, False), words
    code, _, words = await sent(world.mia, "--url", world.program.address, "task.create", '{"title": ')
    assert (code != 0, "Traceback" in words) == (True, False), words
    async with tandem(
        "send", "--url", nowhere, "--email", "x@y.example", "task.create", TANDEM_PASSWORD="x"
    ) as unheard:
        code, words = await ended(unheard)
    assert (code != 0, "Traceback" in words) == (True, False), words


@asynccontextmanager
async def tandem(*arguments: str, **environment: str) -> AsyncIterator[Child]:
    """The command in a process of its own, which is over when the context is."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("TANDEM_")}
    child = await asyncio.create_subprocess_exec(
        # Tests that run in the background ignore Ctrl-C, and so would what they start.
        "env", "--default-signal=INT", sys.executable, "-m", "app.cli", *arguments,
        stdin=DEVNULL, stdout=PIPE, stderr=PIPE, env=own | environment,
    )  # fmt: skip
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()


async def a_line(child: Child) -> dict[str, Any]:
    """The next line that it prints."""
    assert child.stdout is not None
    async with asyncio.timeout(PATIENCE):
        line = await child.stdout.readline()
    if not line:
        _, words = await child.communicate()
        raise AssertionError(f"it ended with {child.returncode}: {words.decode()}")
    message: dict[str, Any] = json.loads(line)
    return message


async def events(child: Child, count: int) -> list[dict[str, Any]]:
    """The next ``count`` committed changes that it prints."""
    found: list[dict[str, Any]] = []
    while len(found) < count:
        line = await a_line(child)
        if "seq" in line:
            found.append(line)
    return found


async def ended(child: Child) -> tuple[int | None, str]:
    """How it ended, and what it complained of."""
    async with asyncio.timeout(PATIENCE):
        _, words = await child.communicate()
    return child.returncode, words.decode()


async def sent(person: Person, *arguments: str) -> tuple[int | None, dict[str, Any], str]:
    """``tandem send`` of ``person``: how it ended, the answer, and what it complained of."""
    async with tandem("send", *arguments, TANDEM_TOKEN=person.token) as child, asyncio.timeout(PATIENCE):
        answer, words = await child.communicate()
    return child.returncode, json.loads(answer) if answer else {}, words.decode()
