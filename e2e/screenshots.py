"""Takes the picture of the README, and one of every page for those who work on how they look.

`python -m e2e.screenshots`; every page goes to var/screenshots, which is not kept.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright, expect

from e2e.long_lists import fill
from e2e.people import CHROMIUM_FLAGS, People, Person, Team, a_team
from tests.process import Process
from tests.services import chromium_path

ROOT = Path(__file__).parent.parent
README_PICTURE = ROOT / "docs" / "screenshot.png"
FOLDER = ROOT / "var" / "screenshots"

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}},
    "phone": {
        "color_scheme": "light",
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "is_mobile": True,
        "device_scale_factor": 2,
    },
    "phone-dark": {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
}

# Title, status, priority, days until due, assignee.
TASKS: list[tuple[str, str, str, int | None, str | None]] = [
    ("Write the programme for the autumn fair", "doing", "high", 2, "olga"),
    ("Ask the town hall for the square", "doing", "urgent", 0, "adam"),
    ("Draw the poster", "todo", "medium", 4, "mia"),
    ("Borrow twenty benches from the fire brigade", "todo", "none", 6, "adam"),
    ("Find somebody with a van for Saturday", "todo", "high", 5, None),
    ("Bake for the cake stall: who brings what?", "todo", "none", 9, "mia"),
    ("Order the lanterns", "todo", "low", 12, "olga"),
    ("Invite the brass band", "done", "none", None, "adam"),
    ("Count the money box", "done", "none", None, "olga"),
    ("Book the first-aiders", "done", "medium", None, "mia"),
]

COMMENTS: list[tuple[str, str]] = [
    (
        "adam",
        "The town hall wants to know **how many stalls** there will be:\n\n- food\n- crafts\n- second hand",
    ),
    (
        "olga",
        "@Adam about twenty. Last year’s list is [here](https://example.org/fair/2025), as `stalls.ods`.",
    ),
    ("mia", "> food\n\nThe bakery asked for a place near water and electricity. @Olga, can you keep one?"),
]


async def a_believable_team(people: People, **look: Any) -> Team:
    """A club that prepares a fair."""
    team = await a_team(people, "adam", "mia", "vera", name="Autumn fair", **look)
    olga = team.olga
    about = {"name": "Autumn fair", "description": "Saturday in the square, whatever the weather."}
    await olga.ask("PUT", f"/workspaces/{team.workspace_id}", about)
    today = datetime.now(UTC).date()
    for title, status, priority, days, who in TASKS:
        task = await olga.task(team.workspace_id, title)
        await olga.change(
            task["id"],
            status=status,
            priority=priority,
            due_on=None if days is None else str(today + timedelta(days=days)),
            assignee_id=team.members[who].id if who else None,
        )
    for name, description in (("Allotments", "Water, seeds and the shed."), ("Choir", "")):
        await olga.ask("POST", "/workspaces", {"name": name, "description": description})
    await olga.ask("POST", "/tasks", {"title": "Buy new walking boots"})
    return team


async def every_page(people: People, look: str) -> None:
    """All pages in one look."""
    team = await a_believable_team(people, **LOOKS[look])
    olga = team.olga
    tasks = (await olga.ask("GET", f"/workspaces/{team.workspace_id}/tasks"))["items"]
    first = f"{team.path}/tasks/{tasks[0]['id']}"
    invite = await olga.ask("POST", f"/workspaces/{team.workspace_id}/invites", {"role": "viewer"})
    empty = (await olga.ask("POST", "/workspaces", {"name": "Empty"}))["id"]
    for name, path in {
        "list": team.path,
        "list-filtered": f"{team.path}?status=todo&priority=high&sort=due",
        "list-nothing-matches": f"{team.path}?q=nothing",
        "list-empty": f"/workspaces/{empty}",
        "task": first,
        "settings": f"{team.path}/settings",
        "trash": f"{team.path}/trash",
        "workspaces": "/workspaces",
        "join": f"/workspaces/join/{invite['token']}",
        "join-refused": "/workspaces/join/unknown",
        "personal": "/tasks",
        "assigned": "/assigned",
        "keyboard": "/keyboard",
        "nowhere": "/nowhere",
        "not-found": "/workspaces/00000000-0000-7000-8000-000000000000",
    }.items():
        await olga.open(path)
        await _shoot(olga, look, name)
    long = await a_team(people, "adam", "mia", **LOOKS[look])
    await fill(long)
    await long.olga.open(long.path)
    await _shoot(long.olga, look, "list-of-500", full_page=False)
    await _states(team, look, first)
    await _together(team, look, first)
    visitor = await people.visitor(**LOOKS[look])
    for name in ("login", "register"):
        await visitor.page.goto(f"/{name}")
        await visitor.page.screenshot(path=FOLDER / f"{name}-{look}.png", full_page=True)


async def _states(team: Team, look: str, task_path: str) -> None:
    """What pages look like while somebody works with them."""
    olga = team.olga
    page = olga.page
    await olga.open(team.path)
    field = await olga.edit("Draw the poster")
    await field.fill("Draw the poster, and print it")
    await _shoot(olga, look, "list-edit")
    poster = (await olga.row("Draw the poster").get_attribute("id") or "").removeprefix("task-")
    await team.adam.change(poster, title="Draw two posters")
    await field.press("Enter")
    await expect(page.get_by_text("It is “Draw two posters” now, by Adam.")).to_be_visible()
    await _shoot(olga, look, "list-conflict")
    await field.press("Escape")
    await page.get_by_role("link", name="Assign Draw two posters").click()
    await expect(page.get_by_role("combobox", name="Assign Draw two posters to")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await _shoot(olga, look, "list-assign")
    await page.keyboard.press("Escape")
    await page.locator(".filter summary").first.click()
    await _shoot(olga, look, "list-filter-open")
    await page.locator(".filter summary").first.click()

    await olga.open(task_path)
    await page.get_by_label("Description").fill("Mine")
    await team.adam.change(task_path.rpartition("/")[2], description="Adam’s", status="todo")
    await page.get_by_role("button", name="Save").click()
    await _shoot(olga, look, "task-conflict")

    await olga.open("/workspaces")
    await page.get_by_role("button", name="New workspace").click()
    await _shoot(olga, look, "workspaces-new", full_page=False)
    await olga.open(f"{team.path}/settings")
    await page.get_by_role("button", name="Change role of Mia").click()
    await expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_focused()
    await _shoot(olga, look, "settings-saved")
    await page.get_by_role("button", name="Make invite link").click()
    await _shoot(olga, look, "settings-fresh-invite")

    await olga.open(team.path)
    await page.context.set_offline(True)
    await olga.quick_add.fill("Tell the neighbours")
    await olga.quick_add.press("Enter")
    await page.get_by_role("button", name="Complete Order the lanterns").click()
    await expect(page.locator("#toasts .problem")).to_be_visible()
    await _shoot(olga, look, "list-offline", full_page=False)
    await page.context.set_offline(False)
    await team.vera.open(team.path)
    await _shoot(team.vera, look, "list-viewer")
    await team.olga.ask("DELETE", f"/workspaces/{team.workspace_id}/members/{team.vera.id}")
    await expect(team.vera.page.get_by_text("You no longer have access")).to_be_visible()
    await _shoot(team.vera, look, "list-access-ended")


async def _together(team: Team, look: str, task_path: str) -> None:
    """What people see of each other: comments, who is here, what happened, and what they are told."""
    olga, adam, mia = team.olga, team.adam, team.mia
    task_id = task_path.rpartition("/")[2]
    for who, body in COMMENTS:
        await team.members[who].ask("POST", f"/tasks/{task_id}/comments", {"body": body})
    await adam.ask("POST", f"/tasks/{task_id}/complete")
    await mia.open(task_path)
    await olga.open(task_path)
    await _shoot(olga, look, "task-comments")
    await olga.page.locator(".comment__edit:visible").first.click()
    await expect(olga.page.locator(".comment__form textarea")).to_be_focused()
    await _shoot(olga, look, "task-comment-edit")
    hers = (await olga.ask("GET", f"/tasks/{task_id}/comments"))["items"][1]
    change = {"body": "@Adam nineteen or so.", "version": hers["version"]}
    await olga.ask("PATCH", f"/comments/{hers['id']}", change)
    await olga.page.locator(".comment__form button").click()
    await expect(olga.page.locator(".comment__form .field__error")).to_be_visible()
    await _shoot(olga, look, "task-comment-conflict")
    await olga.page.keyboard.press("Escape")
    await olga.page.get_by_label("Comment", exact=True).press_sequentially("Then @")
    await expect(olga.page.get_by_role("listbox")).to_be_visible()
    await _shoot(olga, look, "task-mention")
    await olga.open(team.path)
    await _shoot(olga, look, "list-together")
    await olga.page.get_by_role("button", name="Notifications").click()
    await expect(olga.page.locator("#bell-latest li").first).to_be_visible()
    await _shoot(olga, look, "bell-open", full_page=False)
    await olga.page.keyboard.press("Escape")
    if await olga.page.locator(".side__switch").is_visible():
        await olga.page.locator(".side__switch summary").click()
        await _shoot(olga, look, "switcher-open", full_page=False)
    for name, path in {
        "notifications": "/notifications",
        "notifications-none": "/notifications?type=overdue",
        "preferences": "/notifications/preferences",
        "account": "/account",
        "activity": f"{team.path}/activity",
        "task-history": f"/tasks/{task_id}/history",
        "comment-edit-page": f"/comments/{hers['id']}/edit",
    }.items():
        await olga.open(path)
        await _shoot(olga, look, name)
    await adam.open(team.path)
    await expect(adam.page.get_by_role("region", name="While you were away")).to_be_visible()
    await _shoot(adam, look, "list-away")


async def readme_picture(people: People) -> None:
    """The list as Olga sees it while the others are at it."""
    team = await a_believable_team(people, **LOOKS["light"])
    await team.olga.open(team.path)
    await team.olga.page.locator("#tasks > li").nth(2).hover()
    README_PICTURE.parent.mkdir(exist_ok=True)
    await team.olga.page.screenshot(path=README_PICTURE)


async def _shoot(person: Person, look: str, name: str, *, full_page: bool = True) -> None:
    await person.page.screenshot(path=FOLDER / f"{name}-{look}.png", full_page=full_page)


async def _all(browser: Browser, address: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    people = People(browser, address)
    await readme_picture(people)
    for look in LOOKS:
        await every_page(people, look)
    await people.leave()


async def main() -> None:
    """Take them all."""
    with Process() as program:
        program.start()
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
            await _all(browser, program.url)
            await browser.close()
    print(f"{README_PICTURE.relative_to(ROOT)} and {FOLDER.relative_to(ROOT)}/*.png")


if __name__ == "__main__":
    asyncio.run(main())
