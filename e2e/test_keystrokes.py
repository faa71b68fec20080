"""The commonest actions take three keys at most, and no key acts where its registry says nothing of it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Locator, expect

from app.core.keys import CONTROL, EVERYWHERE, KEYS, LIST, OF_THE_LIST
from e2e.people import People, Person, Team, a_team

TITLES = ["Order seeds", "Mend the greenhouse", "Water the beans"]
MOST = 3
Then = Callable[[Person, Person], Awaitable[None]]


def first(person: Person) -> Locator:
    return person.row(TITLES[0])


def field(label: str) -> Then:
    async def then(olga: Person, _: Person) -> None:
        await expect(olga.page.get_by_label(label, exact=True).locator("visible=true").first).to_be_focused()

    return then


def row(attribute: str, value: str) -> Then:
    async def then(olga: Person, mia: Person) -> None:
        for person in (olga, mia):
            await expect(first(person)).to_have_attribute(attribute, value)

    return then


def says(text: str) -> Then:
    async def then(olga: Person, mia: Person) -> None:
        for person in (olga, mia):
            await expect(first(person)).to_contain_text(text)

    return then


def order(*titles: int) -> Then:
    async def then(olga: Person, mia: Person) -> None:
        for person in (olga, mia):
            await expect(person.titles).to_have_text([TITLES[number] for number in titles])

    return then


async def given_to_mia(olga: Person, mia: Person) -> None:
    await says("Assigned to Mia")(olga, mia)


async def due_tomorrow(olga: Person, mia: Person) -> None:
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    for person in (olga, mia):
        await expect(first(person).locator("time")).to_have_attribute("datetime", str(tomorrow))


async def selected(olga: Person, _: Person) -> None:
    await expect(olga.page.locator(".task__select:checked")).to_have_count(1)


async def opened(olga: Person, _: Person) -> None:
    await expect(olga.page.get_by_role("heading", name=TITLES[0], level=1)).to_be_visible()


async def listed(olga: Person, _: Person) -> None:
    await expect(olga.page.get_by_role("listbox", name="Commands, places and tasks")).to_be_visible()


# What somebody wants, the keys from the first row of the list, and what is then true for them and for others.
ACTIONS: list[tuple[str, list[str], Then]] = [
    ("write a new task", ["c"], field("Add a task")),
    ("complete", ["x"], row("data-status", "done")),
    ("reopen", ["x"], row("data-status", "todo")),
    ("start", ["s", "d", "Enter"], row("data-status", "doing")),
    ("make it important", ["p", "h", "Enter"], says("High")),
    ("due tomorrow", ["d", "t", "Enter"], due_tomorrow),
    ("assign to me", ["m"], says("Assigned to Olga")),
    ("assign to somebody", ["a", "m", "Enter"], given_to_mia),
    ("move down", ["]"], order(1, 0, 2)),
    ("move up", ["["], order(0, 1, 2)),
    ("delete", ["#"], order(1, 2)),
    ("undo", ["u"], order(0, 1, 2)),
    ("edit the title", ["e"], field("Title")),
    ("select", ["Space"], selected),
    ("search", ["/"], field("Search")),
    ("run a command", ["Control+k"], listed),
    ("open", ["Enter"], opened),
]


async def a_list(people: People) -> tuple[Team, Person]:
    team = await a_team(people, "mia")
    for title in TITLES:
        await team.olga.task(team.workspace_id, title)
    await team.olga.open(team.path)
    return team, team.olga


async def test_every_common_action_takes_three_keys_at_most_from_the_list(people: People) -> None:
    team, olga = await a_list(people)
    await team.mia.open(team.path)
    assert len(ACTIONS) >= 16
    for action, keys, then in ACTIONS:
        assert len(keys) <= MOST, action
        # After a deletion the keys are in the row that is first then.
        start = olga.titles if action == "undo" else first(olga).locator(".task__title")
        await start.first.focus()
        for key in keys:
            await olga.page.keyboard.press(key)
            if action == "assign to somebody" and key == "m":
                await expect(olga.page.locator("[data-chosen]")).to_have_count(
                    1
                )  # its script comes the first time
            if key == "a":
                await expect(olga.page.get_by_role("combobox", name=f"Assign {TITLES[0]} to")).to_be_focused()
        await then(olga, team.mia)
        for _ in range(2):
            await olga.page.keyboard.press("Escape")


# What happens to a key is seen by one who hears all, and lets nothing of it come to pass.
OBSERVE = """() => {
    const seen = window.tandemSeen = [];
    const named = (element) => element.closest?.("[data-key]")?.dataset.key;
    addEventListener("click", (event) => {
        event.preventDefault();
        event.stopImmediatePropagation();
        seen.push(named(event.target) ?? event.target.outerHTML.slice(0, 60));
    }, true);
    addEventListener("submit", (event) => {
        event.preventDefault();
        event.stopImmediatePropagation();
        seen.push(named(event.submitter));
    }, true);
    addEventListener("beforetoggle", ({ newState }) => { if (newState === "open") seen.push("menu"); }, true);
    addEventListener("focusin", ({ target }) => {
        if (!window.tandemPlaced) seen.push(named(target) ?? target.className);
    }, true);
}"""
PLACE = """selector => {
    window.tandemPlaced = true;
    document.querySelectorAll("#selected:popover-open").forEach((menu) => menu.hidePopover());
    document.querySelector(selector).focus();
    window.tandemPlaced = false;
    return window.tandemSeen.splice(0).length;
}"""
ROW, FIELD = "#tasks > li:nth-of-type(2) .task__title", "#quick-add-title"
# Where the keys are, on which page, and where there.
PLACES = {
    "row": ("list", ROW),
    "list": ("list", ".bar__brand"),
    "task": ("task", ".crumb a"),
    "dialog": ("list", "dialog.help button"),
    "input": ("list", FIELD),
    "palette": ("list", "dialog.palette input"),
}


def acts(name: str, place: str, letters: str) -> bool:
    """What the registry says: whether a key does something there."""
    if KEYS[name].keys.startswith(CONTROL):
        return True
    if place in ("dialog", "input", "palette"):
        return False
    if name in OF_THE_LIST - {"walk"}:
        return place == "row"  # of the browser, or of the row itself
    if letters == "off" or (letters == "list" and place != "row"):
        return False
    return place != "task" or name in EVERYWHERE or KEYS[name].on_task


@pytest.mark.parametrize("place", PLACES)
async def test_a_key_acts_where_the_registry_says_so_and_nowhere_else(people: People, place: str) -> None:
    _, olga = await a_list(people)
    page, (kind, selector) = olga.page, PLACES[place]
    if kind == "task":
        await olga.open(str(await first(olga).locator(".task__title").get_attribute("href")))
    if place in ("dialog", "palette"):
        await page.locator(ROW).focus()
        await page.keyboard.press("?" if place == "dialog" else "Control+k")
        await expect(page.locator(selector)).to_be_visible()
    await page.evaluate(OBSERVE)
    wrong = {}
    # Nothing was deleted that `u` could bring back; Enter and Escape are the browser's own in most places.
    asked = [name for name in KEYS if name not in {"undo", "open", "select", "back"}]
    assert len(asked) + 4 == len(LIST) + len(EVERYWHERE)
    for letters in ("list", "everywhere", "off"):
        await page.evaluate("letters => { document.body.dataset.keys = letters }", letters)
        for name in asked:
            await page.evaluate(PLACE, selector)
            keys = KEYS[name].keys.split()
            for key in keys[:1] if name == "walk" else keys:
                await page.keyboard.press(key)
            seen = await page.evaluate("window.tandemSeen")
            if bool(seen) != acts(name, place, letters):
                wrong[letters, name] = seen
    assert wrong == {}


@pytest.mark.parametrize(
    "composing", [{"isComposing": True}, {"keyCode": 229}, {"altKey": True}, {"ctrlKey": True}]
)
async def test_no_letter_acts_while_something_is_composed_or_with_modifiers(
    people: People, composing: dict[str, object]
) -> None:
    _, olga = await a_list(people)
    await olga.page.locator(ROW).focus()
    await olga.page.evaluate(OBSERVE)
    seen = await olga.page.evaluate(
        """options => {
            const press = (key, more) => document.activeElement.dispatchEvent(
                new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
            for (const key of "ceax#?") press(key, options);
            const seen = window.tandemSeen.splice(0);
            press("x", {}); // and without it does
            return [seen, window.tandemSeen];
        }""",
        composing,
    )
    assert seen == [[], ["x"]]
