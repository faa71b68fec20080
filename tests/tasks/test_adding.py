"""Adding a task."""

import asyncio
from uuid import uuid4

from app.core.models import new_id
from tests.builders import a_task, a_workspace
from tests.conftest import World
from tests.workspaces.asking import (
    REFUSED,
    errors_of,
    form_refusals,
    hearing,
    refusals,
    the_own,
    the_workspace,
)


async def test_a_member_adds_a_task_and_everybody_hears_of_it_once(world: World) -> None:
    mia = world.mia.api
    everything = {
        "id": str(new_id()),
        "title": " Buy milk ",
        "description": "two\r\nbottles",
        "status": "doing",
        "priority": "high",
        "due_on": "2026-12-24",
        "assignee_id": world.vera.id,
    }
    async with hearing(world.tandem) as told:
        answer = await mia.post(
            f"/api/workspaces/{world.workspace_id}/tasks", json=everything, headers={"X-Connection-Id": "c7"}
        )
    assert answer.status_code == 201
    task = answer.json()
    times = {name: task.pop(name) for name in ("created_at", "updated_at")}
    assert times["created_at"] == times["updated_at"]
    assert times["created_at"].endswith("Z")
    [one] = told
    assert task == {
        "id": everything["id"],
        "workspace_id": str(world.workspace_id),
        "title": "Buy milk",
        "description": "two\nbottles",
        "status": "doing",
        "completed": False,
        "priority": "high",
        "due_on": "2026-12-24",
        "assignee": {"id": world.vera.id, "name": "Vera"},
        "creator": {"id": world.mia.id, "name": "Mia"},
        "position": task["position"],
        "version": one.seq,
        "completed_at": None,
    }
    shown = await mia.get(f"/api/tasks/{task['id']}")
    assert shown.json() == answer.json()
    assert shown.headers["etag"] == answer.headers["etag"] == f'"{one.seq}"'
    assert (one.topic, one.type, one.by) == (the_workspace(world), "task.created", world.mia.id)
    assert (one.data, one.before, one.connection_id) == ({"task": shown.json()}, None, "c7")


async def test_the_same_id_again_adds_nothing_and_shows_the_task_as_it_is(world: World) -> None:
    address = f"/api/workspaces/{world.workspace_id}/tasks"
    olga, mia = world.olga.api, world.mia.api
    new = {"id": str(new_id()), "title": "milk"}
    first = await mia.post(address, json=new)
    await olga.post(f"/api/tasks/{new['id']}/complete")
    async with hearing(world.tandem) as told:
        again = await mia.post(address, json=new | {"title": "bread"})
        by_another = await olga.post(address, json=new)
    assert (first.status_code, again.status_code, by_another.status_code) == (201, 200, 200)
    assert again.json() == by_another.json() == (await mia.get(f"/api/tasks/{new['id']}")).json()
    assert (again.json()["title"], again.json()["completed"]) == ("milk", True)
    assert told == []


async def test_an_id_that_is_taken_elsewhere_is_refused_and_shows_nothing(world: World) -> None:
    elsewhere = await a_workspace(world.tandem, world.cast, name="Elsewhere")
    there = await a_task(world.tandem, world.olga, elsewhere, title="secret of elsewhere")
    own = await a_task(world.tandem, world.olga, None, title="secret of Olga's")
    mia = world.mia.api
    async with hearing(world.tandem) as told:
        for taken in (there, own):
            for address in (f"/api/workspaces/{world.workspace_id}/tasks", "/api/tasks"):
                answer = await mia.post(address, json={"id": str(taken.id), "title": "milk"})
                assert answer.status_code == 409
                assert "secret" not in answer.text
    assert told == []


async def test_twenty_at_once_with_the_same_id_add_one_task(world: World) -> None:
    mia = world.mia.api
    new = {"id": str(uuid4()), "title": "milk"}
    async with hearing(world.tandem) as told:
        answers = await asyncio.gather(
            *(mia.post(f"/api/workspaces/{world.workspace_id}/tasks", json=new) for _ in range(20))
        )
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    [one] = told
    assert [answer.json() for answer in answers] == [one.data["task"]] * 20
    listed = await mia.get(f"/api/workspaces/{world.workspace_id}/tasks")
    assert listed.json()["items"] == [one.data["task"]]


async def test_who_may_not_add(world: World) -> None:
    address = f"/workspaces/{world.workspace_id}/tasks"
    nowhere = await world.mia.api.post(f"/api/workspaces/{uuid4()}/tasks", json={"title": "milk"})
    async with hearing(world.tandem) as told:
        assert await refusals(world, "POST", f"/api{address}", json={"title": "milk"}) == REFUSED
        assert await form_refusals(world, address, title="milk") == REFUSED
    assert nowhere.status_code == 404
    assert told == []


