"""Completing and reopening a task."""

from tests.builders import a_task
from tests.conftest import World


async def test_a_member_completes_a_task_and_doing_it_again_changes_nothing(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    first = await world.mia.api.post(f"/api/tasks/{task.id}/complete")
    again = await world.mia.api.post(f"/api/tasks/{task.id}/complete")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["completed"] is True
    assert again.json() == first.json()


async def test_a_viewer_may_not_complete_and_a_stranger_does_not_find(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    assert (await world.vera.api.post(f"/api/tasks/{task.id}/complete")).status_code == 403
    assert (await world.stan.api.post(f"/api/tasks/{task.id}/complete")).status_code == 404
