"""What a person's own stream tells of the tasks of workspaces that are theirs, and of those workspaces."""

from app.tasks import commands as tasks
from app.workspaces import commands as workspaces
from app.workspaces.models import Role
from tests.builders import a_task, join
from tests.conftest import World
from tests.live.wire import listening
from tests.workspaces.asking import Told, hearing, the_own

NOTIFICATIONS = {"notification.new", "notification.deleted"}


def news(told: list[Told]) -> list[tuple[str, str]]:
    """Whose stream told what, but for notifications."""
    return sorted((str(one.topic.id), one.type) for one in told if not one.type.startswith("notification."))


async def test_whoever_has_a_task_follows_it_and_is_told_when_they_lose_it(world: World) -> None:
    mia, adam, olga = world.mia, world.adam, world.olga
    uow = world.tandem.unit_of_work
    async with hearing(world.tandem, own=True) as told:
        task = await a_task(world.tandem, olga, world.workspace_id, assignee_id=mia.scope.user_id)
    assert news(told) == [(mia.id, "assignment.changed")]
    shown = (await mia.api.get(f"/api/tasks/{task.id}")).json()
    assert next(one.data for one in told if one.type == "assignment.changed") == {"task": shown}
    async with hearing(world.tandem, own=True) as told:
        task = await tasks.assign_task(uow(), olga.scope, task.id, adam.scope.user_id, version=task.version)
    assert news(told) == sorted([(adam.id, "assignment.changed"), (mia.id, "assignment.ended")])
    [ended] = [one for one in told if one.type == "assignment.ended"]
    assert ended.data == {"id": str(task.id), "version": task.version}
    async with hearing(world.tandem, own=True) as told:
        task = await tasks.complete_task(uow(), adam.scope, task.id)
        task = await tasks.complete_task(uow(), adam.scope, task.id)
    assert news(told) == [(adam.id, "assignment.changed")]
    async with hearing(world.tandem, own=True) as told:
        await tasks.delete_task(uow(), olga.scope, task.id, version=task.version)
    assert news(told) == [(adam.id, "assignment.ended")]
    async with hearing(world.tandem, own=True) as told:
        await tasks.restore_task(uow(), olga.scope, task.id)
    assert news(told) == [(adam.id, "assignment.changed")]


async def test_a_task_of_nobody_and_one_of_ones_own_are_told_once(world: World) -> None:
    async with hearing(world.tandem, own=True) as told:
        await a_task(world.tandem, world.olga, world.workspace_id)
        await a_task(world.tandem, world.mia, None, assignee_id=world.mia.scope.user_id)
    assert told == []


async def test_a_new_name_is_told_to_each_member_and_to_nobody_else(world: World) -> None:
    everybody = [world.olga, world.adam, world.mia, world.vera]
    for name, members in (("Kitchen", everybody), ("Kitchen", [])):
        async with hearing(world.tandem, own=True) as told:
            await workspaces.update_workspace(
                world.tandem.unit_of_work(), world.adam.scope, world.workspace_id, name=name, description=""
            )
        assert {one.topic for one in told} == {the_own(person) for person in members}
        for one in told:
            assert (one.type, one.data) == (
                "workspace.renamed",
                {"id": str(world.workspace_id), "name": name},
            )


async def test_whoever_comes_in_and_leaves_is_told_and_nothing_of_before_is_told_again(
    world: World,
) -> None:
    stan = world.stan
    async with hearing(world.tandem, own=True) as told:
        await join(world.tandem, world.olga.scope, stan.scope, world.workspace_id, Role.MEMBER)
    assert news(told) == [(stan.id, "workspace.joined")]
    await a_task(world.tandem, world.olga, world.workspace_id, title="secret", assignee_id=stan.scope.user_id)
    await workspaces.update_workspace(
        world.tandem.unit_of_work(), world.olga.scope, world.workspace_id, name="Secret", description=""
    )
    await workspaces.remove_member(
        world.tandem.unit_of_work(), world.olga.scope, world.workspace_id, stan.scope.user_id
    )
    own = the_own(stan)
    upto = (await world.tandem.log.latest([own]))[own]
    async with listening(stan, None, query="since=0") as wire:
        messages = await wire.changes(upto)
    assert "ecret" not in "".join(
        str(message) for message in messages if message["type"] != "notification.new"
    )
    assert (
        {"forgotten", "workspace.left"}
        <= {message["type"] for message in messages}
        <= {"forgotten", "workspace.left"} | NOTIFICATIONS
    )
