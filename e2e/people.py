"""People at their browsers: each has a browser of their own, and a program of their own beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from playwright.async_api import Browser, BrowserContext

from e2e.screens import Screen

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
# A row that a push has just changed glows for a second, which no test wants to wait for.
REDUCED_MOTION = "reduce"


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
        """Close everything; returns what browsers complained about until then.

        (A page that is left while its socket is still connecting is warned of that.)
        """
        screens: list[Screen] = [*self._here, *self._strangers]
        screens += [screen for person in self._here for screen in person.more]
        complaints = [complaint for screen in screens for complaint in screen.complaints]
        for context in self._contexts:
            await context.close()
        for person in self._here:
            await person.api.aclose()
        return complaints


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
    """Olga's workspace ``name``, with those who are named: the cast in their roles, others as members."""
    members = {
        who: await people.person(who.capitalize(), address=(addresses or {}).get(who), **options)
        for who in ("olga", *(other for other in names if other != "olga"))
    }
    olga = members["olga"]
    workspace = await olga.ask("POST", "/workspaces", {"name": name})
    for who, member in members.items():
        if who != "olga":
            await join(olga, member, workspace["id"], ROLES.get(who, "member"))
    return Team(people=people, workspace_id=workspace["id"], members=members)


async def join(owner: Person, member: Person, workspace_id: str, role: str) -> None:
    """Bring ``member`` into a workspace by an invite."""
    invite = await owner.ask("POST", f"/workspaces/{workspace_id}/invites", {"role": role})
    await member.ask("POST", "/workspaces/join", {"token": invite["token"]})
