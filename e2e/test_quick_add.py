"""Adding a task in one line, and seeing what it means before it is saved."""

import re
from datetime import UTC, datetime, timedelta

from playwright.async_api import Locator, Route, expect

from e2e.pages import equals_its_reload
from e2e.people import People, a_team
from e2e.screens import Screen


def understood(screen: Screen) -> Locator:
    """What the page says under the field; it names it as the field's description."""
    return screen.page.locator("#quick-add-understood")


def in_days(number: int) -> str:
    """A day as people write it. The stories do not run over midnight."""
    day = datetime.now(UTC).date() + timedelta(days=number)
    return f"Due {day:%a} {day.day} {day:%b} {day.year}"


async def test_one_line_says_who_how_urgent_and_when(people: People) -> None:
    team = await a_team(people, "mia")
    olga, mia = team.olga, team.mia
    await olga.open(team.path)
    await mia.open(team.path)
    keyboard = olga.page.keyboard
    async with olga.stays(), mia.stays():
        await olga.quick_add.focus()
        await expect(olga.page.locator("#quick-add-hint")).to_be_visible()
        await keyboard.type("Fix login @mi")
        await expect(understood(olga)).to_have_text(re.compile(r"Assigned to Mia\s*$"))
        await keyboard.type("a !h")
        await expect(understood(olga)).to_have_text(re.compile("Assigned to Mia\\s*Priority High\\s*$"))
        await keyboard.type("igh in 3 days")
        await expect(understood(olga)).to_contain_text(in_days(3))
        await expect(olga.quick_add).to_have_accessible_description(re.compile("Assigned to Mia.*High.*Due"))
        await expect(olga.quick_add).to_be_focused()
        await expect(olga.quick_add).to_have_value("Fix login @mia !high in 3 days")
        await keyboard.press("Enter")
        for screen in (olga, mia):
            row = screen.row("Fix login")
            await expect(row.locator(".task__name")).to_have_text("Assigned to Mia")
            await expect(row.locator(".badge--high")).to_have_text("High")
            due = datetime.now(UTC).date() + timedelta(days=3)
            await expect(row.locator("time")).to_have_attribute("datetime", str(due))
        await expect(mia.page.locator("#toasts .toast")).to_contain_text("Olga assigned you Fix login")
        # Ready for the next one, of which nothing is known yet.
        await expect(olga.quick_add).to_have_value("")
        await expect(olga.quick_add).to_be_focused()
        await expect(understood(olga)).to_have_text("")
        await expect(olga.page.locator("#quick-add-hint")).to_be_visible()
        await keyboard.type("Milk tomorrow")
        await expect(understood(olga)).to_contain_text(in_days(1))
        for _ in "tomorrow":
            await keyboard.press("Backspace")
        await expect(understood(olga)).to_have_text("")
        await keyboard.type("\\tomorrow")
        await keyboard.press("Enter")
        await expect(mia.row("Milk tomorrow").locator("time")).to_have_count(0)
    await equals_its_reload(olga)
    await equals_its_reload(mia)


async def test_the_same_line_again_is_understood_again(people: People) -> None:
    team = await a_team(people)
    olga = team.olga
    await olga.open(team.path)
    for number in (1, 2):
        await olga.quick_add.fill("Milk !low")
        await expect(understood(olga)).to_contain_text("Low")
        await olga.quick_add.press("Enter")
        await expect(olga.titles).to_have_text(["Milk"] * number)
        await expect(understood(olga)).to_be_hidden()
        await expect(understood(olga)).to_have_text("")


async def test_what_is_understood_is_spoken_when_it_changes_and_not_at_every_key(people: People) -> None:
    team = await a_team(people, "mia")
    olga = team.olga
    await olga.open(team.path)
    await olga.quick_add.fill("@mia !high Fix")
    await expect(understood(olga)).to_contain_text("High")
    await understood(olga).evaluate(
        """status => {
            window.spoken = 0;
            const watched = { childList: true, characterData: true, subtree: true };
            new MutationObserver(() => { window.spoken += 1; }).observe(status, watched);
        }"""
    )
    for text, spoken in ((" the", 0), (" login", 0), (" tomorrow", 1)):
        async with olga.page.expect_request_finished(lambda request: "understood" in request.url):
            await olga.page.keyboard.type(text, delay=1)
        if spoken:
            await expect(understood(olga)).to_contain_text("Due")
        assert bool(await olga.page.evaluate("window.spoken")) == bool(spoken), text
        await expect(understood(olga)).to_contain_text("Mia")


