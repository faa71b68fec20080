"""What open pages say of what others did: the words, for whom, and what never rides on it."""

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from app.activity.news import tellers
from app.comments import commands as comments
from app.comments.schemas import CommentCreate
from app.core.topics import Topic, user_topic, workspace_topic
from app.live.language import HtmlLanguage
from app.tasks import commands as tasks
from app.tasks.models import Priority, Status
from app.tasks.schemas import TaskOut, TaskUpdate
from app.tasks.view import Assigned, OneTask, TaskView
from app.workspaces import commands as workspaces
from app.workspaces.models import Role
from tests.builders import a_task, a_workspace, join
from tests.cast import Person
from tests.conftest import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def news(world: World, view: object, *, since: int = 0, topic: Topic | None = None) -> list[Any]:
    """What the frame of a page with ``view`` says of everything after ``since``."""
    topic = topic or workspace_topic(world.workspace_id)
    events = await world.tandem.log.read(topic, since=since, limit=99)
    language = HtmlLanguage(world.tandem.presenters(), tellers(world.tandem.task_fragments.shows))
    frame = language.changes(view, events, events[-1].seq)[0]
    found: list[Any] = msgspec.json.decode(frame).get("news", [])
    return found


async def seq(world: World) -> int:
    async with world.tandem.database.read() as session:
        topic = workspace_topic(world.workspace_id)
        return (await world.tandem.log.positions(session, [topic]))[topic]


async def edit(world: World, by: Person, task: TaskOut, **fields: Any) -> TaskOut:
    return await tasks.update_task(
        world.tandem.unit_of_work(), by.scope, task.id, TaskUpdate(**fields), version=task.version
    )


async def test_a_task_that_is_looked_at_over_a_list_is_told_of_with_the_list(world: World) -> None:
    opened, other = [await a_task(world.tandem, world.olga, world.workspace_id) for _ in range(2)]
    start = await seq(world)
    await edit(world, world.mia, opened, title="oat milk")
    await edit(world, world.mia, other, title="bread")
    comment = CommentCreate(body="which one?")
    await comments.add_comment(world.tandem.unit_of_work(), world.mia.scope, opened.id, comment)
    over = (TaskView(), OneTask(task_id=opened.id))
    assert [each[2] for each in await news(world, over, since=start)] == [
        "renamed milk to oat milk",
        "renamed milk to bread",
        "commented",
    ]


async def test_each_thing_is_said_once_for_each_person_with_what_they_did(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id, title="milk")
    start = await seq(world)
    task = await edit(world, world.mia, task, title="oat milk")
    assert await news(world, TaskView(), since=start) == [
        [world.mia.id, "Mia", "renamed milk to oat milk", "task", str(task.id), "oat milk"]
    ]
    task = await edit(world, world.mia, task, priority=Priority.LOW)
    await tasks.complete_task(world.tandem.unit_of_work(), world.olga.scope, task.id)
    assert [each[1:3] for each in await news(world, TaskView(), since=start)] == [
        ["Mia", "changed oat milk"],
        ["Olga", "finished oat milk"],
    ]


async def test_only_what_a_page_shows_is_said_on_it(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id, title="milk")
    start = await seq(world)
    done, low = TaskView(statuses=(Status.DONE,)), TaskView(priorities=(Priority.LOW,))
    await tasks.complete_task(world.tandem.unit_of_work(), world.mia.scope, task.id)
    assert [each[2] for each in await news(world, done, since=start)] == ["finished milk"]
    assert await news(world, low, since=start) == []
    assert await news(world, OneTask(task_id=uuid4()), since=start) == []
    assert [each[2] for each in await news(world, OneTask(task_id=task.id), since=start)] == ["finished milk"]
    start = await seq(world)
    await tasks.reopen_task(world.tandem.unit_of_work(), world.mia.scope, task.id)
    assert [each[2] for each in await news(world, done, since=start)] == ["reopened milk"]
    # Gone between two changes that it was never shown in.
    await tasks.complete_task(world.tandem.unit_of_work(), world.mia.scope, task.id)
    await tasks.reopen_task(world.tandem.unit_of_work(), world.mia.scope, task.id)
    assert await news(world, low, since=start) == []
    assert await news(world, None, since=start) == []


async def test_comments_are_said_on_the_page_of_their_task_and_nowhere_else(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id, title="milk")
    start = await seq(world)
    await comments.add_comment(
        world.tandem.unit_of_work(), world.mia.scope, task.id, CommentCreate(body="Hello")
    )
    assert [each[1:4] for each in await news(world, OneTask(task_id=task.id), since=start)] == [
        ["Mia", "commented", "comment"]
    ]
    for view in (TaskView(), OneTask(task_id=uuid4()), Assigned(assignee_id=world.mia.scope.user_id)):
        assert await news(world, view, since=start) == []


async def test_people_and_the_workspace_are_said_without_anything_private(world: World) -> None:
    tandem, olga = world.tandem, world.olga.scope
    start = await seq(world)
    await join(tandem, olga, world.stan.scope, world.workspace_id, Role.MEMBER)
    stan = world.stan.scope.user_id
    await workspaces.change_role(
        tandem.unit_of_work(), olga, world.workspace_id, world.vera.scope.user_id, role=Role.MEMBER
    )
    said = await news(world, TaskView(), since=start)
    assert [each[1:4] for each in said] == [
        ["Stan", "joined", "member"],
        ["Olga", "made Vera a member", "member"],
    ]
    everything = msgspec.json.encode(said).decode()
    assert "@" not in everything
    assert "invite" not in everything
    start = await seq(world)
    await workspaces.remove_member(tandem.unit_of_work(), olga, world.workspace_id, stan)
    assert [each[2] for each in await news(world, TaskView(), since=start)] == ["removed Stan"]
    assert await news(world, OneTask(task_id=uuid4()), since=start) == []


async def test_an_own_stream_names_nobody_of_another_workspace(world: World) -> None:
    other: UUID = await a_workspace(world.tandem, {**world.cast, "mia": world.stan}, name="Other")
    await a_task(world.tandem, world.stan, other, title="theirs", assignee_id=world.stan.scope.user_id)
    mia = world.mia.scope.user_id
    await a_task(world.tandem, world.olga, world.workspace_id, title="hers", assignee_id=mia)
    said = await news(world, Assigned(assignee_id=mia), topic=user_topic(mia))
    assert [each[1:3] for each in said] == [["Olga", "changed hers"]]


async def test_a_long_title_is_cut(world: World) -> None:
    start = await seq(world)
    await a_task(world.tandem, world.olga, world.workspace_id, title="m" * 200)
    ((_, _, words, _, _, what),) = await news(world, TaskView(), since=start)
    assert (len(words), len(what)) == (110, 110)
    assert words.endswith("m…")
