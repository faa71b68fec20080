"""Who may do what: every route and every message of the socket, tried by everybody.

The table is the policy. A route without a row fails, and so does a row without a route.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from litestar.routes import HTTPRoute
from msgspec.structs import replace
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from app.accounts import commands as account_commands
from app.comments import commands as comments
from app.comments.schemas import CommentCreate, CommentOut
from app.main import create_app
from app.notifications import queries as notification_queries
from app.notifications.view import Centre
from app.tasks.schemas import TaskOut
from app.workspaces import commands as workspace_commands
from app.workspaces.models import Role
from tests.builders import a_task, a_workspace, join
from tests.cast import Person, a_person, another_session
from tests.conftest import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

MEMBERS = {"olga": Role.OWNER, "adam": Role.ADMIN, "mia": Role.MEMBER, "vera": Role.VIEWER}
# Nobody is signed in; a member whose session has ended; somebody outside; the owner of something
# else; somebody who was a member until a moment ago and still has the page and the token.
OUTSIDERS = ["stan", "elsewhere", "former"]
NOBODY = ["anonymous", "ended"]
EVERYBODY = [*NOBODY, *OUTSIDERS, *MEMBERS]

OK, NOT_SIGNED_IN, FORBIDDEN, NOT_FOUND = "ok", "not signed in", "forbidden", "not found"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What a request is about: a workspace with a task of Olga's, an invite and a member to act on."""

    workspace_id: UUID
    task: TaskOut
    own_task: TaskOut
    invite_id: UUID
    token: str
    target: Person
    notification_id: UUID
    comment: CommentOut
    session_id: UUID


Body = Callable[[Scene], Mapping[str, Any]]
Policy = Callable[[str], str]


def everyone(_: str) -> str:
    return OK


def signed_in(who: str) -> str:
    return NOT_SIGNED_IN if who in NOBODY else OK


def only(*roles: Role) -> Policy:
    def policy(who: str) -> str:
        if who in NOBODY:
            return NOT_SIGNED_IN
        if who not in MEMBERS:
            return NOT_FOUND
        return OK if MEMBERS[who] in roles else FORBIDDEN

    return policy


see = only(*Role)
edit = only(Role.OWNER, Role.ADMIN, Role.MEMBER)
administer = only(Role.OWNER, Role.ADMIN)
own = only(Role.OWNER)
leave = only(Role.ADMIN, Role.MEMBER, Role.VIEWER)


def nobody_elses(who: str) -> str:
    """What is Olga's alone: a personal task, or what she was told."""
    return NOT_SIGNED_IN if who in NOBODY else OK if who == "olga" else NOT_FOUND


@dataclass(frozen=True, kw_only=True)
class Row:
    """Who may use one route, and a body that is right."""

    policy: Policy
    body: Body = lambda _: {}


def title(_: Scene) -> Mapping[str, Any]:
    return {"title": "bread"}


def name(_: Scene) -> Mapping[str, Any]:
    return {"name": "Home"}


def version(scene: Scene) -> Mapping[str, Any]:
    return {"version": scene.task.version}


def selected(scene: Scene) -> Mapping[str, Any]:
    return {"task": f"{scene.task.id}:{scene.task.version}", "priority": "high"}


def beside_itself(scene: Scene) -> Mapping[str, Any]:
    return {"after": str(scene.task.id)}


def said(_: Scene) -> Mapping[str, Any]:
    return {"body": "or oat milk"}


def comment_version(scene: Scene) -> Mapping[str, Any]:
    """Of a comment of Olga's: she alone may change it, and admins may take it away."""
    return {"version": scene.comment.version}


def said_again(scene: Scene) -> Mapping[str, Any]:
    return {"body": "or soy milk", **comment_version(scene)}


def new_title(scene: Scene) -> Mapping[str, Any]:
    return {"title": "bread", "version": scene.task.version}


COMMENT = "/comments/{comment_id}"
PREFERENCE = {"type": "task_changed", "in_app": True, "toast": False, "email": False}
PERSON = {"email": "new@example.com", "name": "New", "password": "correct horse battery"}
WORKSPACE, TASK = "/workspaces/{workspace_id}", "/tasks/{task_id}"
NOTIFICATION = "/notifications/{notification_id}"
MEMBER, INVITES = f"{WORKSPACE}/members/{{user_id}}", f"{WORKSPACE}/invites"

