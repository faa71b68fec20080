"""Completing and reopening a task."""

import asyncio

from app.tasks.models import Status
from tests.builders import a_task
from tests.conftest import World
from tests.workspaces.asking import REFUSED, form_refusals, hearing, refusals, the_workspace

FIELDS = ["status", "completed", "completed_at"]


async def test_a_member_completes_a_task_and_doing_it_again_changes_nothing(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id, status=Status.DOING)
    mia = world.mia.api
    async with hearing(world.tandem) as told:
        first = await mia.post(f"/api/tasks/{task.id}/complete", headers={"X-Connection-Id": "c1"})
        again = await mia.post(f"/api/tasks/{task.id}/complete")
        by_another = await world.olga.api.post(f"/api/tasks/{task.id}/complete")
    assert (first.status_code, again.status_code, by_another.status_code) == (200, 200, 200)
    assert first.json()["completed"] is True
    assert first.json() == again.json() == by_another.json()
    assert first.json()["completed_at"] == first.json()["updated_at"]
    [one] = told
    assert (one.topic, one.type, one.by) == (the_workspace(world), "task.completed", world.mia.id)
    assert (one.changed, one.connection_id) == (FIELDS, "c1")
    assert one.before == {"status": "doing", "completed": False, "completed_at": None}
    assert one.data["task"] == first.json() == (await mia.get(f"/api/tasks/{task.id}")).json()
    assert one.seq == first.json()["version"]


async def test_a_member_reopens_a_task_and_doing_it_again_changes_nothing(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id, status=Status.DONE)
    mia = world.mia.api
    async with hearing(world.tandem) as told:
        first = await mia.post(f"/api/tasks/{task.id}/reopen")
        again = await mia.post(f"/api/tasks/{task.id}/reopen")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json() == (await mia.get(f"/api/tasks/{task.id}")).json()
    assert (first.json()["status"], first.json()["completed_at"]) == ("todo", None)
    [one] = told
    assert (one.type, one.by, one.changed) == ("task.reopened", world.mia.id, FIELDS)
    assert one.before["status"] == "done"
    assert one.data["task"] == first.json()


async def test_reopening_leaves_a_task_in_progress_as_it_is(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id, status=Status.DOING)
    async with hearing(world.tandem) as told:
        answer = await world.mia.api.post(f"/api/tasks/{task.id}/reopen")
    assert answer.json()["status"] == "doing"
    assert told == []


async def test_ten_who_complete_it_at_once_are_told_of_once(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    clients = [world.mia.api, world.olga.api]
    for step, kind in (("complete", "task.completed"), ("reopen", "task.reopened")):
        async with hearing(world.tandem) as told:
            answers = await asyncio.gather(
                *(clients[n % 2].post(f"/api/tasks/{task.id}/{step}") for n in range(10))
            )
        assert [one.type for one in told] == [kind]
        assert [answer.json() for answer in answers] == [told[0].data["task"]] * 10


async def test_a_viewer_may_not_complete_and_a_stranger_does_not_find(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    done = await a_task(world.tandem, world.olga, world.workspace_id, status=Status.DONE)
    async with hearing(world.tandem) as told:
        for path in (f"/tasks/{task.id}/complete", f"/tasks/{done.id}/reopen"):
            assert await refusals(world, "POST", f"/api{path}") == REFUSED
            assert await form_refusals(world, path) == REFUSED
    assert told == []


async def test_the_plain_form_completes_and_reopens(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    browser = world.mia.browser
    here = f"/workspaces/{world.workspace_id}?status=todo"
    async with hearing(world.tandem) as told:
        for step in ("complete", "complete", "reopen", "reopen"):
            answer = await browser.post(f"/tasks/{task.id}/{step}", data={"next": here})
            assert (answer.status_code, answer.headers["location"]) == (303, here)
    assert [one.type for one in told] == ["task.completed", "task.reopened"]
