"""What processes tell each other of who is here: the same in memory and in a real Redis."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.core.errors import Unavailable
from app.core.topics import workspace_topic
from app.live import presence_memory, presence_redis
from app.live.presence_memory import MemoryPresence
from app.live.presence_redis import RedisPresence
from app.live.presence_store import PresenceStore, Sighting
from tests.services import RedisServer

SHORT = 0.4


@pytest.fixture(params=["memory", "redis"])
async def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    for module in (presence_memory, presence_redis):
        monkeypatch.setattr(module, "LEASE", SHORT)
    made: PresenceStore
    if request.param == "memory":
        made = MemoryPresence(lambda: datetime.now(UTC))
    else:
        server: RedisServer = request.getfixturevalue("redis")
        made = RedisPresence(server.url, patience=5)
    yield made
    await made.stop()


def seen(user_id: UUID, process: str = "one", **more: Any) -> Sighting:
    return Sighting(user_id=user_id, process_id=process, **more)


async def test_what_one_says_all_hear_until_it_is_taken_back(store: PresenceStore) -> None:
    here, olga, mia = workspace_topic(uuid4()), uuid4(), uuid4()
    assert set(await store.exchange(here, here=[seen(olga)], gone=[])) == {seen(olga)}
    both = {seen(olga), seen(mia, "two", away=True, task_id=uuid4())}
    assert set(await store.exchange(here, here=both - {seen(olga)}, gone=[])) == both
    assert set(await store.exchange(here, here=[], gone=[seen(olga)])) == both - {seen(olga)}
    assert list(await store.exchange(workspace_topic(uuid4()), here=[], gone=[])) == []


async def test_one_in_several_processes_is_seen_until_the_last_has_gone(store: PresenceStore) -> None:
    here, olga = workspace_topic(uuid4()), uuid4()
    for process in ("one", "two"):
        await store.exchange(here, here=[seen(olga, process)], gone=[])
    assert set(await store.exchange(here, here=[], gone=[seen(olga, "one")])) == {seen(olga, "two")}


async def test_what_is_not_said_again_is_not_believed_for_long(store: PresenceStore) -> None:
    here, olga, mia = workspace_topic(uuid4()), uuid4(), uuid4()
    await store.exchange(here, here=[seen(olga), seen(mia)], gone=[])
    for _ in range(3):
        await asyncio.sleep(SHORT / 2)
        left = await store.exchange(here, here=[seen(mia)], gone=[])
    assert set(left) == {seen(mia)}


async def test_it_is_known_when_each_was_here_last(store: PresenceStore) -> None:
    here, olga, mia = workspace_topic(uuid4()), uuid4(), uuid4()
    began = datetime.now(UTC)
    await store.exchange(here, here=[seen(olga), seen(mia)], gone=[])
    await asyncio.sleep(0.05)
    await store.exchange(here, here=[], gone=[seen(mia)])
    last = await store.last_seen(here)
    assert set(last) == {olga, mia}
    assert began - timedelta(seconds=1) < last[olga] < last[mia] <= datetime.now(UTC) + timedelta(seconds=1)
    assert await store.last_seen(workspace_topic(uuid4())) == {}


async def test_a_redis_that_is_not_there_says_so_soon() -> None:
    store = RedisPresence("redis://127.0.0.1:1", patience=0.2)
    now = asyncio.get_running_loop().time
    began = now()
    with pytest.raises(Unavailable):
        await store.exchange(workspace_topic(uuid4()), here=[seen(uuid4())], gone=[])
    with pytest.raises(Unavailable):
        await store.last_seen(workspace_topic(uuid4()))
    assert now() - began < 2
    await store.stop()