PAGES = {
    "GET /": Row(policy=everyone),
    "GET /login": Row(policy=everyone),
    "POST /login": Row(policy=everyone, body=lambda _: {"email": "nobody@example.com", "password": "x"}),
    "GET /register": Row(policy=everyone),
    "POST /register": Row(policy=everyone, body=lambda _: {}),
    "POST /logout": Row(policy=everyone),
    "GET /account": Row(policy=signed_in),
    "POST /account/name": Row(policy=signed_in, body=name),
    "POST /account/password": Row(policy=signed_in),
    "POST /account/keys": Row(policy=signed_in, body=lambda _: {"letters": "off"}),
    "POST /account/sessions/end": Row(policy=signed_in),
    "POST /account/sessions/{session_id}/end": Row(policy=nobody_elses),
    "GET /workspaces": Row(policy=signed_in),
    "POST /workspaces": Row(policy=signed_in, body=name),
    f"GET {WORKSPACE}": Row(policy=see),
    f"POST {WORKSPACE}": Row(policy=administer, body=name),
    f"GET {WORKSPACE}/settings": Row(policy=see),
    f"POST {WORKSPACE}/delete": Row(policy=own, body=lambda _: {"confirmation": "Home"}),
    f"POST {WORKSPACE}/hand-over": Row(
        policy=own, body=lambda scene: {"new_owner": scene.target.id, "hand_over": "Home"}
    ),
    f"POST {WORKSPACE}/leave": Row(policy=leave),
    f"POST {INVITES}": Row(policy=administer),
    f"POST {INVITES}/{{invite_id}}/revoke": Row(policy=administer),
    f"POST {MEMBER}": Row(policy=administer, body=lambda _: {"role": "viewer"}),
    f"POST {MEMBER}/remove": Row(policy=administer),
    "GET /workspaces/join/{token}": Row(policy=everyone),
    "POST /workspaces/join/{token}": Row(policy=signed_in),
    "GET /tasks": Row(policy=signed_in),
    "GET /assigned": Row(policy=signed_in),
    "GET /tasks/trash": Row(policy=signed_in),
    f"GET {WORKSPACE}/trash": Row(policy=see),
    "GET /keyboard": Row(policy=everyone),
    "GET /search": Row(policy=signed_in),
    "POST /tasks": Row(policy=signed_in, body=title),
    "GET /tasks/understood": Row(policy=signed_in),
    "POST /tasks/selected": Row(policy=edit, body=selected),
    "POST /tasks/{task_id}/move": Row(policy=edit, body=beside_itself),
    f"POST {WORKSPACE}/tasks": Row(policy=edit, body=title),
    f"GET {WORKSPACE}/tasks/understood": Row(policy=edit),
    f"GET {WORKSPACE}/tasks/{{task_id}}": Row(policy=see),
    f"GET {TASK}": Row(policy=see),
    f"GET {TASK}/assign": Row(policy=see),
    f"POST {TASK}": Row(policy=edit, body=new_title),
    f"POST {TASK}/complete": Row(policy=edit),
    f"POST {TASK}/reopen": Row(policy=edit),
    f"POST {TASK}/assign": Row(policy=edit, body=version),
    f"POST {TASK}/delete": Row(policy=administer, body=version),
    f"GET {TASK}/history": Row(policy=see),
    f"GET {WORKSPACE}/activity": Row(policy=see),
    f"POST {WORKSPACE}/seen": Row(policy=see, body=lambda _: {"seq": 1}),
    f"POST {TASK}/comments": Row(policy=edit, body=said),
    f"GET {COMMENT}/edit": Row(policy=own),
    f"POST {COMMENT}": Row(policy=own, body=said_again),
    f"POST {COMMENT}/delete": Row(policy=administer, body=comment_version),
    "GET /notifications": Row(policy=signed_in),
    "GET /notifications/latest": Row(policy=signed_in),
    "GET /notifications/preferences": Row(policy=signed_in),
    "POST /notifications/preferences": Row(policy=signed_in),
    "POST /notifications/read-all": Row(policy=signed_in),
    f"POST {NOTIFICATION}/read": Row(policy=nobody_elses),
    f"POST {NOTIFICATION}/open": Row(policy=nobody_elses),
}
API = {
    "POST /api/auth/register": Row(policy=everyone, body=lambda _: PERSON | {"email": f"{uuid4()}@x.org"}),
    # Refused for its password, not for who asks; test_sign_in has the rest.
    "POST /api/auth/login": Row(
        policy=lambda _: NOT_SIGNED_IN, body=lambda _: {"email": "a@b", "password": "x"}
    ),
    "POST /api/auth/logout": Row(policy=signed_in),
    "GET /api/me": Row(policy=signed_in),
    "PATCH /api/me": Row(policy=signed_in, body=name),
    "GET /api/workspaces": Row(policy=signed_in),
    "POST /api/workspaces": Row(policy=signed_in, body=name),
    "POST /api/workspaces/join": Row(policy=signed_in, body=lambda scene: {"token": scene.token}),
    f"GET /api{WORKSPACE}": Row(policy=see),
    f"PUT /api{WORKSPACE}": Row(policy=administer, body=name),
    f"DELETE /api{WORKSPACE}": Row(policy=own),
    f"GET /api{INVITES}": Row(policy=administer),
    f"POST /api{INVITES}": Row(policy=administer),
    f"DELETE /api{INVITES}/{{invite_id}}": Row(policy=administer),
    f"GET /api{WORKSPACE}/members": Row(policy=see),
    f"GET /api{WORKSPACE}/presence": Row(policy=see),
    f"PATCH /api{MEMBER}": Row(policy=administer, body=lambda _: {"role": "member"}),
    f"DELETE /api{MEMBER}": Row(policy=administer),
    f"GET /api{WORKSPACE}/tasks": Row(policy=see),
    f"POST /api{WORKSPACE}/tasks": Row(policy=edit, body=title),
    "GET /api/tasks": Row(policy=signed_in),
    "POST /api/tasks": Row(policy=signed_in, body=title),
    f"GET /api{TASK}": Row(policy=see),
    f"PATCH /api{TASK}": Row(policy=edit, body=new_title),
    f"DELETE /api{TASK}": Row(policy=administer, body=version),
    f"PATCH /api{TASK}/assign": Row(policy=edit, body=lambda s: {"assignee_id": s.target.id, **version(s)}),
    f"POST /api{TASK}/complete": Row(policy=edit),
    f"POST /api{TASK}/reopen": Row(policy=edit),
    f"POST /api{TASK}/restore": Row(policy=administer),
    f"GET /api{TASK}/history": Row(policy=see),
    f"GET /api{WORKSPACE}/activity": Row(policy=see),
    f"GET /api{TASK}/comments": Row(policy=see),
    f"POST /api{TASK}/comments": Row(policy=edit, body=said),
    f"PATCH /api{COMMENT}": Row(policy=own, body=said_again),
    f"DELETE /api{COMMENT}": Row(policy=administer, body=comment_version),
    "GET /api/notifications": Row(policy=signed_in),
    f"POST /api{NOTIFICATION}/read": Row(policy=nobody_elses),
    "POST /api/notifications/read-all": Row(policy=signed_in),
    "GET /api/notifications/preferences": Row(policy=signed_in),
    "PUT /api/notifications/preferences": Row(policy=signed_in, body=lambda _: {"preferences": [PREFERENCE]}),
}
# Nobody's: what anybody may know.
PUBLIC = {
    "GET /health/live",
    "GET /health/ready",
    "GET /metrics",
    "GET /static/{name}",
    "GET /api/openapi.json",
    "GET /api/openapi.json/{path}",
    "GET /api/openapi.json/openapi.json",
}
ROWS = PAGES | API
MESSAGES: dict[str, Body] = {
    "task.create": title,
    "task.update": lambda scene: {"id": str(scene.task.id), **new_title(scene)},
    "task.complete": lambda scene: {"id": str(scene.task.id)},
    "task.reopen": lambda scene: {"id": str(scene.task.id)},
    "task.assign": lambda s: {"id": str(s.task.id), "assignee_id": s.target.id, **version(s)},
    "task.delete": lambda scene: {"id": str(scene.task.id), **version(scene)},
}


