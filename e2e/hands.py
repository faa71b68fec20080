"""The hand a story is told with: the mouse, or keys alone, with a witness in every page.

Stories say `click`, `check`, `fill`, `select_option`. By keys these become real presses (`e2e/by_keys.py`).
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    ElementHandle,
    Frame,
    Locator,
    Mouse,
    Page,
    Touchscreen,
)

from e2e import by_keys

# Stories of the mouse itself: why there is nothing to tell by keys, and which stories move by keys instead.
MOUSE_STORIES = {
    "e2e/test_dragging.py": "it drags; test_keys moves rows by [ and ], also from one group into the next",
}

POINTING = {
    Locator: ("click", "dblclick", "hover", "tap", "check", "uncheck", "set_checked", "drag_to"),
    Page: ("click", "dblclick", "hover", "tap", "check", "uncheck", "set_checked", "drag_and_drop"),
    Frame: ("click", "dblclick", "hover", "tap", "check", "uncheck", "set_checked", "drag_and_drop"),
    ElementHandle: ("click", "dblclick", "hover", "tap", "check", "uncheck", "set_checked"),
    Mouse: ("move", "down", "up", "click", "dblclick", "wheel"),
    Touchscreen: ("tap",),
}
BY_KEYS = {
    "click": by_keys.click,
    "check": by_keys.check,
    "uncheck": by_keys.uncheck,
    "hover": by_keys.hover,
    "fill": by_keys.fill,
    "select_option": by_keys.select_option,
}
# A page tells of each event of a real pointer; those that scripts make are none.
_WITNESS = """for (const type of ["pointerdown", "mousedown", "pointermove", "wheel", "touchstart"]) {
    const options = { capture: true, passive: true };
    addEventListener(type, ({ isTrusted }) => isTrusted && tandemPointer(type), options);
}"""

Method = Callable[..., Awaitable[Any]]


class Hand:
    """What one telling of a story does with the pointer."""

    def __init__(self) -> None:
        self.pointed: list[str] = []

    def takes_the_mouse(self, patch: pytest.MonkeyPatch) -> None:
        """Let everything be done as it is written, and note what points."""
        for owner, names in POINTING.items():
            for name in names:
                patch.setattr(owner, name, self._noted(getattr(owner, name), f"{owner.__name__}.{name}"))

    def takes_the_keys(self, patch: pytest.MonkeyPatch) -> None:
        """Turn what can be done by keys into presses, and refuse the rest."""
        by_keys.typed_by["fill"] = Locator.fill
        for owner, names in POINTING.items():
            for name in names:
                patch.setattr(owner, name, _refused(f"{owner.__name__}.{name}"))
        for name, method in BY_KEYS.items():
            patch.setattr(Locator, name, method)
        patch.setattr(Browser, "new_context", self._watched(Browser.new_context))

    def _noted(self, method: Method, name: str) -> Method:
        async def noted(*arguments: Any, **options: Any) -> Any:
            self.pointed.append(name)
            return await method(*arguments, **options)

        return noted

    def _watched(self, method: Method) -> Method:
        async def watched(*arguments: Any, **options: Any) -> BrowserContext:
            context: BrowserContext = await method(*arguments, **options)
            await context.expose_binding("tandemPointer", lambda _, type_: self.pointed.append(type_))
            await context.add_init_script(_WITNESS)
            return context

        return watched


def _refused(name: str) -> Method:
    async def refused(*_: Any, **__: Any) -> None:
        raise AssertionError(f"{name} cannot be done by keys")

    return refused
