"""Every page passes axe in light and dark, wide and narrow, and nothing has to be scrolled sideways."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from e2e.people import People, Person, Team, a_team

AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"
# The size of targets is a rule of WCAG 2.2 that axe leaves out unless asked.
RUN = """async () => {
    const { violations } = await axe.run({ rules: { "target-size": { enabled: true } } });
    return violations.map(({ help, nodes }) =>
        `${help}: ` + nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join("; "));
}"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# What reaches out of the page to the right, to be named when something does.
WIDE = """() => [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map((element) => element.outerHTML.slice(0, 120))"""


async def a_full_team(people: People, **options: Any) -> tuple[Team, list[str]]:
    """A workspace with something of everything, and the addresses of every kind of page."""
    team = await a_team(people, "adam", "mia", "vera", name="Allotment gardens, north side", **options)
    olga = team.olga
    olga.allow("status of 4(0[49]|22)")
    tasks = [
        await olga.task(team.workspace_id, title)
        for title in ("Order seeds", "Mend the greenhouse", "W" * 120, "Water", "Read about snails")
    ]
    await olga.change(tasks[0]["id"], status="doing", priority="urgent", assignee_id=olga.id)
    await olga.change(tasks[1]["id"], due_on="2031-05-17", priority="high", assignee_id=team.adam.id)
    await olga.change(tasks[2]["id"], priority="low", due_on="2020-01-01")
    await olga.change(tasks[3]["id"], status="done", priority="medium")
    said = "- **Olga**\n\n> [seeds](https://example.org/), `50 g`"
    for who, body in ((team.mia, "@Adam, " + "W" * 120), (olga, said)):
        await who.ask("POST", f"/tasks/{tasks[1]['id']}/comments", {"body": body})
    hers = (await olga.ask("GET", f"/tasks/{tasks[1]['id']}/comments"))["items"][1]
    empty = await olga.ask("POST", "/workspaces", {"name": "Empty", "description": "Nothing " * 20})
    invite = await olga.ask("POST", f"/workspaces/{team.workspace_id}/invites", {"role": "viewer"})
    await olga.ask("POST", "/tasks", {"title": "Of my own"})
    return team, [
        "/workspaces",
        team.path,
        f"{team.path}?status=done&q=nothing",
        f"/workspaces/{empty['id']}",
        f"{team.path}/tasks/{tasks[0]['id']}",
        f"{team.path}/tasks/{tasks[1]['id']}",
        f"/comments/{hers['id']}/edit",
        f"{team.path}/settings",
        f"{team.path}/activity",
        f"{team.path}/activity?since=999",
        f"/tasks/{tasks[0]['id']}/history",
        f"/workspaces/join/{invite['token']}",
        "/workspaces/join/unknown",
        "/workspaces/00000000-0000-7000-8000-000000000000",
        "/tasks",
        "/keyboard",
        "/account",
        "/search?q=seeds",
        "/search?q=nothing",
        f"{team.path}?status=todo&assignee=me&due=week&q=seeds&sort=title",
        f"{team.path}/trash",
        "/assigned",
        "/notifications",
        "/notifications?unread=true",
        "/notifications/preferences",
    ]


async def violations(page: Page) -> list[str]:
    """What axe finds on the page as it stands."""
    await page.evaluate(AXE.read_text())
    found: list[str] = await page.evaluate(RUN)
    return found


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_on_any_page(people: People, scheme: str, width: int) -> None:
    look = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    team, paths = await a_full_team(people, **look)
    found = {}
    for path in paths:
        await team.olga.open(path)
        found[path] = await violations(team.olga.page)
    found |= await _in_use(team.olga, team)
    found |= await _in_talk(team.olga, team, paths)
    found |= await _in_settings(team.olga, team)
    found |= await _in_a_task(team.olga, team)
    await team.mia.open(team.path)
    await expect(team.mia.page.locator(".fresh")).to_have_count(6)  # with what was added offline
    found["somebody comes back"] = await violations(team.mia.page)
    visitor = await people.visitor(**look)
    visitor.allow("status of 422")
    for path in ("/login", "/register"):
        await visitor.page.goto(path)
        found[path] = await violations(visitor.page)
    await visitor.page.get_by_label("Your name").fill(" ")
    await visitor.page.get_by_label("E-mail").fill("a@b")
    await visitor.page.get_by_label("Password").fill("0123456789")
    await visitor.page.get_by_role("button").click()
    await expect(visitor.page.locator(".field__error").first).to_be_visible()
    found["/register, refused"] = await violations(visitor.page)
    assert {path: list_ for path, list_ in found.items() if list_} == {}


