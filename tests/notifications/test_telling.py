"""Who is told of what: everybody whom it concerns, once, and nobody of their own act."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.core.topics import user_topic
from app.tasks import commands as tasks
from app.workspaces import commands as workspaces
from app.workspaces.models import Role
from tests.builders import a_task, join
from tests.cast import Person
from tests.conftest import World
from tests.workspaces.asking import hearing


async def test_whoever_gets_a_task_is_told_and_whoever_loses_it(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id, assignee_id=world.mia.scope.user_id)
    assert await told(world.mia) == [("task_assigned", "milk", "Olga")]
    await change(world, world.olga, task.id, assignee_id=world.adam.scope.user_id)
    assert await told(world.mia) == [("task_unassigned", "milk", "Olga"), ("task_assigned", "milk", "Olga")]
    assert await told(world.adam) == [("task_assigned", "milk", "Olga")]
    assert await told(world.olga) == await told(world.vera) == await told(world.stan) == []


async def test_nobody_is_told_of_their_own_act(world: World) -> None:
    task = await a_task(world.tandem, world.mia, world.workspace_id, assignee_id=world.mia.scope.user_id)
    await change(world, world.mia, task.id, title="bread")
    await tasks.complete_task(world.tandem.unit_of_work(), world.mia.scope, task.id)
    await a_task(world.tandem, world.mia, None)
    for person in world.cast.values():
        assert await told(person) == []


async def test_creator_and_assignee_are_told_when_it_is_done_or_changed(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id, assignee_id=world.mia.scope.user_id)
    await change(world, world.adam, task.id, title="bread", priority="high")
    await tasks.complete_task(world.tandem.unit_of_work(), world.adam.scope, task.id)
    await tasks.complete_task(world.tandem.unit_of_work(), world.adam.scope, task.id)
    expected = [("task_completed", "bread", "Adam"), ("task_changed", "bread", "Adam")]
    assert await told(world.olga) == expected
    assert await told(world.mia) == [*expected, ("task_assigned", "milk", "Olga")]


async def test_one_change_tells_each_person_the_most_that_it_is_to_them(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    await change(
        world, world.adam, task.id, title="bread", status="done", assignee_id=world.mia.scope.user_id
    )
    assert await told(world.olga) == [("task_completed", "bread", "Adam")]
    assert await told(world.mia) == [("task_assigned", "bread", "Adam")]


async def test_where_a_task_stands_and_what_somebody_is_called_is_no_news(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id, assignee_id=world.mia.scope.user_id)
    async with hearing(world.tandem, own=True) as told_of:
        await change(world, world.adam, task.id, position="a5")
        assert (await world.mia.api.patch("/api/me", json={"name": "Mia B"})).status_code == 200
        await tasks.delete_task(
            world.tandem.unit_of_work(), world.olga.scope, task.id, version=(await shown(world, task.id))
        )
        await tasks.restore_task(world.tandem.unit_of_work(), world.olga.scope, task.id)
    assert [one for one in told_of if one.type.startswith("notification.")] == []


async def test_members_are_told_of_their_role_and_of_whom_they_brought_in(world: World) -> None:
    await join(world.tandem, world.adam.scope, world.stan.scope, world.workspace_id, Role.MEMBER)
    assert await told(world.adam, of_invites=True) == [("invited", "Home", "Stan")]
    await workspaces.change_role(
        world.tandem.unit_of_work(),
        world.adam.scope,
        world.workspace_id,
        world.mia.scope.user_id,
        role=Role.VIEWER,
    )
    assert await told(world.mia) == [("role_changed", "Home", "Adam")]


async def test_whoever_is_removed_is_told_that_alone_and_keeps_nothing_of_it(world: World) -> None:
    secret = await a_task(
        world.tandem, world.olga, world.workspace_id, title="secret", assignee_id=world.mia.scope.user_id
    )
    before = (await world.mia.api.get("/api/notifications")).json()["items"][0]
    await workspaces.remove_member(
        world.tandem.unit_of_work(), world.olga.scope, world.workspace_id, world.mia.scope.user_id
    )
    [left] = (await world.mia.api.get("/api/notifications")).json()["items"]
    assert (left["type"], left["title"], left["workspace_id"], left["task_id"]) == (
        "removed",
        "Home",
        None,
        None,
    )
    gone = await world.mia.api.post(f"/api/notifications/{before['id']}/read")
    assert gone.status_code == 404
    log = await world.tandem.log.read(user_topic(world.mia.scope.user_id), since=0, limit=100)
    assert not any(b"secret" in bytes(event.data) for event in log)
    await change(world, world.olga, secret.id, title="more secret")
    assert len(await told(world.mia)) == 1


async def test_everybody_is_told_that_a_workspace_is_deleted(world: World) -> None:
    await a_task(world.tandem, world.olga, world.workspace_id, assignee_id=world.vera.scope.user_id)
    await workspaces.delete_workspace(world.tandem.unit_of_work(), world.olga.scope, world.workspace_id)
    for person in (world.adam, world.mia, world.vera):
        assert await told(person) == [("workspace_deleted", "Home", "Olga")]
    assert await told(world.olga) == []


async def test_leaving_by_oneself_is_no_news_to_oneself(world: World) -> None:
    await a_task(world.tandem, world.olga, world.workspace_id, assignee_id=world.mia.scope.user_id)
    mia = world.mia.scope
    await workspaces.remove_member(world.tandem.unit_of_work(), mia, world.workspace_id, mia.user_id)
    assert await told(world.mia) == []


async def test_a_refused_change_tells_nobody_and_a_repeated_one_once(world: World) -> None:
    body: dict[str, Any] = {"id": str(uuid4()), "title": "milk", "assignee_id": world.mia.id}
    path = f"/api/workspaces/{world.workspace_id}/tasks"
    answers = await asyncio.gather(*(world.olga.api.post(path, json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert (await world.vera.api.post(path, json=body | {"id": str(uuid4())})).status_code == 403
    made = answers[0].json()
    outside = {"assignee_id": world.stan.id, "title": "more", "version": made["version"]}
    assert (await world.olga.api.patch(f"/api/tasks/{made['id']}", json=outside)).status_code == 422
    assert await told(world.mia) == [("task_assigned", "milk", "Olga")]


async def test_what_somebody_does_not_want_is_not_kept_and_what_is_not_shown_at_once_is(
    world: World,
) -> None:
    wanted = [
        {"type": "task_assigned", "in_app": False, "toast": False, "email": False},
        {"type": "task_changed", "in_app": True, "toast": True, "email": False},
        {"type": "removed", "in_app": False, "toast": False, "email": False},
    ]
    answer = await world.mia.api.put("/api/notifications/preferences", json={"preferences": wanted})
    assert answer.status_code == 200
    async with hearing(world.tandem, own=True) as told_of:
        task = await a_task(world.tandem, world.olga, world.workspace_id, assignee_id=world.mia.scope.user_id)
        await change(world, world.olga, task.id, title="bread")
    news = [one for one in told_of if one.type.startswith("notification.")]
    assert [(one.type, one.data["toast"]) for one in news] == [("notification.new", True)]
    assert await told(world.mia) == [("task_changed", "bread", "Olga")]
    await workspaces.remove_member(
        world.tandem.unit_of_work(), world.olga.scope, world.workspace_id, world.mia.scope.user_id
    )
    assert await told(world.mia) == [("removed", "Home", "Olga")]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_nobody_is_told_of_a_workspace_that_they_are_leaving_meanwhile(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id, title="secret")
    mia = world.mia.scope

    async def change_often() -> None:
        for number in range(10):
            await change(world, world.adam, task.id, title=f"secret {number}")

    for _ in range(10):
        await change(world, world.olga, task.id, assignee_id=mia.user_id)
        await asyncio.gather(
            change_often(),
            workspaces.remove_member(
                world.tandem.unit_of_work(), world.olga.scope, world.workspace_id, mia.user_id
            ),
        )
        log = await world.tandem.log.read(user_topic(world.mia.scope.user_id), since=0, limit=1_000)
        assert not any(b"secret" in bytes(event.data) for event in log)
        assert {one[0] for one in await told(world.mia)} == {"removed"}
        await join(world.tandem, world.olga.scope, mia, world.workspace_id, Role.MEMBER)


async def told(person: Person, *, of_invites: bool = False) -> list[tuple[str, str, str]]:
    """What somebody has been told, newest first: the type, of what, and by whom.

    Everybody here came by an invite of Olga's, and she was told each time; unless it is the question,
    that is left out.
    """
    items = (await person.api.get("/api/notifications?limit=200")).json()["items"]
    return [
        (item["type"], item["title"], item["actor"]["name"])
        for item in items
        if of_invites or item["type"] != "invited"
    ]


async def change(world: World, person: Person, task_id: object, **fields: object) -> None:
    """Change a task as it is now."""
    body = {name: str(value) if isinstance(value, UUID) else value for name, value in fields.items()}
    body["version"] = await shown(world, task_id)
    answer = await person.api.patch(f"/api/tasks/{task_id}", json=body)
    assert answer.status_code == 200, answer.text


async def shown(world: World, task_id: object) -> int:
    """The version of a task."""
    version: int = (await world.olga.api.get(f"/api/tasks/{task_id}")).json()["version"]
    return version
