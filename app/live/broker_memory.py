"""The broker of a single process: an announced event is delivered before announce returns."""

from app.core.events import RecordedEvent
from app.core.topics import Topic
from app.live.broker import OnEvent, OnGap, tell


class MemoryBroker:
    """Has no outages, and so no gaps."""

    def __init__(self) -> None:
        self._on_event: OnEvent | None = None
        self._topics: set[Topic] = set()

    async def start(self, on_event: OnEvent, on_gap: OnGap) -> None:
        self._on_event = on_event

    def announce(self, event: RecordedEvent) -> None:
        if self._on_event is not None and event.topic in self._topics:
            tell(self._on_event, event)

    async def subscribe(self, topic: Topic) -> None:
        self._topics.add(topic)

    async def unsubscribe(self, topic: Topic) -> None:
        self._topics.discard(topic)

    @property
    def healthy(self) -> bool:
        return self._on_event is not None

    async def stop(self) -> None:
        self._on_event = None
