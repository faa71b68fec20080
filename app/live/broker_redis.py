"""The broker of several processes: sharded Pub/Sub of one Redis, watched by a supervisor.

redis-py's own way out of an outage is to reconnect without a word, which hides lost messages. Here
its retries are off, any trouble ends the connection, and each new one counts as a gap.
"""

import asyncio
import random
from collections import deque
from dataclasses import dataclass, field
from uuid import uuid4

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app.core.ending import end
from app.core.events import RecordedEvent, decode_event, encode_event
from app.core.topics import Topic
from app.live.broker import DROPPED, FAILURES, OnEvent, OnGap, tell

BATCH = 100
FIRST_PAUSE = 0.1
# What redis-py raises; the last two where the connection ends under the hands of another task.
TROUBLE = (RedisError, OSError, RuntimeError, AttributeError)

logger = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Timing:
    """How long the broker waits for what, in seconds."""

    probe: float = 5.0  # without a message, until it sends itself one
    silence: float = 12.0  # without a message, until the connection counts as dead
    answer: float = 2.0  # for Redis to answer a command, and for the first connection at start
    confirmation: float = 0.2  # that subscribe() makes its caller wait at most
    pause: float = 2.0  # between two attempts at most


TIMING = Timing()


class RedisBroker:
    """One task publishes what was announced, another one keeps a subscriber alive."""

    def __init__(self, url: str, *, timing: Timing = TIMING, queue_size: int = 10_000) -> None:
        self._timing = timing
        self._client = Redis.from_url(
            url,
            client_name="tandem-broker",
            protocol=2,  # 3 begins each connection with a question that Redis 7 refuses
            retry=Retry(NoBackoff(), 0, supported_errors=()),
            socket_timeout=timing.answer,
            socket_connect_timeout=timing.answer,
        )
        self._outbox = _Outbox(self._client, timing, queue_size)
        self._subscriptions: dict[bytes, _Subscription] = {}
        self._probe = b"tandem:{probe:%s}" % uuid4().hex.encode()
        self._subscriber: PubSub | None = None
        self._hearing = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, on_event: OnEvent, on_gap: OnGap) -> None:
        self._on_event, self._on_gap = on_event, on_gap
        self._tasks = {
            asyncio.create_task(self._outbox.publish_for_ever(), name="broker-publisher"),
            asyncio.create_task(self._hear_for_ever(), name="broker-subscriber"),
        }
        if not await _happens(self._hearing, within=self._timing.answer):
            logger.warning("broker_down_at_start")

    def announce(self, event: RecordedEvent) -> None:
        try:
            self._outbox.put(_channel(event.topic), encode_event(event))
        except Exception:
            FAILURES.labels("encode").inc()
            logger.exception("broker_encode_failed", topic=str(event.topic), seq=event.seq)

    async def subscribe(self, topic: Topic) -> None:
        channel = _channel(topic)
        subscription = self._subscriptions.get(channel)
        if subscription is None:
            subscription = self._subscriptions[channel] = _Subscription(topic)
            await self._command("ssubscribe", channel)
        if self._hearing.is_set():
            await _happens(subscription.confirmed, within=self._timing.confirmation)
        subscription.relied_upon = True

    async def unsubscribe(self, topic: Topic) -> None:
        channel = _channel(topic)
        if self._subscriptions.pop(channel, None) is not None:
            await self._command("sunsubscribe", channel)

    @property
    def healthy(self) -> bool:
        return self._hearing.is_set() and not self._outbox.stuck

    async def stop(self) -> None:
        await end(self._tasks)
        self._tasks = set()
        await self._client.aclose()

    async def _command(self, name: str, channel: bytes) -> None:
        """Send a command of the subscriber; without one, the next will subscribe to everything."""
        if self._subscriber is None:
            return
        try:
            await getattr(self._subscriber, name)(channel)
        except TROUBLE as error:  # the reader of this connection meets it, too, and replaces it
            FAILURES.labels(name).inc()
            logger.warning("broker_command_failed", command=name, error=_words(error))

    async def _hear_for_ever(self) -> None:
        now = asyncio.get_running_loop().time
        attempts = 0
        while True:
            began = now()
            try:
                await self._hear()
            except Exception as error:  # noqa: BLE001 - whatever it was, staying deaf is worse
                attempts = 1 if now() - began > self._timing.pause else attempts + 1
                _count_failure("hear", error, attempts)
            await _pause(attempts, at_most=self._timing.pause)

    async def _hear(self) -> None:
        """Subscribe to everything and listen, until something is wrong."""
        subscriber = self._client.pubsub()
        try:
            await subscriber.connect()  # type: ignore[no-untyped-call]
            self._subscriber = subscriber
            await subscriber.ssubscribe(*self._subscriptions, self._probe)
            await self._listen(subscriber)
        finally:
            self._subscriber = None
            self._hearing.clear()
            for subscription in self._subscriptions.values():
                subscription.confirmed.clear()
            await subscriber.aclose()  # type: ignore[no-untyped-call]

    async def _listen(self, subscriber: PubSub) -> None:
        now = asyncio.get_running_loop().time
        heard = now()
        while (left := heard + self._timing.silence - now()) > 0:
            message = await subscriber.get_message(timeout=min(left, self._timing.probe))
            if message is None:
                self._outbox.put(self._probe, b"")
            else:
                heard = now()
                self._take(message)
        raise TimeoutError(f"nothing heard for {self._timing.silence} s")

    def _take(self, message: object) -> None:
        match message:
            case {"type": "smessage", "channel": bytes(channel), "data": bytes(payload)}:
                if channel in self._subscriptions:
                    self._deliver(payload, channel)
            case {"type": "ssubscribe", "channel": bytes(channel)}:
                self._confirm(channel)

    def _deliver(self, payload: bytes, channel: bytes) -> None:
        try:
            event = decode_event(payload)
        except (ValueError, RecursionError) as error:
            FAILURES.labels("decode").inc()
            logger.warning("broker_payload_ignored", channel=channel.decode(), error=_words(error))
        else:
            tell(self._on_event, event)

    def _confirm(self, channel: bytes) -> None:
        if channel == self._probe:  # the last one of all that a new subscriber asks for
            self._hearing.set()
            logger.info("broker_connected", topics=len(self._subscriptions))
        elif subscription := self._subscriptions.get(channel):
            subscription.confirmed.set()
            if subscription.relied_upon:
                tell(self._on_gap, subscription.topic)


