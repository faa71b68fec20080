"""What tests of brokers hear with: a listener that remembers, and events to announce."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

from app.core.events import Actor, RecordedEvent, raw_json
from app.core.topics import Topic, workspace_topic

PATIENCE = 20.0

MIA = Actor(id=UUID(int=3), name="Mia")


def a_topic() -> Topic:
    return workspace_topic(uuid4())


def an_event(topic: Topic, seq: int = 1, *, title: str = "milk") -> RecordedEvent:
    return RecordedEvent(
        kind=topic.kind,
        stream_id=topic.id,
        seq=seq,
        type="task.updated",
        entity_id=uuid4(),
        actor=MIA,
        at=datetime(2026, 11, 22, 12, tzinfo=UTC),
        data=raw_json({"title": title}),
        before=raw_json({"title": "bread"}),
        connection_id="c1",
    )


class Ears:
    """What a broker has told, and the means to wait for it."""

    def __init__(self) -> None:
        self.events: list[RecordedEvent] = []
        self.gaps: list[Topic] = []
        self._news = asyncio.Event()

    def on_event(self, event: RecordedEvent) -> None:
        self.events.append(event)
        self._news.set()

    def on_gap(self, topic: Topic) -> None:
        self.gaps.append(topic)
        self._news.set()

    def heard(self, topic: Topic) -> list[int]:
        return [event.seq for event in self.events if event.topic == topic]

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for news that make ``condition`` true."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._news.clear()
                await self._news.wait()


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait for what nobody announces."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.01)
