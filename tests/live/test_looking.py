"""A page says which task somebody looks at over their list, and is told of it besides."""

import asyncio
import json
from contextlib import suppress
from uuid import UUID, uuid4

import pytest
from websockets.exceptions import ConnectionClosed

from app.comments import commands as comments
from app.comments.schemas import CommentCreate
from app.live.presence import APART
from tests.builders import a_task, a_workspace
from tests.cast import Person
from tests.conftest import World
from tests.live.wire import Message, Wire, listening


async def look(wire: Wire, task: object, since: int = 0, *, ref: str = "1") -> Message:
    """Say it; its answer."""
    data = {"task": None if task is None else str(task), "since": since}
    await wire.send(json.dumps({"type": "look", "ref": ref, "data": data}))
    answer = await wire.answer()
    assert answer["ref"] == ref
    return answer


def content(wire: Wire) -> str:
    return "".join(message.get("content", "") for message in wire.heard)


async def say(world: World, person: Person, task_id: UUID, body: str) -> int:
    uow = world.tandem.unit_of_work()
    comment, _ = await comments.add_comment(uow, person.scope, task_id, CommentCreate(body=body))
    return comment.version


async def test_it_is_told_of_the_task_from_what_it_has_read_on(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    async with listening(world.mia, world.workspace_id, protocol=None) as wire:
        read = await say(world, world.olga, task.id, "before")
        missed = await say(world, world.olga, task.id, "between")
        while wire.heard[-1].get("seq") != missed:
            await wire.read()
        assert "#comments" not in content(wire)  # a list shows none
        assert (await look(wire, task.id, read))["type"] == "ack"
        assert "between" in content(wire)
        assert "before" not in content(wire)
        after = await say(world, world.olga, task.id, "after")
        await wire.changes(after)
        assert "after" in content(wire)
        other = await a_task(world.tandem, world.olga, world.workspace_id, title="the list goes on")
        await wire.changes(other.version)
        assert "the list goes on" in content(wire)
        assert (await look(wire, None))["type"] == "ack"
        last = await say(world, world.olga, task.id, "unseen")
        await wire.changes(last)
        assert "unseen" not in content(wire)


async def test_one_that_is_not_theirs_to_see_here_is_an_error_and_changes_nothing(world: World) -> None:
    here = await a_task(world.tandem, world.olga, world.workspace_id)
    abroad = await a_workspace(world.tandem, world.cast, name="Abroad")
    others = [
        await a_task(world.tandem, world.mia, abroad),
        await a_task(world.tandem, world.mia, None),
        await a_task(world.tandem, world.stan, None),
    ]
    async with listening(world.mia, world.workspace_id, protocol=None) as wire:
        await look(wire, here.id, here.version)
        for task_id in (*(task.id for task in others), uuid4()):
            refusal = await look(wire, task_id)
            assert (refusal["type"], refusal["code"]) == ("error", 404)
        said = await say(world, world.olga, here.id, "still told")
        await wire.changes(said)
        assert "still told" in content(wire)
    async with listening(world.mia, None, protocol=None) as own:
        assert (await look(own, others[1].id))["type"] == "ack"
        assert (await look(own, here.id))["type"] == "error"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"task": "1"},
        {"task": 7},
        {"task": []},
        {"task": None, "since": -1},
        {"task": None, "since": "x"},
        {"task": None, "colour": "red"},
        [],
        None,
    ],
)
async def test_what_makes_no_sense_is_said_in_words(world: World, data: object) -> None:
    async with listening(world.mia, world.workspace_id, protocol=None) as wire:
        await wire.send(json.dumps({"type": "look", "ref": "x", "data": data}))
        refusal = await wire.answer()
        assert (refusal["type"], refusal["code"], refusal["ref"]) == ("error", 422, "x")
        assert (await look(wire, None))["type"] == "ack"


