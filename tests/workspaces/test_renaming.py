"""What a person's new name does to the workspaces they belong to."""

from app.core.topics import workspace_topic
from tests.builders import a_task, a_workspace
from tests.conftest import World
from tests.workspaces.asking import hearing, members_of, the_own, the_workspace


async def test_everybody_who_shares_a_workspace_sees_the_new_name(world: World) -> None:
    elsewhere = await a_workspace(world.tandem, world.cast, name="Elsewhere")
    alone = await world.olga.api.post("/api/workspaces", json={"name": "Without Mia"})
    me = world.mia.scope.user_id
    mine = await a_task(world.tandem, world.olga, elsewhere, title="mine", assignee_id=me)
    await a_task(world.tandem, world.mia, elsewhere, title="made by me")
    gone = await a_task(world.tandem, world.mia, elsewhere, title="gone", assignee_id=me)
    mia, vera = world.mia.api, world.vera.api
    await mia.delete(f"/api/tasks/{gone.id}?version={gone.version}")
    async with hearing(world.tandem) as told:
        answer = await mia.patch("/api/me", json={"name": "Maria"})
        again = await mia.patch("/api/me", json={"name": " Maria "})
    assert (answer.status_code, again.status_code) == (200, 200)
    assert {one.by for one in told} == {world.mia.id}
    topics = {workspace_topic(elsewhere), the_workspace(world)}
    members = {one.topic: one for one in told if one.type == "member.updated"}
    assert set(members) == topics
    for topic, one in members.items():
        listed = await members_of(world.vera, topic.id)
        [shown] = [each for each in listed if each["user"]["id"] == world.mia.id]
        assert one.data == {"member": shown}
        assert (shown["user"]["name"], shown["version"]) == ("Maria", one.seq)
    [task] = [one for one in told if one.type.startswith("task.")]
    assert (task.topic, task.type) == (workspace_topic(elsewhere), "task.updated")
    assert task.changed == ["assignee"]
    assert task.before == {"assignee": {"id": world.mia.id, "name": "Mia"}}
    assert task.data["task"] == (await vera.get(f"/api/tasks/{mine.id}")).json()
    assert task.data["task"]["assignee"]["name"] == "Maria"
    [own] = [one for one in told if one.topic == the_own(world.mia)]
    assert own.type == "user.renamed"
    assert len(told) == 4
    assert workspace_topic(alone.json()["id"]) not in topics
