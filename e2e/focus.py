"""Where somebody is on a page, and whether they still are after something happened."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page

TYPED = " half a thought"
SELECTION = (3, 9)

# What has the focus is kept as the element that it is, with the place on the screen of what is looked at.
_KEEP = """([row, landmark]) => {
    const active = document.activeElement;
    const top = (id) => document.getElementById(id)?.getBoundingClientRect().top;
    const below = document.getElementById(row).nextElementSibling.id;
    window.kept = { active, below, row: top(row), landmark: top(landmark) };
    return [active.value ?? null, active.selectionStart ?? null, active.selectionEnd ?? null, window.scrollY];
}"""
_FOUND = """async ([row, landmark]) => {
    const drawn = () => new Promise(requestAnimationFrame);
    await drawn(); await drawn();
    const { kept, document: { activeElement: active } } = window;
    const gone = active.matches(".task--gone");
    const shown = gone ? active : document.getElementById(row);
    return {
        same: active === kept.active,
        is: `${active.localName}.${active.className} of ${active.closest("li")?.id ?? "no row"}`,
        below: active.closest("li")?.id === kept.below,
        gone: gone ? active.textContent : "",
        field: [active.value ?? null, active.selectionStart ?? null, active.selectionEnd ?? null],
        open: Boolean(document.querySelector(":popover-open, dialog:modal")),
        row_moved: shown ? shown.getBoundingClientRect().top - kept.row : null,
        others_moved: document.getElementById(landmark).getBoundingClientRect().top - kept.landmark,
    };
}"""
_LEAVE = """() => {
    document.querySelector(":popover-open")?.hidePopover();
    for (const form of document.querySelectorAll("[data-inline]")) form.remove();
    document.activeElement.blur();
}"""
_LOOK_AT = """row => document.getElementById(row).scrollIntoView({ block: "center", behavior: "instant" })"""
_FOCUS = (
    """([row, inside]) => document.getElementById(row).querySelector(inside).focus({ preventScroll: true })"""
)
_OPEN_EDIT = "row => document.getElementById(row).querySelector('.icon--edit').click()"
_EDITING = "row => document.activeElement.matches(`#${row} .task__edit input[name=title]`)"
_SELECT = "([from, to]) => document.activeElement.setSelectionRange(from, to)"
_OPEN_BELL = """async () => {
    const button = document.querySelector("#bell button");
    button.focus({ preventScroll: true });
    button.click();
}"""
_BELL_IS_OPEN = "() => document.querySelector('#bell-menu:popover-open #bell-latest').childElementCount > 0"
_OPEN_DIALOG = "row => document.getElementById(row).querySelector('.task__title').click()"
_DIALOG_IS_OPEN = "() => document.querySelector('dialog:modal [name=description]')"
_WRITE = """([words, from, to]) => {
    const field = document.querySelector("dialog:modal [name=description]");
    field.focus({ preventScroll: true });
    document.execCommand("insertText", false, words);
    field.setSelectionRange(from, to);
}"""


async def on_the_title(page: Page, row: str) -> None:
    """On the link that is a row's title."""
    await page.evaluate(_FOCUS, [row, ".task__title"])


async def on_a_button(page: Page, row: str) -> None:
    """On the button that completes the task."""
    await page.evaluate(_FOCUS, [row, ".task__check button"])


async def in_a_clean_field(page: Page, row: str) -> None:
    """In the title, opened for editing in its row, with nothing written."""
    await page.evaluate(_OPEN_EDIT, row)
    await page.wait_for_function(_EDITING, arg=row)


async def in_a_dirty_field(page: Page, row: str) -> None:
    """In the same, with something written and some of it selected."""
    await in_a_clean_field(page, row)
    await page.keyboard.insert_text(TYPED)
    await page.evaluate(_SELECT, SELECTION)


async def in_an_open_menu(page: Page, row: str) -> None:
    """On the bell, with its menu open: what is pushed into the bell must not close it."""
    await page.evaluate(_OPEN_BELL)
    await page.wait_for_function(_BELL_IS_OPEN)


async def in_an_open_dialog(page: Page, row: str) -> None:
    """In the description of the task, opened over the list, with something written and selected."""
    await page.evaluate(_OPEN_DIALOG, row)
    await page.wait_for_function(_DIALOG_IS_OPEN)
    await page.evaluate(_WRITE, [TYPED, *SELECTION])


Place = Callable[[Page, str], Awaitable[None]]
IN_THE_ROW: dict[str, Place] = {
    "row": on_the_title,
    "button": on_a_button,
    "clean_field": in_a_clean_field,
    "dirty_field": in_a_dirty_field,
}
OVER_THE_LIST: dict[str, Place] = {"menu": in_an_open_menu, "dialog": in_an_open_dialog}
PLACES = IN_THE_ROW | OVER_THE_LIST


@dataclass(frozen=True)
class Found:
    """What a page is like after something happened, against what it was like before."""

    same: bool
    is_: str
    below: bool
    gone: str
    field: list[Any]
    open: bool
    row_moved: float | None
    others_moved: float
    field_before: list[Any]


class Gaze:
    """Somebody who looks at one row, with the focus at one place."""

    def __init__(self, page: Page, place: str, row: str, landmark: str) -> None:
        self.page, self.place, self.row, self.landmark = page, place, row, landmark
        self._before: list[Any] = []

    async def settle(self) -> None:
        """Bring the row to the middle of the screen, and the focus to its place."""
        await self.page.evaluate(_LOOK_AT, self.row)
        await PLACES[self.place](self.page, self.row)
        await self.page.evaluate(_LOOK_AT, self.row)
        *self._before, scrolled = await self.page.evaluate(_KEEP, [self.row, self.landmark])
        assert scrolled > 100, "the list is too short to be scrolled"

    async def found(self) -> Found:
        """Look again, once everything is drawn."""
        found = await self.page.evaluate(_FOUND, [self.row, self.landmark])
        return Found(is_=found.pop("is"), field_before=self._before, **found)

    async def leave(self) -> None:
        """Close whatever is open, and let the focus go."""
        if await self.page.locator("dialog:modal").count():
            await self.page.locator("dialog:modal [data-close]").first.click()
            await self.page.wait_for_function("() => !document.querySelector('dialog:modal')")
        await self.page.evaluate(_LEAVE)
