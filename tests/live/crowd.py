"""Many people of one workspace at several real processes, and what each of them is told of the others."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from websockets.exceptions import ConnectionClosed

from app.config import load_settings
from app.main import Tandem, create_app
from app.workspaces import commands as workspaces
from app.workspaces.models import Role
from tests.builders import a_workspace
from tests.cast import NAMES, Person, a_person
from tests.live.wire import JSON, Message, dial, socket_address
from tests.process import Process

PATIENCE = 30.0
# Other than the cast; with them they are 200 in one workspace.
MORE_PEOPLE = 196
ABOUT_PEOPLE = ("presence.user_joined", "presence.user_left", "presence.update")


@dataclass
class Town:
    """Processes that share a PostgreSQL and a Redis, and a workspace of 200 people."""

    processes: list[Process]
    cast: dict[str, Person]
    crowd: list[Person]
    workspace_id: UUID

    def __getattr__(self, name: str) -> Person:
        try:
            return self.cast[name]
        except KeyError:
            raise AttributeError(name) from None

    @asynccontextmanager
    async def watching(self, person: Person, at: int, *, query: str = "") -> AsyncIterator["Watcher"]:
        """``person`` with a program at process ``at``, until the context is left."""
        person = replace(person, address=self.processes[at].url)
        address = socket_address(person, self.workspace_id, query)
        async with dial(address, headers=person.bearer, protocol=JSON) as wire:
            welcome = await wire.read()
            assert welcome["type"] == "welcome", welcome
            watcher = Watcher(person, set(welcome["data"]["online"]))
            watcher.send = wire.send
            reading = asyncio.create_task(watcher.read(wire.connection))
            try:
                yield watcher
            finally:
                reading.cancel()
                with suppress(asyncio.CancelledError):
                    await reading

    async def everybody(self, stack: AsyncExitStack, people: Iterable[Person]) -> list["Watcher"]:
        """All of ``people``, spread over the processes; returns once each of them sees them all."""
        people = list(people)
        opening = [
            stack.enter_async_context(self.watching(person, index % len(self.processes)))
            for index, person in enumerate(people)
        ]
        watchers = list(await asyncio.gather(*opening))
        await all_see(watchers, {person.id for person in people})
        for watcher in watchers:
            watcher.told.clear()
            watcher.lists.clear()
        return watchers

    async def ask(self, person: Person, at: int, path: str = "/presence") -> Any:
        """What process ``at`` answers to ``person``."""
        async with httpx.AsyncClient(base_url=self.processes[at].url, headers=person.bearer) as client:
            answer = await client.get(f"/api/workspaces/{self.workspace_id}{path}", timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()


@dataclass(eq=False)
class Watcher:
    """A program that keeps the list of who is here from what it is told, as the contract says it may."""

    person: Person
    online: set[str]
    known: bool = True
    told: list[Message] = field(default_factory=list)
    lists: list[set[str]] = field(default_factory=list)
    closed: bool = False
    send: Any = None
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def left(self) -> list[str]:
        """Whoever it was told has gone, in turn."""
        return [each["data"]["user_id"] for each in self.told if each["type"] == "presence.user_left"]

    async def read(self, connection: Any) -> None:
        """Take in whatever comes, until the end."""
        with suppress(ConnectionClosed):
            async for text in connection:
                message = json.loads(text)
                if message["type"] in ABOUT_PEOPLE:
                    assert "seq" not in message
                    assert message["actor"] is None
                    self.told.append(message)
                    self._take(message["type"], message["data"])
                self.moved.set()
        self.closed = True
        self.moved.set()

    async def hears(self) -> None:
        """Wait until it is told anything more, or cut off."""
        self.moved.clear()
        await self.moved.wait()

    def sees(self, people: set[str]) -> bool:
        """Whether it knows just ``people`` to be here."""
        return self.known and self.online == people

    async def says(self, kind: str, data: object) -> None:
        """Send one message."""
        await self.send(json.dumps({"type": kind, "data": data}))

    def _take(self, kind: str, data: Any) -> None:
        if kind == "presence.update":
            self.known = all(member["online"] is not None for member in data["members"])
            self.online = set(data["online"])
            if self.known:
                self.lists.append(self.online)
        elif kind == "presence.user_joined":
            self.online = self.online | {data["user_id"]}
        else:
            self.online = self.online - {data["user_id"]}

    def never_missed(self, people: Collection[str]) -> bool:
        """Whether it was at no time told that any of ``people`` was not here."""
        return not set(self.left) & set(people) and all(set(people) <= shown for shown in self.lists)


@asynccontextmanager
async def a_town(processes: list[Process], folder: Path, *, more: int = MORE_PEOPLE) -> AsyncIterator[Town]:
    """The people, put into the database that ``processes`` share without asking any of them."""
    # Not started, and so without a Redis: what it commits the processes find in the log.
    settings = processes[0].settings
    environment = {name: value for name, value in settings.items() if name != "TANDEM_REDIS_URL"}
    tandem: Tandem = create_app(load_settings(environment, data_folder=folder)).state.tandem
    try:
        address = processes[0].url
        cast = {name: await a_person(tandem, name, address=address) for name in NAMES}
        workspace_id = await a_workspace(tandem, cast)
        crowd = [await a_person(tandem, f"person{number}", address=address) for number in range(more)]
        if crowd:
            await _bring_in(tandem, cast["olga"], crowd, workspace_id)
        yield Town(processes, cast, crowd, workspace_id)
    finally:
        await tandem.database.close()


async def _bring_in(tandem: Tandem, inviter: Person, crowd: list[Person], workspace_id: UUID) -> None:
    invite = await workspaces.invite_member(
        tandem.unit_of_work(),
        inviter.scope,
        workspace_id,
        role=Role.MEMBER,
        expires_in=3600,
        max_uses=len(crowd),
        settings=tandem.settings,
    )
    assert invite.token is not None
    for person in crowd:
        await workspaces.join_workspace(
            tandem.unit_of_work(), person.scope, token=invite.token, settings=tandem.settings
        )


async def all_see(watchers: Collection[Watcher], people: set[str], *, within: float = PATIENCE) -> float:
    """Wait until every one of ``watchers`` knows just ``people`` to be here; how long it took."""
    started = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout(within):
            while wrong := [watcher for watcher in watchers if not watcher.sees(people)]:
                await wrong[0].hears()
    except TimeoutError:
        wrong = [watcher for watcher in watchers if not watcher.sees(people)]
        one = wrong[0]
        raise AssertionError(
            f"{len(wrong)} of {len(watchers)} see others after {within} s; one misses "
            f"{len(people - one.online)} and has {len(one.online - people)} too many"
        ) from None
    return asyncio.get_running_loop().time() - started


async def until_nobody_knows(watchers: Collection[Watcher], *, within: float = PATIENCE) -> None:
    """Wait until every one of ``watchers`` has been told that nobody can tell."""
    async with asyncio.timeout(within):
        while knowing := [watcher for watcher in watchers if watcher.known]:
            await knowing[0].hears()
