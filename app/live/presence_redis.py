"""Presence that all processes share, by the clock of Redis; the twin of that in memory."""

import asyncio
from collections.abc import Awaitable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app.core.errors import Unavailable
from app.core.topics import Topic
from app.live.presence_store import LEASE, Sighting

Answer = TypeVar("Answer")

_PATIENCE = 0.2
_KEPT_SECONDS = 90 * 24 * 3600

# One step: forget who is gone, take down who is here, drop what nobody renewed, and say who is left.
# Both keys have the workspace in braces, so that a cluster keeps them together.
_EXCHANGE = """
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
local here = tonumber(ARGV[2])
for i = 4, #ARGV do
  if i < 4 + here then redis.call('ZADD', KEYS[1], ms + ARGV[1], ARGV[i])
  else redis.call('ZREM', KEYS[1], ARGV[i]) end
  redis.call('HSET', KEYS[2], string.sub(ARGV[i], 1, 36), ms)
end
if #ARGV > 3 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  redis.call('EXPIRE', KEYS[2], ARGV[3])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ms)
return redis.call('ZRANGE', KEYS[1], 0, -1)
"""


# Since when nothing was lost: an emptied Redis does not know it any more, and begins anew.
_KEPT = """
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
if redis.call('SET', KEYS[1], ms, 'NX') then return 0 end
return ms - tonumber(redis.call('GET', KEYS[1]))
"""
_SINCE_KEY = "tandem:presence:since"


class RedisPresence:
    """Raises Unavailable when Redis does not answer within ``patience`` seconds."""

    def __init__(self, url: str, *, patience: float = _PATIENCE) -> None:
        self._patience = patience
        self._client = Redis.from_url(
            url, client_name="tandem-presence", protocol=2, retry=Retry(NoBackoff(), 0)
        )

    async def exchange(
        self, topic: Topic, *, here: Collection[Sighting], gone: Collection[Sighting]
    ) -> Collection[Sighting]:
        said = [_text(sighting) for sighting in (*here, *gone)]
        arguments: list[int | str] = [int(LEASE * 1000), len(here), _KEPT_SECONDS, *said]
        answer: Any = await self._ask(
            self._client.eval(_EXCHANGE, 2, _key(topic), _seen_key(topic), *arguments)
        )
        return [_sighting(text.decode()) for text in answer]

    async def kept_for(self) -> float:
        ms: Any = await self._ask(self._client.eval(_KEPT, 1, _SINCE_KEY))
        return int(ms) / 1000

    async def last_seen(self, topic: Topic) -> Mapping[UUID, datetime]:
        answer: Any = await self._ask(self._client.hgetall(_seen_key(topic)))
        return {
            UUID(user_id.decode()): datetime.fromtimestamp(int(ms) / 1000, UTC)
            for user_id, ms in answer.items()
        }

    async def stop(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def _ask(self, question: Awaitable[Answer]) -> Answer:
        try:
            async with asyncio.timeout(self._patience):
                return await question
        except (RedisError, OSError, TimeoutError) as error:
            raise Unavailable("Presence is not known.") from error


def _key(topic: Topic) -> str:
    return f"tandem:presence:{{{topic.id}}}"


def _seen_key(topic: Topic) -> str:
    return f"tandem:presence:{{{topic.id}}}:seen"


def _text(sighting: Sighting) -> str:
    away = "away" if sighting.away else "here"
    return f"{sighting.user_id}|{sighting.process_id}|{away}|{sighting.task_id or ''}"


def _sighting(text: str) -> Sighting:
    user_id, process_id, away, task_id = text.split("|")
    return Sighting(
        user_id=UUID(user_id),
        process_id=process_id,
        away=away == "away",
        task_id=UUID(task_id) if task_id else None,
    )
