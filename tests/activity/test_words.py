"""Every event in words: who did what, from what to what."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from app.accounts import commands as accounts
from app.activity.words import TOLD, changes, told
from app.core.events import FORGOTTEN, Event, RecordedEvent, raw_json
from app.core.topics import Topic, user_topic, workspace_topic
from app.tasks import commands as tasks
from app.tasks.models import Priority, Status
from app.tasks.schemas import TaskOut, TaskUpdate
from app.workspaces import commands as workspaces
from app.workspaces.models import Role
from tests.builders import a_task, join
from tests.cast import Person
from tests.conftest import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SEVERAL = (
    "changed the title from “bread” to “cake”, changed the priority from High to Low and assigned it to Mia"
)
# What stands in streams whose activity nobody reads, a person's own.
SILENT = {
    FORGOTTEN,
    "user.renamed",
    "workspace.joined",
    "workspace.renamed",
    "workspace.left",
    "assignment.changed",
    "assignment.ended",
}


def test_every_event_has_words_or_is_silent_by_intention(database_url: str) -> None:
    types = {
        kind.type
        for kind in subclasses(Event)  # type: ignore[type-abstract]
        if kind.__module__.startswith("app.")
    }
    silent = {kind for kind in types if kind.startswith("notification.")} | SILENT
    assert types - silent <= TOLD
    assert not TOLD & silent


async def test_changes_of_a_task_are_told_with_what_was_before(world: World) -> None:
    mia = world.mia
    task = await a_task(world.tandem, mia, world.workspace_id, title="milk")
    steps: list[tuple[dict[str, Any], str, str]] = [
        (
            {"title": "bread"},
            "changed the title from “milk” to “bread”",
            "changed the title of “bread” from “milk” to “bread”",
        ),
        ({"description": "rye"}, "changed the description", "changed the description of “bread”"),
        (
            {"status": Status.DOING},
            "changed the status from To do to Doing",
            "changed the status of “bread” from To do to Doing",
        ),
        (
            {"priority": Priority.HIGH},
            "changed the priority from None to High",
            "changed the priority of “bread” from None to High",
        ),
        (
            {"due_on": date(2026, 3, 1)},
            "set the due date to 1 Mar 2026",
            "set the due date of “bread” to 1 Mar 2026",
        ),
        (
            {"due_on": date(2026, 3, 2)},
            "changed the due date from 1 Mar 2026 to 2 Mar 2026",
            "changed the due date of “bread” from 1 Mar 2026 to 2 Mar 2026",
        ),
        ({"due_on": None}, "removed the due date", "removed the due date of “bread”"),
        ({"assignee_id": world.vera.scope.user_id}, "assigned it to Vera", "assigned “bread” to Vera"),
        ({"assignee_id": None}, "assigned it to nobody", "assigned “bread” to nobody"),
        ({"position": "a5"}, "moved it in the list", "moved “bread” in the list"),
        ({"status": Status.DONE}, "completed it", "completed “bread”"),
        ({"status": Status.TODO}, "reopened it", "reopened “bread”"),
        (
            {"title": "cake", "priority": Priority.LOW, "assignee_id": mia.scope.user_id},
            SEVERAL,
            f"edited “cake”: {SEVERAL}",
        ),
    ]
    for fields, short, long in steps:
        task = await edit(world, mia, task, **fields)
        assert await last(world, task.title) == (f"Mia {short}", f"Mia {long}"), fields


async def test_the_life_of_a_task_is_told(world: World) -> None:
    task = await a_task(world.tandem, world.mia, world.workspace_id, title="milk")
    assert await last(world, "milk") == ("Mia added it", "Mia added “milk”")
    await tasks.delete_task(world.tandem.unit_of_work(), world.olga.scope, task.id, version=task.version)
    assert await last(world, "milk") == ("Olga deleted it", "Olga deleted “milk”")
    await tasks.restore_task(world.tandem.unit_of_work(), world.adam.scope, task.id)
    assert await last(world, "milk") == ("Adam restored it", "Adam restored “milk”")


async def test_a_personal_task_is_told_too(world: World) -> None:
    task = await a_task(world.tandem, world.mia, None, title="call mum")
    await edit(world, world.mia, task, title="call dad")
    event = await newest(world, user_topic(world.mia.scope.user_id))
    words = told(event, None)
    assert words is not None
    assert words.text == "Mia changed the title from “call mum” to “call dad”"
    assert changes(event) == [("title", "call mum", "call dad")]


async def test_what_happens_to_people_is_told(world: World) -> None:
    tandem, olga = world.tandem, world.olga.scope

    async def role(person: Person, new: Role) -> None:
        await workspaces.change_role(
            tandem.unit_of_work(), olga, world.workspace_id, person.scope.user_id, role=new
        )

    await join(tandem, olga, world.stan.scope, world.workspace_id, Role.MEMBER)
    assert (await last(world))[0] == "Stan joined as a member"
    await role(world.vera, Role.ADMIN)
    assert (await last(world))[0] == "Olga made Vera an admin"
    await accounts.rename(tandem.unit_of_work(), world.mia.scope, name="Mía")
    assert (await last(world))[0] == "Mía changed their name from “Mia” to “Mía”"
    await role(world.adam, Role.OWNER)
    topic = workspace_topic(world.workspace_id)
    async with tandem.database.read() as session:
        two = await tandem.log.newest(session, topic, limit=2)
    assert [words.text for event in two if (words := told(event, None))] == [
        "Olga made Adam the owner",
        "Olga became an admin",
    ]
    await workspaces.remove_member(tandem.unit_of_work(), olga, world.workspace_id, world.stan.scope.user_id)
    assert (await last(world))[0] == "Olga removed Stan"
    await workspaces.remove_member(tandem.unit_of_work(), olga, world.workspace_id, olga.user_id)
    assert (await last(world))[0] == "Olga left"


async def test_a_workspace_is_told_of(world: World) -> None:
    async def call_it(name: str, description: str) -> None:
        await workspaces.update_workspace(
            world.tandem.unit_of_work(),
            world.olga.scope,
            world.workspace_id,
            name=name,
            description=description,
        )

    topic = workspace_topic(world.workspace_id)
    first = await world.tandem.log.read(topic, since=0, limit=2)
    assert [words.text for event in first if (words := told(event, None))] == [
        "Olga created the workspace “Home”"
    ]
    await call_it("House", "")
    assert (await last(world))[0] == "Olga renamed the workspace from “Home” to “House”"
    await call_it("House", "big")
    assert (await last(world))[0] == "Olga changed the description of the workspace"


async def test_a_task_of_somebody_with_a_new_name_says_nothing_by_itself(world: World) -> None:
    await a_task(world.tandem, world.olga, world.workspace_id, assignee_id=world.mia.scope.user_id)
    await accounts.rename(world.tandem.unit_of_work(), world.mia.scope, name="Mía")
    event = await newest(world, workspace_topic(world.workspace_id))
    assert event.type == "task.updated"
    assert told(event, None) is None


@pytest.mark.parametrize(
    ("kind", "short", "long"),
    [
        ("comment.created", "Mia commented", "Mia commented on “milk”"),
        ("comment.updated", "Mia edited a comment", "Mia edited a comment on “milk”"),
        ("comment.deleted", "Mia deleted a comment", "Mia deleted a comment on “milk”"),
    ],
)
async def test_a_comment_is_told_in_the_history_of_its_task_without_its_words(
    world: World, kind: str, short: str, long: str
) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    topic = workspace_topic(world.workspace_id)
    said = RecordedEvent(
        kind=topic.kind,
        stream_id=topic.id,
        seq=task.version + 1,
        type=kind,
        entity_id=uuid4(),
        actor=world.mia.scope.actor,
        at=task.created_at,
        data=raw_json({"comment": {"body": "a secret of hers"}}),
        before=raw_json({"body": "what she said first"}),
        part_of=task.id,
    )
    async with world.tandem.database.write() as session:
        await world.tandem.log.reserve(session, topic, 1)
        await world.tandem.log.append(session, [said])
        await session.commit()
    items = []
    for path in (f"/api/tasks/{task.id}/history", f"/api/workspaces/{world.workspace_id}/activity"):
        answer = await world.vera.api.get(path)
        items.append(answer.json()["items"][0])
        assert "secret" not in answer.text
        assert "first" not in answer.text
    assert [item["text"] for item in items] == [short, long]
    assert [item["task_id"] for item in items] == [str(task.id)] * 2
    assert [item["changed"] for item in items] == [[], []]


async def edit(world: World, person: Person, task: TaskOut, **fields: Any) -> TaskOut:
    return await tasks.update_task(
        world.tandem.unit_of_work(), person.scope, task.id, TaskUpdate(**fields), version=task.version
    )


async def last(world: World, title: str | None = None) -> tuple[str, str]:
    """The newest event of the workspace, in words for its own history and for everybody's."""
    event = await newest(world, workspace_topic(world.workspace_id))
    short, long = told(event, None), told(event, title)
    assert short is not None
    assert long is not None
    return short.text, long.text


async def newest(world: World, topic: Topic) -> RecordedEvent:
    async with world.tandem.database.read() as session:
        return (await world.tandem.log.newest(session, topic, limit=1))[0]


def subclasses(kind: type[Event]) -> Iterator[type[Event]]:
    for child in kind.__subclasses__():
        if "type" in vars(child):
            yield child
        yield from subclasses(child)
