"""Brings a database to the schema that this program needs, or away from it; knows no table."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from app.core.database import Database
from app.core.models import Base

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


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

    async with database.engine.connect() as connection:
        await connection.run_sync(move)


async def differences(database: Database) -> list[object]:
    """In what the database differs from the models; empty when the migrations are complete."""

    def compare(sync: Connection) -> list[object]:
        # SQLite keeps no exact types to compare.
        options = {"compare_type": sync.dialect.name != "sqlite"}
        return list(compare_metadata(MigrationContext.configure(sync, opts=options), Base.metadata))

    async with database.engine.connect() as connection:
        return await connection.run_sync(compare)


def _config(connection: Connection) -> Config:
    """Alembic's configuration for ``connection``; there is no ini file to keep in step."""
    alembic = Config()
    alembic.set_main_option("script_location", str(MIGRATIONS))
    alembic.attributes["connection"] = connection
    return alembic