def test_every_route_has_a_row_and_every_row_a_route(world: World) -> None:
    app = create_app(world.tandem.settings)
    routes = {
        f"{method} {route.path_format}"
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods - {"OPTIONS", "HEAD"}
    }
    assert routes == set(ROWS) | PUBLIC
    assert len(ROWS) * len(EVERYBODY) >= 500


def test_every_message_has_a_row(world: World) -> None:
    assert set(world.tandem.messages) == set(MESSAGES)


@pytest.mark.parametrize("route", ROWS)
async def test_a_route_does_for_each_what_the_table_says(world: World, route: str) -> None:
    row = ROWS[route]
    scene = await a_scene(world)
    for who in EVERYBODY:
        person = await a_principal(world, who, scene)
        answer = await ask(world, person, route, scene, row.body(scene))
        assert verdict(answer) == row.policy(who), (who, answer.status_code, answer.text[:300])
        if answer.is_success or answer.is_redirect:
            scene = scene if route.startswith("GET") else await a_scene(world)


@pytest.mark.parametrize("route", [route for route, row in API.items() if "{" in route])
async def test_what_is_not_for_an_outsider_looks_like_what_does_not_exist(world: World, route: str) -> None:
    scene = await a_scene(world)
    nothing = Scene(
        workspace_id=uuid4(),
        task=await a_task(world.tandem, world.olga, None),
        own_task=scene.own_task,
        invite_id=uuid4(),
        token="x" * 43,
        target=scene.target,
        notification_id=uuid4(),
        comment=replace(scene.comment, id=uuid4()),
        session_id=uuid4(),
    )
    body = API[route].body(scene)
    real = await ask(world, world.stan, route, scene, body)
    invented = await ask(world, world.stan, route, nothing, body)
    assert (real.status_code, real.text) == (invented.status_code, invented.text)
    assert real.status_code == 404
    assert {*real.headers} == {*invented.headers}


