"""What every limiter promises: the same cases for the one in memory and the one of Redis."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from app.core.errors import TooMany, Unavailable
from app.core.limits import FallbackLimiter, Limiter, MemoryLimiter, short_name, too_many
from app.core.limits_redis import RedisLimiter
from tests.services import RedisServer, start_redis


class Seconds:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def redis_server() -> Iterator[RedisServer]:
    with start_redis() as server:
        yield server


@pytest.fixture
async def redis(redis_server: RedisServer) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_server.url)
    yield client
    await client.aclose()


@pytest.fixture
async def shared(redis_server: RedisServer) -> AsyncIterator[RedisLimiter]:
    # Patient, because what is asked here is whether it counts right, also on a busy machine.
    limiter = RedisLimiter(redis_server.url, patience=20)
    yield limiter
    await limiter.stop()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
def limiter(request: pytest.FixtureRequest, seconds: Seconds) -> Limiter:
    if request.param == "memory":
        return MemoryLimiter(clock=seconds)
    shared: RedisLimiter = request.getfixturevalue("shared")
    return shared


@pytest.fixture
def key() -> str:
    return f"sign-in:{uuid4()}"


async def pass_by(limiter: Limiter, seconds: Seconds, duration: float) -> None:
    if isinstance(limiter, MemoryLimiter):
        seconds.now += duration
    else:
        await asyncio.sleep(duration)


async def hits_until_refused(limiter: Limiter, key: str, *, limit: int, per: int = 60) -> int:
    for count in range(limit + 5):
        try:
            await limiter.hit(key, limit=limit, per=per)
        except TooMany:
            return count
    raise AssertionError("never refused")


async def test_so_many_tries_are_let_in_and_not_one_more(limiter: Limiter, key: str) -> None:
    assert await hits_until_refused(limiter, key, limit=5) == 5


async def test_a_refusal_says_how_long_to_wait(limiter: Limiter, key: str) -> None:
    await limiter.hit(key, limit=1, per=900)
    with pytest.raises(TooMany) as refusal:
        await limiter.hit(key, limit=1, per=900)
    assert 895 < refusal.value.retry_after <= 900
    assert refusal.value.headers["Retry-After"] == str(refusal.value.retry_after)


async def test_whoever_waits_is_let_in_again(limiter: Limiter, key: str, seconds: Seconds) -> None:
    assert await hits_until_refused(limiter, key, limit=2, per=1) == 2
    await pass_by(limiter, seconds, 1.05)
    assert await hits_until_refused(limiter, key, limit=2, per=1) == 2


async def test_refused_tries_make_nobody_wait_longer(limiter: Limiter, key: str, seconds: Seconds) -> None:
    await limiter.hit(key, limit=1, per=1)
    for _ in range(5):
        await pass_by(limiter, seconds, 0.1)
        with pytest.raises(TooMany):
            await limiter.hit(key, limit=1, per=1)
    await pass_by(limiter, seconds, 0.6)
    await limiter.hit(key, limit=1, per=1)


async def test_keys_are_counted_apart(limiter: Limiter, key: str) -> None:
    assert await hits_until_refused(limiter, key, limit=3) == 3
    assert await hits_until_refused(limiter, key + "x", limit=3) == 3


async def test_a_forgiven_try_may_be_made_again(limiter: Limiter, key: str) -> None:
    assert await hits_until_refused(limiter, key, limit=3) == 3
    await limiter.forgive(key)
    assert await hits_until_refused(limiter, key, limit=3) == 1


async def test_forgiving_never_gives_more_than_there_was(limiter: Limiter, key: str) -> None:
    for _ in range(4):
        await limiter.forgive(key)
    assert await hits_until_refused(limiter, key, limit=3) == 3


async def test_tries_at_the_same_moment_do_not_count_past_each_other(limiter: Limiter, key: str) -> None:
    tries = [limiter.hit(key, limit=10, per=60) for _ in range(100)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(answer is None for answer in answers) == 10
    assert sum(isinstance(answer, TooMany) for answer in answers) == 90


@pytest.mark.parametrize("odd", ["", "a\x00b", "a\ud800b", "{x}", "x" * 100_000, "ключ\r\nDEL *"])
async def test_any_text_is_a_key(limiter: Limiter, odd: str, key: str) -> None:
    assert await hits_until_refused(limiter, key + odd, limit=2) == 2


@pytest.mark.redis
async def test_processes_count_together(redis_server: RedisServer, shared: RedisLimiter, key: str) -> None:
    other = RedisLimiter(redis_server.url)
    await shared.hit(key, limit=2, per=60)
    await other.hit(key, limit=2, per=60)
    with pytest.raises(TooMany):
        await shared.hit(key, limit=2, per=60)
    await other.stop()


@pytest.mark.redis
async def test_redis_keeps_neither_addresses_nor_keys_for_ever(redis: Redis, shared: RedisLimiter) -> None:
    await redis.flushall()
    await shared.hit("sign-in:account:mia@example.com", limit=2, per=60)
    (kept,) = await redis.keys("*")
    assert b"mia" not in kept
    assert 0 < await redis.ttl(kept) <= 60


async def is_unavailable_within_a_moment(limiter: RedisLimiter, key: str) -> bool:
    began = asyncio.get_running_loop().time()
    with pytest.raises(Unavailable):
        await limiter.hit(key, limit=9, per=60)
    return asyncio.get_running_loop().time() - began < 10


@pytest.mark.redis
async def test_a_redis_that_is_gone_is_noticed_within_a_moment(key: str) -> None:
    with start_redis() as server:
        limiter = RedisLimiter(server.url, patience=5)
        await limiter.hit(key, limit=9, per=60)
        server.kill()
        assert await is_unavailable_within_a_moment(limiter, key)
        server.restart()
        await limiter.hit(key, limit=9, per=60)
        await limiter.stop()


@pytest.mark.redis
async def test_a_redis_that_does_not_answer_is_noticed_within_a_moment(
    redis: Redis, redis_server: RedisServer, key: str
) -> None:
    limiter = RedisLimiter(redis_server.url)
    await redis.client_pause(timeout=3_000)
    assert await is_unavailable_within_a_moment(limiter, key)
    await redis.ping()  # answered once the pause is over; the next test finds it awake
    await limiter.stop()


class Wavering:
    """A shared limiter that is there or is not, as the test says."""

    def __init__(self) -> None:
        self.away = False
        self.asked = 0
        self.counts = MemoryLimiter()

    async def hit(self, key: str, *, limit: int, per: int) -> None:
        self._answer()
        await self.counts.hit(key, limit=limit, per=per)

    async def forgive(self, key: str) -> None:
        self._answer()
        await self.counts.forgive(key)

    async def stop(self) -> None:
        self.away = True

    def _answer(self) -> None:
        self.asked += 1
        if self.away:
            raise Unavailable("away")


async def test_without_the_shared_counts_each_process_counts_by_itself(key: str) -> None:
    shared = Wavering()
    limiter = FallbackLimiter(shared, MemoryLimiter())
    shared.away = True
    assert await hits_until_refused(limiter, key, limit=3) == 3
    await limiter.forgive(key)
    assert await hits_until_refused(limiter, key, limit=3) == 1


async def test_a_refusal_of_the_shared_counts_is_a_refusal(key: str) -> None:
    limiter = FallbackLimiter(Wavering(), MemoryLimiter())
    assert await hits_until_refused(limiter, key, limit=3) == 3


async def test_an_outage_is_logged_once_and_its_end_too(key: str, seconds: Seconds) -> None:
    shared = Wavering()
    limiter = FallbackLimiter(shared, MemoryLimiter(), clock=seconds)
    with capture_logs() as logged:
        for away in (False, True, True, True, False, False):
            shared.away = away
            await limiter.hit(key, limit=100, per=60)
            seconds.now += 2
    assert [entry["event"] for entry in logged] == ["limits.away", "limits.back"]


async def test_while_the_shared_counts_are_away_not_every_try_waits_for_them(
    key: str, seconds: Seconds
) -> None:
    shared = Wavering()
    shared.away = True
    limiter = FallbackLimiter(shared, MemoryLimiter(), clock=seconds)
    for _ in range(50):
        await limiter.hit(key, limit=100, per=60)
    assert shared.asked == 1
    seconds.now += 1
    await limiter.hit(key, limit=100, per=60)
    assert shared.asked == 2


async def test_a_million_keys_take_no_more_room_than_the_bound(seconds: Seconds) -> None:
    limiter = MemoryLimiter(clock=seconds, most_keys=1_000)
    for number in range(20_000):
        await limiter.hit(f"sign-in:{number}", limit=1, per=900)
    assert len(limiter) <= 1_000
    with pytest.raises(TooMany):
        await limiter.hit("sign-in:19999", limit=1, per=900)


async def test_what_is_over_makes_room(seconds: Seconds) -> None:
    limiter = MemoryLimiter(clock=seconds)
    for number in range(100):
        await limiter.hit(f"a:{number}", limit=1, per=60)
    seconds.now += 61
    for number in range(100):
        await limiter.hit(f"b:{number}", limit=1, per=60)
    assert len(limiter) == 100


def test_a_wait_is_in_whole_seconds_and_never_none() -> None:
    assert too_many(0.0).retry_after == 1
    assert too_many(0.2).detail == "Too many tries. Try again in 1 second."
    assert too_many(1.2).detail == "Too many tries. Try again in 2 seconds."


def test_names_of_keys_have_one_size() -> None:
    assert {len(short_name("x" * size)) for size in (0, 1, 10_000)} == {32}