async def test_nobody_from_outside_is_given_a_new_task(world: World) -> None:
    mia = world.mia.api
    async with hearing(world.tandem) as told:
        outside = await mia.post(
            f"/api/workspaces/{world.workspace_id}/tasks",
            json={"title": "milk", "assignee_id": world.stan.id},
        )
        personal = await mia.post("/api/tasks", json={"title": "milk", "assignee_id": world.olga.id})
    assert (outside.status_code, personal.status_code) == (422, 422)
    assert errors_of(outside) == errors_of(personal) == {"assignee_id"}
    assert told == []


async def test_a_personal_task_is_told_and_shown_to_its_owner_alone(world: World) -> None:
    mia, olga = world.mia.api, world.olga.api
    async with hearing(world.tandem) as told:
        answer = await mia.post("/api/tasks", json={"title": "gift for Olga", "assignee_id": world.mia.id})
    assert answer.status_code == 201
    [one] = told
    assert (one.topic, one.type, one.seq) == (
        the_own(world.mia),
        "task.created",
        2,
    )  # after hers of the workspace
    assert one.data == {"task": (await mia.get(f"/api/tasks/{answer.json()['id']}")).json()}
    task = f"/api/tasks/{answer.json()['id']}"
    async with hearing(world.tandem) as told:
        assert {
            (await olga.get(task)).status_code,
            (await olga.patch(task, json={"title": "x", "version": 1})).status_code,
            (await olga.patch(f"{task}/assign", json={"assignee_id": None, "version": 1})).status_code,
            (await olga.post(f"{task}/complete")).status_code,
            (await olga.post(f"{task}/reopen")).status_code,
            (await olga.delete(f"{task}?version=1")).status_code,
            (await olga.post(f"{task}/restore")).status_code,
            (await world.olga.browser.get(task.removeprefix("/api"))).status_code,
        } == {404}
        assert (await olga.get("/api/tasks")).json()["items"] == []
    assert told == []


async def test_new_tasks_go_to_the_end_of_their_list(world: World) -> None:
    mia = world.mia.api
    made = [await a_task(world.tandem, world.mia, world.workspace_id, title=str(n)) for n in range(70)]
    await mia.delete(f"/api/tasks/{made[-1].id}?version={made[-1].version}")
    last = await a_task(world.tandem, world.mia, world.workspace_id, title="last")
    positions = [task.position for task in [*made, last]]
    assert positions == sorted(set(positions))
    await mia.post(f"/api/tasks/{made[-1].id}/restore")
    done = (await mia.post("/api/tasks", json={"title": "done already", "status": "done"})).json()
    assert (done["completed"], done["completed_at"]) == (True, done["created_at"])
    listed = await mia.get(f"/api/workspaces/{world.workspace_id}/tasks?limit=200")
    assert [task["id"] for task in listed.json()["items"]] == [str(task.id) for task in [*made, last]]


async def test_the_plain_form_adds_a_task_once_and_goes_where_it_was_told(world: World) -> None:
    browser = world.mia.browser
    address = f"/workspaces/{world.workspace_id}"
    fields = {"id": str(new_id()), "title": "milk", "next": f"{address}?sort=title"}
    async with hearing(world.tandem) as told:
        first = await browser.post(f"{address}/tasks", data=fields)
        again = await browser.post(f"{address}/tasks", data=fields)
        own = await browser.post("/tasks", data={"title": "own", "next": "https://elsewhere.example/"})
    assert [answer.status_code for answer in (first, again, own)] == [303, 303, 303]
    assert first.headers["location"] == again.headers["location"] == f"{address}?sort=title"
    assert own.headers["location"] == "/tasks"
    assert sorted((one.topic, one.data["task"]["title"]) for one in told) == sorted(
        [(the_workspace(world), "milk"), (the_own(world.mia), "own")]
    )


async def test_the_plain_form_says_what_it_cannot_take_and_keeps_what_was_typed(world: World) -> None:
    browser = world.mia.browser
    async with hearing(world.tandem) as told:
        for address in (f"/workspaces/{world.workspace_id}/tasks", "/tasks"):
            answer = await browser.post(address, data={"title": "m" * 201})
            assert answer.status_code == 422
            assert "at most 200 characters; it has 201" in answer.text
            assert "m" * 201 in answer.text
    assert told == []
