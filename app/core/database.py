"""Engine and transactions on PostgreSQL or SQLite; knows no table."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import AdaptedConnection, DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

_BEGIN = "tandem_begin"
_LOCK_TIMEOUT = "2s"
# For a connection: from the server, and from the pool.
_PATIENCE_SECONDS = 5
_IDLE_IN_TRANSACTION_TIMEOUT = "5s"


class Database:
    """Opens transactions of two kinds: a write, and a read of one unchanging snapshot."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgres_engine(url, pool_size)
        # SQLite has one writer. Waiting here is first come, first served and wakes at once;
        # SQLite's own waiting sleeps for up to 100 ms and serves nobody in order.
        self._writer: asyncio.Lock | None = asyncio.Lock() if self.is_sqlite else None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A session in a transaction that may write. The caller commits; leaving without rolls back."""
        turn: AbstractAsyncContextManager[Any] = self._writer or nullcontext()
        async with turn, AsyncSession(self.engine, expire_on_commit=False) as session:
            await session.connection(execution_options={_BEGIN: "BEGIN IMMEDIATE"} if self.is_sqlite else {})
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session that sees the database as it was at its first statement, whatever others commit."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            await session.connection(
                execution_options={} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
            )
            yield session

    async def ping(self) -> None:
        """Ask for the shortest possible answer; raises what the driver raises."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self.engine.dispose()


def _postgres_engine(url: str, pool_size: int) -> AsyncEngine:
    options = (
        # Moments come back in the zone of the connection; everything here is in UTC.
        f"-c timezone=UTC -c lock_timeout={_LOCK_TIMEOUT} "
        f"-c idle_in_transaction_session_timeout={_IDLE_IN_TRANSACTION_TIMEOUT}"
    )
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        pool_timeout=_PATIENCE_SECONDS,
        connect_args={"options": options, "connect_timeout": _PATIENCE_SECONDS},
    )


def _sqlite_engine(url: str) -> AsyncEngine:
    engine = create_async_engine(url)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # The driver's own transaction control begins late and cannot begin IMMEDIATE.
        connection.isolation_level = None
        cursor = connection.cursor()
        # FULL, because a change that was acknowledged has to survive the next power cut.
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=ON",
            "busy_timeout=5000",
            "synchronous=FULL",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "checkin")
    def end(connection: AdaptedConnection | None, _: ConnectionPoolEntry) -> None:
        # A COMMIT that fails, as on a full disk, may leave the transaction open, while SQLAlchemy takes
        # it for ended: whoever got this connection next would be inside of it.
        if connection is not None and connection.driver_connection.in_transaction:
            connection.run_async(_roll_back)

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))

    return engine


async def _roll_back(connection: Any) -> None:
    await connection.rollback()
