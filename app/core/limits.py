"""How often something may be tried; knows keys and numbers, not what they are for.

A window begins with the first try that is counted in it, and a refused try is not counted: whoever
waits for as long as they were told is let in.
"""

import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import structlog

from app.core.errors import TooMany, Unavailable

logger = structlog.get_logger()

# How long a counter that did not answer is left alone, so that not every try waits for it.
_PAUSE = 1.0

Seconds = Callable[[], float]


class Limiter(Protocol):
    """Counts tries by key."""

    async def hit(self, key: str, *, limit: int, per: int) -> None:
        """Count one try of ``key``; raises TooMany after ``limit`` of them in ``per`` seconds."""

    async def forgive(self, key: str) -> None:
        """Take one counted try of ``key`` back."""

    async def stop(self) -> None:
        """Let go of what it holds."""


@dataclass(slots=True)
class _Window:
    ends: float
    count: int = 0


class MemoryLimiter:
    """Counts in this process. The number of keys is bounded: the oldest are forgotten."""

    def __init__(self, *, clock: Seconds = time.monotonic, most_keys: int = 100_000) -> None:
        self._clock = clock
        self._most_keys = most_keys
        self._windows: OrderedDict[str, _Window] = OrderedDict()

    def __len__(self) -> int:
        return len(self._windows)

    async def hit(self, key: str, *, limit: int, per: int) -> None:
        name, now = short_name(key), self._clock()
        window = self._windows.get(name)
        if window is None or window.ends <= now:
            self._windows.pop(name, None)
            self._make_room(now)
            window = self._windows[name] = _Window(now + per)
        if window.count >= limit:
            raise too_many(window.ends - now)
        window.count += 1

    async def forgive(self, key: str) -> None:
        name = short_name(key)
        window = self._windows.get(name)
        if window is None:
            return
        window.count -= 1
        if window.count <= 0:
            del self._windows[name]

    async def stop(self) -> None:
        self._windows.clear()

    def _make_room(self, now: float) -> None:
        # The two oldest only, for each new key: it keeps pace, and no try pays for a scan of all.
        for name in list(islice(self._windows, 2)):
            if self._windows[name].ends <= now or len(self._windows) >= self._most_keys:
                del self._windows[name]


class FallbackLimiter:
    """Counts in ``shared``, and in ``local`` while ``shared`` is away. It never just lets in."""

    def __init__(self, shared: Limiter, local: Limiter, *, clock: Seconds = time.monotonic) -> None:
        self._shared = shared
        self._local = local
        self._clock = clock
        self._away = False
        self._ask_again_at = -math.inf

    async def hit(self, key: str, *, limit: int, per: int) -> None:
        await self._ask(lambda limiter: limiter.hit(key, limit=limit, per=per))

    async def forgive(self, key: str) -> None:
        await self._ask(lambda limiter: limiter.forgive(key))

    async def stop(self) -> None:
        await self._shared.stop()
        await self._local.stop()

    async def _ask(self, question: Callable[[Limiter], Awaitable[None]]) -> None:
        if self._clock() >= self._ask_again_at:
            try:
                await question(self._shared)
            except TooMany:
                self._note(away=False)
                raise
            except Unavailable:
                self._note(away=True)
                self._ask_again_at = self._clock() + _PAUSE
            else:
                self._note(away=False)
                return
        await question(self._local)

    def _note(self, *, away: bool) -> None:
        if away and not self._away:
            logger.warning("limits.away", effect="this process counts by itself")
        elif self._away and not away:
            logger.info("limits.back")
        self._away = away


def short_name(key: str) -> str:
    """``key`` in a fixed size that says nothing: keys hold addresses, and what anybody may type."""
    return hashlib.blake2b(key.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def too_many(wait: float) -> TooMany:
    """The refusal that says to wait for ``wait`` seconds."""
    seconds = max(1, math.ceil(wait))
    unit = "second" if seconds == 1 else "seconds"
    return TooMany(f"Too many tries. Try again in {seconds:,} {unit}.", retry_after=seconds)
