"""What can happen to somebody who looks at a list, in each of the ways in which it comes to the page."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Page, WebSocketRoute

from e2e.people import Person, join

_SHOWS = """([selector, text]) =>
    [...document.querySelectorAll(selector)].some((each) => each.textContent.includes(text))"""
_OF_ITS_OWN = """([path, values]) => htmx.ajax("POST", path, { values, swap: "none" })"""


@dataclass(kw_only=True)
class List:
    """Mia's page on a list of sixty tasks, and what can be done to it."""

    way: str
    adam: Person
    mia: Person
    vera: Person
    nora: Person
    workspace_id: str
    line: "Line"
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/workspaces/{self.workspace_id}"

    @property
    def doer(self) -> Person:
        return self.mia if self.way == "own" else self.adam

    async def add(self, title: str) -> None:
        if self.way == "own":
            await self._of_its_own(f"{self.path}/tasks", {"title": title})
        else:
            await self.adam.task(self.workspace_id, title)

    async def change(self, number: int, **fields: str) -> None:
        task_id = self.ids[f"Row {number}"]
        if self.way == "own":
            version = (await self.mia.ask("GET", f"/tasks/{task_id}"))["version"]
            await self._of_its_own(f"/tasks/{task_id}", {"version": version, **fields})
        else:
            await self.adam.change(task_id, **fields)

    async def do(self, number: int, what: str) -> None:
        task_id = self.ids[f"Row {number}"]
        if self.way == "own":
            await self._of_its_own(f"/tasks/{task_id}/{what}", {})
        else:
            await self.adam.ask("POST", f"/tasks/{task_id}/{what}")

    async def assign(self, number: int, whom: Person, by: Person | None = None) -> None:
        task_id = self.ids[f"Row {number}"]
        version = (await self.adam.ask("GET", f"/tasks/{task_id}"))["version"]
        if self.way == "own" and by is None:
            await self._of_its_own(f"/tasks/{task_id}/assign", {"version": version, "assignee": whom.id})
        else:
            body = {"assignee_id": whom.id, "version": version}
            await self.adam.ask("PATCH", f"/tasks/{task_id}/assign", body)

    async def delete(self, number: int) -> None:
        task_id = self.ids[f"Row {number}"]
        version = (await self.adam.ask("GET", f"/tasks/{task_id}"))["version"]
        if self.way == "own":
            await self._of_its_own(f"/tasks/{task_id}/delete", {"version": version})
        else:
            await self.adam.ask("DELETE", f"/tasks/{task_id}", {"version": version})

    async def read_all(self) -> None:
        await self._of_its_own("/notifications/read-all", {})

    async def shows(self, selector: str, text: str = "") -> None:
        """Wait until the page shows it: what did not come can move nothing."""
        await self.mia.page.wait_for_function(_SHOWS, arg=[selector, text], timeout=10_000)

    async def shows_row(self, number: int, more: str) -> None:
        await self.shows(f"#task-{self.ids[f'Row {number}']}{more}")

    async def fetches_itself(self) -> None:
        """Say to the page that it is too far behind, where that is what is told of."""
        if self.way == "resync":
            seq = (await self.adam.ask("GET", self.path))["seq"]
            self.line.resync(seq)

    async def _of_its_own(self, path: str, values: dict[str, Any]) -> None:
        await self.mia.page.evaluate(_OF_ITS_OWN, [path, values])


# Each does it, and gives back what waits until it is on the page; `row` is the one that is looked at.
Arrival = Callable[[], Awaitable[None]]


async def created_above(on: List, row: int) -> Arrival:
    await on.add("Row 11 and a new one")
    return lambda: on.shows(".task__title", "Row 11 and a new one")


async def created_below(on: List, row: int) -> Arrival:
    await on.add(f"Row {row} and a new one")
    return lambda: on.shows(".task__title", f"Row {row} and a new one")


async def other_moved(on: List, row: int) -> Arrival:
    await on.change(69, title="Row 01, moved")
    return lambda: on.shows("#tasks > :first-child", "Row 01, moved")


