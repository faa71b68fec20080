"""Several tasks at once: changed, deleted and brought back in one transaction."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from app.tasks.schemas import TaskOut
from tests.builders import a_task
from tests.cast import Person
from tests.conftest import World
from tests.unchanged import nothing_changes
from tests.workspaces.asking import hearing

HTMX = {"HX-Request": "true"}
TODAY = datetime.now(UTC).date()


async def a_few(world: World, by: Person | None = None, count: int = 3) -> list[TaskOut]:
    by = by or world.olga
    return [await a_task(world.tandem, by, world.workspace_id, title=f"t{n}") for n in range(count)]


async def press(
    who: Person, tasks: list[TaskOut], *, headers: dict[str, str] = HTMX, **fields: Any
) -> httpx.Response:
    chosen = {"task": [f"{task.id}:{task.version}" for task in tasks]}
    return await who.browser.post("/tasks/selected", data=chosen | fields, headers=headers)


async def now(world: World, task: TaskOut) -> dict[str, Any]:
    found: dict[str, Any] = (await world.olga.api.get(f"/api/tasks/{task.id}")).json()
    return found


@pytest.mark.parametrize(
    ("fields", "field", "value"),
    [
        ({"status": "doing"}, "status", "doing"),
        ({"priority": "urgent"}, "priority", "urgent"),
        ({"due": "today"}, "due_on", str(TODAY)),
        ({"due": "tomorrow"}, "due_on", str(TODAY + timedelta(days=1))),
        ({"due": "week"}, "due_on", str(TODAY + timedelta(days=7))),
        ({"due": "day", "day": "2031-05-17"}, "due_on", "2031-05-17"),
    ],
)
async def test_all_are_changed_and_told_of_one_after_the_other(
    world: World, fields: dict[str, Any], field: str, value: str
) -> None:
    tasks = await a_few(world)
    async with hearing(world.tandem) as told:
        assert (await press(world.mia, tasks, **fields)).status_code == 200
        changed = [await now(world, task) for task in tasks]
        assert (await press(world.mia, tasks, **fields)).status_code == 200  # again
    assert [task[field] for task in changed] == [value] * 3
    assert [one.data["task"]["id"] for one in told] == [str(task.id) for task in tasks]
    assert [one.seq for one in told] == list(range(told[0].seq, told[0].seq + 3))


async def test_they_are_given_to_oneself_to_somebody_and_to_nobody(world: World) -> None:
    tasks = await a_few(world)
    choices: list[tuple[dict[str, Any], object]] = [
        ({"assignee": "me"}, world.mia.id),
        ({"assignee": "person", "person": str(world.adam.id)}, world.adam.id),
        ({"assignee": ""}, None),
    ]
    for fields, expected in choices:
        fresh = [await _fresh(world, task) for task in tasks]
        assert (await press(world.mia, fresh, **fields)).status_code == 200
        for task in tasks:
            assignee = (await now(world, task))["assignee"]
            assert (assignee["id"] if assignee else None) == (str(expected) if expected else None)


async def test_what_somebody_else_has_changed_is_left_out_and_told(world: World) -> None:
    tasks = await a_few(world)
    body = {"priority": "low", "version": tasks[1].version}
    assert (await world.adam.api.patch(f"/api/tasks/{tasks[1].id}", json=body)).status_code == 200
    answer = await press(world.mia, tasks, priority="high")
    assert answer.status_code == 200
    assert "“t1”: This task has changed meanwhile" in answer.text
    assert [(await now(world, task))["priority"] for task in tasks] == ["high", "low", "high"]
    alone = await press(world.mia, [tasks[1]], priority="high")
    assert alone.status_code == 409
    page = await press(world.mia, tasks, headers={}, priority="urgent")
    assert page.status_code == 409
    assert "“t1”" in page.text


async def test_deleting_and_bringing_back(world: World) -> None:
    mine, hers = await a_few(world, world.mia, 2), await a_few(world, world.olga, 1)
    answer = await press(world.mia, mine + hers, delete="yes")
    assert answer.status_code == 200
    assert "Deleted 2 tasks." in answer.text
    assert "“t0”: " in answer.text  # a member deletes what they have added
    assert (await world.olga.api.get(f"/api/tasks/{mine[0].id}")).status_code == 404
    assert (await world.olga.api.get(f"/api/tasks/{hers[0].id}")).status_code == 200
    async with hearing(world.tandem) as told:
        assert (await press(world.mia, mine, restore="yes")).status_code == 200
        assert (await press(world.mia, mine, restore="yes")).status_code == 404  # in no trash any more
    assert [one.type for one in told] == ["task.created", "task.created"]


async def test_a_change_of_a_changed_task_does_not_delete_it(world: World) -> None:
    tasks = await a_few(world)
    await world.adam.api.patch(
        f"/api/tasks/{tasks[0].id}", json={"title": "new", "version": tasks[0].version}
    )
    answer = await press(world.olga, tasks, delete="yes")
    assert "“new”: " in answer.text
    assert (await now(world, tasks[0]))["title"] == "new"


async def test_ones_own_changes_are_in_the_way_of_nothing(world: World) -> None:
    """The page names the version that it showed when the first of them was asked for."""
    tasks = await a_few(world, world.mia)
    assert (await press(world.mia, tasks, priority="high")).status_code == 200
    assert (await press(world.mia, tasks, priority="low")).status_code == 200
    await world.adam.api.post(f"/api/tasks/{tasks[2].id}/complete")
    async with hearing(world.tandem) as told:
        answer = await press(world.mia, tasks, delete="yes", headers=HTMX | {"Idempotency-Key": "once"})
    assert "Deleted 2 tasks." in answer.text
    assert "“t2”: This task has changed meanwhile" in answer.text
    assert [one.type for one in told] == ["task.deleted"] * 2


async def test_nobody_changes_what_is_not_theirs(world: World) -> None:
    tasks = await a_few(world)
    private = await a_task(world.tandem, world.olga, None, title="private")
    async with nothing_changes(world.tandem):
        assert (await press(world.stan, tasks, status="done")).status_code == 404
        assert (await press(world.mia, [private], status="done")).status_code == 404
        refused = await press(world.vera, tasks, status="done")
        assert refused.status_code == 403
        assert "t0" in refused.text
        assert (await press(world.vera, tasks, delete="yes")).status_code == 403
    mixed = await press(world.mia, [*tasks, private], status="done")
    assert mixed.status_code == 200
    assert "1 of them are not there" in mixed.text
    assert "private" not in mixed.text


async def test_wrong_selections_change_nothing(world: World) -> None:
    tasks = await a_few(world)
    outsider = str(world.stan.id)
    async with nothing_changes(world.tandem):
        for fields in (
            {},
            {"status": ""},
            {"status": "open"},
            {"status": "done", "priority": "high"},
            {"due": "soon"},
            {"due": "day", "day": "x"},
            {"due": "day"},
            {"assignee": "x"},
            {"task": "x", "status": "done"},
            {"task": f"{uuid4()}:-1", "status": "done"},
            {"task": f"{uuid4()}:{'9' * 19}", "status": "done"},
            {"task": [f"{uuid4()}:1"] * 201, "status": "done"},
        ):
            answer = await press(world.mia, [] if "task" in fields else tasks, **fields)
            assert answer.status_code == 422, (fields, answer.text)
        assert (await press(world.mia, [], status="done")).status_code == 422
        assert (await press(world.mia, tasks, assignee=outsider)).status_code == 409


async def test_crossing_selections_do_not_wait_for_each_other(world: World) -> None:
    tasks = await a_few(world, count=6)
    people = [world.olga, world.adam, world.mia]
    answers = await asyncio.gather(
        *(
            press(people[n % 3], tasks if n % 2 else tasks[::-1], priority=priority)
            for n, priority in enumerate(["low", "medium", "high", "urgent"] * 3)
        )
    )
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert 200 in {answer.status_code for answer in answers}


async def _fresh(world: World, task: TaskOut) -> TaskOut:
    return msgspec.structs.replace(task, version=(await now(world, task))["version"])