async def _in_use(olga: Person, team: Team) -> dict[str, list[str]]:
    """The states that a list gets into while somebody works with it."""
    found = {}
    page = olga.page
    await olga.open(team.path)
    await page.locator("#tasks .task__title").first.focus()
    await page.get_by_role("link", name="Edit Order seeds").click()
    await expect(page.locator(".task__edit")).to_be_visible()
    found["an inline edit"] = await violations(page)
    await page.keyboard.press("Escape")
    await page.get_by_role("link", name="Order seeds", exact=True).focus()
    await page.keyboard.press("a")
    await expect(page.get_by_role("listbox", name="People")).to_be_visible()
    await page.keyboard.type("a")
    found["choosing somebody"] = await violations(page)
    await page.keyboard.press("Escape")
    await page.get_by_role("link", name="Order seeds", exact=True).focus()
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="The keys of this page")).to_be_visible()
    found["the keys of this page"] = await violations(page)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("see")
    await expect(page.get_by_role("option", name="Order seeds")).to_be_visible()
    found["the palette"] = await violations(page)
    await page.keyboard.type(" nothing")
    await expect(page.get_by_text("0 results")).to_be_visible()
    found["the palette finds nothing"] = await violations(page)
    await page.keyboard.press("Escape")
    await page.locator(".filter summary").first.click()
    found["an open filter"] = await violations(page)
    await page.locator(".filter summary").first.click()
    await page.context.set_offline(True)
    olga.allow_outage()
    await olga.quick_add.fill("Lost")
    await olga.quick_add.press("Enter")
    await expect(page.locator(".task__pending")).to_have_text("Lost")
    await page.get_by_role("button", name="Complete Order seeds").click()
    await page.locator(".icon--assign").last.dispatch_event("click")
    await expect(page.locator("#toasts .problem")).to_be_visible()
    await expect(page.locator("body")).to_have_attribute("data-live", "offline")
    found["offline"] = await violations(page)
    return found | await _in_conflict(olga, team)


async def _in_conflict(olga: Person, team: Team) -> dict[str, list[str]]:
    """Changes wait, and when the line is back one of them is in conflict."""
    found = {}
    page = olga.page
    field = await olga.edit("Order seeds")
    await field.fill("Order beans")
    await field.press("Enter")
    await page.locator("#waiting-open").press("Enter")
    await expect(page.locator("#waiting li")).to_have_count(3)
    found["the list of what waits is open"] = await violations(page)
    items = (await olga.ask("GET", f"/workspaces/{team.workspace_id}/tasks"))["items"]
    [task] = [task for task in items if task["title"] == "Order seeds"]
    await team.adam.change(task["id"], title="Order compost")
    olga.allow("status of 409")
    await page.context.set_offline(False)
    await expect(page.locator("#waiting")).to_contain_text("“Order compost”, changed by Adam", timeout=20_000)
    await expect(page.locator("#waiting li")).to_have_count(1)
    found["a conflict is shown"] = await violations(page)
    await page.get_by_role("button", name="Take theirs").press("Enter")
    await expect(page.locator("#waiting-open")).to_be_hidden()
    return found


async def _in_talk(olga: Person, team: Team, paths: list[str]) -> dict[str, list[str]]:
    """The states that a page gets into while people talk, and are told of each other."""
    found = {}
    page = olga.page
    edit = next(path for path in paths if path.startswith("/comments/"))
    await team.adam.open(team.path)
    await olga.open(paths[paths.index(edit) - 1])
    await page.get_by_role("link", name="Edit").click()
    await expect(page.get_by_label("Your comment")).to_be_focused()
    found["a comment is edited"] = await violations(page)
    await page.get_by_label("Your comment").fill(" ")
    await page.locator("#comments").get_by_role("button", name="Save").click()
    await expect(page.locator("#comments .field__error")).to_be_visible()
    found["an edit is refused"] = await violations(page)
    await page.keyboard.press("Escape")
    await page.get_by_label("Comment", exact=True).press_sequentially("And @a")
    await expect(page.get_by_role("listbox", name="Members")).to_be_visible()
    found["a member is named"] = await violations(page)
    await page.keyboard.press("Escape")
    await olga.open(team.path)
    await expect(page.locator(f"#member-{team.adam.id}")).to_have_attribute("data-presence", "online")
    found["somebody is here"] = await violations(page)
    await page.get_by_role("button", name="Notifications").click()
    await expect(page.locator("#bell-latest li").first).to_be_visible()
    found["the bell's menu is open"] = await violations(page)
    await page.keyboard.press("Escape")
    if await page.locator(".side__switch").is_visible():
        await page.locator(".side__switch summary").click()
        found["the list of workspaces is open"] = await violations(page)
    return found


