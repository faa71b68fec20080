"""What every broker promises: the same cases for the one in memory and the one of Redis."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from app.core.events import RecordedEvent, encode_event
from app.live.broker import Broker
from app.live.broker_memory import MemoryBroker
from app.live.broker_redis import RedisBroker, Timing
from tests.live.ears import Ears, a_topic, an_event
from tests.services import RedisServer, start_redis

CALM = Timing(answer=10, confirmation=10)  # a slow machine is not what these tests are about


@pytest.fixture(scope="module")
def redis_server() -> Iterator[RedisServer]:
    with start_redis() as server:
        yield server


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
async def broker(request: pytest.FixtureRequest) -> AsyncIterator[Broker]:
    made: Broker
    if request.param == "memory":
        made = MemoryBroker()
    else:
        made = RedisBroker(request.getfixturevalue("redis_server").url, timing=CALM)
    yield made
    await made.stop()


@pytest.fixture
async def ears(broker: Broker) -> Ears:
    listening = Ears()
    await broker.start(listening.on_event, listening.on_gap)
    return listening


async def test_a_started_broker_is_healthy(broker: Broker, ears: Ears) -> None:
    assert broker.healthy


async def test_events_arrive_in_the_order_of_their_announcement(broker: Broker, ears: Ears) -> None:
    milk, bread = a_topic(), a_topic()
    await broker.subscribe(milk)
    await broker.subscribe(bread)
    announced = [an_event(topic, seq) for seq in range(1, 501) for topic in (milk, bread)]
    for event in announced:
        broker.announce(event)
    await ears.until(lambda: len(ears.events) >= len(announced))
    assert ears.events == announced


async def test_only_events_of_subscribed_topics_arrive(broker: Broker, ears: Ears) -> None:
    ours, others = a_topic(), a_topic()
    await broker.subscribe(ours)
    broker.announce(an_event(others))
    broker.announce(an_event(ours))
    await ears.until(lambda: bool(ears.heard(ours)))
    assert ears.heard(others) == []


async def test_nothing_arrives_after_unsubscribing(broker: Broker, ears: Ears) -> None:
    left, kept = a_topic(), a_topic()
    await broker.subscribe(left)
    await broker.subscribe(kept)
    await broker.unsubscribe(left)
    broker.announce(an_event(left))
    broker.announce(an_event(kept))
    await ears.until(lambda: bool(ears.heard(kept)))
    assert ears.heard(left) == []


async def test_who_leaves_and_comes_back_at_once_hears_again(broker: Broker, ears: Ears) -> None:
    topic = a_topic()
    await broker.subscribe(topic)
    for _ in range(20):
        await asyncio.gather(broker.unsubscribe(topic), broker.subscribe(topic))
        await broker.subscribe(topic)
    for _ in range(20):
        await broker.unsubscribe(topic)
        await broker.subscribe(topic)
    broker.announce(an_event(topic))
    await ears.until(lambda: bool(ears.heard(topic)))


async def test_many_topics_are_heard_at_once(broker: Broker, ears: Ears) -> None:
    topics = [a_topic() for _ in range(500)]
    await asyncio.gather(*(broker.subscribe(topic) for topic in topics))
    for topic in topics:
        broker.announce(an_event(topic))
    await ears.until(lambda: len(ears.events) >= len(topics))
    assert [event.topic for event in ears.events] == topics


async def test_a_large_event_arrives_whole(broker: Broker, ears: Ears) -> None:
    event = an_event(a_topic(), title="é" * 100_000)
    assert len(encode_event(event)) > 200_000
    await broker.subscribe(event.topic)
    broker.announce(event)
    await ears.until(lambda: bool(ears.events))
    assert ears.events == [event]


async def test_subscribing_twice_brings_an_event_once(broker: Broker, ears: Ears) -> None:
    topic = a_topic()
    await asyncio.gather(broker.subscribe(topic), broker.subscribe(topic))
    await broker.subscribe(topic)
    broker.announce(an_event(topic, 1))
    broker.announce(an_event(topic, 2))
    await ears.until(lambda: 2 in ears.heard(topic))
    assert ears.heard(topic) == [1, 2]


async def test_unsubscribing_from_the_unknown_is_harmless(broker: Broker, ears: Ears) -> None:
    topic = a_topic()
    await broker.subscribe(topic)
    await broker.unsubscribe(a_topic())
    broker.announce(an_event(topic))
    await ears.until(lambda: bool(ears.heard(topic)))


async def test_subscribing_without_an_outage_is_no_gap(broker: Broker, ears: Ears) -> None:
    topic = a_topic()
    await broker.subscribe(topic)
    broker.announce(an_event(topic))
    await ears.until(lambda: bool(ears.heard(topic)))
    assert ears.gaps == []


async def test_a_failing_listener_hears_the_next_event(broker: Broker) -> None:
    ears = Ears()

    def stumble(event: RecordedEvent) -> None:
        ears.on_event(event)
        if event.seq == 1:
            raise KeyError("a bug of the listener")

    await broker.start(stumble, ears.on_gap)
    topic = a_topic()
    await broker.subscribe(topic)
    broker.announce(an_event(topic, 1))
    broker.announce(an_event(topic, 2))
    await ears.until(lambda: ears.heard(topic) == [1, 2])
    assert broker.healthy


async def test_a_stopped_broker_is_silent_and_forgives(broker: Broker, ears: Ears) -> None:
    topic = a_topic()
    await broker.subscribe(topic)
    await broker.stop()
    await broker.stop()
    broker.announce(an_event(topic))
    await broker.subscribe(a_topic())
    await broker.unsubscribe(topic)
    assert not broker.healthy
    assert ears.events == []
