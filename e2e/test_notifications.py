"""Somebody is told what concerns them: the bell, the title and toasts on any page, and the centre."""

import re

import pytest
from playwright.async_api import Locator, expect

from e2e.people import People, Team, a_team
from e2e.screens import Screen
from e2e.wire import Wire


async def test_reading_in_one_tab_is_reading_in_all_of_them(people: People) -> None:
    team = await a_team(people, "mia")
    mia = team.mia
    await mia.open(team.path)
    centre, unread = (
        await another_tab(team, "/notifications"),
        await another_tab(team, "/notifications?unread=true"),
    )
    tabs: list[Screen] = [mia, centre, unread]
    for tab in tabs:
        await counts(tab, 0, title="")
    nothing = unread.page.get_by_text("You have read everything.")
    await expect(nothing).to_be_visible()
    await assigned(team, "Milk")
    await assigned(team, "Bread")
    await expect(nothing).to_be_hidden()
    for tab in tabs:
        await counts(tab, 2, title="(2) ")
    await expect(titles(centre)).to_have_text(["Bread", "Milk"])
    await expect(titles(unread)).to_have_text(["Bread", "Milk"])
    await centre.page.get_by_role("button", name="Mark as read: Bread").click()
    for tab in tabs:
        await counts(tab, 1, title="(1) ")
    await expect(titles(unread)).to_have_text(["Milk"])
    await expect(centre.page.get_by_role("button", name="Mark as read: Bread")).to_have_count(0)
    await assigned(team, "Eggs")
    async with centre.stays(), unread.stays():
        await unread.page.get_by_role("button", name="Mark all as read").click()
        for tab in tabs:
            await counts(tab, 0, title="")
        await expect(titles(unread)).to_have_count(0)
        await expect(nothing).to_be_visible()
        await expect(centre.page.locator(".notification--unread")).to_have_count(0)
    await expect(titles(centre)).to_have_text(["Eggs", "Bread", "Milk"])
    shown = await centre.page.locator("#notifications .notification__words").all_inner_texts()
    await centre.page.reload()
    assert await centre.page.locator("#notifications .notification__words").all_inner_texts() == shown


async def test_a_toast_says_what_is_new_and_leads_there(people: People) -> None:
    team = await a_team(people, "mia")
    mia = team.mia
    await mia.open("/workspaces")
    task = await assigned(team, "Milk")
    toast = mia.page.locator("#toasts .toast")
    await expect(toast).to_contain_text("Olga assigned you Milk")
    await toast.get_by_role("button", name="Milk").click()
    await expect(mia.page).to_have_url(re.compile(f"{team.path}/tasks/{task}"))
    await mia.is_live()
    await counts(mia, 0, title="")


