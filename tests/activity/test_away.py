"""What is said to somebody who comes back: what others did, how far they had seen, what moves that."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from app.activity import commands
from app.activity.digest import LINES_MOST, READ_MOST, Digest, digest
from app.config import Settings
from app.core.errors import Invalid, NotFound
from app.core.scope import Scope
from app.core.topics import Topic, workspace_topic
from app.tasks import commands as tasks
from app.tasks.schemas import TaskOut, TaskUpdate
from app.workspaces import commands as workspaces
from app.workspaces.models import Member, Role
from tests.builders import a_task, a_workspace, join
from tests.cast import NAMES, Person, a_person
from tests.conftest import World, running
from tests.dom import Element, parse
from tests.live.ears import PATIENCE, eventually
from tests.live.wire import listening
from tests.services import RedisServer

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRES = pytest.param("postgres", marks=pytest.mark.postgres)
on_postgres = pytest.mark.parametrize("database_url", [POSTGRES], indirect=True)


async def test_one_is_told_what_others_changed_and_not_what_one_did(world: World) -> None:
    milk = await a_task(world.tandem, world.olga, world.workspace_id)
    await saw_everything(world, world.mia)
    assert await away(world, world.mia) is None
    await edit(world, world.mia, milk, title="my milk")
    assert await away(world, world.mia) is None
    bread = await a_task(world.tandem, world.olga, world.workspace_id, title="bread")
    await tasks.complete_task(world.tandem.unit_of_work(), world.adam.scope, bread.id)
    await join(world.tandem, world.olga.scope, world.stan.scope, world.workspace_id, Role.VIEWER)
    await workspaces.change_role(
        world.tandem.unit_of_work(),
        world.olga.scope,
        world.workspace_id,
        world.vera.scope.user_id,
        role=Role.MEMBER,
    )
    found = await away(world, world.mia)
    assert found is not None
    assert found.summary == "Adam and Olga changed 1 task, Stan joined and there was 1 other change."
    assert [line.words.text for line in found.lines] == [
        "Olga made Vera a member",
        "Stan joined as a viewer",
        "Adam completed “bread”",
    ]
    assert found.changed == [bread.id]
    assert await away(world, world.stan) is not None  # Vera's new role


async def test_what_one_changed_last_oneself_is_not_marked(world: World) -> None:
    milk = await a_task(world.tandem, world.olga, world.workspace_id)
    gone = await a_task(world.tandem, world.olga, world.workspace_id, title="gone")
    await saw_everything(world, world.mia)
    milk = await edit(world, world.olga, milk, title="oat milk")
    await edit(world, world.mia, milk, title="milk")
    await tasks.delete_task(world.tandem.unit_of_work(), world.olga.scope, gone.id, version=gone.version)
    found = await away(world, world.mia)
    assert found is not None
    assert found.changed == []
    assert found.summary == "Olga changed 2 tasks."


async def test_whoever_comes_in_is_not_told_of_the_time_before(world: World) -> None:
    await a_task(world.tandem, world.olga, world.workspace_id)
    await join(world.tandem, world.olga.scope, world.stan.scope, world.workspace_id, Role.VIEWER)
    assert await away(world, world.stan) is None
    await a_task(world.tandem, world.olga, world.workspace_id, title="bread")
    found = await away(world, world.stan)
    assert found is not None
    assert found.summary == "Olga changed 1 task."
    made, _ = await workspaces.create_workspace(
        world.tandem.unit_of_work(), world.mia.scope, name="Mine", description=""
    )
    assert (await member(world, world.mia, made.workspace.id)).seen_seq == 2


@on_sqlite
async def test_much_is_told_briefly(world: World) -> None:
    await saw_everything(world, world.vera)
    people = [world.olga, world.adam, world.mia]
    for number in range(READ_MOST + 10):
        await a_task(world.tandem, people[number % 3], world.workspace_id, title=f"task {number}")
    found = await away(world, world.vera)
    assert found is not None
    assert found.summary == f"Mia, Adam and Olga changed at least {READ_MOST} tasks."
    assert len(found.lines) == LINES_MOST


@on_sqlite
async def test_what_has_been_seen_never_goes_back(world: World) -> None:
    await a_task(world.tandem, world.olga, world.workspace_id)
    await see(world, world.mia, 5)
    await see(world, world.mia, 3)
    assert (await member(world, world.mia)).seen_seq == 5
    assert (await member(world, world.mia)).seen_at is not None
    for wrong in (None, 99):
        with pytest.raises(Invalid, match="seq"):
            await see(world, world.mia, wrong)
    with pytest.raises(NotFound):
        await see(world, world.stan, 1)


@on_sqlite
async def test_a_page_that_is_closed_has_seen_what_it_was_told(world: World) -> None:
    before = (await member(world, world.mia)).seen_seq
    async with listening(world.mia, world.workspace_id, protocol=None, query=f"since={before}") as page:
        task = await a_task(world.tandem, world.olga, world.workspace_id)
        await page.changes(task.version)
        assert (await member(world, world.mia)).seen_seq == before
    await until(lambda: sees(world, world.mia, task.version))
    assert await away(world, world.mia) is None
    assert (await member(world, world.vera)).seen_seq < task.version


@on_sqlite
async def test_neither_programs_nor_pages_without_the_list_have_seen_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (await member(world, world.mia)).seen_seq
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    left: list[object] = []
    door = world.tandem.sockets._door

    async def noted(scope: Scope, topic: Topic, view: object, position: int) -> None:
        await door.left(scope, topic, view, position)
        left.append(view)

    monkeypatch.setattr(world.tandem.sockets, "_door", replace(door, left=noted))
    async with (
        listening(world.mia, world.workspace_id),
        listening(world.mia, world.workspace_id, protocol=None, query="show=nothing"),
        listening(world.mia, world.workspace_id, protocol=None, query=f"show=task&task={task.id}"),
    ):
        assert away_section((await world.mia.browser.get(f"/workspaces/{world.workspace_id}")).text)
    await eventually(lambda: not world.tandem.sockets._connections and len(left) == 1)
    assert (await member(world, world.mia)).seen_seq == before


@on_sqlite
async def test_the_page_shows_it_once_and_reading_changes_nothing(world: World) -> None:
    mia, path = world.mia.browser, f"/workspaces/{world.workspace_id}"
    await saw_everything(world, world.mia)
    await saw_everything(world, world.olga)
    task = await a_task(world.tandem, world.olga, world.workspace_id, title="<i>bread</i>")
    section = None
    for _ in range(2):
        html = (await mia.get(path)).text
        section = away_section(html)
        assert section
        assert "Olga changed 1 task." in section.text
        assert "Olga added “<i>bread</i>”" in section.text
        assert section.attributes["data-marks"].split() == [f"task-{task.id}"]
    assert section
    link = next(found for found in section.all() if found.text == "All that happened")
    only = (await mia.get(link.attributes["href"])).text
    assert "<strong>Olga</strong> added" in only
    assert "joined as" not in only
    seq = next(found for found in section.all() if found.attributes.get("name") == "seq")
    answer = await mia.post(f"{path}/seen", data={"seq": seq.attributes["value"]})
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert away_section((await mia.get(path)).text) is None
    assert away_section((await world.vera.browser.get(path)).text) is not None
    assert away_section((await world.olga.browser.get(path)).text) is None


@on_sqlite
async def test_whoever_has_the_list_open_is_not_away(world: World) -> None:
    mia, path = world.mia.browser, f"/workspaces/{world.workspace_id}"
    async with listening(world.mia, world.workspace_id, protocol=None):
        await a_task(world.tandem, world.olga, world.workspace_id)
        assert away_section((await mia.get(path)).text) is None
        assert away_section((await world.vera.browser.get(path)).text) is not None
    async with listening(world.vera, world.workspace_id):  # a program of hers
        assert away_section((await world.vera.browser.get(path)).text) is not None


@on_postgres
async def test_whoever_has_the_list_open_at_another_process_is_not_away(
    settings: Settings, redis: RedisServer
) -> None:
    shared = replace(settings, redis_url=redis.url)
    async with running(shared) as first, running(shared) as second:
        here = {name: await a_person(first.tandem, name, address=first.address) for name in NAMES}
        workspace_id = await a_workspace(first.tandem, here)
        await a_task(first.tandem, here["olga"], workspace_id)
        elsewhere = replace(here["mia"], address=second.address, clients=[])
        path = f"/workspaces/{workspace_id}"
        assert away_section((await elsewhere.browser.get(path)).text)
        async with asyncio.timeout(PATIENCE):  # a Redis that was just met is not believed yet
            topic = workspace_topic(workspace_id)
            while not (await second.tandem.presence.ask(topic)).known:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.2)
        async with listening(here["mia"], workspace_id, protocol=None):
            await a_task(first.tandem, here["olga"], workspace_id, title="bread")
            assert not away_section((await elsewhere.browser.get(path)).text)
        for person in (*here.values(), elsewhere):
            await person.leave()


@on_sqlite
async def test_a_script_gets_what_stands_in_its_place(world: World) -> None:
    path = f"/workspaces/{world.workspace_id}/seen"
    answer = await world.mia.browser.post(path, data={"seq": "1"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.text.startswith('<p id="away"')


async def away(world: World, person: Person) -> Digest | None:
    async with world.tandem.database.read() as session:
        return await digest(session, world.tandem.log, person.scope, world.workspace_id)


async def edit(world: World, person: Person, task: TaskOut, *, title: str) -> TaskOut:
    return await tasks.update_task(
        world.tandem.unit_of_work(), person.scope, task.id, TaskUpdate(title=title), version=task.version
    )


async def see(world: World, person: Person, seq: int | None) -> None:
    await commands.mark_seen(
        world.tandem.unit_of_work(), world.tandem.log, person.scope, world.workspace_id, seq=seq
    )


async def saw_everything(world: World, person: Person) -> None:
    answer = await person.api.get(f"/api/workspaces/{world.workspace_id}")
    await see(world, person, answer.json()["seq"])


async def member(world: World, person: Person, workspace_id: object = None) -> Member:
    async with world.tandem.database.read() as session:
        return await session.get_one(Member, (workspace_id or world.workspace_id, person.scope.user_id))


async def sees(world: World, person: Person, seq: int) -> bool:
    return (await member(world, person)).seen_seq >= seq


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await condition():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.01)


def away_section(html: str) -> Element | None:
    return next((found for found in parse(html).all() if found.id == "away"), None)
