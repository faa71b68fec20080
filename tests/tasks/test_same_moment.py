"""Two people at the same task at the same moment."""

import asyncio

from tests.builders import a_task
from tests.conftest import World
from tests.workspaces.asking import hearing

ROUNDS = 50


async def test_who_change_different_fields_both_win(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    mia, olga = world.mia.api, world.olga.api
    address, version = f"/api/tasks/{task.id}", task.version
    async with hearing(world.tandem) as told:
        for number in range(ROUNDS):
            given = (world.adam, world.vera)[number % 2].id
            answers = await asyncio.gather(
                mia.patch(address, json={"version": version, "title": f"title {number}"}),
                olga.patch(address, json={"version": version, "assignee_id": given}),
            )
            assert [answer.status_code for answer in answers] == [200, 200]
            last = max((answer.json() for answer in answers), key=lambda shown: int(shown["version"]))
            assert (last["title"], last["assignee"]["id"]) == (f"title {number}", given)
            version = last["version"]
    assert len(told) == 2 * ROUNDS
    assert [one.data["task"]["version"] for one in told] == [one.seq for one in told]
    assert {tuple(one.changed or ()) for one in told} == {("title",), ("assignee",)}
    assert told[-1].data["task"] == (await mia.get(address)).json()


async def test_of_two_who_change_the_same_field_one_wins_and_one_is_told_so(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    mia, olga = world.mia.api, world.olga.api
    address, version = f"/api/tasks/{task.id}", task.version
    async with hearing(world.tandem) as told:
        for number in range(ROUNDS):
            answers = await asyncio.gather(
                mia.patch(address, json={"version": version, "title": f"Mia's {number}"}),
                olga.patch(address, json={"version": version, "title": f"Olga's {number}"}),
            )
            won, lost = sorted(answers, key=lambda answer: answer.status_code)
            assert (won.status_code, lost.status_code) == (200, 409)
            assert lost.json()["current"] == won.json()
            assert lost.json()["conflicts"] == ["title"]
            version = won.json()["version"]
    assert [one.data["task"]["version"] for one in told] == [one.seq for one in told]
    assert len(told) == ROUNDS


async def test_of_a_deletion_and_a_change_one_wins(world: World) -> None:
    mia, olga = world.mia.api, world.olga.api
    for _ in range(10):
        task = await a_task(world.tandem, world.olga, world.workspace_id)
        address = f"/api/tasks/{task.id}"
        async with hearing(world.tandem) as told:
            deleted, changed = await asyncio.gather(
                olga.delete(f"{address}?version={task.version}"),
                mia.patch(address, json={"version": task.version, "title": "bread"}),
            )
        outcome = (deleted.status_code, changed.status_code, [one.type for one in told])
        assert outcome in ((204, 404, ["task.deleted"]), (409, 200, ["task.updated"]))


async def test_two_who_add_at_once_get_numbers_without_holes_and_both_are_listed(world: World) -> None:
    clients = [world.mia.api, world.olga.api]
    address = f"/api/workspaces/{world.workspace_id}/tasks"
    async with hearing(world.tandem) as told:
        answers = await asyncio.gather(
            *(clients[n % 2].post(address, json={"title": f"task {n}"}) for n in range(30))
        )
    assert {answer.status_code for answer in answers} == {201}
    assert sorted(answer.json()["version"] for answer in answers) == [one.seq for one in told]
    listed = (await clients[0].get(address)).json()["items"]
    assert {task["title"] for task in listed} == {f"task {n}" for n in range(30)}
