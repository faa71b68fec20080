"""A real log of either kind, and rooms on it."""

from collections.abc import AsyncIterator

import pytest

from app.core.database import Database
from app.live.broker_memory import MemoryBroker
from app.live.rooms import Rooms
from tests.live.followers import Ledger


@pytest.fixture
async def ledger(database_url: str) -> AsyncIterator[Ledger]:
    database = Database(database_url)
    yield Ledger(database)
    await database.close()


@pytest.fixture
async def rooms(ledger: Ledger) -> AsyncIterator[Rooms]:
    made = Rooms(ledger.log, MemoryBroker())
    await made.start()
    yield made
    await made.stop()
