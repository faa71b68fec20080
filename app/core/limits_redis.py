"""Limits that all processes share; the twin of the limiter in memory."""

import asyncio
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app.core.errors import Unavailable
from app.core.limits import short_name, too_many

_PREFIX = "tandem:limit:"
_PATIENCE = 0.2

# Both are one step in Redis, so that no two processes count past each other. One key each, as a
# cluster wants it. The answer is how many milliseconds to wait; 0 is "come in".
_HIT = """
local count = tonumber(redis.call('GET', KEYS[1]) or '0')
if count >= tonumber(ARGV[1]) then return math.max(1, redis.call('PTTL', KEYS[1])) end
redis.call('INCR', KEYS[1])
if count == 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
"""
_FORGIVE = """
local count = tonumber(redis.call('GET', KEYS[1]) or '0')
if count > 1 then redis.call('DECR', KEYS[1]) else redis.call('DEL', KEYS[1]) end
return 0
"""


class RedisLimiter:
    """Counts in Redis. Raises Unavailable when that does not answer within ``patience`` seconds."""

    def __init__(self, url: str, *, patience: float = _PATIENCE) -> None:
        self._patience = patience
        # One try: whoever waits for a limit is better served by the local one.
        self._client = Redis.from_url(
            url, client_name="tandem-limits", protocol=2, retry=Retry(NoBackoff(), 0)
        )

    async def hit(self, key: str, *, limit: int, per: int) -> None:
        wait = await self._run(_HIT, key, limit, per * 1000)
        if wait:
            raise too_many(wait / 1000)

    async def forgive(self, key: str) -> None:
        await self._run(_FORGIVE, key)

    async def stop(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def _run(self, script: str, key: str, *arguments: int) -> int:
        try:
            async with asyncio.timeout(self._patience):
                answer: Any = await self._client.eval(script, 1, _PREFIX + short_name(key), *arguments)
        except (RedisError, OSError, TimeoutError) as error:
            raise Unavailable("The shared limits do not answer.") from error
        return int(answer)
