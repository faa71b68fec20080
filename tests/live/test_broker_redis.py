"""The broker of Redis between processes, and through every kind of outage."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from functools import partial

import pytest
from prometheus_client import REGISTRY
from redis.asyncio import Redis

from app.core.topics import Topic
from app.live.broker_redis import RedisBroker, Timing
from tests.live.ears import Ears, a_topic, an_event, eventually
from tests.services import RedisServer, start_redis

pytestmark = pytest.mark.redis

HASTY = Timing(probe=0.1, silence=0.5, answer=1.0, confirmation=0.2, pause=0.1)


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    with start_redis() as server:
        yield server


@pytest.fixture
async def broker(redis_server: RedisServer) -> AsyncIterator[RedisBroker]:
    made = RedisBroker(redis_server.url, timing=HASTY, queue_size=100)
    yield made
    await made.stop()


@pytest.fixture
async def ears(broker: RedisBroker) -> Ears:
    listening = Ears()
    await broker.start(listening.on_event, listening.on_gap)
    await eventually(lambda: broker.healthy)
    return listening


@pytest.fixture
async def admin(redis_server: RedisServer) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_server.url) as client:
        yield client


async def test_two_processes_hear_each_other(
    redis_server: RedisServer, broker: RedisBroker, ears: Ears
) -> None:
    other, their_ears = RedisBroker(redis_server.url), Ears()
    await other.start(their_ears.on_event, their_ears.on_gap)
    topic = a_topic()
    await broker.subscribe(topic)
    await other.subscribe(topic)
    broker.announce(an_event(topic, 1))
    await their_ears.until(lambda: their_ears.heard(topic) == [1])
    other.announce(an_event(topic, 2))
    await ears.until(lambda: ears.heard(topic) == [1, 2])
    await other.stop()


@pytest.mark.parametrize(
    "payload", [b"", b"\xff", b"{}", b'{"type":"\xff"}', b"[" * 100_000, b'{"seq":"one"}']
)
async def test_what_is_no_event_is_ignored(
    payload: bytes, broker: RedisBroker, ears: Ears, admin: Redis
) -> None:
    topic = a_topic()
    await broker.subscribe(topic)
    ignored = _count("tandem_broker_failures_total", operation="decode")
    assert await admin.spublish(f"tandem:{{{topic}}}", payload) == 1
    broker.announce(an_event(topic))
    await ears.until(lambda: ears.heard(topic) == [1])
    assert _count("tandem_broker_failures_total", operation="decode") == ignored + 1
    assert broker.healthy


async def test_redis_may_be_down_at_start(redis_server: RedisServer, broker: RedisBroker) -> None:
    redis_server.kill()
    ears, topic = Ears(), a_topic()
    await broker.start(ears.on_event, ears.on_gap)
    assert not broker.healthy
    await broker.subscribe(topic)
    await asyncio.to_thread(redis_server.restart)
    await _is_heard_again(broker, ears, topic)


async def test_announcing_without_redis_neither_waits_nor_piles_up(
    redis_server: RedisServer, broker: RedisBroker, ears: Ears
) -> None:
    topic = a_topic()
    await broker.subscribe(topic)
    redis_server.kill()
    await eventually(lambda: not broker.healthy)
    tasks, dropped = asyncio.all_tasks(), _count("tandem_broker_dropped_total")
    for seq in range(1_000):
        broker.announce(an_event(topic, seq))
    assert asyncio.all_tasks() == tasks
    # 100 wait; one more may be on its way, to come back into the queue
    assert 899 <= _count("tandem_broker_dropped_total") - dropped <= 1_000
    await asyncio.to_thread(redis_server.restart)
    await _is_heard_again(broker, ears, topic)


async def test_a_restart_of_redis_is_a_gap_in_every_topic(
    redis_server: RedisServer, broker: RedisBroker, ears: Ears
) -> None:
    topics = [a_topic() for _ in range(50)]
    for topic in topics:
        await broker.subscribe(topic)
    ears.gaps.clear()
    redis_server.kill()
    await eventually(lambda: not broker.healthy)
    late = a_topic()
    await broker.subscribe(late)
    await asyncio.to_thread(redis_server.restart)
    await ears.until(lambda: {*topics, late} <= {*ears.gaps})
    for topic in (*topics, late):
        await _is_heard_again(broker, ears, topic)


async def test_a_topic_left_during_an_outage_stays_left(
    redis_server: RedisServer, broker: RedisBroker, ears: Ears, admin: Redis
) -> None:
    left, kept = a_topic(), a_topic()
    await broker.subscribe(left)
    await broker.subscribe(kept)
    redis_server.kill()
    await eventually(lambda: not broker.healthy)
    await broker.unsubscribe(left)
    await asyncio.to_thread(redis_server.restart)
    await _is_heard_again(broker, ears, kept)
    assert left not in ears.gaps
    assert await admin.spublish(f"tandem:{{{left}}}", b"") == 0


async def test_a_killed_subscriber_comes_back_by_itself(
    broker: RedisBroker, ears: Ears, admin: Redis
) -> None:
    topic = a_topic()
    await broker.subscribe(topic)
    ears.gaps.clear()
    assert await admin.client_kill_filter(_type="pubsub") == 1
    await ears.until(lambda: topic in ears.gaps)
    await _is_heard_again(broker, ears, topic)


async def test_a_killed_publisher_comes_back_by_itself(broker: RedisBroker, ears: Ears, admin: Redis) -> None:
    topic = a_topic()
    await broker.subscribe(topic)
    broker.announce(an_event(topic, 1))
    await ears.until(lambda: ears.heard(topic) == [1])
    assert await admin.client_kill_filter(_type="normal", skipme=True) == 1
    broker.announce(an_event(topic, 2))
    await ears.until(lambda: ears.heard(topic) == [1, 2])


async def test_a_redis_that_hangs_is_noticed_by_its_silence(
    redis_server: RedisServer, broker: RedisBroker, ears: Ears
) -> None:
    topic, late = a_topic(), a_topic()
    await broker.subscribe(topic)
    ears.gaps.clear()
    assert redis_server.process is not None
    os.kill(redis_server.process.pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(20):
            await broker.subscribe(late)  # returns although nothing is confirmed
        broker.announce(an_event(topic))
        await eventually(lambda: not broker.healthy)
    finally:
        os.kill(redis_server.process.pid, signal.SIGCONT)
    await ears.until(lambda: {topic, late} <= {*ears.gaps})
    await _is_heard_again(broker, ears, topic)
    await _is_heard_again(broker, ears, late)


async def test_a_hanging_redis_does_not_hold_up_the_end(
    redis_server: RedisServer, broker: RedisBroker, ears: Ears
) -> None:
    assert redis_server.process is not None
    os.kill(redis_server.process.pid, signal.SIGSTOP)
    try:
        broker.announce(an_event(a_topic()))
        async with asyncio.timeout(20):
            await broker.stop()
    finally:
        os.kill(redis_server.process.pid, signal.SIGCONT)


async def test_a_broker_ends_at_any_step_of_its_work(redis_server: RedisServer) -> None:
    """Before Python 3.12 asyncio.wait_for, which redis-py sends with, may swallow the cancellation."""
    topic = a_topic()
    for steps in range(20):
        ears, broker = Ears(), RedisBroker(redis_server.url)
        await broker.start(ears.on_event, ears.on_gap)
        await broker.subscribe(topic)
        broker.announce(an_event(topic, 1))
        await ears.until(partial(ears.heard, topic))
        await asyncio.sleep(0.001)
        broker.announce(an_event(topic, 2))
        for _ in range(steps):
            await asyncio.sleep(0)
        async with asyncio.timeout(10):
            await broker.stop()


async def test_what_redis_refuses_does_not_hold_up_the_rest(
    broker: RedisBroker, ears: Ears, admin: Redis
) -> None:
    topic, dropped = a_topic(), _count("tandem_broker_dropped_total")
    await broker.subscribe(topic)
    await admin.acl_setuser("default", enabled=True, commands=["-spublish"])
    broker.announce(an_event(topic, 1))
    await eventually(lambda: _count("tandem_broker_dropped_total") > dropped)
    await admin.acl_setuser("default", enabled=True, commands=["+spublish"])
    await _is_heard_again(broker, ears, topic)
    assert 1 not in ears.heard(topic)


async def test_a_silent_evening_is_no_outage(broker: RedisBroker, ears: Ears) -> None:
    topic = a_topic()
    await broker.subscribe(topic)
    await asyncio.sleep(3 * HASTY.silence)  # the one thing to wait for here is time itself
    assert broker.healthy
    assert ears.gaps == []


async def _is_heard_again(broker: RedisBroker, ears: Ears, topic: Topic) -> None:
    await eventually(lambda: broker.healthy)
    seq = max([1_000, *ears.heard(topic)]) + 1
    broker.announce(an_event(topic, seq))
    await ears.until(lambda: seq in ears.heard(topic))


def _count(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0
