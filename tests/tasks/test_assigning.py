"""Giving a task to somebody."""

from uuid import uuid4

from tests.builders import a_task
from tests.conftest import World
from tests.workspaces.asking import (
    REFUSED,
    errors_of,
    form_refusals,
    hearing,
    refusals,
    the_workspace,
)


async def test_a_task_is_given_to_a_member_and_taken_back(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    mia = world.mia.api
    address = f"/api/tasks/{task.id}"
    earlier = None
    version = task.version
    for person in (world.adam, world.vera, None):
        async with hearing(world.tandem) as told:
            body = {"assignee_id": person.id if person else None, "version": version}
            answer = await mia.patch(f"{address}/assign", json=body)
        assert answer.status_code == 200
        [one] = told
        assert (one.topic, one.type, one.by) == (the_workspace(world), "task.assigned", world.mia.id)
        assert (one.changed, one.before) == (["assignee"], {"assignee": earlier})
        assert one.data["task"] == answer.json() == (await mia.get(address)).json()
        earlier = one.data["task"]["assignee"]
        assert earlier == (person and {"id": person.id, "name": person.scope.name})
        version = one.seq


async def test_giving_it_again_changes_nothing_and_tells_nobody(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    mia = world.mia.api
    body = {"assignee_id": world.vera.id, "version": task.version}
    first = await mia.patch(f"/api/tasks/{task.id}/assign", json=body)
    async with hearing(world.tandem) as told:
        again = await mia.patch(f"/api/tasks/{task.id}/assign", json=body)
    assert again.json() == first.json()
    assert told == []


async def test_it_is_given_only_to_those_who_belong_there(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    own = await a_task(world.tandem, world.mia, None)
    mia = world.mia.api
    async with hearing(world.tandem) as told:
        for user_id in (world.stan.id, str(uuid4())):
            body = {"assignee_id": user_id, "version": task.version}
            answer = await mia.patch(f"/api/tasks/{task.id}/assign", json=body)
            assert (answer.status_code, errors_of(answer)) == (422, {"assignee_id"})
        body = {"assignee_id": world.olga.id, "version": own.version}
        assert (await mia.patch(f"/api/tasks/{own.id}/assign", json=body)).status_code == 422
        nobody = await mia.patch(f"/api/tasks/{task.id}/assign", json={"version": task.version})
        assert (nobody.status_code, errors_of(nobody)) == (422, {"assignee_id"})
    assert told == []
    oneself = {"assignee_id": world.mia.id, "version": own.version}
    assert (await mia.patch(f"/api/tasks/{own.id}/assign", json=oneself)).status_code == 200


async def test_a_stale_gift_is_refused_only_if_it_was_given_to_another_meanwhile(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    mia, olga = world.mia.api, world.olga.api
    address = f"/api/tasks/{task.id}"
    to_adam = {"assignee_id": world.adam.id, "version": task.version}
    await olga.patch(address, json={"title": "bread", "version": task.version})
    merged = await mia.patch(f"{address}/assign", json=to_adam)
    async with hearing(world.tandem) as told:
        stale = await olga.patch(f"{address}/assign", json=to_adam | {"assignee_id": world.vera.id})
        without = await olga.patch(f"{address}/assign", json={"assignee_id": None})
    assert (merged.status_code, stale.status_code, without.status_code) == (200, 409, 428)
    assert stale.json()["conflicts"] == ["assignee"]
    assert stale.json()["current"] == merged.json()
    assert told == []
    matching = await olga.patch(
        f"{address}/assign",
        json={"assignee_id": None},
        headers={"If-Match": f'"{merged.json()["version"]}"'},
    )
    assert matching.json()["assignee"] is None


async def test_who_may_not_give(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    body = {"assignee_id": world.mia.id, "version": task.version}
    version = str(task.version)
    async with hearing(world.tandem) as told:
        assert await refusals(world, "PATCH", f"/api/tasks/{task.id}/assign", json=body) == REFUSED
        forms = await form_refusals(world, f"/tasks/{task.id}/assign", assignee=world.mia.id, version=version)
        assert forms == REFUSED
    assert told == []


async def test_the_plain_form_gives_and_takes_back(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    browser = world.mia.browser
    version = task.version
    for user_id in (world.vera.id, ""):
        async with hearing(world.tandem) as told:
            answer = await browser.post(
                f"/tasks/{task.id}/assign", data={"assignee": user_id, "version": str(version)}
            )
        assert (answer.status_code, answer.headers["location"]) == (303, f"/workspaces/{world.workspace_id}")
        [one] = told
        assert one.type == "task.assigned"
        assert (one.data["task"]["assignee"] or {"id": ""})["id"] == user_id
        version = one.seq
    async with hearing(world.tandem) as told:
        stale = await world.olga.browser.post(
            f"/tasks/{task.id}/assign", data={"assignee": world.adam.id, "version": str(task.version)}
        )
        outside = await browser.post(
            f"/tasks/{task.id}/assign", data={"assignee": world.stan.id, "version": str(version)}
        )
    assert (stale.status_code, outside.status_code) == (409, 422)
    assert told == []