async def other_deleted(on: List, row: int) -> Arrival:
    await on.delete(10)
    return lambda: on.shows(f"#tasks:not(:has(#task-{on.ids['Row 10']}))")


async def this_renamed(on: List, row: int) -> Arrival:
    await on.change(row, title=f"Row {row}, renamed")
    return lambda: on.shows(".task__title", f"Row {row}, renamed")


async def this_completed(on: List, row: int) -> Arrival:
    await on.do(row, "complete")
    return lambda: on.shows_row(row, "[data-status=done]")


async def this_moved(on: List, row: int) -> Arrival:
    await on.change(row, title=f"Row {row + 2}, moved")
    return lambda: on.shows(f"#task-{on.ids[f'Row {row + 2}']} + li", f"Row {row + 2}, moved")


async def this_deleted(on: List, row: int) -> Arrival:
    await on.delete(row)
    return lambda: on.shows(f"#tasks:not(:has(#task-{on.ids[f'Row {row}']}))")


async def this_assigned(on: List, row: int) -> Arrival:
    await on.assign(row, on.vera)
    return lambda: on.shows_row(row, f"[data-assignee='{on.vera.id}']")


async def this_planned(on: List, row: int) -> Arrival:
    await on.change(row, priority="urgent", due_on="2031-05-17")
    return lambda: on.shows_row(row, ":has(.badge--urgent):has([datetime='2031-05-17'])")


async def member_joined(on: List, row: int) -> Arrival:
    if on.way == "own":
        await on.mia.ask("DELETE", f"{on.path}/members/{on.nora.id}")
        return lambda: on.shows(f"#members:not(:has(#member-{on.nora.id}))")
    await join(on.adam, on.nora, on.workspace_id, "member")
    return lambda: on.shows(f"#member-{on.nora.id}")


async def member_changed(on: List, row: int) -> Arrival:
    await on.doer.ask("PATCH", f"{on.path}/members/{on.vera.id}", {"role": "viewer"})
    return lambda: on.shows(f"#member-{on.vera.id}[data-role=viewer]")


async def workspace_renamed(on: List, row: int) -> Arrival:
    await on.doer.ask("PUT", on.path, {"name": "Home again", "description": ""})
    return lambda: on.shows("#workspace-head h1", "Home again")


async def notified(on: List, row: int) -> Arrival:
    if on.way == "own":
        await on.read_all()
        return lambda: on.shows("#bell[data-unread='0']")
    await on.assign(68, on.mia)

    async def arrived() -> None:
        await on.shows("#bell[data-unread='1']")
        if on.way == "push":
            await on.shows("#toasts .toast--news", "Row 68")

    return arrived


Kind = Callable[[List, int], Awaitable[Arrival]]
KINDS: list[Kind] = [
    created_above,
    created_below,
    other_moved,
    other_deleted,
    this_renamed,
    this_completed,
    this_moved,
    this_deleted,
    this_assigned,
    this_planned,
    member_joined,
    member_changed,
    workspace_renamed,
    notified,
]


class Line:
    """What lies between a page and the server; once ``deaf``, no change comes through."""

    def __init__(self) -> None:
        self.deaf = False
        self._main: WebSocketRoute | None = None

    async def lay(self, page: Page) -> None:
        """Put it in; must come before the page is opened."""
        await page.route_web_socket("**/ws/**", self._connect)

    def resync(self, seq: int) -> None:
        """Say what the server says to a page that is too far behind to be told change by change."""
        assert self._main is not None
        self._main.send(json.dumps({"type": "resync", "seq": seq}))

    def _connect(self, route: WebSocketRoute) -> None:
        if "/ws/workspace/" in route.url:
            self._main = route
        server = route.connect_to_server()

        def from_server(message: str | bytes) -> None:
            if not self.deaf or json.loads(message)["type"] in ("welcome", "heartbeat", "ack"):
                route.send(message)

        server.on_message(from_server)
