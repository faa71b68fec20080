"""What others changed is marked until it is seen, and a pause holds all of it until the reader goes on."""

import asyncio
from typing import Any

from playwright.async_api import Locator, expect

from e2e.looks import violations
from e2e.pages import equals_its_reload
from e2e.people import People, Person, Team, a_team
from e2e.wire import Wire

LOOKING = "looking => { document.hasFocus = () => looking; dispatchEvent(new Event('focus')); }"
BEATS = """addEventListener("htmx:ws:after:message:incoming", ({ detail: { message: { frame } } }) => {
    if (frame.type === "heartbeat") window.heartbeat(0);
})"""
MOVES = "() => document.getAnimations().length"


def mark(person: Person, title: str) -> Locator:
    """The mark on a row."""
    return person.row(title).locator(".fresh--dot")


def pause(person: Person) -> Locator:
    """The switch in the bar."""
    return person.page.locator("#pause")


async def a_list(people: People, **options: Any) -> tuple[Team, dict[str, str]]:
    """Olga and Mia, three tasks, and Mia at the list."""
    team = await a_team(people, "mia", **options)
    ids = {
        title: (await team.mia.task(team.workspace_id, title))["id"] for title in ("Bread", "Eggs", "Milk")
    }
    await team.mia.open(team.path)
    return team, ids


async def test_what_somebody_else_changed_is_marked_until_it_is_seen(people: People) -> None:
    team, ids = await a_list(people)
    mia, olga = team.mia, team.olga
    await mia.page.clock.install()
    await mia.page.evaluate(LOOKING, False)
    await mia.change(ids["Eggs"], priority="low")
    await olga.change(ids["Bread"], priority="low")
    await expect(mark(mia, "Bread")).to_have_text("Changed by Olga")
    await expect(mark(mia, "Eggs")).to_have_count(0)
    await equals_its_reload(mia)
    # A push that changes the row again neither takes the mark away nor adds one, whoever did it.
    await mia.page.clock.run_for(4_000)
    await olga.change(ids["Bread"], title="White bread", assignee_id=olga.id)
    await expect(mark(mia, "White bread")).to_have_count(1)
    await mia.change(ids["Bread"], title="Brown bread", priority="high")
    await expect(mark(mia, "Brown bread")).to_have_text("Changed by Olga")
    await mia.page.evaluate(LOOKING, True)
    await expect(mark(mia, "Brown bread")).to_have_count(0)
    await equals_its_reload(mia)


async def test_the_focus_in_a_row_is_having_seen_it(people: People) -> None:
    team, ids = await a_list(people)
    mia = team.mia
    await mia.page.evaluate(LOOKING, False)
    for title in ("Bread", "Eggs"):
        await team.olga.change(ids[title], priority="low")
        await expect(mark(mia, title)).to_be_visible()
    await mia.row("Bread").get_by_role("link", name="Bread", exact=True).focus()
    await expect(mark(mia, "Bread")).to_have_count(0)
    await expect(mark(mia, "Eggs")).to_have_count(1)


async def test_what_is_not_on_the_screen_is_not_seen(people: People) -> None:
    team, ids = await a_list(people, viewport={"width": 900, "height": 300})
    mia = team.mia
    await mia.page.clock.install()
    await team.olga.change(ids["Milk"], priority="low")
    await expect(mark(mia, "Milk")).to_have_count(1)
    await mia.page.clock.run_for(4_000)
    await expect(mark(mia, "Milk")).to_have_count(1)
    await mia.row("Milk").scroll_into_view_if_needed()
    await expect(mark(mia, "Milk")).to_have_count(0)


async def test_nothing_moves_for_whoever_does_not_want_it(people: People) -> None:
    team, ids = await a_list(people)
    await team.olga.change(ids["Bread"], priority="low")
    await expect(mark(team.mia, "Bread")).to_have_count(1)
    assert await team.mia.page.evaluate(MOVES) == 0


async def test_it_glows_once_for_others(people: People) -> None:
    team, ids = await a_list(people, reduced_motion="no-preference")
    await team.mia.page.evaluate(LOOKING, False)
    await team.olga.change(ids["Bread"], priority="low")
    await expect(mark(team.mia, "Bread")).to_have_count(1)
    glows = "id => document.getElementById(id).getAnimations().length"
    assert await team.mia.page.evaluate(glows, f"task-{ids['Bread']}") == 1


