"""The broker: a doorbell between processes that carries the event; it knows nothing of sockets.

What it loses, the log repairs: it may forget an event or bring it twice, but makes nobody wait.
"""

from collections.abc import Callable
from typing import Protocol, TypeVar

import structlog
from prometheus_client import Counter

from app.core.events import RecordedEvent
from app.core.topics import Topic

OnEvent = Callable[[RecordedEvent], None]
OnGap = Callable[[Topic], None]
News = TypeVar("News", RecordedEvent, Topic)

FAILURES = Counter("tandem_broker_failures_total", "Failures of the broker.", ["operation"])
DROPPED = Counter("tandem_broker_dropped_total", "Events that the broker never announced.")

logger = structlog.get_logger()


class Broker(Protocol):
    """Brings each event to all processes that subscribed to its topic, its own included."""

    async def start(self, on_event: OnEvent, on_gap: OnGap) -> None:
        """Begin to tell events to ``on_event``, and topics to be read in the log to ``on_gap``.

        Succeeds even if the server behind the broker is down.
        """

    def announce(self, event: RecordedEvent) -> None:
        """Send ``event``, now or a moment later. Never raises, never waits."""

    async def subscribe(self, topic: Topic) -> None:
        """Return once events of ``topic`` are certain to arrive, or after a short while.

        Later, ``on_gap(topic)`` tells that events may have been missed since this call returned:
        after an outage, or when that certainty came later.
        """

    async def unsubscribe(self, topic: Topic) -> None:
        """Hear no more of ``topic``."""

    @property
    def healthy(self) -> bool:
        """False while events are known not to travel."""

    async def stop(self) -> None:
        """End it; doing so again changes nothing."""


def tell(listener: Callable[[News], None], news: News) -> None:
    """Call ``listener``, whose failure must not make the broker deaf to what comes next."""
    try:
        listener(news)
    except Exception:
        FAILURES.labels("deliver").inc()
        logger.exception("broker_listener_failed", topic=str(getattr(news, "topic", news)))
