"""Who follows a room in tests: clients that may stop reading, and a real log to write to."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from app.core.database import Database
from app.core.events import RecordedEvent
from app.core.scope import Scope
from app.core.topics import Topic
from app.live.connection import Admission, Connection
from app.live.language import HtmlLanguage, JsonLanguage, Language
from app.live.log import DatabaseLog
from app.live.rooms import Rooms
from tests.live.ears import PATIENCE, a_topic, an_event

MIA = Scope(user_id=uuid4(), name="Mia", email="mia@example.com", session_id=uuid4())
HTML = HtmlLanguage({"task": lambda _view, first, last: f"[{first.seq}-{last.seq}]"})


class Ledger:
    """A real log, and the means to write to it as commands do."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.log = DatabaseLog(database)
        self.topic = a_topic()

    async def write(self, count: int = 1, topic: Topic | None = None) -> list[RecordedEvent]:
        """Commit ``count`` events and tell nobody."""
        topic = topic or self.topic
        async with self.database.write() as session:
            last = await self.log.reserve(session, topic, count)
            events = [an_event(topic, seq) for seq in range(last - count + 1, last + 1)]
            await self.log.append(session, events)
            await session.commit()
        return events


class Client:
    """What one client has been sent; it may be made to stop reading."""

    def __init__(
        self, since: int, *, admitted_at: int | None = None, language: Language | None = None
    ) -> None:
        self.frames: list[dict[str, Any]] = []
        self.reads = asyncio.Event()
        self.reads.set()
        self._news = asyncio.Event()
        self.connection = Connection(
            connection_id=uuid4().hex,
            admission=Admission(scope=MIA, role="member", seq=since if admitted_at is None else admitted_at),
            view=None,
            language=language or JsonLanguage(),
            since=since,
            send=self._take,
            heartbeat_interval=60,
            presence=None,
        )

    @property
    def seqs(self) -> list[int]:
        """The numbers of the changes."""
        return [frame["seq"] for frame in self.frames if frame["type"] in ("task.updated", "changes")]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def _take(self, text: str) -> None:
        await self.reads.wait()
        self.frames.append(json.loads(text))
        self._news.set()


@asynccontextmanager
async def following(rooms: Rooms, topic: Topic, client: Client) -> AsyncIterator[asyncio.Task[None]]:
    async with rooms.follow(topic, client.connection) as room:
        task = asyncio.create_task(client.connection.follow(room))
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def upto(last: int) -> list[int]:
    return list(range(1, last + 1))