async def test_what_is_not_wanted_at_once_only_counts(people: People) -> None:
    team = await a_team(people, "mia")
    mia = team.mia
    await mia.open("/notifications/preferences")
    await mia.page.get_by_label("A task is assigned to me: shown at once").uncheck()
    await mia.page.get_by_role("button", name="Save").click()
    await expect(mia.page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    await mia.is_live()
    await assigned(team, "Milk")
    await counts(mia, 1, title="(1) ")
    await expect(mia.page.locator("#toasts .toast")).to_have_count(0)


async def test_what_came_in_an_outage_is_one_toast(people: People) -> None:
    team = await a_team(people, "mia")
    mia = team.mia
    mia.allow_outage()
    wire = Wire()
    await wire.lay(mia.page)
    await mia.open(team.path)
    await wire.tear()
    for title in ("Milk", "Bread", "Eggs", "Salt"):
        await assigned(team, title)
    wire.mend()
    await mia.is_live()
    toast = mia.page.locator("#toasts .toast")
    await expect(toast).to_have_text(re.compile("^4 new while you were away"))
    await counts(mia, 4, title="(4) ")
    await toast.get_by_role("link").click()
    await expect(titles(mia)).to_have_text(["Salt", "Eggs", "Bread", "Milk"])


async def test_it_is_done_by_keyboard(people: People) -> None:
    team = await a_team(people, "mia")
    mia = team.mia
    await mia.open(team.path)
    task = await assigned(team, "Milk")
    await counts(mia, 1, title="(1) ")
    bell = mia.page.get_by_role("button", name="Notifications, 1 unread")
    await bell.focus()
    await mia.page.keyboard.press("Enter")
    menu = mia.page.locator("#bell-menu")
    await expect(menu).to_contain_text("Olga assigned you Milk")
    await mia.page.keyboard.press("Escape")
    await expect(menu).to_be_hidden()
    await expect(bell).to_be_focused()
    await mia.page.keyboard.press("Enter")
    await expect(menu.get_by_role("button", name="Milk")).to_be_visible()
    for _ in range(5):
        await mia.page.keyboard.press("Tab")
        if await menu.get_by_role("button", name="Milk").evaluate("it => it === document.activeElement"):
            break
    await mia.page.keyboard.press("Enter")
    await expect(mia.page).to_have_url(re.compile(f"{team.path}/tasks/{task}"))
    await counts(mia, 0, title="")


async def test_it_works_without_scripts(people: People) -> None:
    team = await a_team(people, "mia", java_script_enabled=False)
    mia = team.mia
    milk = await assigned(team, "Milk")
    for title in ("Bread", "Eggs"):
        await assigned(team, title)
    await mia.open(team.path)
    await counts(mia, 3, title="(3) ")
    await mia.page.get_by_role("button", name="Notifications, 3 unread").click()
    await mia.page.get_by_role("link", name="All notifications").click()
    await expect(titles(mia)).to_have_text(["Eggs", "Bread", "Milk"])
    await mia.page.get_by_role("button", name="Mark as read: Bread").click()
    await expect(mia.page).to_have_url(re.compile("/notifications$"))
    await counts(mia, 2, title="(2) ")
    await mia.page.get_by_role("link", name="Unread").click()
    await expect(titles(mia)).to_have_text(["Eggs", "Milk"])
    await titles(mia).filter(has_text="Milk").click()
    await expect(mia.page).to_have_url(re.compile(f"{team.path}/tasks/{milk}"))
    await counts(mia, 1, title="(1) ")
    await mia.open("/notifications")
    await mia.page.get_by_role("button", name="Mark all as read").click()
    await counts(mia, 0, title="")


@pytest.mark.parametrize("path", ["/notifications", "/tasks"])
async def test_a_workspace_that_was_lost_takes_what_it_told_along(people: People, path: str) -> None:
    team = await a_team(people, "mia")
    mia = team.mia
    await assigned(team, "Secret")
    await mia.open(path)
    await counts(mia, 1, title="(1) ")
    await team.olga.ask("DELETE", f"/workspaces/{team.workspace_id}/members/{mia.id}")
    await expect(mia.page.locator("#toasts .toast")).to_contain_text("Olga removed you from Home")
    await counts(mia, 1, title="(1) ")
    await expect(mia.page.get_by_text("Secret")).to_have_count(0)
    await mia.page.get_by_role("button", name="Notifications, 1 unread").click()
    await expect(mia.page.locator("#bell-latest li")).to_have_count(1)
    await expect(mia.page.locator("#bell-latest")).to_contain_text("Olga removed you from Home")


async def another_tab(team: Team, path: str) -> Screen:
    tab = await team.mia.new_tab()
    await tab.page.goto(team.mia.address + path)
    await tab.is_live()
    return tab


async def assigned(team: Team, title: str) -> str:
    """Olga adds a task for Mia; gives its id."""
    body = {"title": title, "assignee_id": team.mia.id}
    task = await team.olga.ask("POST", f"/workspaces/{team.workspace_id}/tasks", body)
    return str(task["id"])


async def counts(screen: Screen, unread: int, *, title: str) -> None:
    """The bell and the page's title say how many are unread."""
    name = f"Notifications, {unread} unread" if unread else "Notifications"
    await expect(screen.page.get_by_role("button", name=name, exact=True)).to_be_visible()
    await expect(screen.page).to_have_title(re.compile(f"^{re.escape(title)}(?!\\().* · Tandem$"))


def titles(screen: Screen) -> Locator:
    """What the rows of the centre are about, from top to bottom."""
    return screen.page.locator("#notifications .notification__words button.link")
