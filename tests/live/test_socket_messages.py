"""What programs may say over the socket, and what they are answered."""

import json
from uuid import uuid4

import pytest

from tests.builders import a_task
from tests.cast import Person
from tests.conftest import World
from tests.live.wire import Message, Wire, dial, listening, socket_address

LIMIT = 16 * 1024


def refused(answer: Message, code: int, *words: str) -> bool:
    return (answer["type"], answer["data"].get("code")) == ("error", code) and all(
        word in answer["data"]["message"] for word in words
    )


async def is_usable(wire: Wire) -> bool:
    answer = await wire.ask("task.create", {"title": "still here"}, ref="check")
    return bool(answer["type"] == "ack")


async def shown(person: Person, task_id: str) -> object:
    return (await person.api.get(f"/api/tasks/{task_id}")).json()


async def test_every_command_is_answered_with_the_task_as_the_api_shows_it(world: World) -> None:
    task_id = str(uuid4())
    async with (
        listening(world.mia, world.workspace_id) as wire,
        listening(world.adam, world.workspace_id) as other,
    ):

        async def said(kind: str, **data: object) -> Message:
            answer = await wire.ask(kind, {"id": task_id, **data}, ref=kind)
            assert answer.keys() == {"type", "workspace_id", "ts", "actor", "data"}
            assert answer["type"] == "ack", answer
            task: Message = answer["data"]["task"]
            return task

        created = await said("task.create", title="milk", priority="high", due_on="2026-12-24")
        assert (created["title"], created["priority"]) == ("milk", "high")
        assert await said("task.create", title="milk") == created  # again creates nothing
        updated = await said("task.update", title="bread", version=created["version"])
        completed = await said("task.complete")
        assert await said("task.complete") == completed
        assigned = await said("task.assign", assignee_id=world.vera.id, version=completed["version"])
        assert assigned["assignee"] == {"id": world.vera.id, "name": "Vera"}
        reopened = await said("task.reopen")
        assert await shown(world.mia, task_id) == reopened
        deleted = await said("task.delete", version=reopened["version"])
        assert (await world.mia.api.get(f"/api/tasks/{task_id}")).status_code == 404
        events = [await other.next() for _ in range(6)]
        assert [event["type"] for event in events] == [
            "task.created",
            "task.updated",
            "task.completed",
            "task.assigned",
            "task.reopened",
            "task.deleted",
        ]
        states = [created, updated, completed, assigned, reopened, deleted]
        assert [event["seq"] for event in events] == [state["version"] for state in states]
        assert [event["data"]["task"] for event in events[:-1]] == states[:-1]
        assert events[1]["data"]["changed"] == ["title"]
        assert events[-1]["data"] == {"id": task_id, "title": "bread"}


async def test_personal_tasks_have_the_same_commands(world: World) -> None:
    async with listening(world.mia, None) as wire, listening(world.mia, None) as tab:
        made = (await wire.ask("task.create", {"title": "mine"}))["data"]["task"]
        assert made["workspace_id"] is None
        assert (await wire.ask("task.complete", {"id": made["id"]}))["data"]["task"]["completed"]
        assert [(await tab.next())["type"] for _ in range(2)] == ["task.created", "task.completed"]


