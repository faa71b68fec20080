"""Who is here, on the real program: three processes, of which one is killed, and a Redis that is lost."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from time import monotonic
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from redis.asyncio import Redis

from tests.live.crowd import Town, Watcher, a_town, all_see, until_nobody_knows
from tests.process import Process
from tests.server import Server
from tests.services import PostgresServer, start_redis

# What the program promises.
GONE_WITHIN = 15
RIGHT_AGAIN_WITHIN = 25
RELOAD_SECONDS = 3
ALMOST_AT_ONCE = 2.0

pytestmark = [
    pytest.mark.slow,
    pytest.mark.redis,
    pytest.mark.postgres,
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest.fixture(scope="module")
def own_redis() -> Iterator[Server]:
    """One that may be killed."""
    with start_redis() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(
    postgres: PostgresServer, own_redis: Server, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    """Three processes and 200 people; a test that breaks something mends it."""
    shared = {
        "database_url": postgres.create_database(f"t{uuid4().hex}", template="template_tandem"),
        "redis_url": own_redis.url,
        "max_members": "250",
    }
    processes = [Process(**shared) for _ in range(3)]
    try:
        await asyncio.gather(*(asyncio.to_thread(process.start) for process in processes))
        async with a_town(processes, tmp_path_factory.mktemp("town")) as town:
            yield town
    finally:
        await asyncio.gather(*(asyncio.to_thread(process.stop) for process in processes))


async def test_a_killed_process_takes_its_people_along_and_nobody_else_flickers(town: Town) -> None:
    people = [town.olga, town.adam, town.mia, town.vera, *town.crowd]
    assert len(people) == 200
    async with AsyncExitStack() as stack:
        watchers = await town.everybody(stack, people)
        staying = [watcher for index, watcher in enumerate(watchers) if index % 3 != 2]
        rest = {watcher.person.id for watcher in staying}
        town.processes[2].kill()
        try:
            took = await all_see(staying, rest, within=GONE_WITHIN)
            assert took > 1, "nobody was there who could have gone"
            for watcher in staying:
                assert watcher.never_missed(rest)
                assert not watcher.closed
            for at in (0, 1):
                shown = await town.ask(town.olga, at)
                assert shown["known"]
                assert set(shown["online"]) == rest
        finally:
            await asyncio.to_thread(town.processes[2].start)


async def test_a_reload_is_no_event_at_any_process(town: Town) -> None:
    async with town.watching(town.olga, 0) as olga, town.watching(town.vera, 2) as vera:
        watchers = [olga, vera]
        async with AsyncExitStack() as adams:
            await adams.enter_async_context(town.watching(town.adam, 1))
            async with town.watching(town.mia, 1):
                await all_see(watchers, _ids(town, "olga", "vera", "adam", "mia"))
                for watcher in watchers:
                    watcher.told.clear()
            await asyncio.sleep(RELOAD_SECONDS)
            async with town.watching(town.mia, 0):
                await adams.aclose()
                # Adam goes later than Mia went: had she been missed, it would have been told before.
                await all_see(watchers, _ids(town, "olga", "vera", "mia"))
                for watcher in watchers:
                    assert [(each["type"], each["data"]["user_id"]) for each in watcher.told] == [
                        ("presence.user_left", town.adam.id)
                    ]


async def test_several_tabs_at_several_processes_are_one_person(town: Town) -> None:
    async with town.watching(town.olga, 0) as olga:
        async with town.watching(town.mia, 2):
            async with town.watching(town.mia, 0), town.watching(town.mia, 1), town.watching(town.adam, 1):
                await all_see([olga], _ids(town, "olga", "mia", "adam"))
                olga.told.clear()
            await all_see([olga], _ids(town, "olga", "mia"))
            assert olga.left == [town.adam.id]
        await all_see([olga], _ids(town, "olga"))
        assert olga.left == [town.adam.id, town.mia.id]


async def test_an_emptied_redis_is_right_again_and_nobody_was_missed(town: Town, own_redis: Server) -> None:
    async with AsyncExitStack() as stack:
        watchers = await town.everybody(stack, town.crowd[:30])
        here = {watcher.person.id for watcher in watchers}
        async with Redis.from_url(own_redis.url) as redis:
            await redis.flushall()
            started = monotonic()
            key = f"tandem:presence:{{{town.workspace_id}}}"
            while await redis.zcard(key) < len(here):
                assert monotonic() - started < RIGHT_AGAIN_WITHIN
                for at in range(3):
                    assert here <= set((await town.ask(town.olga, at))["online"])
        # Somebody who goes now is told of after everybody whom the loss might have cost.
        async with town.watching(town.adam, 0):
            await all_see(watchers, {*here, town.adam.id})
        await all_see(watchers, here)
        for watcher in watchers:
            assert set(watcher.left) == {town.adam.id}
            assert watcher.never_missed(here)


async def test_a_process_that_nobody_is_at_misses_nobody_in_an_emptied_redis(
    town: Town, own_redis: Server
) -> None:
    async with town.watching(town.mia, 0) as mia, town.watching(town.adam, 1):
        here = _ids(town, "mia", "adam")
        await all_see([mia], here)
        async with Redis.from_url(own_redis.url) as redis:
            await redis.flushall()
        started = monotonic()
        while monotonic() - started < 4:
            shown = await town.ask(town.olga, 2)
            assert not shown["known"] or here <= set(shown["online"])


@pytest.mark.parametrize("trouble", ["killed", "hung"])
async def test_without_redis_nobody_knows_and_nobody_is_gone(
    trouble: str, town: Town, own_redis: Server
) -> None:
    async with AsyncExitStack() as stack:
        watchers = await town.everybody(stack, town.crowd[:30])
        here = {watcher.person.id for watcher in watchers}
        await asyncio.to_thread(_break, own_redis, trouble)
        try:
            await until_nobody_knows(watchers)
            for at in range(3):
                shown = await town.ask(town.olga, at)
                assert (shown["known"], shown["online"]) == (False, [])
                assert {member["online"] for member in shown["members"]} == {None}
                await _writes(town, at)
        finally:
            await asyncio.to_thread(_mend, own_redis, trouble)
        await all_see(watchers, here, within=RIGHT_AGAIN_WITHIN)
        async with town.watching(town.adam, 0):
            await all_see(watchers, {*here, town.adam.id})
        await all_see(watchers, here)
        for watcher in watchers:
            assert set(watcher.left) <= {town.adam.id}
            assert watcher.never_missed(here)


async def test_a_hung_redis_keeps_nobody_from_coming_in(town: Town, own_redis: Server) -> None:
    await asyncio.to_thread(_break, own_redis, "hung")
    try:
        async with AsyncExitStack() as stack:
            started = monotonic()
            opening = [stack.enter_async_context(town.watching(each, 0)) for each in town.crowd[:40]]
            await asyncio.gather(*opening)
            assert monotonic() - started < ALMOST_AT_ONCE
    finally:
        await asyncio.to_thread(_mend, own_redis, "hung")


async def test_whoever_was_removed_is_listed_nowhere(town: Town) -> None:
    gone = town.crowd[-1]
    async with town.watching(town.olga, 0) as olga, town.watching(gone, 1) as leaver:
        await all_see([olga], {town.olga.id, gone.id})
        address = f"/api/workspaces/{town.workspace_id}/members/{gone.id}"
        async with httpx.AsyncClient(base_url=town.processes[0].url, headers=town.olga.bearer) as client:
            assert (await client.delete(address)).status_code == 204
        for at in range(3):
            shown = await town.ask(town.mia, at)
            assert gone.id not in shown["online"]
            assert gone.id not in {member["user_id"] for member in shown["members"]}
            async with town.watching(town.mia, at) as mia:
                assert gone.id not in mia.online
        async with asyncio.timeout(5):
            while not leaver.closed:
                await leaver.hears()
        stranger = town.stan.bearer
        for at in range(3):
            async with httpx.AsyncClient(base_url=town.processes[at].url) as client:
                path = f"/api/workspaces/{town.workspace_id}/presence"
                for bearer in (stranger, gone.bearer):
                    assert (await client.get(path, headers=bearer)).status_code == 404


async def test_a_client_that_falls_silent_is_missed_and_found_again(tmp_path: Path) -> None:
    with Process(presence_timeout="5s", max_members="250") as process:
        await asyncio.to_thread(process.start)
        async with (
            a_town([process], tmp_path, more=0) as town,
            town.watching(town.olga, 0) as olga,
            town.watching(town.mia, 0) as mia,
            town.watching(town.adam, 0) as adam,
        ):
            talking = asyncio.create_task(_talk(olga, adam))
            try:
                await all_see([olga], _ids(town, "olga", "mia", "adam"))
                await all_see([olga], _ids(town, "olga", "adam"))
                assert olga.left == [town.mia.id]
                assert not mia.closed
                await mia.says("heartbeat", {})
                await all_see([olga], _ids(town, "olga", "mia", "adam"), within=3)
            finally:
                talking.cancel()


async def _talk(*watchers: Watcher) -> None:
    while True:
        for watcher in watchers:
            await watcher.says("heartbeat", {})
        await asyncio.sleep(1)


async def _writes(town: Town, at: int) -> None:
    async with httpx.AsyncClient(base_url=town.processes[at].url, headers=town.mia.bearer) as client:
        started = monotonic()
        answer = await client.post(f"/api/workspaces/{town.workspace_id}/tasks", json={"title": "milk"})
        assert answer.status_code == 201, answer.text
        assert monotonic() - started < ALMOST_AT_ONCE


def _ids(town: Town, *names: str) -> set[str]:
    return {town.cast[name].id for name in names}


def _break(server: Server, trouble: str) -> None:
    if trouble == "killed":
        server.kill()
    else:
        _signal(server, signal.SIGSTOP)


def _mend(server: Server, trouble: str) -> None:
    if trouble == "killed":
        server.start()
    else:
        _signal(server, signal.SIGCONT)


def _signal(server: Server, number: signal.Signals) -> None:
    assert server.process is not None
    os.kill(server.process.pid, number)
