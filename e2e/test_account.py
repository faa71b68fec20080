"""The page about oneself: by keys alone, and without scripts."""

import pytest
from playwright.async_api import Locator, Page, expect

from e2e.people import PASSWORD, People, Person, a_team

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
NEW = "an even longer password"


def section(page: Page, heading: str) -> Locator:
    return page.get_by_role("region", name=heading)


async def signs_in_elsewhere(people: People, person: Person, password: str = PASSWORD) -> Page:
    """A second browser of theirs, on their own tasks."""
    elsewhere = await people.visitor()
    await elsewhere.page.goto("/login?next=/tasks")
    await elsewhere.page.get_by_label("E-mail").fill(person.email)
    await elsewhere.page.get_by_label("Password").fill(password)
    await elsewhere.page.keyboard.press("Enter")
    await expect(elsewhere.page.locator("body")).to_have_attribute("data-live", "live")
    return elsewhere.page


@SCRIPTS
async def test_a_name_is_changed_from_the_bar_and_said_where_it_stands(people: People, scripts: bool) -> None:
    team = await a_team(people, "mia", java_script_enabled=scripts)
    page = team.mia.page
    for width in (1280, 390):
        await page.set_viewport_size({"width": width, "height": 800})
        await team.mia.open(team.path)
        await page.get_by_role("link", name="Your account").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    await expect(page.get_by_text(team.mia.email)).to_be_visible()
    team.mia.allow("status of 422")
    await page.get_by_label("Your name").fill(" ")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Your name")).to_be_focused()
    await expect(page.get_by_text("Your name must not be empty.")).to_be_visible()
    await page.keyboard.type("Mia M.")
    await page.keyboard.press("Enter")
    said = section(page, "Name").get_by_role("status")
    await expect(said).to_have_text("Saved. Everybody sees the new name now.")
    await expect(said).to_be_focused()
    await page.reload()
    await expect(said).to_have_count(0)
    await team.olga.open(team.path)
    await expect(team.olga.page.locator(f"#member-{team.mia.id}")).to_contain_text("Mia M.")


async def test_another_password_signs_out_everywhere_else_at_once(people: People) -> None:
    mia = await people.person("Mia")
    elsewhere = await signs_in_elsewhere(people, mia)
    page = mia.page
    mia.allow("status of 422")
    await mia.open("/account")
    for old, new in (("not the password", NEW), (PASSWORD, NEW)):
        await page.get_by_label("Current password").focus()
        await page.keyboard.type(old)
        await page.keyboard.press("Tab")
        await page.keyboard.type(new)
        await page.keyboard.press("Enter")
        if old != PASSWORD:
            await expect(page.get_by_text("Current password is not your password.")).to_be_visible()
            await expect(page.get_by_label("Current password")).to_be_focused()
            await expect(elsewhere.locator("body")).to_have_attribute("data-live", "live")
    await expect(section(page, "Password").get_by_role("status")).to_contain_text("Changed.")
    await expect(elsewhere.get_by_text("You are signed out.")).to_be_visible()
    await mia.is_live()
    await signs_in_elsewhere(people, mia, NEW)


async def test_a_session_that_was_left_open_is_ended_from_here(people: People) -> None:
    mia = await people.person("Mia")
    elsewhere = await signs_in_elsewhere(people, mia)
    page = mia.page
    await mia.open("/account")
    await expect(page.get_by_text("(this one)")).to_have_count(1)
    await page.get_by_role("button", name="Sign out Chrome on Linux").focus()
    await page.keyboard.press("Enter")
    await expect(section(page, "Where you are signed in").get_by_role("status")).to_contain_text("Ended.")
    await expect(page.get_by_role("listitem").filter(has_text="since")).to_have_count(1)
    await expect(elsewhere.get_by_text("You are signed out.")).to_be_visible()
    others = [await signs_in_elsewhere(people, mia) for _ in range(2)]
    await page.reload()
    await page.get_by_role("button", name="Sign out everywhere else").focus()
    await page.keyboard.press("Enter")
    for other in others:
        await expect(other.get_by_text("You are signed out.")).to_be_visible()


async def test_single_letters_work_where_one_wants_them(people: People) -> None:
    team = await a_team(people)
    olga, page = team.olga, team.olga.page
    await olga.task(team.workspace_id, "Water the beans")
    for words, in_row, on_page in (
        ("Never", False, False),
        ("Everywhere but in fields", True, True),
        ("While I am in a list", True, False),
    ):
        await olga.open("/account")
        await page.get_by_label("Single letters work").select_option(words)
        await page.get_by_role("button", name="Save shortcuts").press("Enter")
        await expect(section(page, "Keyboard shortcuts").get_by_role("status")).to_have_text("Saved.")
        for works, place in ((in_row, ".task__title"), (on_page, ".bar__brand")):
            await olga.open(team.path)
            await page.locator(place).first.focus()
            await page.keyboard.press("c")
            # Whatever the key does it has done before this one is through.
            await page.keyboard.press("Shift")
            adding = page.get_by_label("Add a task")
            await (expect(adding).to_be_focused() if works else expect(adding).not_to_be_focused())
        await page.locator(".task__title").first.focus()
        await page.keyboard.press("Space")
        await expect(page.locator(".task__select").first).to_be_checked()
        await page.keyboard.press("Escape")
        await expect(page.locator(".task__select").first).not_to_be_checked()
