"""What every story starts from: the program as a process of its own, Chromium, and people."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from e2e.people import CHROMIUM_FLAGS, People
from tests.process import Process
from tests.services import chromium_path, start_postgres, start_redis

HERE = Path(__file__).parent
HEARTBEAT = "2s"

expect.set_options(timeout=10_000)


@dataclass(frozen=True)
class Pair:
    """Two processes that share a PostgreSQL and a Redis, with one public address."""

    first: Process
    second: Process


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All stories of a worker share one loop, and so one browser."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("e2e")
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def program() -> Iterator[Process]:
    """The program on its embedded default: SQLite, no Redis."""
    with Process(heartbeat_interval=HEARTBEAT) as program:
        program.start()
        yield program


@pytest.fixture(scope="session")
def pair() -> Iterator[Pair]:
    """The program as two processes."""
    with start_postgres(fast=True) as postgres, start_redis() as redis:
        shared = {
            "database_url": postgres.create_database(f"e{uuid4().hex}"),
            "redis_url": redis.url,
            "heartbeat_interval": HEARTBEAT,
        }
        with Process(**shared) as first, Process(**shared) as second:
            first.start()
            second.start()
            yield Pair(first, second)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser that stories are told with."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path(), args=CHROMIUM_FLAGS, headless=True
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def people(chromium: Browser, program: Process) -> AsyncIterator[People]:
    """People who use the program; a browser that complained fails the test."""
    people = People(chromium, program.url)
    yield people
    assert await people.leave() == []
