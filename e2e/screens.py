"""One page of a browser, as stories see it.

What the browser complains about is kept, and a test in which it complained fails.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import uuid4

from playwright.async_api import ConsoleMessage, Dialog, Error, Frame, Locator, Page, expect

# What a browser says when the connection is gone; nothing else may be said in an outage.
OUTAGE = r"WebSocket connection to|net::ERR_|htmx:ws:error|Failed to fetch|ERR_INTERNET_DISCONNECTED"


@dataclass
class Screen:
    """One page of somebody's browser, and what it complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    scripts: bool = True
    _allowed: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Listen to everything that should not happen."""
        self.page.on("console", self._console)
        self.page.on("pageerror", self._page_error)
        self.page.on("dialog", self._dialog)

    def allow(self, pattern: str) -> None:
        """Expect complaints that match ``pattern``: this test provokes them."""
        self._allowed.append(pattern)

    def allow_outage(self) -> None:
        """Expect what a browser says when the connection is gone."""
        self.allow(OUTAGE)

    @asynccontextmanager
    async def stays(self, *, below: str | None = None) -> AsyncIterator[None]:
        """The page is not loaded anew, and goes nowhere, until the context is left.

        ``below`` is a path whose addresses it may show without being loaded, as a dialog's.
        """
        moves: list[str] = []
        mark = uuid4().hex
        address = self.page.url

        def went(frame: Frame) -> None:
            # htmx notes in the history that it was here, which is a move to the same address.
            if frame.url != address and not (below and urlsplit(frame.url).path.startswith(below)):
                moves.append(frame.url)

        def loaded(page: Page) -> None:
            moves.append(f"a new document at {page.url}")

        await self.page.evaluate("mark => { window.tandemMark = mark }", mark)
        self.page.on("framenavigated", went)
        self.page.on("domcontentloaded", loaded)
        try:
            yield
        finally:
            self.page.remove_listener("framenavigated", went)
            self.page.remove_listener("domcontentloaded", loaded)
        assert await self.page.evaluate("window.tandemMark") == mark, "the page was loaded anew"
        assert not moves, f"the page went to {moves}"

    async def is_live(self) -> None:
        """Wait until the page hears of changes."""
        await expect(self.page.locator("body")).to_have_attribute("data-live", "live", timeout=15_000)

    def row(self, title: str) -> Locator:
        """The row of the task that has this title, not only been given it by a change on its way."""
        link = self.page.locator(".task__title:not([data-asked])").filter(
            has_text=re.compile(f"^{re.escape(title)}$")
        )
        return self.page.locator("#tasks > li").filter(has=link)

    @property
    def titles(self) -> Locator:
        return self.page.locator("#tasks .task__title")

    @property
    def quick_add(self) -> Locator:
        return self.page.get_by_label("Add a task")

    async def add(self, *titles: str) -> None:
        """Write tasks into the list, one after the other."""
        for title in titles:
            await self.quick_add.fill(title)
            await self.quick_add.press("Enter")
            await expect(self.row(title)).to_be_visible()

    async def edit(self, title: str) -> Locator:
        """Open the title of a row for editing, and return the field."""
        await self.row(title).get_by_role("link", name=f"Edit {title}").click()
        title_field = self.page.locator(".task__edit input[name=title]")
        await expect(title_field).to_be_focused()
        return title_field

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") or "Content Security Policy" in message.text:
            self._complain(f"{message.type}: {message.text}")

    def _page_error(self, error: Error) -> None:
        self._complain(f"page error: {error}")

    async def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        if dialog.type == "confirm" and dialog.message.startswith(("Delete “", "Delete this ")):
            await dialog.accept()
        else:
            self._complain(f"dialog: {dialog.message}")
            await dialog.dismiss()

    def _complain(self, text: str) -> None:
        violation = "Content Security Policy" in text
        if violation or not any(re.search(pattern, text) for pattern in self._allowed):
            self.complaints.append(text)