async def test_a_pause_holds_what_others_do_and_then_shows_it_at_once(people: People) -> None:
    team, ids = await a_list(people)
    mia, olga = team.mia, team.olga
    async with mia.stays():
        await pause(mia).press("Enter")
        await expect(pause(mia)).to_have_attribute("aria-pressed", "true")
        await olga.change(ids["Bread"], title="Brown bread")
        await expect(pause(mia)).to_have_text("Paused: 1 change waits")
        await olga.change(ids["Bread"], title="Black bread")
        await olga.ask("POST", f"/tasks/{ids['Eggs']}/complete")
        await olga.task(team.workspace_id, "Salt")
        await expect(pause(mia)).to_have_text("Paused: 3 changes wait")
        await expect(mia.titles).to_have_text(["Bread", "Eggs", "Milk"])
        # One's own answers are no pushes.
        await mia.add("Butter")
        await mia.page.get_by_role("button", name="Complete Milk").click()
        await expect(mia.row("Milk")).to_have_attribute("data-status", "done")
        await expect(mia.page.locator("body")).to_have_attribute("data-live", "live")
        assert await violations(mia.page) == []
        await pause(mia).press("Enter")
        await expect(pause(mia)).to_have_text("Pause")
        await expect(mia.titles).to_have_text(["Black bread", "Eggs", "Milk", "Salt", "Butter"])
        await expect(mark(mia, "Salt")).to_have_count(1)
        assert await violations(mia.page) == []
        await equals_its_reload(mia)
        await olga.change(ids["Bread"], title="White bread")
        await expect(mia.row("White bread")).to_be_visible()
    await equals_its_reload(mia)


async def test_a_pause_holds_who_is_here_and_keeps_the_line(people: People) -> None:
    team, ids = await a_list(people)
    mia = team.mia
    sent: asyncio.Queue[str | bytes] = asyncio.Queue()
    mia.page.on("websocket", lambda socket: socket.on("framesent", sent.put_nowait))
    await mia.page.reload()
    await mia.is_live()
    shown = mia.page.locator(f"#member-{team.olga.id}")
    await expect(shown).to_have_attribute("data-presence", "offline")
    await pause(mia).press("Enter")
    await expect(pause(mia)).to_have_text("Paused")
    await team.olga.open(team.path)
    await team.olga.change(ids["Eggs"], title="Ten eggs")
    await expect(pause(mia)).to_have_text("Paused: 1 change waits")
    # Longer than the server waits for a client that says nothing (twice 2 s).
    for _ in range(6):  # both lines, every 2 s
        async with asyncio.timeout(10):
            assert "heartbeat" in str(await sent.get())
    await expect(mia.page.locator("body")).to_have_attribute("data-live", "live")
    await expect(shown).to_have_attribute("data-presence", "offline")
    await pause(mia).press("Enter")
    await expect(shown).to_have_attribute("data-presence", "online")
    await expect(mia.row("Ten eggs")).to_be_visible()
    await equals_its_reload(mia)


async def test_a_line_that_breaks_in_a_pause_loses_nothing(people: People) -> None:
    team = await a_team(people, "mia")
    mia, olga, wire = team.mia, team.olga, Wire()
    mia.allow_outage()
    bread = (await olga.task(team.workspace_id, "Bread"))["id"]
    await wire.lay(mia.page)
    sent: asyncio.Queue[object] = asyncio.Queue()
    await mia.page.expose_function("heartbeat", sent.put_nowait)
    await mia.page.add_init_script(BEATS)
    await mia.open(team.path)
    await pause(mia).press("Enter")
    await expect(pause(mia)).to_have_text("Paused")
    await olga.change(bread, title="Brown bread", assignee_id=mia.id)
    await expect(pause(mia)).to_have_text("Paused: 1 change waits")
    while not sent.empty():
        sent.get_nowait()
    for _ in range(4):  # the server says with each how far the page would be
        await asyncio.wait_for(sent.get(), 10)
    await wire.tear()
    await expect(mia.page.locator("body")).to_have_attribute("data-live", "offline")
    await olga.task(team.workspace_id, "Milk")
    wire.mend()
    await mia.is_live()
    await expect(pause(mia)).to_have_text("Paused: 2 changes wait")
    await expect(mia.titles).to_have_text(["Bread"])
    await pause(mia).press("Enter")
    await expect(mia.titles).to_have_text(["Brown bread", "Milk"])
    await expect(mia.page.locator("#toasts .toast--news")).to_have_count(1)
    await equals_its_reload(mia)


async def test_pause_and_announcements_are_remembered_as_they_should_be(people: People) -> None:
    team, ids = await a_list(people)
    mia = team.mia
    say = mia.page.get_by_role("button", name="Announcements")
    await say.click()
    await mia.row("Bread").get_by_role("link", name="Bread", exact=True).focus()
    await mia.page.keyboard.press("g")
    await mia.page.keyboard.press("p")
    await expect(pause(mia)).to_have_text("Paused")
    await team.olga.change(ids["Eggs"], title="Ten eggs")
    await mia.page.reload()
    await mia.is_live()
    await expect(mia.row("Ten eggs")).to_be_visible()
    await expect(pause(mia)).to_have_text("Pause")
    await expect(say).to_have_attribute("aria-pressed", "false")
