"""What a story does with a locator, done by somebody who has a keyboard and nothing else.

To get somewhere is to press Tab, or arrows in a list that is one stop, as often as it takes; after each press
the page is asked where the focus is. It knows HTML and ARIA, nothing of what pages are about.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from playwright.async_api import ElementHandle, Locator, expect

MOST_PRESSES = 150
# What types into a field once it has the focus.
typed_by: dict[str, Callable[..., Awaitable[None]]] = {}

# The control that a mouse would press at this element: the label's field, the link around a word.
_CONTROL = """element => {
    const option = element.closest("[role=option]");
    if (option) return option;
    const label = element.closest("label");
    if (label?.control) return label.control;
    return element.closest("a[href], button, summary, input, select, textarea, [role=button]");
}"""
# The next press on the way to an element, or null where it has the focus.
_NEXT = """goal => {
    const active = document.activeElement;
    if (active === goal) return null;
    const after = active.compareDocumentPosition(goal) & Node.DOCUMENT_POSITION_FOLLOWING;
    const within = goal.closest("[role=listbox], [role=menu], [role=radiogroup], [popover], ul, ol");
    if (goal.matches("[role=option]")) {
        const at = document.getElementById(active.getAttribute("aria-activedescendant"));
        return at === goal ? null : "ArrowDown";
    }
    const siblings = goal.type === "radio" && active.type === "radio" && active.name === goal.name;
    if (siblings || (goal.tabIndex < 0 && within?.contains(active))) return after ? "ArrowDown" : "ArrowUp";
    if (active === document.body || active.contains(goal)) return "Tab";
    return after ? "Tab" : "Shift+Tab";
}"""
_KIND = """element => element.matches("[type=checkbox], [type=radio]") ? "Space"
    : element.matches("input:not([type=submit], [type=button]), select, textarea") ? "" : "Enter" """
_INDEX = """(select, wanted) => [...select.options]
    .findIndex(({ value, label }) => [value, label.trim()].includes(wanted))"""


async def go(locator: Locator, **options: Any) -> ElementHandle:
    """Bring the focus to the control by keys, and return it."""
    await locator.wait_for(state="visible", timeout=options.get("timeout"))
    page = locator.page
    control = (await locator.evaluate_handle(_CONTROL)).as_element()
    assert control is not None, f"cannot be reached by keys: {locator} is nothing that has a focus"
    for _ in range(MOST_PRESSES):
        key = await control.evaluate(_NEXT)
        if key is None:
            return control
        await page.keyboard.press(key)
    seen = await control.evaluate("element => element.outerHTML.slice(0, 200)")
    raise AssertionError(f"cannot be reached by keys: {locator}, which is {seen}")


async def click(locator: Locator, *, modifiers: Sequence[str] = (), **options: Any) -> None:
    """Go there, and press what presses it, with the ``modifiers``: a field only gets the focus."""
    await expect(locator).to_be_enabled()
    control = await go(locator, **options)
    key = await control.evaluate(_KIND)
    if await control.get_attribute("role") == "option":
        await locator.page.keyboard.press("Enter")
    elif key:
        await control.press("+".join([*modifiers, key]))


async def check(locator: Locator, **options: Any) -> None:
    """Go there, and press Space where it is not checked yet."""
    await _set(locator, True, **options)


async def uncheck(locator: Locator, **options: Any) -> None:
    """Go there, and press Space where it is checked."""
    await _set(locator, False, **options)


async def _set(locator: Locator, checked: bool, **options: Any) -> None:
    control = await go(locator, **options)
    if await control.is_checked() is not checked:
        await control.press("Space")
    assert await control.is_checked() is checked


async def hover(locator: Locator, **_: Any) -> None:
    """Nothing hovers over a page that is used by keys."""


async def fill(locator: Locator, value: str, **options: Any) -> None:
    """Go there, and type."""
    await go(locator, **options)
    await typed_by["fill"](locator, value, **options)


async def select_option(locator: Locator, value: str, **options: Any) -> None:
    """Go there, and press arrows until it is chosen."""
    control = await go(locator, **options)
    wanted = await control.evaluate(_INDEX, value)
    assert wanted >= 0, f"{locator} has no {value!r}"
    for _ in range(MOST_PRESSES):
        index = await control.evaluate("select => select.selectedIndex")
        if index == wanted:
            return
        await control.press("ArrowDown" if index < wanted else "ArrowUp")
    raise AssertionError(f"{value!r} cannot be chosen by keys in {locator}")
