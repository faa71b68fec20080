"""Whoever was away finds all that they were told, once each, wherever they look first."""

import re

import pytest

from tests.builders import a_task
from tests.conftest import World
from tests.dom import parse
from tests.live.wire import listening

MISSED = 30
TITLES = [f"task {number}" for number in range(MISSED)]
# Of each assignment the person is told, and follows from then on what happens to the task.
EVENTS = 2 * MISSED


@pytest.mark.parametrize("read_first", ["page", "program", "open page"])
async def test_thirty_assignments_of_somebody_away_are_told_once_each(world: World, read_first: str) -> None:
    async with listening(world.mia, None) as wire:
        since = int(wire.heard[0]["data"]["seq"])
    for title in TITLES:
        await a_task(
            world.tandem, world.olga, world.workspace_id, title=title, assignee_id=world.mia.scope.user_id
        )
    looks = {"page": page_tells, "program": program_is_told, "open page": open_page_is_told}
    await looks[read_first](world, since)
    for look in looks.values():
        await look(world, since)
    assert await api_tells(world) == TITLES[::-1]


async def page_tells(world: World, _since: int) -> None:
    """The bell of any page says how many, and the centre which."""
    home = parse((await world.mia.browser.get(f"/workspaces/{world.workspace_id}")).text)
    assert [found.attributes["data-unread"] for found in home.all() if found.id == "bell"] == [f"{MISSED}"]
    assert f"Notifications, {MISSED} unread" in {found.attributes.get("aria-label") for found in home.all()}
    centre = parse((await world.mia.browser.get("/notifications")).text)
    [shown] = [found for found in centre.all() if found.id == "notifications"]
    assert titles("".join(row.text for row in shown.elements)) == TITLES[::-1]


async def program_is_told(world: World, since: int) -> None:
    """A program that comes back gets each by itself, with numbers that have no hole."""
    async with listening(world.mia, None, query=f"since={since}") as wire:
        changes = await wire.changes(since + EVENTS)
    assert [change["seq"] for change in changes] == list(range(since + 1, since + EVENTS + 1))
    told = [change["data"] for change in changes if change["type"] == "notification.new"]
    assert [data["notification"]["title"] for data in told] == TITLES
    assert [data["unread"] for data in told] == list(range(1, MISSED + 1))
    given = [change["data"]["task"]["title"] for change in changes if change["type"] == "assignment.changed"]
    assert given == TITLES


async def open_page_is_told(world: World, since: int) -> None:
    """A page that comes back gets all of them in one frame, and the bell as it is now."""
    query = f"since={since}&show=notifications"
    async with listening(world.mia, None, protocol=None, query=query) as wire:
        frame = await wire.until("changes")
    assert frame["seq"] == since + EVENTS
    rows = [part for part in parse(frame["content"]).elements if "notifications" in str(part.attributes)]
    assert titles("".join(row.text for row in rows)) == TITLES
    bells = [found for found in parse(frame["content"]).all() if found.id == "bell"]
    assert bells[-1].attributes["data-unread"] == f"{MISSED}"


async def api_tells(world: World) -> list[str]:
    """The titles over the JSON API, page by page."""
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"unread": "true", "limit": "7"} | ({"cursor": cursor} if cursor else {})
        page = (await world.mia.api.get("/api/notifications", params=query)).json()
        found += [item["title"] for item in page["items"]]
        cursor = page["next_cursor"]
    return found


def titles(text: str) -> list[str]:
    """The titles in a text, in order, each as often as it is there as what was assigned."""
    return re.findall(r"assigned you (task \d+)", " ".join(text.split()))
