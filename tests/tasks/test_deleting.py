"""Putting a task into the trash."""

from typing import Any
from uuid import uuid4

from tests.builders import a_task
from tests.conftest import World
from tests.workspaces.asking import REFUSED, form_refusals, hearing, refusals, the_workspace


async def test_a_deleted_task_is_gone_for_everybody_and_they_are_told_once(world: World) -> None:
    task = await a_task(world.tandem, world.mia, world.workspace_id)
    mia = world.mia.api
    shown = (await mia.get(f"/api/tasks/{task.id}")).json()
    async with hearing(world.tandem) as told:
        answer = await mia.request("DELETE", f"/api/tasks/{task.id}", json={"version": task.version})
        again = await mia.request("DELETE", f"/api/tasks/{task.id}", json={"version": task.version})
    assert (answer.status_code, answer.content, again.status_code) == (204, b"", 404)
    [one] = told
    assert (one.topic, one.type, one.by) == (the_workspace(world), "task.deleted", world.mia.id)
    assert (one.data, one.before) == ({"id": str(task.id), "title": "milk"}, shown)
    assert (await mia.get(f"/api/tasks/{task.id}")).status_code == 404
    assert (await mia.get(f"/api/workspaces/{world.workspace_id}/tasks")).json()["items"] == []
    gone = [await mia.post(f"/api/tasks/{task.id}/{step}") for step in ("complete", "reopen")]
    assert [answer.status_code for answer in gone] == [404, 404]
    page = await world.mia.browser.get(f"/workspaces/{world.workspace_id}/tasks/{task.id}")
    assert page.status_code == 404


async def test_the_version_may_stand_in_the_body_the_header_or_the_address(world: World) -> None:
    mia = world.mia.api
    for number in range(3):
        task = await a_task(world.tandem, world.mia, world.workspace_id)
        ways: list[dict[str, Any]] = [
            {"json": {"version": task.version}},
            {"headers": {"If-Match": f'"{task.version}"'}},
            {"params": {"version": task.version}},
        ]
        answer = await mia.request("DELETE", f"/api/tasks/{task.id}", **ways[number])
        assert answer.status_code == 204


async def test_a_stale_deletion_is_refused_and_one_without_version_too(world: World) -> None:
    task = await a_task(world.tandem, world.mia, world.workspace_id)
    mia = world.mia.api
    changed = await world.olga.api.post(f"/api/tasks/{task.id}/complete")
    async with hearing(world.tandem) as told:
        stale = await mia.request("DELETE", f"/api/tasks/{task.id}", json={"version": task.version})
        above = await mia.delete(f"/api/tasks/{task.id}?version={task.version + 9}")
        without = await mia.delete(f"/api/tasks/{task.id}")
        unread = await mia.request("DELETE", f"/api/tasks/{task.id}", json={"version": "x"})
        unknown = await mia.request("DELETE", f"/api/tasks/{task.id}", json={"revision": 1})
        form = await world.mia.browser.post(f"/tasks/{task.id}/delete", data={"version": str(task.version)})
        empty = await world.mia.browser.post(f"/tasks/{task.id}/delete")
    assert (stale.status_code, above.status_code, without.status_code) == (409, 409, 428)
    assert stale.json()["current"] == changed.json()
    assert (stale.json()["conflicts"], stale.json()["changed_by"]["name"]) == ([], "Olga")
    assert (unread.status_code, unknown.status_code) == (422, 422)
    assert (form.status_code, empty.status_code) == (409, 428)
    assert told == []


async def test_a_deletion_after_nothing_but_ones_own_changes_goes_through(world: World) -> None:
    for home in (world.workspace_id, None):
        task = await a_task(world.tandem, world.mia, home)
        mia, address = world.mia.api, f"/api/tasks/{task.id}"
        await mia.patch(address, json={"version": task.version, "title": "bread"})
        await mia.post(f"{address}/complete")
        await mia.post(f"{address}/comments", json={"body": "not needed"})
        key = {"Idempotency-Key": str(uuid4())}
        never = await mia.delete(f"{address}?version={task.version - 1}", headers=key)
        assert (never.status_code, never.json()["changed_by"]) == (409, None)
        # Only for whoever may have asked before, and waited.
        assert (await mia.delete(f"{address}?version={task.version}")).status_code == 409
        assert (await mia.delete(f"{address}?version={task.version}", headers=key)).status_code == 204


async def test_one_change_of_somebody_else_among_them_stops_it(world: World) -> None:
    task = await a_task(world.tandem, world.mia, world.workspace_id)
    mia, address = world.mia.api, f"/api/tasks/{task.id}"
    await mia.patch(address, json={"version": task.version, "title": "bread"})
    await world.adam.api.post(f"{address}/complete")
    await mia.post(f"{address}/reopen")
    stale = await mia.delete(f"{address}?version={task.version}", headers={"Idempotency-Key": "once"})
    assert (stale.status_code, stale.json()["changed_by"]["name"]) == (409, "Adam")


async def test_members_delete_their_own_and_admins_and_owners_any(world: World) -> None:
    others = await a_task(world.tandem, world.adam, world.workspace_id)
    async with hearing(world.tandem) as told:
        body = {"version": others.version}
        refused = await world.mia.api.request("DELETE", f"/api/tasks/{others.id}", json=body)
        page = await world.mia.browser.post(
            f"/tasks/{others.id}/delete", data={"version": str(others.version)}
        )
    assert (refused.status_code, page.status_code) == (403, 403)
    assert told == []
    for person in (world.adam, world.olga):
        task = await a_task(world.tandem, world.mia, world.workspace_id)
        assert (await person.api.delete(f"/api/tasks/{task.id}?version={task.version}")).status_code == 204


async def test_who_may_not_delete(world: World) -> None:
    task = await a_task(world.tandem, world.mia, world.workspace_id)
    version = task.version
    async with hearing(world.tandem) as told:
        assert await refusals(world, "DELETE", f"/api/tasks/{task.id}?version={version}") == REFUSED
        assert await form_refusals(world, f"/tasks/{task.id}/delete", version=str(version)) == REFUSED
    assert told == []


async def test_one_who_may_only_look_by_now_cannot_delete_what_was_theirs(world: World) -> None:
    task = await a_task(world.tandem, world.mia, world.workspace_id)
    address = f"/api/workspaces/{world.workspace_id}/members/{world.mia.id}"
    await world.olga.api.patch(address, json={"role": "viewer"})
    answer = await world.mia.api.delete(f"/api/tasks/{task.id}?version={task.version}")
    assert answer.status_code == 403


async def test_the_plain_form_deletes_and_goes_back_to_the_list(world: World) -> None:
    task = await a_task(world.tandem, world.mia, world.workspace_id)
    own = await a_task(world.tandem, world.mia, None)
    browser = world.mia.browser
    async with hearing(world.tandem) as told:
        answer = await browser.post(f"/tasks/{task.id}/delete", data={"version": str(task.version)})
        personal = await browser.post(f"/tasks/{own.id}/delete", data={"version": str(own.version)})
        again = await browser.post(f"/tasks/{task.id}/delete", data={"version": str(task.version)})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/workspaces/{world.workspace_id}")
    assert (personal.status_code, personal.headers["location"]) == (303, "/tasks")
    assert again.status_code == 404
    assert sorted(one.data["id"] for one in told) == sorted([str(task.id), str(own.id)])
    assert {one.type for one in told} == {"task.deleted"}
