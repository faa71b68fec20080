"""Everything by keys alone: nothing is clicked, and it is always to be seen where the keys go."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from e2e.people import PASSWORD, People, a_team
from e2e.screens import Screen

# Of the element that has the focus: what it is called, and whether it can be seen that it has it.
_FOCUS = """() => {
    const element = document.activeElement;
    if (!element || element === document.body) return { name: "the body", seen: false };
    const box = element.getBoundingClientRect();
    const middle = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2)[0];
    const covered = middle && !element.contains(middle) && !middle.contains(element);
    const outlined = [null, "::after"].map((part) => getComputedStyle(element, part)).some(
        ({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && parseFloat(outlineWidth) >= 2);
    // A date marks its own parts and its button, where no page can look.
    const marked = element.type === "date" || (element.matches(":focus-visible") && outlined);
    let opacity = 1;
    for (let part = element; part; part = part.parentElement) opacity *= getComputedStyle(part).opacity;
    const words = element.ariaLabel || element.labels?.[0]?.textContent || element.textContent;
    return {
        name: words.trim(),
        tag: element.localName,
        seen: marked && !covered && opacity > 0.9 && box.width > 0 && box.height > 0,
    };
}"""


class Keys:
    """Hands on a keyboard; after each key it must be visible where the next one will go."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def type(self, text: str) -> None:
        await self.page.keyboard.type(text)

    async def focus(self) -> Any:
        """Where the keys go; never lost, never unseen."""
        focus = await self.page.evaluate(_FOCUS)
        assert focus["seen"], f"the focus is not to be seen on {focus} at {self.page.url}"
        return focus

    async def tab_to(self, name: str, tag: str = "", *, back: bool = False) -> None:
        """Press Tab until something called ``name`` has the focus."""
        passed: list[str] = []
        for _ in range(80):
            await self.press("Shift+Tab" if back else "Tab")
            if await self.page.evaluate("document.activeElement === document.body"):
                continue  # the end of the page, from where Tab goes on to its start
            focus = await self.focus()
            passed.append(focus["name"])
            if focus["name"] == name and tag in ("", focus["tag"]):
                return
        raise AssertionError(f"no {tag} {name!r} among {passed}")

    async def until(self, seen: Callable[[], Awaitable[None]]) -> None:
        """Wait for what the last key did; the focus is still somewhere afterwards."""
        await seen()
        await self.focus()


async def test_a_first_day_by_keys_alone(people: People) -> None:
    visitor = await people.visitor()
    page, keys = visitor.page, Keys(visitor.page)
    await page.goto("/")
    await keys.focus()
    await keys.tab_to("Create an account")
    await keys.press("Enter")
    await expect(page.get_by_role("heading", name="Create an account")).to_be_visible()
    await keys.tab_to("Your name")
    await keys.type("Kim")
    await keys.press("Tab")
    await keys.type(f"kim.{uuid4().hex[:12]}@example.com")
    await keys.press("Tab")
    await keys.type(PASSWORD)
    await keys.press("Enter")
    await expect(page.get_by_role("heading", name="Workspaces", exact=True)).to_be_visible()

    await keys.tab_to("Name")
    await keys.type("Kitchen")
    await keys.press("Tab")
    await keys.press("Tab")
    assert (await keys.focus())["name"] == "Create workspace"
    await keys.press("Space")
    # The page that it is pressed on is live, too.
    await expect(page.get_by_role("heading", name="Kitchen")).to_be_visible()
    await visitor.is_live()

    await keys.tab_to("Add a task")
    for title in ("Wash", "Dry", "Cook"):
        await keys.type(title)
        await keys.press("Enter")
        await expect(visitor.row(title)).to_be_visible()
        assert (await keys.focus())["name"] == "Add a task"

    await keys.tab_to("Complete Wash")
    await keys.press("Space")
    await keys.until(lambda: expect(visitor.row("Wash")).to_have_attribute("data-status", "done"))
    await _edits_and_deletes(visitor, keys)
    await _filters(visitor, keys)


async def _edits_and_deletes(visitor: Screen, keys: Keys) -> None:
    page = visitor.page
    await keys.press("ArrowDown")
    assert (await keys.focus())["name"] == "Dry"
    await keys.tab_to("Edit Dry")
    await keys.press("Enter")
    await expect(page.locator(".task__edit input[name=title]")).to_be_focused()
    await keys.press("Escape")
    assert (await keys.focus())["name"] == "Edit Dry"
    await keys.press("Enter")
    await expect(page.locator(".task__edit input[name=title]")).to_be_focused()
    await keys.press("End")
    await keys.type(" up")
    await keys.press("Enter")
    await expect(visitor.row("Dry up")).to_be_visible()
    await expect(page.get_by_role("link", name="Edit Dry up")).to_be_focused()
    await keys.focus()

    await keys.tab_to("Delete Dry up")
    await keys.press("Enter")
    await expect(visitor.titles).to_have_text(["Wash", "Cook"])
    await keys.focus()
    await keys.press("End", "#")
    await expect(visitor.titles).to_have_text(["Wash"])
    assert (await keys.focus())["name"] == "Wash"
    await keys.press("#")
    await expect(visitor.titles).to_have_count(0)
    assert (await keys.focus())["name"] == "Add a task"


async def _filters(visitor: Screen, keys: Keys) -> None:
    page = visitor.page
    for title in ("Peel", "Chop"):
        await keys.type(title)
        await keys.press("Enter")
        await expect(visitor.row(title)).to_be_visible()
    await keys.tab_to("Peel")
    await keys.press("End", "x")
    await keys.until(lambda: expect(visitor.row("Chop")).to_have_attribute("data-status", "done"))
    await keys.tab_to("Status", "summary", back=True)
    await keys.press("Enter")
    await keys.tab_to("Done")
    await keys.press("Space")
    await keys.tab_to("Apply")
    await keys.press("Enter")
    await expect(visitor.titles).to_have_text(["Chop"])
    await visitor.is_live()
    await keys.tab_to("Reopen Chop")
    await keys.press("Space")
    await expect(visitor.titles).to_have_count(0)
    await keys.focus()
    await keys.tab_to("Clear", back=True)
    await keys.press("Enter")
    await expect(visitor.titles).to_have_text(["Peel", "Chop"])
    await expect(page.get_by_role("button", name="Complete Chop")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
async def test_every_stop_of_the_tab_key_is_to_be_seen(people: People, width: int) -> None:
    team = await a_team(people, "mia", viewport={"width": width, "height": 800})
    task = await team.olga.task(team.workspace_id, "Look")
    await team.olga.task(team.workspace_id, "Listen")
    keys = Keys(team.olga.page)
    for path in (
        "/workspaces",
        team.path,
        f"{team.path}/settings",
        f"{team.path}/tasks/{task['id']}",
        "/tasks",
    ):
        await team.olga.open(path)
        stops = 0
        for _ in range(80):
            await keys.press("Tab")
            if await team.olga.page.evaluate("document.activeElement === document.body"):
                break
            await keys.focus()
            stops += 1
        assert 5 < stops < 80
