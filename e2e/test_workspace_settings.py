"""The settings of a workspace, with and without scripts, by mouse and by keys."""

import re
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from e2e.people import PASSWORD, People, a_team

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
CLIPBOARD: dict[str, Any] = {"permissions": ["clipboard-read", "clipboard-write"]}


def section(page: Page, heading: str) -> Locator:
    return page.get_by_role("region", name=heading)


@SCRIPTS
async def test_each_form_says_that_it_is_saved_where_it_stands(people: People, scripts: bool) -> None:
    team = await a_team(people, "mia", "vera", name="Home", java_script_enabled=scripts)
    page = team.olga.page
    await team.olga.open(f"{team.path}/settings")
    await page.get_by_label("Name", exact=True).fill("Hut")
    await page.get_by_role("button", name="Save").click()
    said = section(page, "About").get_by_role("status")
    await expect(said).to_have_text("Saved.")
    await expect(said).to_be_focused()
    await page.get_by_label("Role of Mia", exact=True).select_option("admin")
    await page.get_by_role("button", name="Change role of Mia").click()
    await expect(section(page, "People").get_by_role("status")).to_have_text("Saved.")
    await expect(page.get_by_role("status").filter(has_text="Saved.")).to_have_count(1)
    await expect(page.get_by_label("Role of Mia", exact=True)).to_have_value("admin")
    await page.get_by_role("button", name="Remove Vera").click()
    await expect(section(page, "People").get_by_role("status")).to_contain_text("Removed.")
    await page.reload()
    await expect(page.get_by_text("Removed.")).to_have_count(0)


@SCRIPTS
async def test_an_invite_is_made_copied_and_revoked(people: People, scripts: bool) -> None:
    team = await a_team(people, name="Home", java_script_enabled=scripts, **CLIPBOARD)
    page = team.olga.page
    await team.olga.open(f"{team.path}/settings")
    await page.get_by_label("Role", exact=True).select_option("Viewer")
    await page.get_by_label("Valid for").select_option("1 day")
    await page.get_by_label("How many people").fill("3")
    await page.get_by_role("button", name="Make invite link").click()
    link = page.get_by_label("New invite link")
    await expect(link).to_be_focused()
    await expect(link).not_to_be_editable()
    copy = page.get_by_role("button", name="Copy")
    if scripts:
        await copy.focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Copied")).to_be_focused()
        assert await page.evaluate("navigator.clipboard.readText()") == await link.input_value()
    else:
        await expect(copy).to_be_hidden()
    invites = section(page, "Invites")
    await expect(invites.get_by_role("listitem")).to_contain_text("For viewers")
    await expect(invites.get_by_role("listitem")).to_contain_text("used 0 of 3 times")
    await page.goto(f"{team.olga.address}{team.path}/settings")
    await expect(link).to_have_count(0)
    await page.get_by_role("button", name="Revoke the invite for viewers").click()
    await expect(invites.get_by_role("status")).to_contain_text("Revoked.")
    await expect(invites.get_by_role("listitem")).to_have_count(0)


@SCRIPTS
async def test_a_workspace_is_handed_over_in_words(people: People, scripts: bool) -> None:
    team = await a_team(people, "mia", name="Home", java_script_enabled=scripts)
    page = team.olga.page
    team.olga.allow("status of 422")
    await team.olga.open(f"{team.path}/settings")
    form = section(page, "Hand this workspace over")
    await form.get_by_label("New owner").select_option("Mia")
    await form.get_by_label("Name of the workspace").fill("home")
    await page.keyboard.press("Enter")
    await expect(form.locator(".field__error")).to_have_text(
        "Name of the workspace must be the workspace's exact name."
    )
    await expect(form.get_by_label("Name of the workspace")).to_be_focused()
    await expect(form.get_by_label("New owner")).to_have_value(team.mia.id)
    await form.get_by_label("Name of the workspace").fill("Home")
    await page.keyboard.press("Enter")
    await expect(section(page, "People").get_by_role("status")).to_contain_text("Handed over.")
    await expect(form).to_have_count(0)
    await expect(section(page, "Leave this workspace")).to_be_visible()


@SCRIPTS
async def test_a_workspace_is_deleted_by_its_name_and_by_keys(people: People, scripts: bool) -> None:
    team = await a_team(people, name="Home", java_script_enabled=scripts)
    page = team.olga.page
    team.olga.allow("status of 422")
    await team.olga.open(f"{team.path}/settings")
    form = section(page, "Delete this workspace")
    name = form.get_by_label("Name of the workspace")
    await name.focus()
    await page.keyboard.type("Hom")
    await page.keyboard.press("Enter")
    await expect(name).to_be_focused()
    await expect(name).to_have_attribute("aria-invalid", "true")
    await page.keyboard.press("End")
    await page.keyboard.type("e")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/workspaces$"))
    await expect(page.get_by_text("You are in no workspace yet.")).to_be_visible()


@pytest.mark.parametrize("who", ["mia", "vera"])
async def test_who_may_change_nothing_is_offered_nothing_but_to_leave(people: People, who: str) -> None:
    team = await a_team(people, who, name="Home")
    page = team.members[who].page
    await team.members[who].open(f"{team.path}/settings")
    await expect(page.get_by_role("heading", level=2)).to_have_text(["People", "Leave this workspace"])
    await expect(page.locator("main button")).to_have_text(["Leave workspace"])
    await expect(page.locator("main")).not_to_contain_text("@example.com")
    await page.get_by_role("button", name="Leave workspace").click()
    await expect(page).to_have_url(re.compile("/workspaces$"))


@SCRIPTS
async def test_who_makes_an_account_on_the_way_comes_in_by_the_invite(people: People, scripts: bool) -> None:
    team = await a_team(people, name="Home")
    invite = await team.olga.ask("POST", f"/workspaces/{team.workspace_id}/invites", {"role": "viewer"})
    visitor = await people.visitor(java_script_enabled=scripts)
    page = visitor.page
    visitor.allow("status of 4(04|22)")
    await page.goto(invite["url"])
    await page.get_by_role("link", name="Create an account").click()
    await page.get_by_label("Your name").fill("Nora")
    await page.get_by_label("E-mail").fill(f"nora.{invite['id']}@example.com")
    await page.get_by_label("Password").fill("too short")
    await page.get_by_label("Password").evaluate("field => field.removeAttribute('minlength')")
    await page.get_by_role("button", name="Create account").click()
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_role("heading", name="Join Home")).to_be_visible()
    # It ends while they think about it, and says so; the next one is good.
    await team.olga.ask("DELETE", f"/workspaces/{team.workspace_id}/invites/{invite['id']}")
    await page.get_by_role("button", name="Join as Nora").click()
    await expect(page.get_by_text("This invite link has been revoked. Ask for a new one.")).to_be_visible()
    again = await team.olga.ask("POST", f"/workspaces/{team.workspace_id}/invites", {"role": "viewer"})
    await page.goto(again["url"])
    await page.get_by_role("button", name="Join as Nora").click()
    await expect(page.get_by_role("heading", name="Home")).to_be_visible()
