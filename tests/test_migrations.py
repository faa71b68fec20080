"""Migrations: up and down on both databases, complete, and each either done or not begun."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import inspect, select, text

from app.core import migrate
from app.core.database import Database
from app.core.migrate import differences, move_to
from app.core.models import Base
from app.tasks.models import Task
from tests.builders import a_task
from tests.conftest import World
from tests.services import PostgresServer
from tests.unchanged import snapshot

AddMigration = Callable[..., None]

HEADER = '''"""Written by a test."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    {upgrade}


def downgrade() -> None:
    {downgrade}
'''


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> str:
    """A database of the same kind as ``database_url``, without any table."""
    if database_url.startswith("postgres"):
        server: PostgresServer = request.getfixturevalue("postgres")
        return server.create_database(f"t{uuid4().hex}")
    return f"sqlite+aiosqlite:///{tmp_path / 'empty.sqlite'}"


@pytest.fixture
async def database(empty_url: str) -> AsyncIterator[Database]:
    opened = Database(empty_url)
    yield opened
    await opened.close()


@pytest.fixture
def add_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AddMigration:
    """Put one more migration on top of the real ones, for this test alone."""

    def add(upgrade: str, downgrade: str = "pass") -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(migrate.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        newest = max(file.stem.partition("_")[0] for file in (folder / "versions").glob("0*.py"))
        source = HEADER.format(
            head=newest,
            upgrade=upgrade.replace("\n", "\n    "),
            downgrade=downgrade.replace("\n", "\n    "),
        )
        (folder / "versions" / "9999_by_a_test.py").write_text(source)
        monkeypatch.setattr(migrate, "MIGRATIONS", folder)

    return add


async def tables(database: Database) -> set[str]:
    async with database.engine.connect() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


async def types(database: Database) -> list[str]:
    if database.is_sqlite:
        return []
    async with database.engine.connect() as connection:
        return list(await connection.scalars(text("SELECT typname FROM pg_type WHERE typtype = 'e'")))


async def revision(database: Database) -> str | None:
    async with database.engine.connect() as connection:
        found: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


async def test_the_migrations_make_exactly_what_the_models_say(database: Database) -> None:
    await move_to(database)
    assert await differences(database) == []
    assert await tables(database) == {*Base.metadata.tables, "alembic_version"}


async def test_a_missing_column_is_noticed(database: Database) -> None:
    await move_to(database)
    async with database.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE task DROP COLUMN description"))
    assert "description" in str(await differences(database))


async def test_up_and_down_and_up_again(database: Database) -> None:
    for _ in range(2):
        await move_to(database)
        await move_to(database)  # nothing left to do
        assert await differences(database) == []
        await move_to(database, "base")
        await move_to(database, "base")
        assert await tables(database) == {"alembic_version"}
        assert await types(database) == []
    await move_to(database)
    assert await differences(database) == []


async def test_a_revision_that_does_not_exist_changes_nothing(database: Database) -> None:
    await move_to(database)
    with pytest.raises(ValueError, match="0815"):
        await move_to(database, "0815")
    assert await differences(database) == []


@pytest.mark.postgres
async def test_several_processes_may_start_on_an_empty_database_at_once(postgres: PostgresServer) -> None:
    url = postgres.create_database(f"t{uuid4().hex}")
    databases = [Database(url) for _ in range(4)]
    await asyncio.gather(*(move_to(database) for database in databases))
    assert await differences(databases[0]) == []
    for database in databases:
        await database.close()


async def test_a_failing_migration_leaves_nothing_half_done(
    world: World, add_migration: AddMigration
) -> None:
    add_migration(
        'op.create_table("half", sa.Column("id", sa.Integer(), primary_key=True))\n'
        'op.execute("INSERT INTO half VALUES (1)")\n'
        "op.execute(\"UPDATE task SET title = 'half done'\")\n"
        'op.add_column("task", sa.Column("colour", sa.String(20), nullable=True))\n'
        'raise RuntimeError("the power went")'
    )
    database = world.tandem.database
    task = await a_task(world.tandem, world.mia, world.workspace_id, title="milk")
    before, known = await snapshot(world.tandem), await revision(database)
    with pytest.raises(RuntimeError, match="the power went"):
        await move_to(database)
    assert await revision(database) == known
    assert "half" not in await tables(database)
    assert await differences(database) == []
    assert await snapshot(world.tandem) == before
    shown = await world.mia.api.get(f"/api/tasks/{task.id}")
    assert shown.json()["title"] == "milk"
    await a_task(world.tandem, world.mia, world.workspace_id)  # and the program goes on


async def test_of_several_migrations_those_before_the_failing_one_are_kept(
    database: Database, add_migration: AddMigration
) -> None:
    add_migration('op.drop_table("notification")\nraise RuntimeError("the power went")')
    with pytest.raises(RuntimeError, match="the power went"):
        await move_to(database)
    assert await differences(database) == []  # the real ones, each in a transaction of its own


async def test_a_failing_way_back_leaves_everything(world: World, add_migration: AddMigration) -> None:
    add_migration(
        "pass", 'op.drop_table("notification")\nop.execute("DELETE FROM task")\nraise RuntimeError("no")'
    )
    database = world.tandem.database
    await a_task(world.tandem, world.mia, world.workspace_id)
    await move_to(database)
    before = await snapshot(world.tandem)
    with pytest.raises(RuntimeError, match="no"):
        await move_to(database, "base")
    assert await revision(database) == "9999"
    assert await snapshot(world.tandem) == before


async def test_a_change_of_a_table_that_others_refer_to_keeps_their_rows(
    world: World, add_migration: AddMigration
) -> None:
    """SQLite changes a table by making it anew: dropping the old one must not take its children along."""
    add_migration(
        'for table in ("workspace", "user_account", "task"):\n'
        '    with op.batch_alter_table(table, recreate="auto") as batch:\n'
        '        batch.add_column(sa.Column("colour", sa.String(20), server_default="red", nullable=False))\n'
        '        batch.create_check_constraint(f"ck_{table}_colour", "colour <> \'\'")',
        'for table in ("workspace", "user_account", "task"):\n'
        "    with op.batch_alter_table(table) as batch:\n"
        '        batch.drop_constraint(f"ck_{table}_colour", type_="check")\n'
        '        batch.drop_column("colour")',
    )
    database = world.tandem.database
    await a_task(world.tandem, world.mia, world.workspace_id, assignee_id=world.vera.scope.user_id)
    before = await snapshot(world.tandem)
    former = await revision(database)
    assert former is not None
    await move_to(database)
    assert await snapshot(world.tandem) == before
    async with database.read() as session:
        assert (await session.scalars(select(Task))).one().assigned_to == world.vera.scope.user_id
    await move_to(database, former)
    assert await snapshot(world.tandem) == before
    assert await differences(database) == []
    await world.olga.api.delete(f"/api/workspaces/{world.workspace_id}")
    after = await snapshot(world.tandem)
    assert (after["task"], after["workspace_member"]) == (0, 0), "references count again"
