"""The connection goes, in every way it can, and comes back; then the page is as if it had stayed."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from playwright.async_api import Route, expect

from e2e.pages import equals_its_reload
from e2e.people import People, Person, Team, a_team
from e2e.wire import Wire
from tests.process import Process

# Ten seconds without a connection, in which something happens every quarter of a second.
CHANGES = 40
PAUSE = 0.25


async def watched(people: People) -> tuple[Team, Person]:
    """Mia watches a list that Olga will work on, and may be cut off."""
    team = await a_team(people, "adam", "mia", "vera")
    for title in ("Stays", "Changes", "Goes", "Moves"):
        await team.olga.task(team.workspace_id, title)
    team.mia.allow_outage()
    return team, team.mia


async def forty_changes(team: Team, *, pause: float = PAUSE) -> None:
    """Everything that can happen to a list, forty times."""
    olga, place = team.olga, f"/workspaces/{team.workspace_id}"
    tasks = {task["title"]: task["id"] for task in (await olga.ask("GET", f"{place}/tasks"))["items"]}
    kinds = ["add", "rename", "complete", "assign", "reopen", "plan", "remove", "member"]
    for number in range(CHANGES):
        await asyncio.sleep(pause)
        kind, some = kinds[number % len(kinds)], tasks["Changes"]
        match kind:
            case "add":
                tasks["newest"] = (await olga.task(team.workspace_id, f"New {number}"))["id"]
            case "rename":
                await olga.change(some, title=f"Changes {number}")
            case "complete" | "reopen":
                await olga.ask("POST", f"/tasks/{some}/{kind}")
            case "assign":
                await olga.change(tasks["Moves"], assignee_id=team.mia.id if number % 16 < 8 else None)
            case "plan":
                await olga.change(tasks["Moves"], priority="high", due_on=f"2031-05-{number % 28 + 1:02}")
            case "remove" if number % 16 < 8:
                current = await olga.ask("GET", f"/tasks/{tasks['newest']}")
                await olga.ask("DELETE", f"/tasks/{tasks['newest']}", {"version": current["version"]})
            case "remove":
                await olga.ask("PUT", place, {"name": f"Home {number}", "description": "Moved"})
            case "member":
                role = "viewer" if number % 16 < 8 else "member"
                await olga.ask("PATCH", f"{place}/members/{team.vera.id}", {"role": role})


@asynccontextmanager
async def an_outage(mia: Person) -> AsyncIterator[None]:
    """The page says that it is offline, and that it is live again; it is never loaded anew."""
    state = mia.page.locator("#live-state")
    async with mia.stays():
        await expect(state).to_have_text("Live")
        yield
        await mia.is_live()
        await expect(state).to_have_text("Live")


async def is_offline(mia: Person) -> None:
    await expect(mia.page.locator("body")).to_have_attribute("data-live", "offline")
    await expect(mia.page.locator("#live-state")).to_have_text("Offline, trying again")


async def catches_up(team: Team, mia: Person) -> None:
    """Her page comes to where the workspace is, and shows what its own reload shows."""
    seq = (await team.olga.ask("GET", f"/workspaces/{team.workspace_id}"))["seq"]
    await expect(mia.page.locator("#tasks")).to_have_attribute("data-seq", str(seq))
    await equals_its_reload(mia)


async def test_a_cut_of_ten_seconds_is_made_up_for(people: People) -> None:
    team, mia = await watched(people)
    wire = Wire()
    await wire.lay(mia.page)
    await mia.open(team.path)
    async with an_outage(mia):
        await team.olga.task(team.workspace_id, "Before the cut")
        await expect(mia.row("Before the cut")).to_be_visible()
        await wire.tear()
        await is_offline(mia)
        known = await mia.page.locator("#tasks").get_attribute("data-seq")
        await forty_changes(team)
        await expect(mia.row("Goes")).to_be_visible()
        wire.mend()
        await catches_up(team, mia)
        assert wire.asked_since == known
        await team.olga.task(team.workspace_id, "And on it goes")
        await expect(mia.row("And on it goes")).to_be_visible()
    await equals_its_reload(mia)


async def test_an_old_push_that_comes_late_undoes_nothing(people: People) -> None:
    team = await a_team(people, "adam", "mia")
    olga, place = team.olga, team.workspace_id
    tasks = [await team.adam.task(place, title) for title in ("Finish", "Remove")]
    wire = Wire()
    await wire.lay(olga.page)
    await olga.open(team.path)
    async with olga.stays():
        wire.hold()
        for task in tasks:
            await team.adam.change(task["id"], priority="urgent")
        await wire.holds("Remove")
        await olga.page.get_by_role("button", name="Complete Finish").click()
        await expect(olga.row("Finish")).to_have_attribute("data-status", "done")
        # She saw an older state of it, so it asks again before it is gone.
        current = await olga.ask("GET", f"/tasks/{tasks[1]['id']}")
        await olga.page.locator(f"#task-{tasks[1]['id']} .task__delete").evaluate(
            "(field, value) => { field.value = value }", f"{current['id']}:{current['version']}"
        )
        await olga.page.get_by_role("button", name="Delete Remove").click()
        await expect(olga.row("Remove")).to_have_count(0)
        wire.release()
        await catches_up(team, olga)
        await expect(olga.row("Finish")).to_have_attribute("data-status", "done")
        await expect(olga.row("Remove")).to_have_count(0)


@pytest.mark.parametrize("query", ["status=todo&sort=title", "assignee=me", "priority=high&sort=-updated"])
async def test_a_page_with_filters_catches_up_to_its_own_reload(people: People, query: str) -> None:
    team, mia = await watched(people)
    wire = Wire()
    await wire.lay(mia.page)
    await mia.open(f"{team.path}?{query}")
    async with an_outage(mia):
        await wire.tear()
        await is_offline(mia)
        await forty_changes(team, pause=0)
        wire.mend()
        await catches_up(team, mia)


async def test_a_page_that_never_lost_its_connection_equals_its_reload(people: People) -> None:
    team, mia = await watched(people)
    await mia.open(team.path)
    async with mia.stays():
        await forty_changes(team, pause=0)
        await catches_up(team, mia)


async def test_a_connection_that_dies_in_silence_is_noticed(people: People) -> None:
    team, mia = await watched(people)
    wire = Wire()
    await wire.lay(mia.page)
    await mia.open(team.path)
    async with an_outage(mia):
        wire.die()
        await forty_changes(team, pause=0)
        await expect(mia.page.locator("body")).not_to_have_attribute("data-live", "live", timeout=15_000)
        wire.mend()
        await catches_up(team, mia)


async def test_a_browser_without_network_says_so_and_catches_up(people: People) -> None:
    team, mia = await watched(people)
    await mia.open(team.path)
    async with an_outage(mia):
        await mia.context.set_offline(True)
        await is_offline(mia)
        await forty_changes(team, pause=0)
        await mia.context.set_offline(False)
        await catches_up(team, mia)


async def test_whoever_is_far_behind_fetches_the_whole_list(people: People) -> None:
    team, mia = await watched(people)
    wire = Wire()
    await wire.lay(mia.page)
    await mia.open(team.path)
    async with an_outage(mia):
        await mia.quick_add.fill("Half a title")
        await wire.tear()
        await is_offline(mia)
        for _ in range(51):
            new = (team.olga.task(team.workspace_id, f"Task {number}") for number in range(10))
            await asyncio.gather(*new)
        await forty_changes(team, pause=0)
        wire.mend()
        await catches_up(team, mia)
        await expect(mia.quick_add).to_have_value("Half a title")
        await expect(mia.quick_add).to_be_focused()


async def test_a_killed_server_comes_back_and_both_catch_up(people: People, program: Process) -> None:
    team, mia = await watched(people)
    olga = team.olga
    olga.allow_outage()
    await olga.open(team.path)
    await mia.open(team.path)
    async with an_outage(olga), an_outage(mia):
        try:
            await olga.add("Just before")
            program.kill()
            await is_offline(olga)
            await is_offline(mia)
        finally:
            program.start()
        # Before they have found it again, something has already happened.
        await team.adam.task(team.workspace_id, "While they looked for it")
        await olga.is_live()
        await mia.is_live()
        await expect(mia.row("Just before")).to_be_visible()
        await expect(olga.row("While they looked for it")).to_be_visible()
        await mia.add("Just after")
        await expect(olga.row("Just after")).to_be_visible()
        await catches_up(team, olga)
        await catches_up(team, mia)


async def test_a_restored_backup_is_what_the_page_goes_back_to(
    people: People, program: Process, tmp_path: Path
) -> None:
    team, mia = await watched(people)
    file, backup = program.folder / "tandem.sqlite", tmp_path / "backup.sqlite"
    await mia.open(team.path)
    async with an_outage(mia):
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(backup)) as target:
            source.backup(target)
        await team.olga.task(team.workspace_id, "After the backup")
        await mia.page.get_by_role("button", name="Complete Stays").click()
        await expect(mia.row("Stays")).to_have_attribute("data-status", "done")
        await expect(mia.row("After the backup")).to_be_visible()
        program.kill()
        try:
            await is_offline(mia)
            for kept in file.parent.glob("tandem.sqlite-*"):
                kept.unlink()
            shutil.copy(backup, file)
        finally:
            program.start()
        await mia.is_live()
        await expect(mia.row("After the backup")).to_have_count(0)
        await expect(mia.row("Stays")).to_have_attribute("data-status", "todo")
        await catches_up(team, mia)
        await mia.add("And on it goes")
        await catches_up(team, mia)


async def test_a_repair_that_comes_late_takes_away_nothing_newer(people: People) -> None:
    # A write was done unanswered, so the page fetches itself; meanwhile it found a new connection and
    # went on. What it had fetched was older than itself, and was taken for a restored backup.
    team, mia = await watched(people)
    fetched, may_arrive = asyncio.Event(), asyncio.Event()

    async def unanswered(route: Route) -> None:
        await route.fetch()
        await route.abort()

    async def late(route: Route) -> None:
        answer = await route.fetch()
        fetched.set()
        await may_arrive.wait()
        await route.fulfill(response=answer)

    await mia.open(team.path)
    async with mia.stays():
        await mia.page.route("**/complete", unanswered, times=1)
        await mia.page.route(mia.page.url, late)
        await mia.page.get_by_role("button", name="Complete Stays").click()
        await asyncio.wait_for(fetched.wait(), 10)
        await mia.page.evaluate("window.dispatchEvent(new Event('online'))")
        await mia.is_live()
        await mia.add("Added since")
        await team.olga.task(team.workspace_id, "And this")
        await expect(mia.row("And this")).to_be_visible()
        async with mia.page.expect_event("requestfinished", lambda request: request.url == mia.page.url):
            may_arrive.set()
        await mia.page.unroute_all()
        await mia.add("Last of all")
        await expect(mia.row("Added since")).to_be_visible()
        await catches_up(team, mia)


async def test_what_could_not_be_sent_waits_and_is_not_added_twice(people: People) -> None:
    team, mia = await watched(people)
    await mia.open(team.path)
    async with mia.stays():
        await mia.context.set_offline(True)
        await mia.quick_add.fill("Written in a tunnel")
        await mia.quick_add.press("Enter")
        await expect(mia.page.locator("#live-state")).to_have_text("Offline: 1 change is waiting")
        await expect(mia.quick_add).to_have_value("")
        await mia.context.set_offline(False)
        await expect(mia.row("Written in a tunnel")).to_have_count(1)
        await expect(mia.page.locator("#waiting-open")).to_be_hidden()
    tasks = (await team.olga.ask("GET", f"/workspaces/{team.workspace_id}/tasks"))["items"]
    assert [task["title"] for task in tasks].count("Written in a tunnel") == 1
