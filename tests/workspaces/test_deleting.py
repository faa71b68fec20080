"""Deleting a workspace."""

import asyncio

from sqlalchemy import func, select

from app.tasks.models import Task
from app.workspaces.models import Invite, Member
from tests.builders import a_task, a_workspace
from tests.conftest import World
from tests.workspaces.asking import (
    REFUSED_TO_MEMBERS,
    form_refusals,
    hearing,
    refusals,
    the_workspace,
)

ALL_BUT_THE_OWNER = {"adam": 403, **REFUSED_TO_MEMBERS}


async def test_it_is_gone_with_all_it_held_and_everybody_is_told_last(world: World) -> None:
    elsewhere = await a_workspace(world.tandem, world.cast, name="Elsewhere")
    kept = await a_task(world.tandem, world.mia, elsewhere)
    task = await a_task(world.tandem, world.mia, world.workspace_id, assignee_id=world.mia.scope.user_id)
    olga, mia = world.olga.api, world.mia.api
    address = f"/api/workspaces/{world.workspace_id}"
    token = (await olga.post(f"{address}/invites", json={})).json()["token"]
    async with hearing(world.tandem) as told:
        answers = await asyncio.gather(*(olga.delete(address) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [204, 404, 404]
    [one] = told
    assert (one.topic, one.type, one.by) == (the_workspace(world), "workspace.deleted", world.olga.id)
    assert one.data == {"id": str(world.workspace_id), "name": "Home"}
    [event] = await world.tandem.log.read(one.topic, since=one.seq - 1, limit=10)
    assert event.ends_access_of == "*"
    for path in (address, f"{address}/tasks", f"{address}/members", f"/api/tasks/{task.id}"):
        assert (await mia.get(path)).status_code == 404
    assert (await mia.get("/api/tasks?scope=assigned")).json()["items"] == []
    assert (await world.stan.api.post("/api/workspaces/join", json={"token": token})).status_code == 404
    assert [each["id"] for each in (await mia.get("/api/workspaces")).json()["items"]] == [str(elsewhere)]
    assert (await mia.get(f"/api/tasks/{kept.id}")).status_code == 200
    async with world.tandem.database.read() as session:
        for table in (Member, Task, Invite):
            left = select(func.count()).select_from(table).where(table.workspace_id == world.workspace_id)
            assert await session.scalar(left) == 0


async def test_who_comes_in_while_it_is_deleted_was_in_it_or_finds_nothing(world: World) -> None:
    olga, stan = world.olga.api, world.stan.api
    for _ in range(5):
        made = (await olga.post("/api/workspaces", json={"name": "Soon gone"})).json()
        address = f"/api/workspaces/{made['id']}"
        token = (await olga.post(f"{address}/invites", json={})).json()["token"]
        joined, deleted = await asyncio.gather(
            stan.post("/api/workspaces/join", json={"token": token}), olga.delete(address)
        )
        assert (joined.status_code in (200, 404), deleted.status_code) == (True, 204)


async def test_only_its_owner_may(world: World) -> None:
    address = f"/workspaces/{world.workspace_id}"
    who = tuple(ALL_BUT_THE_OWNER)
    async with hearing(world.tandem) as told:
        assert await refusals(world, "DELETE", f"/api{address}", who=who) == ALL_BUT_THE_OWNER
        forms = await form_refusals(world, f"{address}/delete", confirmation="Home", who=who)
        assert forms == ALL_BUT_THE_OWNER
    assert told == []


async def test_the_plain_form_asks_for_its_name_first(world: World) -> None:
    address = f"/workspaces/{world.workspace_id}/delete"
    browser = world.olga.browser
    async with hearing(world.tandem) as told:
        for typed in ("", "home", "Home Office"):
            answer = await browser.post(address, data={"confirmation": typed})
            assert answer.status_code == 422
            assert "must be the workspace" in answer.text
    assert told == []
    async with hearing(world.tandem) as told:
        answer = await browser.post(address, data={"confirmation": " Home "})
        again = await browser.post(address, data={"confirmation": "Home"})
    assert (answer.status_code, answer.headers["location"], again.status_code) == (303, "/workspaces", 404)
    assert [one.type for one in told] == ["workspace.deleted"]
