"""Every page and every state of a page that is looked at: a new page, dialog or menu gets its line here."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page, expect

from e2e.people import People, Person, Team, a_team

UNKNOWN = "00000000-0000-7000-8000-000000000000"
# Routes that are part of a page: the state in which it is seen.
PARTS = {
    "/": "it leads elsewhere",
    "/tasks/{task_id:uuid}/assign": "choosing somebody",
    "/workspaces/{workspace_id:uuid}/tasks/understood": "a line that is understood",
    "/tasks/understood": "a line that is understood",
    "/notifications/latest": "the bell's menu",
}
FOR_VISITORS = ("/login", "/register")


@dataclass(frozen=True)
class Places:
    """A workspace with something of everything, and the addresses of every kind of page by route."""

    team: Team
    by_route: dict[str, list[str]]
    task: str

    @property
    def paths(self) -> list[str]:
        return [path for paths in self.by_route.values() for path in paths]


async def a_full_team(people: People, **options: Any) -> Places:
    """A workspace in which every kind of page has something to show."""
    team = await a_team(people, "adam", "mia", "vera", name="Allotment gardens, north side", **options)
    olga = team.olga
    for person in team.members.values():
        person.allow("status of 4(0[349]|22)")
    tasks = [
        await olga.task(team.workspace_id, title)
        for title in ("Order seeds", "Mend the greenhouse", "W" * 120, "Water", "Read about snails", "Gone")
    ]
    await olga.change(tasks[0]["id"], status="doing", priority="urgent", assignee_id=olga.id)
    await olga.change(tasks[1]["id"], due_on="2031-05-17", priority="high", assignee_id=team.adam.id)
    await olga.change(tasks[2]["id"], priority="low", due_on="2020-01-01")
    await olga.change(tasks[3]["id"], status="done", priority="medium")
    await olga.ask("DELETE", f"/tasks/{tasks[5]['id']}?version={tasks[5]['version']}")
    said = "- **Olga**\n\n> [seeds](https://example.org/), `50 g`"
    for who, body in ((team.mia, "@Adam, " + "W" * 120), (olga, said)):
        await who.ask("POST", f"/tasks/{tasks[1]['id']}/comments", {"body": body})
    hers = (await olga.ask("GET", f"/tasks/{tasks[1]['id']}/comments"))["items"][1]
    empty = await olga.ask("POST", "/workspaces", {"name": "Empty", "description": "Nothing " * 20})
    invite = await olga.ask("POST", f"/workspaces/{team.workspace_id}/invites", {"role": "viewer"})
    own = await olga.ask("POST", "/tasks", {"title": "Of my own"})
    home = "/workspaces/{workspace_id:uuid}"
    by_route = {
        "/workspaces": ["/workspaces"],
        home: [
            team.path,
            f"{team.path}?group=status",
            f"{team.path}?status=done&q=nothing",
            f"{team.path}?status=todo&assignee=me&due=week&q=seeds&sort=title",
            f"/workspaces/{empty['id']}",
            f"/workspaces/{UNKNOWN}",
        ],
        home + "/tasks/{task_id:uuid}": [f"{team.path}/tasks/{task['id']}" for task in tasks[:2]],
        "/tasks/{task_id:uuid}": [f"/tasks/{own['id']}"],
        "/comments/{comment_id:uuid}/edit": [f"/comments/{hers['id']}/edit"],
        home + "/settings": [f"{team.path}/settings"],
        home + "/activity": [f"{team.path}/activity", f"{team.path}/activity?since=999"],
        "/tasks/{task_id:uuid}/history": [f"/tasks/{tasks[0]['id']}/history"],
        "/workspaces/join/{token:str}": [
            f"/workspaces/join/{invite['token']}",
            "/workspaces/join/unknown",
        ],
        "/tasks": ["/tasks"],
        "/keyboard": ["/keyboard"],
        "/account": ["/account"],
        "/search": ["/search?q=seeds", "/search?q=nothing"],
        home + "/trash": [f"{team.path}/trash"],
        "/tasks/trash": ["/tasks/trash"],
        "/assigned": ["/assigned"],
        "/notifications": ["/notifications", "/notifications?unread=true"],
        "/notifications/preferences": ["/notifications/preferences"],
    }
    return Places(team, by_route, f"{team.path}/tasks/{tasks[1]['id']}")


async def inline_edit(page: Page) -> None:
    await page.locator("#tasks .task__title").first.focus()
    await page.locator("#tasks > .task").first.get_by_role("link", name="Edit ").press("Enter")
    await expect(page.locator(".task__edit")).to_be_visible()


async def choosing_somebody(page: Page) -> None:
    await page.locator("#tasks .task__title").first.focus()
    await page.keyboard.press("a")
    await expect(page.get_by_role("listbox", name="People")).to_be_visible()


async def folded_filters(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 800})
    await page.locator(".filters__switch summary").press("Enter")
    await expect(page.locator(".filters__switch[open]")).to_have_count(1)


async def open_filter(page: Page) -> None:
    fold = page.locator(".filters__switch:not([open]) summary")
    if await fold.is_visible():
        await fold.press("Enter")
    await page.locator(".filter summary").first.press("Enter")
    await expect(page.locator(".filter[open]")).to_have_count(1)


async def understood(page: Page) -> None:
    await page.get_by_label("Add a task").fill("Dig @adam !high tomorrow")
    await expect(page.locator("#quick-add-understood")).to_contain_text("High")


async def together(page: Page) -> None:
    await page.locator("#tasks .task__title").first.focus()
    await page.keyboard.press("Space")
    await expect(page.get_by_role("form", name="Change selected tasks")).to_be_visible()


async def more(page: Page) -> None:
    await page.locator("#tasks .task__title").first.focus()
    await page.keyboard.press(".")
    await expect(page.locator("#selected:popover-open")).to_have_count(1)


async def bell(page: Page) -> None:
    await page.get_by_role("button", name="Notifications").press("Enter")
    await expect(page.locator("#bell-menu:popover-open")).to_have_count(1)
    await expect(page.locator("#bell-latest > *").first).to_be_visible()


async def switch(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 800})
    await page.locator(".side__switch summary").press("Enter")
    await expect(page.locator(".side__switch[open]")).to_have_count(1)


async def new_workspace(page: Page) -> None:
    await page.get_by_role("button", name="New workspace").press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()


async def history(page: Page) -> None:
    await page.locator("details.history summary").press("Enter")
    await expect(page.locator("details.history li").first).to_be_visible()


async def naming_a_member(page: Page) -> None:
    await page.get_by_label("Comment", exact=True).press_sequentially("And @a")
    await expect(page.get_by_role("listbox", name="Members")).to_be_visible()


async def a_comment_is_refused(page: Page) -> None:
    await page.get_by_role("link", name="Edit").first.press("Enter")
    await page.get_by_label("Your comment").fill(" ")
    await page.locator("#comments").get_by_role("button", name="Save").press("Enter")
    await expect(page.locator("#comments .field__error")).to_be_visible()


async def saved(page: Page) -> None:
    await page.get_by_role("button", name="Save", exact=True).first.press("Enter")
    await expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_focused()


async def fresh_invite(page: Page) -> None:
    await page.get_by_role("button", name="Make invite link").press("Enter")
    await expect(page.get_by_label("New invite link")).to_be_visible()


async def refused_hand_over(page: Page) -> None:
    await page.get_by_role("region", name="Hand this").get_by_label("Name of the workspace").fill("x")
    await page.get_by_role("button", name="Hand over").press("Enter")
    await expect(page.locator(".field__error")).to_have_count(1)


async def palette(page: Page) -> None:
    await page.locator("#tasks .task__title").first.focus()
    await page.keyboard.press("Control+k")
    title = await page.locator("#tasks .task__title").first.inner_text()
    await page.get_by_role("dialog").get_by_role("combobox").fill(title[:-1])
    await expect(page.get_by_role("option", name=title)).to_be_visible()


async def palette_finds_nothing(page: Page) -> None:
    await palette(page)
    await page.get_by_role("dialog").get_by_role("combobox").fill("see nothing")
    await expect(page.get_by_text("0 results")).to_be_visible()


async def keys_of_this_page(page: Page) -> None:
    await page.locator("#tasks .task__title").first.focus()
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="The keys of this page")).to_be_visible()


async def task_over_the_list(page: Page) -> None:
    await page.locator("#tasks .task__title").first.press("Enter")
    await expect(page.get_by_role("dialog").get_by_role("heading", level=1)).to_be_focused()


async def lose_the_line(page: Page) -> None:
    """Go offline once the page has what it needs then, which it fetches as soon as somebody is at it."""
    await page.get_by_label("Add a task").focus()
    await page.evaluate("""async () => {
        const { scripts } = document.getElementById("waiting").dataset;
        await Promise.all(scripts.split(" ").map((each) => import(each)));
    }""")
    await expect(page.locator(".task__pending")).to_have_count(0)  # of an outage before
    await page.context.set_offline(True)


async def offline(page: Page) -> None:
    await lose_the_line(page)
    await page.get_by_label("Add a task").fill("Lost")
    await page.get_by_label("Add a task").press("Enter")
    await expect(page.locator("body")).to_have_attribute("data-live", "offline")
    await expect(page.locator(".task__pending")).to_have_text("Lost")


async def what_waits(page: Page) -> None:
    await offline(page)
    await page.locator("#waiting-open").press("Enter")
    await expect(page.locator("#waiting li")).to_have_count(1)


@dataclass(frozen=True)
class State:
    """How a page gets into a state: where it starts, who can, and what of the templates is open then."""

    start: str
    enter: Callable[[Page], Awaitable[None]]
    who: str = "olga adam mia vera"
    opens: str = ""


MAY_CHANGE = "olga adam mia"
STATES = {
    "an inline edit": State("list", inline_edit, MAY_CHANGE),
    "choosing somebody": State("list", choosing_somebody, MAY_CHANGE),
    "an open filter": State("list", open_filter, opens="filter"),
    "the filters on a phone": State("list", folded_filters, opens="filters__switch"),
    "a line that is understood": State("list", understood, MAY_CHANGE),
    "several are selected": State("list", together, MAY_CHANGE),
    "all that can be done to a row": State("list", more, MAY_CHANGE, opens="selected"),
    "the bell's menu": State("list", bell, opens="bell-menu"),
    "the list of workspaces on a phone": State("list", switch, opens="side__switch"),
    "a new workspace": State("/workspaces", new_workspace, opens="new-workspace"),
    "the history of a task": State("task", history, opens="history"),
    "a member is named": State("task", naming_a_member, MAY_CHANGE),
    "an edit is refused": State("task", a_comment_is_refused, "olga mia"),
    "saved": State("settings", saved, "olga adam"),
    "a fresh invite": State("settings", fresh_invite, "olga adam"),
    "a refused hand-over": State("settings", refused_hand_over, "olga"),
    "the palette": State("list", palette, opens="palette"),
    "the palette finds nothing": State("list", palette_finds_nothing),
    "the keys of this page": State("list", keys_of_this_page, opens="help"),
    "a task over its list": State("list", task_over_the_list),
    "offline": State("list", offline, MAY_CHANGE),
    "the list of what waits": State("list", what_waits, MAY_CHANGE, opens="waiting"),
}


async def enter(state: State, person: Person, places: Places) -> None:
    """Bring a person's page into a state."""
    here = places.team.path
    start = {"list": here, "task": places.task, "settings": f"{here}/settings"}.get(state.start, state.start)
    await person.open(start)
    await expect(person.page.locator("#waiting-open")).to_be_hidden(timeout=20_000)
    await state.enter(person.page)
