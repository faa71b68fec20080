"""The promise of delivery, on the real program: killed, restarted, and spread over two processes."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from app.core.database import Database
from app.core.events import RecordedEvent
from app.core.topics import workspace_topic
from app.live.log import DatabaseLog
from tests.live.wire import JSON, dial
from tests.process import Process
from tests.services import PostgresServer, start_postgres, start_redis

WRITERS = 8
PATIENCE = 240
Known = tuple[UUID, str]  # which task, which event

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def postgres_server() -> Iterator[PostgresServer]:
    """One that waits for the disk, as in production."""
    with start_postgres() as server:
        yield server


@dataclass
class Team:
    """A workspace of the real program, and the token of the one who owns it."""

    address: str
    token: str
    workspace_id: UUID

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def client(self, address: str | None = None) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=address or self.address, headers=self.headers, timeout=30)


@dataclass
class Observer:
    """A program with a JSON socket that comes back with the last number it has seen."""

    address: str
    team: Team
    events: list[dict[str, Any]] = field(default_factory=list)
    strays: list[int] = field(default_factory=list)
    connects: int = 0

    @property
    def seqs(self) -> list[int]:
        return [event["seq"] for event in self.events]

    async def watch(self) -> None:
        while True:
            since = self.events[-1]["seq"] if self.events else 0
            address = (
                f"{self.address.replace('http', 'ws')}/ws/workspace/{self.team.workspace_id}?since={since}"
            )
            try:
                async with dial(address, headers=self.team.headers, protocol=JSON) as wire:
                    self.connects += 1
                    while True:
                        message = await wire.next()
                        assert message["type"] != "resync"
                        if "seq" in message:
                            if message["seq"] != len(self.events) + 1:
                                self.strays.append(message["seq"])
                            self.events.append(message)
            except (OSError, ConnectionClosed, InvalidHandshake):  # TimeoutError of a quiet moment, too
                await asyncio.sleep(0.05)

    async def until(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while len(self.events) < count:
                assert not self.strays, "out of order, twice, or after a hole"
                await asyncio.sleep(0.01)


@dataclass
class Writer:
    """Makes one change after the other, each repeated until it is acknowledged."""

    client: httpx.AsyncClient
    workspace_id: UUID
    acknowledged: dict[Known, int] = field(default_factory=dict)  # under which number
    retries: int = 0

    async def write(self, count: int) -> None:
        while len(self.acknowledged) < count:
            task_id, title = uuid4(), f"task {len(self.acknowledged)}"
            tasks = f"/api/workspaces/{self.workspace_id}/tasks"
            made = await self._insist("POST", tasks, {"id": str(task_id), "title": title})
            self._note(task_id, "task.created", made)
            task = f"/api/tasks/{task_id}"
            steps: list[tuple[str, str, str]] = [
                ("task.updated", "PATCH", task),
                ("task.completed", "POST", f"{task}/complete"),
                ("task.reopened", "POST", f"{task}/reopen"),
            ]
            for kind, method, path in steps[: count - len(self.acknowledged)]:
                body = {"title": f"{title}, again", "version": made["version"]} if method == "PATCH" else None
                self._note(task_id, kind, await self._insist(method, path, body))

    def _note(self, task_id: UUID, kind: str, task: dict[str, Any]) -> None:
        self.acknowledged[task_id, kind] = task["version"]

    async def _insist(self, method: str, path: str, body: object) -> dict[str, Any]:
        while True:
            try:
                answer = await self.client.request(method, path, json=body)
                if answer.status_code < 500:
                    answer.raise_for_status()
                    task: dict[str, Any] = answer.json()
                    return task
            except httpx.TransportError:
                pass  # it may have been done, or not: the same again tells
            self.retries += 1
            await asyncio.sleep(0.05)


async def a_team(address: str) -> Team:
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        person = {"email": "olga@example.com", "name": "Olga", "password": "a long password"}
        token = (await client.post("/api/auth/register", json=person)).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        workspace = await client.post("/api/workspaces", json={"name": "Home"})
        return Team(address, token, UUID(workspace.json()["id"]))


@asynccontextmanager
async def at_work(
    team: Team, changes: int, observer_at: str
) -> AsyncIterator[tuple[Observer, list[Writer], asyncio.Task[list[None]]]]:
    """Writers and an observer, going about their business."""
    writers = [Writer(team.client(), team.workspace_id) for _ in range(WRITERS)]
    observer = Observer(observer_at, team)
    watching = asyncio.create_task(observer.watch())

    async def all_of_them() -> list[None]:
        return await asyncio.gather(*(writer.write(changes // WRITERS) for writer in writers))

    writing = asyncio.create_task(all_of_them())
    try:
        yield observer, writers, writing
        await asyncio.wait_for(writing, PATIENCE)
        await observer.until(changes + 2)
    finally:
        for task in (watching, writing):
            task.cancel()
        await asyncio.gather(watching, writing, return_exceptions=True)
        for writer in writers:
            await writer.client.aclose()


async def logged(database_url: str, team: Team) -> list[RecordedEvent]:
    database = Database(database_url)
    try:
        return await DatabaseLog(database).read(workspace_topic(team.workspace_id), since=0, limit=100_000)
    finally:
        await database.close()


async def ensure_kept(
    database_url: str, team: Team, observer: Observer, writers: list[Writer], changes: int
) -> None:
    """In the log, at the observer and in the state stands what was acknowledged, and only that."""
    log = await logged(database_url, team)
    everything = list(range(1, changes + 3))  # the workspace itself and its owner come first
    assert [event.seq for event in log] == everything
    assert observer.seqs == everything
    assert [event["type"] for event in observer.events] == [event.type for event in log]
    acknowledged = {known: seq for writer in writers for known, seq in writer.acknowledged.items()}
    assert len(acknowledged) == changes
    by_change = Counter((event.entity_id, event.type) for event in log[2:])
    assert by_change == Counter(acknowledged.keys())  # nothing lost, nothing doubled
    assert {(event.entity_id, event.type): event.seq for event in log[2:]} == acknowledged
    last_states = {
        event["data"]["task"]["id"]: event["data"]["task"]
        for event in observer.events
        if "task" in event["data"]
    }
    assert await tasks_of(team) == last_states


async def tasks_of(team: Team) -> dict[str, object]:
    found: dict[str, object] = {}
    cursor: str | None = ""
    async with team.client() as client:
        while cursor is not None:
            query = {"limit": "200"} | ({"cursor": cursor} if cursor else {})
            page = (await client.get(f"/api/workspaces/{team.workspace_id}/tasks", params=query)).json()
            found |= {task["id"]: task for task in page["items"]}
            cursor = page["next_cursor"]
    return found


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_a_killed_process_loses_no_acknowledged_change_and_brings_none_twice(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    changes = 2_000
    database_url = f"sqlite+aiosqlite:///{tmp_path / 'tandem.sqlite'}"
    if kind == "postgres":
        database_url = request.getfixturevalue("postgres_server").create_database("delivery")
    with Process(database_url=database_url) as process:
        await asyncio.to_thread(process.start)
        team = await a_team(process.address)
        async with at_work(team, changes, process.address) as (observer, writers, writing):
            for seen in (changes // 3, 2 * changes // 3):
                await observer.until(seen)
                process.kill()
                assert not writing.done()
                await asyncio.to_thread(process.start)
        assert observer.connects >= 3
        assert sum(writer.retries for writer in writers) >= 2
        await ensure_kept(database_url, team, observer, writers, changes)


@pytest.mark.postgres
@pytest.mark.redis
async def test_what_is_written_in_one_process_is_seen_in_the_other(postgres_server: PostgresServer) -> None:
    changes = 800
    database_url = postgres_server.create_database("two_processes")
    with start_redis() as redis:
        shared = {"database_url": database_url, "redis_url": redis.url}
        with Process(**shared) as first, Process(**shared) as second:
            await asyncio.gather(asyncio.to_thread(first.start), asyncio.to_thread(second.start))
            team = await a_team(first.address)
            async with at_work(team, changes, second.address) as (observer, writers, _):
                await observer.until(changes // 4)
                await asyncio.to_thread(redis.kill)  # from here on the log alone, until it is back
                await observer.until(changes // 2)
                await asyncio.to_thread(redis.start)
                await observer.until(3 * changes // 4)
                second.kill()
                await asyncio.to_thread(second.start)
            await ensure_kept(database_url, team, observer, writers, changes)
