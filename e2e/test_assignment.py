"""Who does what: giving a task to somebody from its row, and the page of everything that is one's own."""

import asyncio
import re

from playwright.async_api import Locator, Page, Route, expect

from e2e.pages import equals_its_reload
from e2e.people import People, Person, a_team, join


def picker(page: Page) -> Locator:
    return page.get_by_role("combobox", name=re.compile("^Assign "))


def options(page: Page) -> Locator:
    return page.get_by_role("listbox", name="People").get_by_role("option")


def opener(screen: Person, title: str) -> Locator:
    return screen.row(title).get_by_role("link", name=f"Assign {title}")


async def test_a_task_is_given_by_keyboard_and_whoever_gets_it_knows(people: People) -> None:
    team = await a_team(people, "mia", "adam")
    olga, mia = team.olga, team.mia
    await olga.task(team.workspace_id, "Milk")
    for person in (olga, mia):
        await person.open(team.path)
    async with olga.stays(), mia.stays():
        await opener(olga, "Milk").focus()
        await olga.page.keyboard.press("Enter")
        await expect(picker(olga.page)).to_be_focused()
        await expect(options(olga.page)).to_have_count(4)
        await olga.page.keyboard.type("mi")
        await expect(options(olga.page)).to_have_text(["M Mia (you)"])
        chosen = options(olga.page).filter(has_text="Mia")
        identity = await chosen.get_attribute("id") or ""
        await expect(picker(olga.page)).to_have_attribute("aria-activedescendant", identity)
        await olga.page.keyboard.press("Enter")
        await expect(picker(olga.page)).to_have_count(0)
        await expect(opener(olga, "Milk")).to_be_focused()
        for person in (olga, mia):
            await expect(person.row("Milk").locator(".task__name")).to_have_text("Assigned to Mia")
        await expect(mia.page.locator("#bell button")).to_have_attribute(
            "aria-label", "Notifications, 1 unread"
        )
        await expect(mia.page.locator("#toasts .toast")).to_contain_text("Olga assigned you Milk")
    await equals_its_reload(olga)
    await equals_its_reload(mia)


async def test_arrows_walk_through_the_people_and_escape_changes_nothing(people: People) -> None:
    team = await a_team(people, "mia")
    olga = team.olga
    await olga.task(team.workspace_id, "Milk")
    await olga.open(team.path)
    keyboard = olga.page.keyboard
    chosen = olga.page.locator("[role=option][data-chosen] .option__name")
    await opener(olga, "Milk").focus()
    await keyboard.press("Enter")
    await expect(picker(olga.page)).to_be_focused()
    for key, name in [
        ("ArrowDown", "Mia"),
        ("ArrowDown", "Olga"),
        ("ArrowDown", "Nobody"),
        ("ArrowDown", "Mia"),
        ("ArrowUp", "Nobody"),
        ("ArrowUp", "Olga"),
    ]:
        await keyboard.press(key)
        await expect(chosen).to_have_text(name)
    await keyboard.press("Escape")
    await expect(picker(olga.page)).to_have_count(0)
    await expect(opener(olga, "Milk")).to_be_focused()
    await keyboard.press("Enter")
    await expect(picker(olga.page)).to_be_focused()
    await keyboard.press("Enter")  # nobody is chosen yet
    await keyboard.type("zzz")
    await expect(options(olga.page)).to_have_count(0)
    await keyboard.press("Enter")
    await olga.page.get_by_role("button", name="Cancel").click()
    await expect(opener(olga, "Milk")).to_be_focused()
    assert (await olga.ask("GET", f"/workspaces/{team.workspace_id}/tasks"))["items"][0]["assignee"] is None


async def test_keys_that_come_before_their_script_are_not_lost(people: People) -> None:
    team = await a_team(people, "mia")
    olga = team.olga
    await olga.task(team.workspace_id, "Milk")
    await olga.open(team.path)
    pressed = asyncio.Event()

    async def late(route: Route) -> None:
        await pressed.wait()
        await route.continue_()

    await olga.page.route("**/picker*.js", late)
    await opener(olga, "Milk").focus()
    await olga.page.keyboard.press("Enter")
    await expect(picker(olga.page)).to_be_focused()
    await olga.page.keyboard.press("Enter")  # nobody is chosen yet
    await olga.page.keyboard.type("i")  # as in Mia
    await olga.page.keyboard.press("Backspace")
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "Enter"):
        await olga.page.keyboard.press(key)
    pressed.set()
    await expect(olga.row("Milk").locator(".task__name")).to_have_text("Assigned to Mia")


async def test_a_task_is_given_and_taken_back_by_pointer(people: People) -> None:
    team = await a_team(people, "mia")
    olga = team.olga
    await olga.task(team.workspace_id, "Milk")
    await olga.open(team.path)
    for name, shown in (("Olga", ["Assigned to Olga"]), ("Nobody", [])):
        await olga.row("Milk").hover()
        await opener(olga, "Milk").click()
        await options(olga.page).filter(has_text=name).click()
        await expect(olga.row("Milk").locator(".task__name")).to_have_text(shown)
    await equals_its_reload(olga)


