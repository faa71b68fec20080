"""What runs for ever ends when it is told to."""

import asyncio

from app.core.ending import end


async def test_a_task_that_takes_its_end_for_a_failure_ends_too() -> None:
    turned = asyncio.Event()

    async def goes_on() -> None:
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                if turned.is_set():
                    raise
                turned.set()

    async def fails() -> None:
        raise ValueError("before anybody asked")

    stubborn, broken = asyncio.create_task(goes_on()), asyncio.create_task(fails())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await end([stubborn, broken])
    assert turned.is_set()
    assert stubborn.cancelled()
    assert isinstance(broken.exception(), ValueError)


async def test_of_nothing_the_end_is_at_once() -> None:
    async with asyncio.timeout(1):
        await end([])
