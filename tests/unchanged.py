"""Whether a request that was refused has left the database as it was."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import func, select

from app.core.models import Base
from app.live.log import Stream
from app.main import Tandem


async def snapshot(tandem: Tandem) -> dict[str, object]:
    """How many rows each table has, and the number of each stream."""
    async with tandem.database.read() as session:
        counts: dict[str, object] = {
            table.name: await session.scalar(select(func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
        }
        streams = {row.id: row.seq for row in await session.execute(select(Stream.id, Stream.seq))}
    return counts | {"streams": streams}


@asynccontextmanager
async def nothing_changes(tandem: Tandem) -> AsyncIterator[None]:
    """The database after the block is what it was before."""
    before = await snapshot(tandem)
    yield
    assert await snapshot(tandem) == before
