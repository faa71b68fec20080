"""Taking a task out of the trash."""

from app.tasks.models import Status
from tests.builders import a_task
from tests.cast import Person
from tests.conftest import World
from tests.workspaces.asking import REFUSED, hearing, refusals, the_workspace


async def test_a_restored_task_is_what_it_was_and_everybody_hears_of_it_as_new(world: World) -> None:
    task = await a_task(world.tandem, world.mia, world.workspace_id, status=Status.DONE, description="two")
    mia = world.mia.api
    address = f"/api/tasks/{task.id}"
    earlier = (await mia.get(address)).json()
    await mia.delete(f"{address}?version={task.version}")
    async with hearing(world.tandem) as told:
        answer = await mia.post(f"{address}/restore")
        # It is not in the trash any more.
        again = await mia.post(f"{address}/restore")
    assert (answer.status_code, again.status_code) == (200, 200)
    assert answer.json() == again.json() == (await mia.get(address)).json()
    [one] = told
    assert (one.topic, one.type, one.by) == (the_workspace(world), "task.created", world.mia.id)
    assert (one.data, one.before) == ({"task": answer.json()}, None)
    assert one.seq == answer.json()["version"]
    new = {name: answer.json()[name] for name in ("version", "updated_at")}
    assert answer.json() == earlier | new
    assert (await mia.get(f"/api/workspaces/{world.workspace_id}/tasks")).json()["items"] == [answer.json()]


async def test_a_change_from_before_the_deletion_is_stale(world: World) -> None:
    task = await a_task(world.tandem, world.mia, world.workspace_id)
    olga, mia = world.olga.api, world.mia.api
    await mia.delete(f"/api/tasks/{task.id}?version={task.version}")
    await olga.post(f"/api/tasks/{task.id}/restore")
    answer = await mia.patch(f"/api/tasks/{task.id}", json={"title": "bread", "version": task.version})
    assert (answer.status_code, answer.json()["conflicts"]) == (409, ["title"])


async def test_who_may_restore_is_who_may_delete(world: World) -> None:
    async def restored_by(person: Person) -> int:
        task = await a_task(world.tandem, world.adam, world.workspace_id)
        await world.adam.api.delete(f"/api/tasks/{task.id}?version={task.version}")
        return (await person.api.post(f"/api/tasks/{task.id}/restore")).status_code

    assert await restored_by(world.adam) == 200
    assert await restored_by(world.olga) == 200
    async with hearing(world.tandem) as told:
        assert await restored_by(world.mia) == 403
    assert [one.type for one in told] == ["task.created", "task.deleted"]
    task = await a_task(world.tandem, world.mia, world.workspace_id)
    await world.mia.api.delete(f"/api/tasks/{task.id}?version={task.version}")
    async with hearing(world.tandem) as told:
        assert await refusals(world, "POST", f"/api/tasks/{task.id}/restore") == REFUSED
    assert told == []
