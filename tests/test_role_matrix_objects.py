"""What nobody may reach through a name: things of other places, deleted ones, and fields of the server's.

The routes and their right bodies are those of test_role_matrix.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
from litestar.routes import HTTPRoute
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from app.main import create_app
from app.tasks import commands as tasks
from app.tasks.schemas import TaskOut
from tests.builders import a_task
from tests.cast import Person
from tests.conftest import World
from tests.test_role_matrix import API, MESSAGES, ROWS, Scene, a_scene, ask

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ABOUT_A_TASK = [route for route in ROWS if "{task_id}" in route]
ABOUT_SOMETHING = [route for route in ROWS if "{workspace_id}" in route or "{task_id}" in route]
ABOUT_AN_INVITE_OR_MEMBER = [route for route in ROWS if "{invite_id}" in route or "{user_id}" in route]
OF_THE_SERVER = {
    "id": str(uuid4()),
    "workspace_id": str(uuid4()),
    "owner_id": str(uuid4()),
    "role": "owner",
    "version": 1,
    "seq": 1,
    "creator": {"id": str(uuid4())},
    "created_by": str(uuid4()),
    "created_at": "2020-01-01T00:00:00Z",
    "updated_at": "2020-01-01T00:00:00Z",
    "deleted_at": None,
    "completed": True,
    "completed_at": "2020-01-01T00:00:00Z",
    "position_key": "a0",
    "token_hash": "x",
    "password_hash": "x",
}
# Bodies that the routes read themselves, without the framework's help.
READ_BY_HAND = {
    "DELETE /api/tasks/{task_id}": {"version"},
    "DELETE /api/comments/{comment_id}": {"version"},
}
MESSAGE_FIELDS = {
    "task.create": {"id"},
    "task.update": {"id", "version"},
    "task.complete": {"id"},
    "task.reopen": {"id"},
    "task.assign": {"id", "version"},
    "task.delete": {"id", "version"},
}


async def test_to_an_outsider_what_exists_looks_like_what_does_not(world: World) -> None:
    scene = await a_scene(world)
    nothing = replace(scene, workspace_id=uuid4(), invite_id=uuid4(), task=_invented(scene.task))
    for route in ABOUT_SOMETHING:
        body = ROWS[route].body(scene)
        real = await ask(world, world.stan, route, scene, body)
        invented = await ask(world, world.stan, route, nothing, body)
        assert real.status_code == 404, route
        assert _told(real, scene) == _told(invented, nothing), route
    assert len(ABOUT_SOMETHING) >= 35


async def test_a_task_of_another_place_or_of_the_trash_does_not_exist(world: World) -> None:
    scene, other = await a_scene(world), await a_scene(world)
    invented = replace(scene, task=_invented(scene.task))
    hidden = {
        "somebody's own": scene.own_task,
        "somebody's elsewhere": await a_task(world.tandem, world.stan, None),
        "deleted": await _deleted(world, scene),
        "of another workspace": other.task,
    }
    for route in ABOUT_A_TASK:
        body = ROWS[route].body(scene)
        expected = await ask(world, world.mia, route, invented, body)
        assert expected.status_code == 404, route
        for what, task in hidden.items():
            if what == "deleted" and "restore" in route:
                continue
            if what == "of another workspace" and "{workspace_id}" not in route:
                continue  # Mia belongs to that one, too
            named = replace(scene, task=task)
            answer = await ask(world, world.mia, route, named, body)
            assert _told(answer, named) == _told(expected, invented), (route, what)
    assert len(ABOUT_A_TASK) >= 15


async def test_invites_and_members_are_found_in_their_own_workspace_only(world: World) -> None:
    scene, other = await a_scene(world), await a_scene(world)
    stranger = replace(world.stan, scope=replace(world.stan.scope, user_id=uuid4()))
    invented = replace(scene, invite_id=uuid4(), target=stranger)
    named = replace(scene, invite_id=other.invite_id, target=other.target)
    for route in ABOUT_AN_INVITE_OR_MEMBER:
        body = ROWS[route].body(scene)
        expected = await ask(world, world.olga, route, invented, body)
        assert expected.status_code == 404, route
        answer = await ask(world, world.olga, route, named, body)
        assert _told(answer, named) == _told(expected, invented), route
    assert len(ABOUT_AN_INVITE_OR_MEMBER) >= 6


async def test_a_task_can_be_given_to_nobody_outside_and_that_tells_nothing(world: World) -> None:
    scene = await a_scene(world)
    route = "PATCH /api/tasks/{task_id}/assign"
    answers = [
        await ask(world, world.olga, route, scene, {"assignee_id": person, "version": scene.task.version})
        for person in (world.stan.id, str(uuid4()))
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].text == answers[1].text


async def test_methods_that_are_not_there_are_refused_before_anybody_is_asked(world: World) -> None:
    names = {
        "workspace_id": uuid4(),
        "task_id": uuid4(),
        "user_id": uuid4(),
        "invite_id": uuid4(),
        "notification_id": uuid4(),
        "comment_id": uuid4(),
        "session_id": uuid4(),
        "token": "x",
    }
    headers = {"Origin": world.program.address}
    async with httpx.AsyncClient(base_url=world.program.address, headers=headers, timeout=20) as client:
        for path in {route.partition(" ")[2] for route in ROWS}:
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"):
                if f"{method} {path}" not in ROWS:
                    answer = await client.request(method, path.format(**names))
                    assert answer.status_code == 405, (method, path, answer.text)


async def test_every_field_that_is_the_servers_is_refused_by_name(world: World) -> None:
    scene = await a_scene(world)
    cells = 0
    for route, taken in sorted(_fields_by_route(world).items()):
        for field, value in OF_THE_SERVER.items():
            if field not in taken:
                body = {**API[route].body(scene), field: value}
                answer = await ask(world, world.olga, route, scene, body)
                assert answer.status_code == 422, (route, field, answer.text)
                assert [error["field"] for error in answer.json()["errors"]] == [field], route
                cells += 1
    assert cells >= 190
    after = await ask(world, world.olga, "GET /api/tasks/{task_id}", scene, {})
    assert after.json()["version"] == scene.task.version


async def test_every_field_that_is_the_servers_is_refused_in_messages_too(world: World) -> None:
    scene = await a_scene(world)
    assert set(MESSAGE_FIELDS) == set(MESSAGES)
    messages = [
        (field, {"type": kind, "ref": field, "data": {**MESSAGES[kind](scene), field: value}})
        for kind, taken in MESSAGE_FIELDS.items()
        for field, value in OF_THE_SERVER.items()
        if field not in taken
    ]
    assert len(messages) >= 80
    for field, message in messages:
        answer = await _say(world, world.olga, scene, message)
        assert (answer["type"], answer["data"]["code"]) == ("error", 422), message
        assert [error["field"] for error in answer["data"]["errors"]] == [field]


async def test_a_message_finds_the_tasks_of_its_own_socket_only(world: World) -> None:
    scene, other = await a_scene(world), await a_scene(world)
    hidden = [_invented(scene.task), scene.own_task, other.task, await _deleted(world, scene)]
    for kind in set(MESSAGES) - {"task.create"}:
        answers = []
        for task in hidden:
            data = MESSAGES[kind](replace(scene, task=task))
            answer = await _say(world, world.olga, scene, {"type": kind, "ref": 1, "data": data})
            answers.append((answer["type"], answer["data"]))
        assert answers == [answers[0]] * 4, kind
        assert answers[0][1]["code"] == 404


def _fields_by_route(world: World) -> Mapping[str, set[str]]:
    """For every route of the API that takes a document: the fields that it may have."""
    found: dict[str, set[str]] = dict(READ_BY_HAND)
    for route in create_app(world.tandem.settings).routes:
        if isinstance(route, HTTPRoute) and route.path_format.startswith("/api"):
            for handler in route.route_handlers:
                if data := handler.parsed_fn_signature.parameters.get("data"):
                    (method,) = handler.http_methods
                    found[f"{method} {route.path_format}"] = {
                        known.encode_name for known in msgspec.structs.fields(data.annotation)
                    }
    return found


async def _say(world: World, person: Person, scene: Scene, message: Mapping[str, Any]) -> dict[str, Any]:
    """What a program is answered to one message."""
    address = f"{world.program.socket_address}/ws/workspace/{scene.workspace_id}"
    protocols = [Subprotocol("tandem.json.v1")]
    async with (
        connect(address, subprotocols=protocols, additional_headers=person.bearer) as socket,
        asyncio.timeout(20),
    ):
        await socket.send(json.dumps(message))
        answer: dict[str, Any] = {"type": ""}
        while answer["type"] not in ("ack", "error"):
            answer = json.loads(await socket.recv())
    return answer


async def _deleted(world: World, scene: Scene) -> TaskOut:
    task = await a_task(world.tandem, world.olga, scene.workspace_id)
    return await tasks.delete_task(
        world.tandem.unit_of_work(), world.olga.scope, task.id, version=task.version
    )


def _invented(task: TaskOut) -> TaskOut:
    return msgspec.structs.replace(task, id=uuid4())


def _told(answer: httpx.Response, scene: Scene) -> tuple[int, str, set[str]]:
    """All that an answer tells, but for what was named in the question."""
    text = answer.text
    for name in (scene.workspace_id, scene.task.id, scene.invite_id, UUID(scene.target.id)):
        text = text.replace(str(name), "NAMED")
    return answer.status_code, text, {*answer.headers}
