"""Brings a database to the schema that this program needs, or away from it; knows no table."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from app.core.database import Database
from app.core.models import Base

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
# Any number but that of the lock that a single process holds.
_LOCK_NUMBER = 7_526_333_632


async def move_to(database: Database, revision: str = "head") -> None:
    """Migrate up, or down, to ``revision``: a number, ``head`` for all, ``base`` for none.

    Each migration has a transaction of its own; one that fails leaves nothing half done.
    """

    def move(connection: Connection) -> None:
        alembic = _config(connection)
        known = [script.revision for script in ScriptDirectory.from_config(alembic).walk_revisions()]
        current = MigrationContext.configure(connection).get_current_revision()
        newer_first = known.index(current) if current in known else len(known)
        wanted = {"head": 0, "base": len(known)}.get(revision)
        wanted = known.index(revision) if wanted is None else wanted
        go = command.upgrade if wanted <= newer_first else command.downgrade
        connection.rollback()  # what was read above; each migration begins its own transaction
        go(alembic, revision)
        connection.commit()

    def move_alone(connection: Connection) -> None:
        with _in_turn(connection) if connection.dialect.name == "postgresql" else _unlinked(connection):
            move(connection)

    async with database.engine.connect() as connection:
        await connection.run_sync(move_alone)


async def differences(database: Database) -> list[object]:
    """In what the database differs from the models; empty when the migrations are complete."""

    def compare(sync: Connection) -> list[object]:
        # SQLite keeps no exact types to compare.
        options = {"compare_type": sync.dialect.name != "sqlite"}
        return list(compare_metadata(MigrationContext.configure(sync, opts=options), Base.metadata))

    async with database.engine.connect() as connection:
        return await connection.run_sync(compare)


@contextmanager
def _in_turn(connection: Connection) -> Iterator[None]:
    """Processes that start at the same moment migrate one after the other."""
    connection.execute(text("SET LOCAL lock_timeout = 0"))
    connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": _LOCK_NUMBER})
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": _LOCK_NUMBER})
        connection.commit()


@contextmanager
def _unlinked(connection: Connection) -> Iterator[None]:
    """Without foreign keys, which can be switched off only outside of a transaction.

    SQLite changes a table by making it anew; dropping the old one would delete what refers to it.
    """
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise RuntimeError(
                f"after the migration, row {broken[1]} of {broken[0]} refers to no {broken[2]} that is there"
            )
    finally:
        connection.rollback()
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()


def _config(connection: Connection) -> Config:
    """Alembic's configuration for ``connection``; there is no ini file to keep in step."""
    alembic = Config()
    alembic.set_main_option("script_location", str(MIGRATIONS))
    alembic.attributes["connection"] = connection
    return alembic