@pytest.mark.parametrize("route", [route for route in API if TASK in route])
async def test_a_personal_task_is_its_owners_alone(world: World, route: str) -> None:
    for who in EVERYBODY:
        scene = await a_scene(world)
        person = await a_principal(world, who, scene)
        private = Scene(**{**vars(scene), "task": scene.own_task, "target": world.olga})
        answer = await ask(world, person, route, private, API[route].body(private))
        assert verdict(answer) == nobody_elses(who), (who, answer.text)


@pytest.mark.parametrize("path", sorted({route.partition(" ")[2] for route in ROWS}))
async def test_other_methods_are_refused_without_harm(world: World, path: str) -> None:
    scene = await a_scene(world)
    known = {route.partition(" ")[0] for route in ROWS if route.partition(" ")[2] == path}
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - known:
        answer = await ask(world, world.olga, f"{method} {path}", scene, {})
        assert answer.status_code == 405, (method, answer.text)
        assert "GET" not in known or answer.headers["Allow"]


FORBIDDEN_FIELDS = [
    "workspace_id",
    "owner_id",
    "role",
    "seq",
    "creator",
    "created_by",
    "deleted_at",
    "created_at",
]
WRITABLE = {
    f"POST /api{WORKSPACE}/tasks": [*FORBIDDEN_FIELDS, "version", "completed", "completed_at"],
    f"PATCH /api{TASK}": [*FORBIDDEN_FIELDS, "id", "completed", "completed_at", "assignee"],
    f"PATCH /api{TASK}/assign": [*FORBIDDEN_FIELDS, "id", "title"],
    "POST /api/workspaces": [*FORBIDDEN_FIELDS, "version", "member_count"],
    f"PUT /api{WORKSPACE}": [*FORBIDDEN_FIELDS, "id", "version"],
    f"POST /api{INVITES}": [field for field in FORBIDDEN_FIELDS if field != "role"] + ["id", "token", "uses"],
    f"PATCH /api{MEMBER}": [field for field in FORBIDDEN_FIELDS if field != "role"] + ["user_id"],
    "PATCH /api/me": [*FORBIDDEN_FIELDS, "id", "email", "password_hash"],
    "POST /api/auth/register": [*FORBIDDEN_FIELDS, "id", "password_hash", "is_admin"],
}


@pytest.mark.parametrize("route", WRITABLE)
async def test_fields_that_are_not_the_callers_to_set_are_refused_by_name(world: World, route: str) -> None:
    scene = await a_scene(world)
    for field in WRITABLE[route]:
        body = {**API[route].body(scene), field: "x"}
        answer = await ask(world, world.olga, route, scene, body)
        assert answer.status_code == 422, (field, answer.text)
        assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("kind", MESSAGES)