@dataclass
class _Subscription:
    topic: Topic
    confirmed: asyncio.Event = field(default_factory=asyncio.Event)
    relied_upon: bool = False  # subscribe() has returned, so that its caller has read the log


class _Outbox:
    """What is on its way to Redis; what does not fit in, the oldest, is dropped."""

    def __init__(self, client: Redis, timing: Timing, size: int) -> None:
        self._client = client
        self._timing = timing
        self._size = size
        self._waiting: deque[tuple[bytes, bytes]] = deque()
        self._filled = asyncio.Event()
        self.stuck = False

    def put(self, channel: bytes, payload: bytes) -> None:
        self._waiting.append((channel, payload))
        self._trim()
        self._filled.set()

    async def publish_for_ever(self) -> None:
        failures = 0
        while True:
            await self._filled.wait()
            # One by one after a failure: a batch may be too much for the time of an answer.
            size = min(len(self._waiting), 1 if failures else BATCH)
            batch = [self._waiting.popleft() for _ in range(size)]
            try:
                await self._publish(batch)
                failures = 0
            except Exception as error:  # noqa: BLE001 - whatever it was, staying mute is worse
                failures += 1
                _count_failure("publish", error, failures)
                self._waiting.extendleft(reversed(batch))
                self._trim()
            self.stuck = failures > 0
            if self.stuck:
                await _pause(failures, at_most=self._timing.pause)
            elif not self._waiting:
                self._filled.clear()

    async def _publish(self, batch: list[tuple[bytes, bytes]]) -> None:
        async with self._client.pipeline(transaction=False) as pipeline:
            for channel, payload in batch:
                pipeline.spublish(channel, payload)
            try:
                answers = await pipeline.execute(raise_on_error=False)
            except Exception:  # answers still to come must not be taken for those of the next batch
                await self._client.connection_pool.disconnect(inuse_connections=False)
                raise
        for answer in answers:
            if isinstance(answer, Exception):  # Redis refuses this one, and would do so again
                DROPPED.inc()
                logger.error("broker_event_refused", error=_words(answer))

    def _trim(self) -> None:
        while len(self._waiting) > self._size:
            self._waiting.popleft()
            DROPPED.inc()


def _count_failure(operation: str, error: Exception, attempt: int) -> None:
    """Count every failed attempt, and log the first one of an outage."""
    FAILURES.labels(operation).inc()
    log = logger.warning if attempt == 1 else logger.debug
    log("broker_failed", operation=operation, error=_words(error), attempt=attempt)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"  # redis-py's repr leaves the message out


def _channel(topic: Topic) -> bytes:
    """The channel of ``topic``; the braces make a cluster keep all of a topic in one place."""
    return b"tandem:{%s}" % str(topic).encode()


async def _happens(event: asyncio.Event, *, within: float) -> bool:
    try:
        async with asyncio.timeout(within):
            await event.wait()
    except TimeoutError:
        return False
    return True


async def _pause(attempt: int, *, at_most: float) -> None:
    """Wait after failed ``attempt``, with full jitter: processes should not come all at once."""
    longest = min(at_most, FIRST_PAUSE * 2 ** min(attempt, 16))
    await asyncio.sleep(random.uniform(0, longest))  # noqa: S311 - no secret