async def test_what_somebody_else_decided_meanwhile_is_said_before_it_is_undone(people: People) -> None:
    team = await a_team(people, "adam", "mia")
    olga = team.olga
    olga.allow("409")
    task = await olga.task(team.workspace_id, "Milk")
    await olga.open(team.path)
    await opener(olga, "Milk").focus()
    await olga.page.keyboard.press("Enter")
    await expect(picker(olga.page)).to_be_focused()
    await team.adam.change(task["id"], assignee_id=team.adam.id)
    await expect(olga.row("Milk").locator(".task__name")).to_have_text("Assigned to Adam")
    await olga.page.keyboard.type("mia")
    await olga.page.keyboard.press("Enter")
    await expect(olga.row("Milk").get_by_role("alert")).to_have_text(
        "Meanwhile it was given to Adam. Choose again to have it your way."
    )
    await expect(picker(olga.page)).to_be_focused()
    await olga.page.keyboard.type("mia")
    await olga.page.keyboard.press("Enter")
    await expect(olga.row("Milk").locator(".task__name")).to_have_text("Assigned to Mia")


async def test_what_is_mine_everywhere_is_one_live_page(people: People) -> None:
    team = await a_team(people, "mia")
    olga, mia = team.olga, team.mia
    choir = (await olga.ask("POST", "/workspaces", {"name": "Choir"}))["id"]
    await join(olga, mia, choir, "member")
    milk = await olga.task(team.workspace_id, "Milk")
    song = await olga.task(choir, "Song")
    await mia.open("/assigned")
    await expect(mia.page.get_by_text("Nothing is assigned to you.")).to_be_visible()
    headings = mia.page.locator(".tasks__home:visible")
    async with mia.stays():
        await olga.change(song["id"], assignee_id=mia.id)
        await olga.change(milk["id"], assignee_id=mia.id)
        await expect(mia.titles).to_have_text(["Milk", "Song"])
        await expect(headings).to_have_text(["Home", "Choir"])
        await expect(mia.page.locator(".work__count .count")).to_have_text("2")
        bread = await olga.task(team.workspace_id, "Bread")
        await olga.change(bread["id"], assignee_id=mia.id, due_on="2030-01-01")
        await expect(mia.titles).to_have_text(["Bread", "Milk", "Song"])
        await olga.change(milk["id"], title="Oat milk")
        await expect(mia.titles).to_have_text(["Bread", "Oat milk", "Song"])
        await olga.ask("PUT", f"/workspaces/{choir}", {"name": "Singers", "description": ""})
        await expect(headings).to_have_text(["Home", "Singers"])
        await mia.row("Song").get_by_role("button", name="Complete Song").click()
        await expect(mia.row("Song")).to_have_attribute("data-status", "done")
        await olga.change(bread["id"], assignee_id=None)
        await expect(mia.titles).to_have_text(["Oat milk", "Song"])
    await equals_its_reload(mia)
    async with mia.stays():
        await opener(mia, "Oat milk").focus()
        await mia.page.keyboard.press("Enter")
        await expect(picker(mia.page)).to_be_focused()
        await mia.page.keyboard.type("olga")
        await mia.page.keyboard.press("Enter")
        await expect(mia.titles).to_have_text(["Song"])
        await expect(mia.row("Song").get_by_role("link", name="Song", exact=True)).to_be_visible()
        await olga.ask("DELETE", f"/workspaces/{choir}/members/{mia.id}")
        await expect(mia.titles).to_have_count(0)
        await expect(mia.page.get_by_text("Singers")).to_have_count(1)  # the toast; the menu is served
        await expect(mia.page.get_by_text("Nothing is assigned to you.")).to_be_visible()
    await equals_its_reload(mia)


async def test_giving_and_the_page_of_everything_work_without_scripts(people: People) -> None:
    team = await a_team(people, "mia")
    olga = team.olga
    await olga.task(team.workspace_id, "Milk")
    mia = await people.person("Nora", java_script_enabled=False)
    await join(olga, mia, team.workspace_id, "member")
    await mia.open(team.path)
    await opener(mia, "Milk").click()
    await mia.page.get_by_label("Assignee").select_option("Nora")
    await mia.page.get_by_role("button", name="Save").click()
    await mia.page.get_by_role("link", name="Assigned to me").click()
    await expect(mia.titles).to_have_text(["Milk"])
    await expect(mia.page.locator(".tasks__home:visible")).to_have_text(["Home"])
    await mia.row("Milk").get_by_role("button", name="Complete Milk").click()
    await expect(mia.page).to_have_url(re.compile("/assigned$"))
    await expect(mia.row("Milk")).to_have_attribute("data-status", "done")
    await mia.page.get_by_label("Due").select_option("No due date")
    await mia.page.get_by_role("button", name="Apply").click()
    await expect(mia.titles).to_have_text(["Milk"])


async def test_the_list_is_filtered_by_who_has_a_task(people: People) -> None:
    team = await a_team(people, "mia")
    olga = team.olga
    for title, who in (("Milk", team.mia.id), ("Bread", olga.id), ("Eggs", None)):
        task = await olga.task(team.workspace_id, title)
        await olga.change(task["id"], assignee_id=who)
    await olga.open(team.path)
    filters = olga.page.get_by_role("form", name="Filters")
    for choice, titles in (("Mine", ["Bread"]), ("Nobody’s", ["Eggs"]), ("Mia", ["Milk"])):
        await filters.get_by_label("Assignee").select_option(choice)
        await filters.get_by_role("button", name="Apply").press("Enter")
        await expect(olga.titles).to_have_text(titles)
        await olga.is_live()
    task = await olga.task(team.workspace_id, "Flour")
    await olga.change(task["id"], assignee_id=team.mia.id)
    await expect(olga.titles).to_have_text(["Milk", "Flour"])
