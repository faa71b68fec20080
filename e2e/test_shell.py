"""What stands around every page: the places one may go to, which of them is open, and where one is not."""

import re
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from e2e.people import People, Person, a_team, join
from e2e.places import lose_the_line
from e2e.screens import Screen

DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}}


def places(screen: Screen) -> Locator:
    """The workspaces in the navigation, from top to bottom."""
    return screen.page.locator("#side-workspaces > li")


async def a_workspace(person: Person, name: str) -> str:
    made = await person.ask("POST", "/workspaces", {"name": name})
    return str(made["id"])


async def test_workspaces_come_go_and_are_renamed_on_every_open_page(people: People) -> None:
    team = await a_team(people, "mia", name="Home", **DESK)
    olga, mia = team.olga, team.mia
    garden = await a_workspace(olga, "Garden")
    await mia.open(team.path)
    others = [await mia.new_tab() for _ in range(3)]
    for tab, path in zip(others, ("/tasks", "/assigned", "/notifications"), strict=True):
        await tab.page.goto(mia.address + path)
        await tab.is_live()
    tabs: list[Screen] = [mia, *others]
    current = mia.page.locator("#side-workspaces [aria-current=page]")
    await expect(current).to_have_text("Home")
    async with mia.stays(), others[0].stays(), others[1].stays(), others[2].stays():
        await join(olga, mia, garden, "viewer")
        for tab in tabs:
            await expect(places(tab)).to_have_text(["Garden", "Home"])
        await olga.ask("PUT", f"/workspaces/{team.workspace_id}", {"name": "Attic <b>"})
        for tab in tabs:
            await expect(places(tab)).to_have_text(["Attic <b>", "Garden"])
        await expect(current).to_have_text("Attic <b>")
        await olga.ask("DELETE", f"/workspaces/{garden}/members/{mia.id}")
        for tab in tabs:
            await expect(places(tab)).to_have_text(["Attic <b>"])
        await olga.ask("DELETE", f"/workspaces/{team.workspace_id}")
        for tab in tabs:
            await expect(places(tab)).to_have_count(0)
            await expect(tab.page.locator("#side-workspaces")).to_be_hidden()


async def test_a_workspace_that_goes_while_its_row_has_the_focus_says_so(people: People) -> None:
    mia = await people.person("Mia", **DESK)
    garden = await a_workspace(mia, "Garden")
    await a_workspace(mia, "Home")
    await mia.open("/tasks")
    await mia.page.get_by_role("link", name="Garden").focus()
    await mia.ask("DELETE", f"/workspaces/{garden}")
    said = mia.page.get_by_text("“Garden” is no longer one of your workspaces.")
    await expect(said).to_be_focused()
    await mia.page.keyboard.press("Tab")
    await expect(said).to_have_count(0)
    await expect(mia.page.get_by_role("link", name="Home")).to_be_focused()


async def test_a_page_that_was_away_catches_up_with_its_workspaces(people: People) -> None:
    mia = await people.person("Mia", **DESK)
    garden = await a_workspace(mia, "Garden")
    await mia.open("/workspaces")
    mia.allow_outage()
    await mia.context.set_offline(True)
    await mia.ask("DELETE", f"/workspaces/{garden}")
    await a_workspace(mia, "Attic")
    await a_workspace(mia, "Barn")
    await mia.context.set_offline(False)
    await expect(places(mia)).to_have_text(["Attic", "Barn"])


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
async def test_on_a_phone_the_bar_shows_what_is_open_and_leads_elsewhere(
    people: People, scripts: bool
) -> None:
    mia = await people.person("Mia", java_script_enabled=scripts, **PHONE)
    garden = await a_workspace(mia, "Garden")
    await a_workspace(mia, "Attic")
    page, switch = mia.page, mia.page.locator(".side summary")
    side = page.get_by_role("navigation", name="Main")
    await mia.open(f"/workspaces/{garden}")
    await expect(side.get_by_role("link")).to_have_text(["Personal", "Assigned to me", "Garden"])
    await expect(side.locator("[aria-current]")).to_have_text(["Garden"])
    await switch.click()
    await expect(side.get_by_role("link")).to_have_text(
        ["Personal", "Assigned to me", "Workspaces", "Attic", "Garden"]
    )
    await page.get_by_role("link", name="Attic").click()
    await expect(page.get_by_role("heading", name="Attic")).to_be_visible()
    await expect(side.get_by_role("link")).to_have_text(["Personal", "Assigned to me", "Attic"])
    await switch.focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Workspaces")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/workspaces$"))
    await expect(side.locator("[aria-current]")).to_have_text(["Workspaces"])
    for name, title in (("Personal", "Personal"), ("Assigned to me", "Assigned to me")):
        await side.get_by_role("link", name=name).click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(title)
        await expect(side.locator("[aria-current]")).to_have_text([title])


