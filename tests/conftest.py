"""The program as tests see it: running for real in the test's own loop, on both databases."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import pytest
import uvicorn

from app.config import Settings, load_settings
from app.core.database import Database
from app.core.migrate import move_to
from app.live.socket import MESSAGE_BYTES_MOST
from app.main import Tandem, create_app
from app.serve import KEEP_ALIVE_SECONDS
from tests.builders import a_workspace
from tests.cast import NAMES, Person, a_person
from tests.server import free_port
from tests.services import PostgresServer, RedisServer, start_postgres, start_redis

DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@dataclass(frozen=True, kw_only=True)
class Program:
    """One running process's worth of Tandem, and where it is reached."""

    tandem: Tandem
    address: str

    @property
    def socket_address(self) -> str:
        return self.address.replace("http", "ws", 1)


@dataclass(frozen=True, kw_only=True)
class World:
    """A program, the cast, and a workspace that all but Stan belong to."""

    program: Program
    cast: dict[str, Person]
    workspace_id: UUID

    @property
    def tandem(self) -> Tandem:
        return self.program.tandem

    def __getattr__(self, name: str) -> Person:
        try:
            return self.cast[name]
        except KeyError:
            raise AttributeError(name) from None


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL with a migrated database to copy."""
    server = start_postgres(fast=True)
    try:
        _migrate(server.create_database("template_tandem"))
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisServer]:
    """A real Redis."""
    server = start_redis()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("template") / "tandem.sqlite"
    _migrate(f"sqlite+aiosqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def quick_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in memory where there is one: these tests ask for right answers, not for durable ones."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder made in it is this run's own
    if not memory.is_dir():
        yield tmp_path_factory.mktemp("quick")
        return
    with TemporaryDirectory(dir=memory, prefix="tandem-test-") as folder:
        yield Path(folder)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, quick_folder: Path) -> str:
    """A fresh, migrated database of either kind."""
    if request.param == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres")
        return server.create_database(f"t{uuid4().hex}", template="template_tandem")
    file = quick_folder / f"{uuid4().hex}.sqlite"
    shutil.copy(request.getfixturevalue("sqlite_template"), file)
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a test; a test that needs others replaces them."""
    environment = {
        "TANDEM_DATABASE_URL": database_url,
        "TANDEM_SECRET_KEY": "only for tests: thirty-two characters",
        "TANDEM_WS_CONNECTS_PER_MINUTE": "1000",
    }
    return load_settings(environment, data_folder=tmp_path)


@pytest.fixture
async def program(settings: Settings) -> AsyncIterator[Program]:
    """The program, running."""
    async with running(settings) as program:
        yield program


@pytest.fixture
async def world(program: Program) -> AsyncIterator[World]:
    """The program with the cast and their workspace."""
    cast = {name: await a_person(program.tandem, name, address=program.address) for name in NAMES}
    workspace_id = await a_workspace(program.tandem, cast)
    yield World(program=program, cast=cast, workspace_id=workspace_id)
    for person in cast.values():
        await person.leave()


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Program]:
    """Serve ``settings`` on a free port of this machine, in this loop, until the context is left."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    app = create_app(replace(settings, public_url=address, port=port))
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host="127.0.0.1",
            port=port,
            log_level="warning",
            ws="websockets-sansio",
            ws_max_size=MESSAGE_BYTES_MOST,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=2,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
    )
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(20):
            while not server.started:
                if serving.done():
                    serving.result()
                await asyncio.sleep(0.01)
        yield Program(tandem=app.state.tandem, address=address)
    finally:
        server.should_exit = True
        await serving


def _migrate(url: str) -> None:
    async def migrate() -> None:
        database = Database(url)
        await move_to(database)
        await database.close()

    asyncio.run(migrate())
