"""What somebody was told of a workspace that they lose: on pages, by programs, and in the log."""

import re
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from app.workspaces import commands as workspaces
from tests.builders import a_task, a_workspace
from tests.cast import Person
from tests.conftest import World
from tests.dom import parse
from tests.live.wire import Wire, listening

SECRET = "secret plan"
OTHER = "no secret"


async def removed(world: World, workspace_id: UUID) -> None:
    await workspaces.remove_member(
        world.tandem.unit_of_work(), world.olga.scope, workspace_id, world.mia.scope.user_id
    )


async def leaves(world: World, workspace_id: UUID) -> None:
    mia = world.mia.scope
    await workspaces.remove_member(world.tandem.unit_of_work(), mia, workspace_id, mia.user_id)


async def deleted(world: World, workspace_id: UUID) -> None:
    await workspaces.delete_workspace(world.tandem.unit_of_work(), world.olga.scope, workspace_id)


WAYS = [removed, leaves, deleted]
Way = Callable[[World, UUID], Awaitable[None]]


@pytest.mark.parametrize("way", WAYS)
async def test_nothing_private_is_left_of_a_workspace_that_was_lost(world: World, way: Way) -> None:
    kept = await a_workspace(world.tandem, world.cast, name="Kept")
    secret = await assigned(world, world.workspace_id, SECRET)
    await assigned(world, kept, OTHER)
    assert SECRET in await everything(world.mia)
    await way(world, world.workspace_id)
    left = await everything(world.mia)
    assert SECRET not in left
    assert secret not in left
    # Which one went is told, to programs and to the navigation of open pages; nothing else of it.
    lost = world.workspace_id
    went = f"""'id': '{lost}'|<li id="workspace-{lost}" data-v="[0-9]+" data-gone></li>"""
    assert str(lost) not in re.sub(went, "", left)
    assert OTHER in left
    await assigned(world, kept, "more")
    unread = (await world.mia.api.get("/api/notifications?unread=true")).json()["items"]
    assert f"Notifications, {len(unread)} unread" in (await world.mia.browser.get("/notifications")).text


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("away", [False, True], ids=["open", "away"])
async def test_open_pages_lose_the_rows_of_what_was_lost(world: World, way: Way, away: bool) -> None:
    second = await a_workspace(world.tandem, world.cast, name="Second")
    homes = [world.workspace_id, second]
    for number, home in enumerate([*homes, *homes]):
        await assigned(world, home, f"{SECRET} {number}")
    page = parse((await world.mia.browser.get("/notifications")).text)
    shown = {found.id for found in page.all() if "notification" in found.attributes.get("class", "").split()}
    assert len(shown) == 4
    [region] = [found for found in page.all() if found.id == "notifications"]
    query = f"since={region.attributes['data-seq']}&show=notifications"
    if away:
        for home in homes:
            await way(world, home)
    async with listening(world.mia, None, protocol=None, query=query) as wire:
        if not away:
            for home in homes:
                await way(world, home)
        last = (await position(world.mia))[0]
        said = await content(wire, last)
    gone = set(re.findall(r'id="(notification-[^"]+)" data-v="\d+" data-gone', said))
    assert gone == shown
    bell = re.findall(r'id="bell"[^>]*data-unread="(\d+)"', said)[-1]
    left = (await world.mia.api.get("/api/notifications?unread=true")).json()["items"]
    assert int(bell) == len(left)
    assert {item["workspace_id"] for item in left} <= {None}


async def assigned(world: World, workspace_id: UUID, title: str) -> str:
    """A task that Mia is told of; gives its id."""
    mia = world.mia.scope.user_id
    return str((await a_task(world.tandem, world.olga, workspace_id, title=title, assignee_id=mia)).id)


async def everything(person: Person) -> str:
    """All that a person can find of what they were told: pages, programs, and both sockets from the start."""
    found = [(await person.browser.get(path)).text for path in ("/notifications", "/notifications/latest")]
    found.append((await person.browser.get("/tasks")).text)
    found.append((await person.api.get("/api/notifications?limit=200")).text)
    last, heard = await position(person)
    found.append(heard)
    async with listening(person, None, protocol=None, query="since=0&show=notifications") as wire:
        found.append(await content(wire, last))
    return "\n".join(found)


async def position(person: Person) -> tuple[int, str]:
    """Where a person's stream is, and all that a program hears of it from the start."""
    async with listening(person, None) as wire:
        last = int(wire.heard[0]["data"]["seq"])
    assert last > 0
    async with listening(person, None, query="since=0") as wire:
        return last, repr(await wire.changes(last))


async def content(wire: Wire, last: int) -> str:
    """What a page is sent until it is at number ``last``."""
    said, seq = "", 0
    while seq < last:
        frame = await wire.until("changes")
        said, seq = said + frame.get("content", ""), frame["seq"]
    return said