async def test_a_new_name_is_in_the_bar_of_a_phone_at_once(people: People) -> None:
    team = await a_team(people, "mia", name="Home", **PHONE)
    await team.mia.open(team.path)
    shown = team.mia.page.get_by_role("navigation", name="Main").locator("[aria-current]")
    await expect(shown).to_have_text(["Home"])
    await team.olga.ask("PUT", team.path, {"name": "Attic"})
    await expect(shown).to_have_text(["Attic"])
    await expect(shown).to_be_visible()


async def test_the_bar_of_a_phone_is_one_line_also_when_changes_wait(people: People) -> None:
    mia = await people.person("Mia", **PHONE, has_touch=True, is_mobile=True)
    mia.allow_outage()
    await mia.open("/tasks")
    page, high = mia.page, "() => document.querySelector('.bar').offsetHeight"
    one_line = await page.evaluate(high)
    assert one_line < 2 * 44
    await lose_the_line(page)
    for title in ("Bread", "Milk"):
        await mia.quick_add.fill(title)
        await mia.quick_add.press("Enter")
    await expect(page.locator("#waiting-open")).to_have_text("2 waiting")
    assert await page.evaluate(high) == one_line


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
async def test_on_a_phone_the_filters_are_folded_until_one_is_in_force(people: People, scripts: bool) -> None:
    mia = await people.person("Mia", java_script_enabled=scripts, **PHONE)
    apply = mia.page.get_by_role("button", name="Apply")
    await mia.open("/tasks?q=bread")
    await expect(mia.page.get_by_role("heading", name="Tasks 0")).to_be_attached()
    await expect(apply).to_be_hidden()
    await mia.page.locator(".filters__switch summary").click()
    await expect(apply).to_be_visible()
    await mia.open("/tasks?due=today")
    await expect(apply).to_be_visible()


async def test_a_workspace_is_made_in_a_dialog_by_keys_alone(people: People) -> None:
    mia = await people.person("Mia", **DESK)
    await a_workspace(mia, "Home")
    await mia.open("/workspaces")
    page, dialog = mia.page, mia.page.get_by_role("dialog", name="New workspace")
    opener = page.get_by_role("button", name="New workspace")
    await expect(dialog).to_be_hidden()
    for close in ("Escape", "Enter"):
        await opener.focus()
        await page.keyboard.press("Enter")
        await expect(dialog.get_by_label("Name")).to_be_focused()
        if close == "Enter":
            await dialog.get_by_role("button", name="Cancel").focus()
        await page.keyboard.press(close)
        await expect(dialog).to_be_hidden()
        await expect(opener).to_be_focused()
    mia.allow("status of 422")
    await page.keyboard.press("Enter")
    await page.keyboard.type("  ")
    await page.keyboard.press("Enter")
    name = page.get_by_label("Name")
    await expect(name).to_have_attribute("aria-invalid", "true")
    await expect(name).to_be_focused()
    await expect(opener).to_have_count(0)
    await page.keyboard.type("Garden")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Garden")).to_be_visible()


async def test_without_scripts_the_form_stands_in_the_page(people: People) -> None:
    mia = await people.person("Mia", java_script_enabled=False, **DESK)
    await a_workspace(mia, "Home")
    await mia.open("/workspaces")
    await expect(mia.page.get_by_role("button", name="New workspace")).to_be_hidden()
    await mia.page.get_by_label("Name").fill("Garden")
    await expect(mia.page.get_by_role("button", name="Cancel")).to_be_hidden()
    await mia.page.get_by_role("button", name="Create workspace").click()
    await expect(mia.page.get_by_role("heading", name="Garden")).to_be_visible()
