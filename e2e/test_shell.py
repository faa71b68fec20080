"""What stands around every page: the places one may go to, which of them is open, and where one is not."""

from typing import Any

from playwright.async_api import Locator, expect

from e2e.people import People, Person, a_team, join
from e2e.screens import Screen

DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}


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
