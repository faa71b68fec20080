"""Moving a task to a place in its list."""

import asyncio
from typing import Any
from uuid import uuid4

from app.tasks.models import Status
from app.tasks.schemas import TaskOut
from tests.builders import a_task
from tests.conftest import World
from tests.workspaces.asking import hearing

HTMX = {"HX-Request": "true"}


async def a_list(world: World, *titles: str) -> list[TaskOut]:
    return [await a_task(world.tandem, world.olga, world.workspace_id, title=title) for title in titles]


async def titles(world: World) -> list[str]:
    answer = await world.olga.api.get(f"/api/workspaces/{world.workspace_id}/tasks")
    return [task["title"] for task in answer.json()["items"]]


async def move(world: World, task: TaskOut, **fields: Any) -> int:
    answer = await world.mia.browser.post(f"/tasks/{task.id}/move", data=fields, headers=HTMX)
    return answer.status_code


async def test_a_task_moves_before_and_after_others_and_to_both_ends(world: World) -> None:
    a, b, c, d = await a_list(world, "a", "b", "c", "d")
    assert await move(world, d, before=a.id) == 200
    assert await titles(world) == ["d", "a", "b", "c"]
    assert await move(world, d, after=a.id) == 200
    assert await titles(world) == ["a", "d", "b", "c"]
    assert await move(world, a, after=c.id) == 200
    assert await titles(world) == ["d", "b", "c", "a"]
    assert await move(world, b, before=a.id) == 200
    assert await titles(world) == ["d", "c", "b", "a"]


async def test_moving_again_changes_nothing_and_tells_nobody(world: World) -> None:
    a, b, c = await a_list(world, "a", "b", "c")
    async with hearing(world.tandem) as told:
        for _ in range(2):
            assert await move(world, c, before=a.id) == 200
        assert await move(world, c, after=c.id) == 200
        assert await move(world, b, after=a.id) == 200  # stands there already
    [one] = told
    assert (one.type, one.changed) == ("task.updated", ["position"])


async def test_a_move_into_another_group_is_one_event(world: World) -> None:
    a, b = await a_list(world, "a", "b")
    async with hearing(world.tandem) as told:
        assert await move(world, a, after=b.id, status="doing") == 200
    [one] = told
    assert set(one.changed or []) == {"status", "position"}
    assert one.data["task"]["status"] == Status.DOING


async def test_a_neighbour_has_to_be_in_the_same_list(world: World) -> None:
    a, b = await a_list(world, "a", "b")
    own = await a_task(world.tandem, world.mia, None)
    async with hearing(world.tandem) as told:
        for fields in (
            {"after": own.id},
            {"before": uuid4()},
            {"before": "x"},
            {},
            {"after": b.id, "status": "x"},
        ):
            assert await move(world, a, **fields) == 422, fields
    assert told == []


async def test_many_moves_at_once_to_one_place_give_every_task_a_place_of_its_own(world: World) -> None:
    a, *others = await a_list(world, "a", *(f"{number}" for number in range(8)))
    assert await asyncio.gather(*(move(world, task, before=a.id) for task in others)) == [200] * 8
    listed = (await world.olga.api.get(f"/api/workspaces/{world.workspace_id}/tasks")).json()["items"]
    assert listed[-1]["title"] == "a"
    assert len({task["position"] for task in listed}) == 9


async def test_without_scripts_a_task_moves_one_place_in_what_is_shown(world: World) -> None:
    first, _, last = await a_list(world, "a", "b", "c")
    here = f"/workspaces/{world.workspace_id}"

    async def press(task: TaskOut, how: str, address: str) -> int:
        fields = {"task": f"{task.id}:{task.version}", "move": how, "next": address}
        return (await world.mia.browser.post("/tasks/selected", data=fields)).status_code

    assert await press(first, "down", here) == 303
    assert await titles(world) == ["b", "a", "c"]
    assert await press(last, "up", f"{here}?q=c") == 303  # the only one that is shown there
    assert await titles(world) == ["b", "a", "c"]
    assert await press(last, "down", here) == 303
    assert await titles(world) == ["b", "a", "c"]
    assert await press(last, "sideways", here) == 422