async def test_a_viewer_is_refused_and_stays(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    async with listening(world.vera, world.workspace_id) as wire:
        for kind, data in (
            ("task.create", {"title": "no"}),
            ("task.update", {"id": str(task.id), "title": "no", "version": task.version}),
            ("task.complete", {"id": str(task.id)}),
            ("task.reopen", {"id": str(task.id)}),
            ("task.assign", {"id": str(task.id), "assignee_id": None, "version": task.version}),
            ("task.delete", {"id": str(task.id), "version": task.version}),
        ):
            for _ in range(4):  # 24 refusals in all: none of them is an invalid message
                assert refused(await wire.ask(kind, data, ref=kind), 403), kind
        await a_task(world.tandem, world.olga, world.workspace_id, title="news")
        assert (await wire.next())["data"]["task"]["title"] == "news"
    assert (await world.olga.api.get(f"/api/tasks/{task.id}")).json()["version"] == task.version


async def test_a_socket_reaches_no_task_of_another_place(world: World) -> None:
    here = await a_task(world.tandem, world.mia, world.workspace_id)
    own = await a_task(world.tandem, world.mia, None)
    stans = await a_task(world.tandem, world.stan, None)
    async with listening(world.mia, world.workspace_id) as there, listening(world.mia, None) as personal:
        for wire, task in ((there, own), (there, stans), (personal, here), (personal, stans)):
            for kind, data in (
                ("task.complete", {}),
                ("task.update", {"title": "x", "version": task.version}),
                ("task.delete", {"version": task.version}),
            ):
                assert refused(await wire.ask(kind, {"id": str(task.id)} | data), 404), (kind, task)
        assert refused(await there.ask("task.complete", {"id": str(uuid4())}), 404)
        assert refused(await there.ask("task.create", {"id": str(stans.id), "title": "x"}), 409)
        assert refused(
            await there.ask(
                "task.assign", {"id": str(here.id), "assignee_id": world.stan.id, "version": here.version}
            ),
            422,
            "assignee_id",
        )


async def test_a_stale_change_is_answered_with_the_current_task(world: World) -> None:
    task = await a_task(world.tandem, world.mia, world.workspace_id)
    reference = {"id": str(task.id)}
    async with listening(world.mia, world.workspace_id) as wire:
        answer = await world.olga.api.patch(
            f"/api/tasks/{task.id}", json={"title": "a", "version": task.version}
        )
        newer = {"task": answer.json()}
        stale = await wire.ask("task.update", reference | {"title": "b", "version": task.version})
        assert refused(stale, 409)
        assert (stale["data"]["current"], stale["data"]["conflicts"]) == (newer["task"], ["title"])
        assert stale["data"]["changed_by"] == {"id": world.olga.id, "name": "Olga"}
        assert refused(await wire.ask("task.delete", reference | {"version": task.version}), 409)
        assert refused(await wire.ask("task.update", reference | {"title": "c"}), 428)
        assert refused(await wire.ask("task.delete", reference), 428)
    assert await shown(world.mia, str(task.id)) == newer["task"]


INVALID = [
    ("", 400),
    ("milk", 400),
    ("{", 400),
    ('{"type": "task.create"} {}', 400),
    ('{"type": "\\ud800"}', 400),
    ('{"type": "task.create", "data": {"title": "\\ud800"}}', 400),
    ('{"type": "task.create", "data": ' + "[" * 8000, 400),
    ('{"type": "task.create", "data": ' + "[" * 7000 + "]" * 7000 + "}", 400),
    ('{"type": "task.create", "data": ' + '{"a":' * 1500 + "1" + "}" * 1500 + "}", 400),
    ("[" * 7000 + "]" * 7000, 422),
    ("[]", 422),
    ("null", 422),
    ("1e999", 422),
    ('"task.create"', 422),
    ("{}", 422),
    ('{"type": null}', 422),
    ('{"type": 7}', 422),
    ('{"type": "task.explode"}', 400),
    ('{"type": ""}', 400),
    ('{"type": "\\u0000"}', 400),
    ('{"type": "welcome"}', 400),
    ('{"type": "task.create", "colour": "red"}', 422),
    ('{"type": "task.create", "ref": []}', 422),
    ('{"type": "task.create", "ref": ' + "9" * 5000 + "}", 422),
    ('{"type": "task.create", "data": null}', 422),
    ('{"type": "task.create", "data": []}', 422),
    ('{"type": "task.create", "data": {}}', 422),
    ('{"type": "task.create", "data": {"title": 7}}', 422),
    ('{"type": "task.create", "data": {"title": ""}}', 422),
    ('{"type": "task.create", "data": {"title": "milk\\u0000"}}', 422),
    ('{"type": "task.create", "data": {"title": "milk", "colour": "red"}}', 422),
    ('{"type": "task.create", "data": {"title": "milk", "status": "open"}}', 422),
    ('{"type": "task.create", "data": {"title": "milk", "due_on": "2026-02-30"}}', 422),
    ('{"type": "task.create", "data": {"title": "milk", "id": "1"}}', 422),
    ('{"type": "task.complete", "data": {"id": "' + "9" * 40 + '"}}', 422),
    ('{"type": "task.update", "data": {"id": "%s", "version": 1e400}}' % uuid4(), 422),  # noqa: UP031
    ('{"type": "task.update", "data": {"id": "%s", "version": %s}}' % (uuid4(), "9" * 99), 404),  # noqa: UP031
]


async def test_what_is_not_valid_is_said_in_words_and_the_connection_stays(world: World) -> None:
    async with listening(world.mia, world.workspace_id) as wire:
        for text, code in INVALID:
            await wire.send(text)
            answer = await wire.answer()
            assert refused(answer, code), (text[:80], answer)
            assert answer["data"]["message"]
            await wire.send('{"type": "heartbeat"}')  # a valid one in between
        await wire.send(b'{"type": "heartbeat"}')
        assert refused(await wire.answer(), 400, "binary")
        assert await is_usable(wire)


async def test_the_answer_to_a_wrong_message_carries_its_reference(world: World) -> None:
    async with listening(world.mia, world.workspace_id) as wire:
        for reference in ("a", "", "\x00", "🦊", 7, -1, 2**62, None):
            await wire.send(json.dumps({"type": "task.create", "ref": reference, "data": {"title": ""}}))
            answer = await wire.answer()
            assert answer["data"]["ref"] == reference
            assert answer["data"]["errors"] == [{"field": "title", "message": "must not be empty."}]
        await wire.send('{"type": "task.explode", "ref": "b"}')
        assert (await wire.answer())["data"]["ref"] == "b"


async def test_a_message_without_a_reference_is_answered_too(world: World) -> None:
    async with listening(world.mia, world.workspace_id) as wire:
        await wire.send('{"type": "task.create", "data": {"title": "milk"}}')
        answer = await wire.answer()
        assert (answer["type"], answer["data"]["ref"]) == ("ack", None)


@pytest.mark.parametrize("protocol", ["tandem.json.v1", None])
async def test_twenty_invalid_messages_in_a_row_are_too_many(world: World, protocol: str | None) -> None:
    async with listening(world.mia, world.workspace_id, protocol=protocol) as wire:
        for _ in range(2):
            for _ in range(19):
                await wire.send("{")
            for _ in range(19):
                await wire.answer()
            await wire.send('{"type": "heartbeat"}')  # and the count begins anew
        for number in range(20):
            await wire.send("{" if number % 2 else b"\xff")
        code, reason = await wire.closed()
        assert (code, bool(reason)) == (1008, True)
        assert [message["type"] for message in wire.heard].count("error") == 19 + 19 + 20


async def test_a_message_of_sixteen_kibibytes_is_taken_and_a_larger_one_closes(world: World) -> None:
    def message(size: int, filler: str = " ") -> str:
        return '{"type": "heartbeat"}' + filler * ((size - 21) // len(filler.encode()))

    async with listening(world.mia, world.workspace_id) as wire:
        await wire.send(message(LIMIT))
        assert await is_usable(wire)
    oversized: list[str | bytes] = [message(LIMIT + 1), b" " * (LIMIT + 1), '"' + "🦊" * (LIMIT // 4) + '"']
    for payload in oversized:
        async with listening(world.mia, world.workspace_id) as wire:
            await wire.send(payload)
            assert (await wire.closed())[0] == 1009
    async with listening(world.mia, world.workspace_id) as wire:
        await wire.connection.send([" " * 10_000, " " * 10_000])  # in pieces
        assert (await wire.closed())[0] == 1009


async def test_bytes_that_are_no_text_close_with_the_code_of_the_protocol(world: World) -> None:
    address = socket_address(world.mia, world.workspace_id)
    async with dial(address, headers=world.mia.bearer) as wire:
        assert (await wire.read())["type"] == "welcome"
        await wire.connection.send(b"\xff\xfe", text=True)
        assert (await wire.closed())[0] == 1007
    async with listening(world.mia, world.workspace_id) as wire:
        assert await is_usable(wire)


async def test_a_page_may_say_the_same_in_its_own_language(world: World) -> None:
    async with listening(world.mia, world.workspace_id, protocol=None) as wire:
        await wire.send('{"type": "task.create", "ref": "1", "data": {"title": "milk"}}')
        answer = await wire.answer()
        assert (answer["type"], answer["ref"], answer["task"]["title"]) == ("ack", "1", "milk")
