"""What every story starts from: the program as a process of its own, Chromium, and people."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from _pytest.nodeid import NodeId
from _pytest.runner import call_and_report
from playwright.async_api import Browser, async_playwright, expect

from e2e.hands import MOUSE_STORIES, Hand
from e2e.people import CHROMIUM_FLAGS, People
from tests.process import Process
from tests.services import chromium_path, start_postgres, start_redis

HERE = Path(__file__).parent
HEARTBEAT = "2s"
HAND = pytest.StashKey[Hand]()
BY_KEYS = pytest.StashKey[bool]()

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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--hand", choices=["both", "mouse", "keys"], default="both", help="how stories are told")


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Each story in which something was pointed at is told again by keys alone, as one more test."""
    if not isinstance(item, pytest.Function) or not item.path.is_relative_to(HERE):
        return None
    hand = "mouse" if item.nodeid.partition("::")[0] in MOUSE_STORIES else item.config.getoption("hand")
    again = by_keys(item)
    if hand == "keys" or _tell(item, again if hand == "both" else None, nextitem):
        _tell(again, None, nextitem)
    return True


def by_keys(item: pytest.Function) -> pytest.Function:
    """The same story as a test of its own."""
    again: pytest.Function = type(item).from_parent(
        item.parent,
        name=f"{item.name}[keys]",
        callspec=getattr(item, "callspec", None),
        callobj=item.obj,
        fixtureinfo=item._fixtureinfo,
        keywords=item.keywords,
        originalname=item.originalname,
    )
    # xdist takes no report of what it has not given out: there only the heading of a failure says [keys].
    under_xdist = hasattr(item.config, "workerinput")
    again._id = NodeId.parse(item.nodeid if under_xdist else f"{item.nodeid}[keys]")
    again.own_markers = item.own_markers
    again.stash[BY_KEYS] = True
    return again


def _tell(item: pytest.Function, again: pytest.Function | None, nextitem: pytest.Item | None) -> bool:
    """Run one test; what it shares with the next stays. Returns whether it is to be told ``again``."""
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    item._initrequest()
    if call_and_report(item, "setup").passed:
        call_and_report(item, "call")
    to_be_told = again is not None and HAND in item.stash and bool(item.stash[HAND].pointed)
    ends = item.session.shouldfail or item.session.shouldstop
    call_and_report(item, "teardown", nextitem=None if ends else again if to_be_told else nextitem)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return to_be_told and not ends


@pytest.fixture(autouse=True)
def hand(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hand]:
    """What the story is told with; by keys, no page may have seen a pointer."""
    hand = request.node.stash[HAND] = Hand()
    by_keys = request.node.stash.get(BY_KEYS, False)
    (hand.takes_the_keys if by_keys else hand.takes_the_mouse)(monkeypatch)
    yield hand
    assert not by_keys or not hand.pointed, f"by keys, and yet: {hand.pointed}"


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
