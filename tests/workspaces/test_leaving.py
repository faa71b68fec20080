"""Taking members out, and leaving."""

import asyncio
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

import pytest

from app.core.events import Event
from app.core.topics import user_topic, workspace_topic
from app.workspaces.events import WorkspaceLeft
from app.workspaces.models import Role
from tests.builders import a_task, a_workspace, join
from tests.cast import Person
from tests.conftest import World
from tests.workspaces.asking import (
    REFUSED_TO_MEMBERS,
    form_refusals,
    hearing,
    members_of,
    refusals,
    the_workspace,
)


async def test_one_who_is_taken_out_is_out_at_once_and_everybody_is_told(world: World) -> None:
    task = await a_task(world.tandem, world.mia, world.workspace_id, assignee_id=world.mia.scope.user_id)
    adam, mia, vera = world.adam.api, world.mia.api, world.vera.api
    address = f"/api/workspaces/{world.workspace_id}"
    listed = await members_of(world.vera, world.workspace_id)
    [shown] = [each for each in listed if each["user"]["id"] == world.mia.id]
    async with hearing(world.tandem) as told:
        answer = await adam.delete(_member(world, world.mia))
        again = await adam.delete(_member(world, world.mia))
    assert (answer.status_code, answer.content, again.status_code) == (204, b"", 404)
    one, unassigned = told
    assert (one.topic, one.type, one.by) == (the_workspace(world), "member.removed", world.adam.id)
    assert one.data == {"member": shown}
    assert (unassigned.type, unassigned.by, unassigned.changed) == (
        "task.assigned",
        world.adam.id,
        ["assignee"],
    )
    assert unassigned.data["task"]["assignee"] is None
    event, _ = await world.tandem.log.read(one.topic, since=one.seq - 1, limit=10)
    assert event.ends_access_of == world.mia.id
    for path in (address, f"{address}/tasks", f"/api/tasks/{task.id}"):
        assert (await mia.get(path)).status_code == 404
    assert (await mia.post(f"/api/tasks/{task.id}/complete")).status_code == 404
    assert (await mia.get("/api/workspaces")).json()["items"] == []
    assert (await vera.get(address)).json()["member_count"] == 3
    # What they made stays, and can be given to somebody else.
    left = (await vera.get(f"/api/tasks/{task.id}")).json()
    assert left["creator"]["name"] == "Mia"
    body = {"assignee_id": world.adam.id, "version": left["version"]}
    given = await adam.patch(f"/api/tasks/{task.id}/assign", json=body)
    assert given.status_code == 200
    body = {"assignee_id": world.mia.id, "version": given.json()["version"]}
    assert (await adam.patch(f"/api/tasks/{task.id}/assign", json=body)).status_code == 422


async def test_what_one_had_is_nobodys_wherever_it_is(world: World) -> None:
    mia = world.mia.scope
    open_task = await a_task(world.tandem, world.olga, world.workspace_id, assignee_id=mia.user_id)
    done = await a_task(world.tandem, world.olga, world.workspace_id, assignee_id=mia.user_id, status="done")
    trashed = await a_task(world.tandem, world.olga, world.workspace_id, assignee_id=mia.user_id)
    elsewhere = await a_workspace(world.tandem, world.cast, name="Elsewhere")
    kept = await a_task(world.tandem, world.olga, elsewhere, assignee_id=mia.user_id)
    olga = world.olga.api
    await olga.delete(f"/api/tasks/{trashed.id}?version={trashed.version}")
    async with hearing(world.tandem) as told:
        assert (await world.mia.api.delete(_member(world, world.mia))).status_code == 204
    assert [one.type for one in told] == ["member.removed", "task.assigned", "task.assigned"]
    assert (await olga.post(f"/api/tasks/{trashed.id}/restore")).json()["assignee"] is None
    for task in (open_task, done):
        assert (await olga.get(f"/api/tasks/{task.id}")).json()["assignee"] is None
    assert (await olga.get(f"/api/tasks/{kept.id}")).json()["assignee"]["id"] == world.mia.id
    # And what happens to them from now on is not told here.
    async with hearing(world.tandem) as told:
        assert (await world.mia.api.patch("/api/me", json={"name": "M"})).status_code == 200
    assert {one.topic for one in told} == {
        user_topic(mia.user_id),
        workspace_topic(elsewhere),
    }


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_task_is_never_given_to_somebody_who_is_leaving_meanwhile(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id, assignee_id=world.mia.scope.user_id)
    mia, adam, path = world.mia.scope, world.adam.api, f"/api/tasks/{task.id}"
    for number in range(30):
        version = (await adam.get(path)).json()["version"]
        body = {"assignee_id": world.mia.id, "title": f"milk {number}", "version": version}
        given, removed = await asyncio.gather(
            adam.patch(path, json=body), world.olga.api.delete(_member(world, world.mia))
        )
        assert (given.status_code in (200, 409, 422), removed.status_code) == (True, 204), given.text
        assert (await adam.get(path)).json()["assignee"] is None
        await join(world.tandem, world.olga.scope, mia, world.workspace_id, Role.MEMBER)
        version = (await adam.get(path)).json()["version"]
        again = await adam.patch(path, json={"assignee_id": world.mia.id, "version": version})
        assert again.status_code == 200


async def test_everybody_but_the_owner_may_leave_and_may_come_back(world: World) -> None:
    for person in (world.vera, world.mia, world.adam):
        api = person.api
        async with hearing(world.tandem) as told:
            answer = await api.delete(_member(world, person))
            again = await api.delete(_member(world, person))
        assert (answer.status_code, again.status_code) == (204, 404)
        assert [(one.type, one.by) for one in told] == [("member.removed", person.id)]
    await join(world.tandem, world.olga.scope, world.vera.scope, world.workspace_id, Role.ADMIN)
    assert (await world.vera.api.get(f"/api/workspaces/{world.workspace_id}")).json()["role"] == "admin"