async def test_an_older_answer_does_not_stand_over_what_is_written_now(people: People) -> None:
    team = await a_team(people)
    olga = team.olga
    await olga.open(team.path)

    async def hold(_: Route) -> None:
        """Never answered: the page has to let go of it."""

    await olga.page.route("**/tasks/understood?*high*", hold)
    async with olga.page.expect_request("**/tasks/understood?*high*"):
        await olga.quick_add.fill("Milk !high")
    await olga.quick_add.fill("Milk !low")
    await expect(understood(olga)).to_contain_text("Low")


async def test_without_a_connection_nothing_is_said_while_somebody_writes(people: People) -> None:
    team = await a_team(people)
    olga = team.olga
    olga.allow_outage()
    await olga.open(team.path)
    await olga.page.context.set_offline(True)
    async with olga.page.expect_event("requestfailed", lambda request: "understood" in request.url):
        await olga.quick_add.press_sequentially("Milk !high")
    await expect(olga.page.locator("#toasts > *")).to_have_count(0)
    await expect(olga.quick_add).to_have_value("Milk !high")
    await olga.page.context.set_offline(False)


async def test_what_the_filter_hides_is_one_step_away(people: People) -> None:
    team = await a_team(people)
    olga = team.olga
    await olga.open(f"{team.path}?priority=urgent")
    async with olga.stays():
        await olga.quick_add.fill("Fix <b>login</b> !low")
        await olga.quick_add.press("Enter")
        toast = olga.page.locator("#toasts .toast")
        await expect(toast).to_contain_text("Added “Fix <b>login</b>”. The filter hides it.")
        await expect(olga.titles).to_have_count(0)
        await expect(olga.quick_add).to_be_focused()
        await olga.quick_add.fill("Put out fire !u")
        await olga.quick_add.press("Enter")
        await expect(olga.titles).to_have_text(["Put out fire"])
        await expect(toast).to_have_count(1)
    await toast.get_by_role("link", name="Show it").focus()
    await olga.page.keyboard.press("Enter")
    await expect(olga.page.get_by_role("heading", level=1)).to_have_text("Fix <b>login</b>")
    await olga.is_live()


async def test_one_line_is_enough_without_scripts(people: People) -> None:
    team = await a_team(people, "mia", java_script_enabled=False)
    olga, mia = team.olga, team.mia
    await olga.open(team.path)
    await olga.page.get_by_label("Add a task").fill("Fix login @mia !urgent tomorrow")
    await olga.page.get_by_role("button", name="Add").click()
    await mia.open(team.path)
    for screen in (olga, mia):
        row = screen.row("Fix login")
        await expect(row).to_contain_text("Urgent")
        await expect(row).to_contain_text("Assigned to Mia")
        due = datetime.now(UTC).date() + timedelta(days=1)
        await expect(row.locator("time")).to_have_attribute("datetime", str(due))
    await olga.open(f"{team.path}?priority=low")
    await olga.page.get_by_label("Add a task").fill("Paint the fence !high")
    await olga.page.get_by_role("button", name="Add").click()
    await expect(olga.page.get_by_text("Added “Paint the fence”. The filter hides it.")).to_be_visible()
    await olga.page.get_by_role("link", name="Show it").click()
    await expect(olga.page.get_by_role("heading", level=1)).to_have_text("Paint the fence")
    await olga.open("/tasks")
    await olga.page.get_by_label("Add a task").fill("Gift for @mia !low")
    await olga.page.get_by_role("button", name="Add").click()
    await expect(olga.row("Gift for @mia")).to_contain_text("Low")