async def test_many_are_answered_in_order_and_too_many_wrong_ones_end_it(world: World) -> None:
    tasks = [await a_task(world.tandem, world.olga, world.workspace_id) for _ in range(2)]
    async with listening(world.mia, world.workspace_id, protocol=None) as wire:
        for number in range(100):
            data = {"task": str(tasks[number % 2].id), "since": 0}
            await wire.send(json.dumps({"type": "look", "ref": number, "data": data}))
        assert [(await wire.answer())["ref"] for _ in range(100)] == list(range(100))
        [only] = [
            each for each in world.tandem.sockets._connections if each.user_id == world.mia.scope.user_id
        ]
        assert only.task_id == tasks[1].id
        for _ in range(20):
            await wire.send('{"type": "look", "data": {"task": "rubbish"}}')
        assert (await wire.closed())[0] == 1008


async def test_programs_have_no_such_message(world: World) -> None:
    async with listening(world.mia, world.workspace_id) as wire:
        refusal = await wire.ask("look", {"task": None})
        assert (refusal["type"], refusal["data"]["code"]) == ("error", 400)


async def test_others_are_told_who_looks_at_it(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)

    async def looking() -> bool:
        people = (await world.tandem.presence.ask(task_topic)).people
        here = people.get(world.mia.scope.user_id)
        return here is not None and task.id in here.tasks

    async with listening(world.mia, world.workspace_id, protocol=None) as wire:
        [task_topic] = [
            topic
            for each, topic in world.tandem.sockets._connections.items()
            if each.user_id == world.mia.scope.user_id
        ]
        await look(wire, task.id)
        await world.tandem.presence.exchange_all()
        assert await looking()
        await look(wire, None)
        await world.tandem.presence.exchange_all()
        assert not await looking()


async def test_others_are_told_only_so_often_where_somebody_looks_around_without_end(world: World) -> None:
    tasks = [await a_task(world.tandem, world.olga, world.workspace_id) for _ in range(2)]
    async with (
        listening(world.mia, world.workspace_id, protocol=None) as wire,
        listening(world.olga, world.workspace_id, protocol=None) as other,
    ):
        began = asyncio.get_running_loop().time()
        for number in range(200):
            await look(wire, tasks[number % 2].id, ref=str(number))
        took = asyncio.get_running_loop().time() - began
        last = await a_task(world.tandem, world.mia, world.workspace_id, title="the end")
        await other.changes(last.version)
        told = [message for message in other.heard if message["type"] == "presence"]
        assert len(told) <= 3 + took / APART


async def test_looking_ends_with_the_membership(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    async with listening(world.mia, world.workspace_id, protocol=None) as wire:
        await look(wire, task.id)
        address = f"/api/workspaces/{world.workspace_id}/members/{world.mia.id}"
        assert (await world.olga.api.delete(address)).status_code == 204
        await say(world, world.olga, task.id, "not for Mia")
        with suppress(ConnectionClosed):
            await wire.send(json.dumps({"type": "look", "ref": "x", "data": {"task": str(task.id)}}))
        assert (await wire.closed())[0] == 4403
        assert "not for Mia" not in json.dumps(wire.heard)


@pytest.mark.parametrize("since", [2**63, 2**64, 10**400], ids=["64 bit", "65 bit", "no bits"])
async def test_a_number_that_no_stream_reaches_hurts_nobody(world: World, since: int) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    async with listening(world.mia, world.workspace_id, protocol=None) as wire:
        assert (await look(wire, task.id, since))["type"] in ("ack", "error")
        said = await say(world, world.olga, task.id, "goes on")
        await wire.changes(said)
        assert (await look(wire, task.id))["type"] == "ack"


async def test_a_number_that_is_not_there_yet_misses_nothing(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    async with listening(world.mia, world.workspace_id, protocol=None) as wire:
        named = await say(world, world.mia, task.id, "by Mia")
        assert (await look(wire, task.id, named + 1000))[
            "type"
        ] == "ack"  # what is not there yet is not missed
        assert "resync" not in [message["type"] for message in wire.heard]