async def test_the_owner_leaves_after_handing_over(world: World) -> None:
    olga = world.olga.api
    async with hearing(world.tandem) as told:
        for person in (world.olga, world.adam):
            assert (await person.api.delete(_member(world, world.olga))).status_code == 403
        form = await world.olga.browser.post(f"/workspaces/{world.workspace_id}/leave")
        assert form.status_code == 403
    assert told == []
    assert (await olga.patch(_member(world, world.adam), json={"role": "owner"})).status_code == 200
    assert (await olga.delete(_member(world, world.olga))).status_code == 204
    assert (await world.adam.api.get(f"/api/workspaces/{world.workspace_id}")).json()["role"] == "owner"


async def test_of_two_admins_who_remove_each_other_one_stays(world: World) -> None:
    olga = world.olga.api
    await olga.patch(_member(world, world.mia), json={"role": "admin"})
    adam, mia = world.adam.api, world.mia.api
    for _ in range(5):
        async with hearing(world.tandem) as told:
            answers = await asyncio.gather(
                adam.delete(_member(world, world.mia)), mia.delete(_member(world, world.adam))
            )
        assert sorted(answer.status_code for answer in answers) == [204, 404]
        assert [one.type for one in told] == ["member.removed"]
        gone = world.mia if answers[0].status_code == 204 else world.adam
        await join(world.tandem, world.olga.scope, gone.scope, world.workspace_id, Role.ADMIN)


async def test_who_may_not_take_others_out(world: World) -> None:
    who = tuple(REFUSED_TO_MEMBERS)
    path = _member(world, world.adam)
    async with hearing(world.tandem) as told:
        assert await refusals(world, "DELETE", path, who=who) == REFUSED_TO_MEMBERS
        forms = await form_refusals(world, f"{path.removeprefix('/api')}/remove", who=who)
        assert forms == REFUSED_TO_MEMBERS
        outside = {"stan": 404, "nobody": 401}
        leave = f"/workspaces/{world.workspace_id}/leave"
        assert await form_refusals(world, leave, who=tuple(outside)) == outside
        assert (await world.olga.api.delete(_member(world, world.stan))).status_code == 404
    assert told == []


async def test_the_plain_forms_take_out_and_leave(world: World) -> None:
    address = f"/workspaces/{world.workspace_id}"
    async with hearing(world.tandem) as told:
        removed = await world.olga.browser.post(f"{address}/members/{world.mia.id}/remove")
        left = await world.vera.browser.post(f"{address}/leave")
        oneself = await world.adam.browser.post(f"{address}/members/{world.adam.id}/remove")
    assert [answer.status_code for answer in (removed, left, oneself)] == [303, 303, 303]
    assert removed.headers["location"] == f"{address}/settings"
    assert left.headers["location"] == oneself.headers["location"] == "/workspaces"
    assert [one.data["member"]["user"]["name"] for one in told] == ["Mia", "Vera", "Adam"]


def _member(world: World, person: Person) -> str:
    return f"/api/workspaces/{world.workspace_id}/members/{person.id}"


async def test_one_who_is_out_is_told_alone_and_their_stream_forgets_the_workspace(world: World) -> None:
    other = await a_workspace(world.tandem, world.cast, name="Elsewhere")
    mia = user_topic(world.mia.scope.user_id)
    for workspace_id in (world.workspace_id, other, world.workspace_id):
        async with world.tandem.unit_of_work() as uow:
            uow.record(Whisper(topic=mia, actor=world.olga.scope.actor, workspace_id=workspace_id))
    async with world.tandem.rooms.follow(mia, Silent()) as room:
        await room.catch_up()
        async with hearing(world.tandem, own=True) as told:
            assert (await world.adam.api.delete(_member(world, world.mia))).status_code == 204
        one, why = told
        assert (one.topic, one.type, one.by) == (mia, "workspace.left", world.adam.id)
        assert (why.topic, why.data["notification"]["type"]) == (mia, "removed")
        assert one.data == {"id": str(world.workspace_id)}
        remembered = await room.since(0, limit=10)
    kept = await world.tandem.log.read(mia, since=0, limit=10)
    for events in (remembered, kept):
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        said = [(event.type, event.actor is None, b"secret" in bytes(event.data)) for event in events[-5:]]
        assert said == [
            ("forgotten", True, False),
            ("whisper", False, True),
            ("forgotten", True, False),
            ("workspace.left", False, False),
            ("notification.new", False, False),
        ]


async def test_what_is_said_and_forgotten_in_one_transaction_is_not_said(world: World) -> None:
    mia = user_topic(world.mia.scope.user_id)
    async with hearing(world.tandem, own=True) as told, world.tandem.unit_of_work() as uow:
        actor = world.olga.scope.actor
        uow.record(Whisper(topic=mia, actor=actor, workspace_id=world.workspace_id))
        left = WorkspaceLeft(topic=mia, actor=actor, workspace_id=world.workspace_id, name="Home")
        uow.record(left)
    assert [one.type for one in told] == ["workspace.left", "notification.new"]


@dataclass(frozen=True, kw_only=True)
class Whisper(Event):
    """Something private of a workspace, for one of its members alone."""

    type: ClassVar[str] = "whisper"
    workspace_id: UUID

    @property
    def entity_id(self) -> UUID:
        return self.workspace_id

    def data(self) -> object:
        return {"secret": "of the workspace"}

    def about(self) -> UUID | None:
        return self.workspace_id


class Silent:
    """Follows, and does nothing about it."""

    def wake(self) -> None:
        pass
