"""What happened, over the JSON API: in pages, newest first, and only for those who may know."""

from typing import Any

import pytest

from app.tasks import commands as tasks
from app.tasks.schemas import TaskUpdate
from app.workspaces import commands as workspaces
from app.workspaces.models import Role
from tests.builders import a_task, join
from tests.cast import Person
from tests.conftest import World
from tests.workspaces.asking import refusals


async def test_a_history_says_who_changed_what_from_what_to_what(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    await a_task(world.tandem, world.olga, world.workspace_id, title="something else")
    update = TaskUpdate(title="bread", description="rye")
    changed = await tasks.update_task(
        world.tandem.unit_of_work(), world.mia.scope, task.id, update, version=task.version
    )
    await tasks.complete_task(world.tandem.unit_of_work(), world.adam.scope, task.id)
    items = await everything(world.vera, f"/api/tasks/{task.id}/history")
    assert [item["text"] for item in items] == [
        "Adam completed it",
        "Mia changed the title from “milk” to “bread” and changed the description",
        "Olga added it",
    ]
    assert items[1] == {
        "seq": changed.version,
        "type": "task.updated",
        "at": items[1]["at"],
        "actor": {"id": world.mia.id, "name": "Mia"},
        "entity_id": str(task.id),
        "task_id": str(task.id),
        "text": items[1]["text"],
        "changed": [
            {"field": "title", "from": "milk", "to": "bread"},
            {"field": "description", "from": "", "to": "rye"},
        ],
    }
    assert items[0]["changed"] == [{"field": "status", "from": "todo", "to": "done"}]
    assert items[0]["at"].endswith("Z")


async def test_activity_names_its_tasks_and_people(world: World) -> None:
    seen = (await world.mia.api.get(f"/api/workspaces/{world.workspace_id}")).json()["seq"]
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    await join(world.tandem, world.olga.scope, world.stan.scope, world.workspace_id, Role.VIEWER)
    await tasks.delete_task(world.tandem.unit_of_work(), world.adam.scope, task.id, version=task.version)
    items = await everything(world.stan, f"/api/workspaces/{world.workspace_id}/activity")
    assert [item["text"] for item in items] == [
        "Adam deleted “milk”",
        "Stan joined as a viewer",
        "Olga added “milk”",
        "Vera joined as a viewer",
        "Mia joined as a member",
        "Adam joined as an admin",
        "Olga created the workspace “Home”",
    ]
    assert [item["task_id"] for item in items[:3]] == [str(task.id), None, str(task.id)]
    path = f"/api/workspaces/{world.workspace_id}/activity?since={seen}"
    assert await everything(world.mia, path) == items[:3]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_nothing_private_is_in_it(world: World) -> None:
    await join(world.tandem, world.olga.scope, world.stan.scope, world.workspace_id, Role.VIEWER)
    answer = await world.mia.api.get(f"/api/workspaces/{world.workspace_id}/activity")
    assert "@" not in answer.text
    assert "invite" not in answer.text
    assert "token" not in answer.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_who_was_removed_is_still_named_as_they_were(world: World) -> None:
    await a_task(world.tandem, world.mia, world.workspace_id)
    await workspaces.remove_member(
        world.tandem.unit_of_work(), world.olga.scope, world.workspace_id, world.mia.scope.user_id
    )
    items = await everything(world.adam, f"/api/workspaces/{world.workspace_id}/activity")
    assert [item["text"] for item in items[:2]] == ["Olga removed Mia", "Mia added “milk”"]


async def test_the_history_of_a_task_in_the_trash_is_for_those_who_may_restore_it(world: World) -> None:
    task = await a_task(world.tandem, world.mia, world.workspace_id)
    await tasks.delete_task(world.tandem.unit_of_work(), world.mia.scope, task.id, version=task.version)
    path = f"/api/tasks/{task.id}/history"
    by_others = await a_task(world.tandem, world.olga, world.workspace_id)
    await tasks.delete_task(
        world.tandem.unit_of_work(), world.olga.scope, by_others.id, version=by_others.version
    )
    for person, status in ((world.olga, 200), (world.mia, 200), (world.vera, 404), (world.stan, 404)):
        assert (await person.api.get(path)).status_code == status
    refused = await world.mia.api.get(f"/api/tasks/{by_others.id}/history")
    assert (refused.status_code, refused.json()["detail"]) == (404, "There is no such task for you.")


async def test_a_personal_tasks_history_is_its_owners(world: World) -> None:
    task = await a_task(world.tandem, world.mia, None)
    path = f"/api/tasks/{task.id}/history"
    assert [item["text"] for item in await everything(world.mia, path)] == ["Mia added it"]
    assert await refusals(world, "GET", path) == {"vera": 404, "stan": 404, "nobody": 401}


async def everything(person: Person, path: str) -> list[dict[str, Any]]:
    """All of a list, asked for two at a time; the whole of it in one go must be the same."""
    whole = (await person.api.get(path)).json()
    assert whole["next_cursor"] is None
    walked: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await person.api.get(path, params={"limit": "2", **cursor} | _query(path))).json()
        walked += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert walked == whole["items"]
    items: list[dict[str, Any]] = whole["items"]
    return items


def _query(path: str) -> dict[str, str]:
    _, _, query = path.partition("?")
    return dict(pair.split("=") for pair in query.split("&")) if query else {}
