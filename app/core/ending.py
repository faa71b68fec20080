"""The end of what runs for ever."""

import asyncio
from collections.abc import Collection
from typing import Any

AGAIN_AFTER = 0.1


async def end(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Cancel ``tasks`` and return when all of them are over, however they ended.

    More than once: whoever goes on after any failure goes on, too, when a library has turned the
    cancellation into a failure of its own; before Python 3.12 asyncio.wait_for may swallow one.
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=AGAIN_AFTER)