async def _in_a_task(olga: Person, team: Team) -> dict[str, list[str]]:
    """The states of the dialog in which a task is open over its list."""
    found = {}
    page = olga.page
    olga.allow("status of 409")
    task = await olga.task(team.workspace_id, "Over the list")
    await olga.open(team.path)
    await olga.row("Over the list").locator("a.task__title").press("Enter")
    await expect(page.get_by_role("heading", name="Over the list")).to_be_focused()
    found["task dialog"] = await violations(page)
    await page.get_by_role("dialog").get_by_label("Title").fill("As Olga wants it")
    await team.adam.change(task["id"], title="As Adam wants it")
    await expect(page.locator("#task-news")).to_contain_text("Adam changed this task")
    await page.get_by_role("dialog").get_by_label("Title").press("Enter")
    await expect(page.get_by_text("Somebody changed this task")).to_be_visible()
    found["a conflict in the task dialog"] = await violations(page)
    return found


async def _in_settings(olga: Person, team: Team) -> dict[str, list[str]]:
    """The states of the pages on which workspaces are made and managed."""
    found = {}
    page = olga.page
    await olga.open("/workspaces")
    await page.get_by_role("button", name="New workspace").click()
    found["a new workspace"] = await violations(page)
    await page.get_by_label("Name").fill("  ")
    await page.keyboard.press("Enter")
    await expect(page.locator(".field__error")).to_be_visible()
    found["a new workspace is refused"] = await violations(page)
    await olga.open(f"{team.path}/settings")
    await page.get_by_role("button", name="Change role of Mia").click()
    await expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_focused()
    found["saved"] = await violations(page)
    await page.get_by_role("button", name="Make invite link").click()
    await page.get_by_role("button", name="Copy").click()
    found["a fresh invite"] = await violations(page)
    await page.get_by_role("region", name="Hand this").get_by_label("Name of the workspace").fill("x")
    await page.get_by_role("button", name="Hand over").click()
    await expect(page.locator(".field__error")).to_have_count(1)
    await page.evaluate("scrollTo(0, 0)")  # elsewhere the bar of a phone lies over part of a button
    found["a refused hand-over"] = await violations(page)
    await olga.open("/nowhere")
    found["an address that leads nowhere"] = await violations(page)
    return found


@pytest.mark.parametrize("who", ["adam", "mia", "vera"])
async def test_axe_finds_nothing_for_those_who_may_do_less(people: People, who: str) -> None:
    team, paths = await a_full_team(people)
    person = team.members[who]
    person.allow("status of 40[34]")
    found = {}
    for path in paths:
        await person.open(path)
        found[path] = await violations(person.page)
    await person.open(team.path)
    await team.olga.ask("DELETE", f"/workspaces/{team.workspace_id}/members/{person.id}")
    await expect(person.page.get_by_text("You no longer have access")).to_be_visible()
    found["after the end"] = await violations(person.page)
    assert {path: list_ for path, list_ in found.items() if list_} == {}


async def test_no_page_has_to_be_scrolled_sideways(people: People) -> None:
    team, paths = await a_full_team(people)
    page = team.olga.page
    await team.olga.ask("PATCH", "/me", {"name": "Wolfeschlegelsteinhausenbergerdorff" * 2})
    found = {}
    for path in paths:
        await team.olga.open(path)
        for width in (1280, 1152, 768, 390, 320):
            await page.set_viewport_size({"width": width, "height": 640})
            if await page.evaluate(SIDEWAYS) > 0:
                found[path, width] = await page.evaluate(WIDE)
    assert found == {}


async def test_every_page_has_a_title_of_its_own(people: People) -> None:
    team, paths = await a_full_team(people)
    titles = []
    for path in paths:
        await team.olga.open(path)
        titles.append(await team.olga.page.title())
        await expect(team.olga.page.get_by_role("heading", level=1)).to_have_count(1)
    assert all(title.endswith(" · Tandem") and not title.startswith(" ") for title in titles), titles
    places = {path.partition("?")[0] for path in paths}
    assert len(set(titles)) >= len(places), titles
