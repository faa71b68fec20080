"""People at their browsers: each has a browser of their own, and a program of their own beside it.

What their browser complains about is kept, and a test in which it complained fails.
"""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Error,
    Frame,
    Locator,
    Page,
    expect,
)

PASSWORD = "a long enough password"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What a browser says when the connection is gone; nothing else may be said in an outage.
OUTAGE = r"WebSocket connection to|net::ERR_|htmx:ws:error|Failed to fetch|ERR_INTERNET_DISCONNECTED"
# A row that a push has just changed glows for a second, which no test wants to wait for.
REDUCED_MOTION = "reduce"


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
    async def stays(self) -> AsyncIterator[None]:
        """The page is not loaded anew, and goes nowhere, until the context is left."""
        moves: list[str] = []
        mark = uuid4().hex
        address = self.page.url

        def went(frame: Frame) -> None:
            # htmx notes in the history that it was here, which is a move to the same address.
            if frame.url != address:
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
        """The row of the task with this title."""
        link = self.page.locator(".task__title").filter(has_text=re.compile(f"^{re.escape(title)}$"))
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
        if dialog.type == "confirm" and dialog.message.startswith("Delete “"):
            await dialog.accept()
        else:
            self._complain(f"dialog: {dialog.message}")
            await dialog.dismiss()

    def _complain(self, text: str) -> None:
        violation = "Content Security Policy" in text
        if violation or not any(re.search(pattern, text) for pattern in self._allowed):
            self.complaints.append(text)


@dataclass
class Person(Screen):
    """Somebody who is signed in, in a browser and with a program (`api`)."""

    name: str = ""
    id: str = ""
    email: str = ""
    address: str = ""
    token: str = ""
    api: httpx.AsyncClient = field(default_factory=httpx.AsyncClient)
    more: list[Screen] = field(default_factory=list)

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    async def open(self, path: str) -> None:
        """Open a page of this program; a live one is live before anything else is done."""
        await self.page.goto(self.address + path)
        if self.scripts and await self.page.locator("body[data-live]").count():
            await self.is_live()

    async def new_tab(self) -> Screen:
        """Open another tab of the same browser."""
        screen = Screen(page=await self.context.new_page())
        screen.watch()
        self.more.append(screen)
        return screen

    async def ask(self, method: str, path: str, json: object = None) -> Any:
        """Do something with the program instead of the browser; returns what came back."""
        answer = await self.api.request(method, f"/api{path}", json=json)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def task(self, workspace_id: str, title: str) -> Any:
        """Add a task with the program, and return it."""
        return await self.ask("POST", f"/workspaces/{workspace_id}/tasks", {"title": title})

    async def change(self, task_id: str, **fields: object) -> Any:
        """Change fields of a task as it is now, with the program."""
        current = await self.ask("GET", f"/tasks/{task_id}")
        return await self.ask("PATCH", f"/tasks/{task_id}", {**fields, "version": current["version"]})


class People:
    """Brings people into being, and in the end lets them go and asks what went wrong."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self._here: list[Person] = []
        self._contexts: list[BrowserContext] = []
        self._strangers: list[Screen] = []

    async def person(self, name: str, *, address: str | None = None, **options: Any) -> Person:
        """Somebody new, registered and with a browser that is signed in."""
        address = address or self.address
        # Registrations are counted by address, and every person here has one of their own.
        number = uuid4().int
        place = f"127.{number % 250 + 2}.{number // 250 % 250}.{number // 62_500 % 250 + 1}"
        api = httpx.AsyncClient(
            base_url=address, timeout=20, transport=httpx.AsyncHTTPTransport(local_address=place)
        )
        email = f"{name.lower()}.{uuid4().hex[:12]}@example.com"
        answer = await api.post(
            "/api/auth/register", json={"email": email, "name": name, "password": PASSWORD}
        )
        assert answer.status_code == 201, answer.text
        token = answer.json()["access_token"]
        api.headers["Authorization"] = f"Bearer {token}"
        context = await self.browser_for(**options)
        await context.add_cookies([{"name": "tandem", "value": token, "url": address}])
        person = Person(
            page=await context.new_page(),
            scripts=options.get("java_script_enabled", True),
            name=name,
            id=answer.json()["user"]["id"],
            email=email,
            address=address,
            token=token,
            api=api,
        )
        person.watch()
        self._here.append(person)
        return person

    async def visitor(self, **options: Any) -> Screen:
        """Somebody whom the program does not know."""
        context = await self.browser_for(**options)
        screen = Screen(page=await context.new_page())
        screen.watch()
        self._strangers.append(screen)
        return screen

    async def browser_for(self, **options: Any) -> BrowserContext:
        """A fresh browser, with nothing in it."""
        options = {"reduced_motion": REDUCED_MOTION, "base_url": self.address, **options}
        context = await self.browser.new_context(**options)
        context.set_default_timeout(10_000)
        self._contexts.append(context)
        return context

    async def leave(self) -> Sequence[str]:
        """Close everything; returns what browsers complained about."""
        for context in self._contexts:
            await context.close()
        for person in self._here:
            await person.api.aclose()
        screens: list[Screen] = [*self._here, *self._strangers]
        screens += [screen for person in self._here for screen in person.more]
        return [complaint for screen in screens for complaint in screen.complaints]


@dataclass(frozen=True, kw_only=True)
class Team:
    """People who share a workspace."""

    people: People
    workspace_id: str
    members: dict[str, Person]

    @property
    def path(self) -> str:
        return f"/workspaces/{self.workspace_id}"

    def __getattr__(self, name: str) -> Person:
        try:
            return self.members[name]
        except KeyError:
            raise AttributeError(name) from None


ROLES = {"olga": "owner", "adam": "admin", "mia": "member", "vera": "viewer"}


async def a_team(
    people: People,
    *names: str,
    name: str = "Home",
    addresses: dict[str, str] | None = None,
    **options: Any,
) -> Team:
    """Olga's workspace ``name``, with those of the cast who are named, in their roles."""
    members = {
        who: await people.person(who.capitalize(), address=(addresses or {}).get(who), **options)
        for who in ("olga", *(other for other in names if other != "olga"))
    }
    olga = members["olga"]
    workspace = await olga.ask("POST", "/workspaces", {"name": name})
    for who, member in members.items():
        if who != "olga":
            await join(olga, member, workspace["id"], ROLES[who])
    return Team(people=people, workspace_id=workspace["id"], members=members)


async def join(owner: Person, member: Person, workspace_id: str, role: str) -> None:
    """Bring ``member`` into a workspace by an invite."""
    invite = await owner.ask("POST", f"/workspaces/{workspace_id}/invites", {"role": role})
    await member.ask("POST", "/workspaces/join", {"token": invite["token"]})