async def test_a_message_does_for_each_member_what_the_table_says(world: World, kind: str) -> None:
    for who in MEMBERS:
        person = world.cast[who]
        scene = await a_scene(world)
        allowed = administer(who) if kind == "task.delete" else edit(who)
        address = f"{world.program.socket_address}/ws/workspace/{scene.workspace_id}"
        async with (
            connect(
                address,
                subprotocols=[Subprotocol("tandem.json.v1")],
                additional_headers=person.bearer,
            ) as socket,
            asyncio.timeout(20),
        ):
            await socket.send(json.dumps({"type": kind, "ref": "r", "data": MESSAGES[kind](scene)}))
            answer: dict[str, Any] = {"type": ""}
            while answer["type"] not in ("ack", "error"):
                answer = json.loads(await socket.recv())
        if allowed == OK:
            assert answer["type"] == "ack", (who, answer)
        else:
            assert answer["data"]["code"] == 403, (who, answer)
        assert answer["data"]["ref"] == "r"


async def a_principal(world: World, who: str, scene: Scene) -> Person | None:
    """Somebody of the table, as they stand to the workspace of ``scene``; None is a visitor."""
    if who in world.cast:
        return world.cast[who]
    if who == "anonymous":
        return None
    tandem, olga = world.tandem, world.olga.scope
    person = await a_person(tandem, f"{who}-{uuid4().hex[:8]}", address=world.program.address)
    if who == "elsewhere":
        await workspace_commands.create_workspace(
            tandem.unit_of_work(), person.scope, name="Elsewhere", description=""
        )
        return person
    await join(tandem, olga, person.scope, scene.workspace_id, Role.ADMIN)
    if who == "former":
        await workspace_commands.remove_member(
            tandem.unit_of_work(), olga, scene.workspace_id, person.scope.user_id
        )
    else:
        await account_commands.sign_out(tandem.unit_of_work(), person.scope)
    return person


async def a_scene(world: World) -> Scene:
    """A fresh one, for a request that may end it."""
    tandem, olga = world.tandem, world.olga
    workspace_id = await a_workspace(tandem, world.cast)
    target = await a_person(tandem, f"target-{uuid4().hex[:8]}", address=world.program.address)
    await join(tandem, olga.scope, target.scope, workspace_id, Role.MEMBER)
    invite = await workspace_commands.invite_member(
        tandem.unit_of_work(),
        olga.scope,
        workspace_id,
        role=Role.VIEWER,
        expires_in=3600,
        max_uses=None,
        settings=tandem.settings,
    )
    assert invite.token is not None
    task = await a_task(tandem, olga, workspace_id)
    comment, _ = await comments.add_comment(
        tandem.unit_of_work(), olga.scope, task.id, CommentCreate(body="2 litres")
    )
    async with tandem.database.read() as session:
        # Olga was told that the target came by her invite.
        [told] = await notification_queries.newest(session, olga.scope, Centre(), limit=1)
    return Scene(
        workspace_id=workspace_id,
        task=task,
        own_task=await a_task(tandem, olga, None),
        invite_id=invite.id,
        token=invite.token,
        target=target,
        notification_id=told.id,
        comment=comment,
        session_id=await another_session(tandem, olga),
    )


async def ask(
    world: World, person: Person | None, route: str, scene: Scene, body: Mapping[str, Any]
) -> httpx.Response:
    """Send what ``route`` takes: a document to the API, a form to a page."""
    method, _, template = route.partition(" ")
    path = template.format(
        workspace_id=scene.workspace_id,
        task_id=scene.task.id,
        invite_id=scene.invite_id,
        user_id=scene.target.id,
        token=scene.token,
        notification_id=scene.notification_id,
        comment_id=scene.comment.id,
        session_id=scene.session_id,
    )
    in_api = path.startswith("/api")
    headers = {} if in_api else {"Origin": world.program.address}
    if person is not None:
        headers |= person.bearer if in_api else {"Cookie": f"{person.cookie_name}={person.token}"}
    content: dict[str, Any] = {}
    if method != "GET" and (body or in_api):
        content = {"json": dict(body)} if in_api else {"data": dict(body)}
    async with httpx.AsyncClient(base_url=world.program.address, timeout=20) as client:
        return await client.request(method, path, headers=headers, **content)


def verdict(answer: httpx.Response) -> str:
    """What an answer comes down to."""
    to_sign_in = answer.headers.get("Location", "").startswith("/login?")
    if answer.status_code == 401 or (answer.status_code == 303 and to_sign_in):
        return NOT_SIGNED_IN
    # A form that was understood and not accepted is still the form's business.
    if answer.status_code < 400 or answer.status_code == 422:
        return OK
    return {403: FORBIDDEN, 404: NOT_FOUND}.get(answer.status_code, f"{answer.status_code}")
