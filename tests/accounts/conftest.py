"""Accounts on a real SQLite, without the rest of the program around them."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from litestar.di import Provide

from app.accounts import api, pages
from app.accounts.gate import Gate
from app.accounts.guard import (
    provide_caller,
    provide_client,
    provide_visitor,
    set_renewed_cookie,
)
from app.accounts.passwords import Passwords
from app.config import Settings
from app.core.answers import exception_handlers
from app.core.database import Database
from app.core.events import RecordedEvent
from app.core.limits import MemoryLimiter
from app.core.models import Base
from app.core.security import CanonicalHost, OriginCheck, security_headers
from app.core.unit_of_work import UnitOfWork
from app.core.views import Views
from app.live.log import DatabaseLog
from tests.accounts.people import ORIGIN, MovableClock, NewUnit


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'tandem.sqlite'}",
        redis_url=None,
        secret_key="a secret of tests, long enough to sign",
        public_url=ORIGIN,
    )


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.database_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    return Passwords(memory_kib=64)


@pytest.fixture
def gate(settings: Settings, database: Database, passwords: Passwords, clock: MovableClock) -> Gate:
    limiter = MemoryLimiter(clock=clock.seconds)
    return Gate(settings=settings, database=database, passwords=passwords, limiter=limiter)


@pytest.fixture
def announced() -> list[RecordedEvent]:
    """Every event that somebody was told of."""
    return []


@pytest.fixture
def new_unit(database: Database, clock: MovableClock, announced: list[RecordedEvent]) -> NewUnit:
    def announce(events: Sequence[RecordedEvent]) -> None:
        announced.extend(events)

    return lambda: UnitOfWork(database, DatabaseLog(database), announce, clock)


@pytest.fixture
async def browser(gate: Gate, new_unit: NewUnit, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with a_browser(gate, new_unit, tmp_path) as browser:
        yield browser


def a_browser(gate: Gate, new_unit: NewUnit, folder: Path) -> httpx.AsyncClient:
    """A browser on the program with accounts alone, at the address that the settings name."""
    origin = gate.settings.public_url
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=an_app(gate, new_unit, folder)),  # type: ignore[arg-type]
        base_url=origin,
        headers={"Origin": origin},
    )


async def _no_frame(_: object) -> None:
    """Around these pages there is nothing."""


def an_app(gate: Gate, new_unit: NewUnit, folder: Path) -> Litestar:
    for name in ("login", "register"):
        file = folder / "accounts" / f"{name}.html"
        file.parent.mkdir(exist_ok=True)
        typed = "{{ name }}|" if name == "register" else ""
        file.write_text(f"{name}|{{{{ next }}}}|{{{{ email }}}}|{typed}{{{{ errors }}}}")
    (folder / "layouts").mkdir(exist_ok=True)
    (folder / "layouts" / "error.html").write_text("{{ status }}|{{ detail }}")
    views = Views(folder, asset=lambda name: name)
    return Litestar(
        [*api.HANDLERS, *pages.HANDLERS],
        dependencies={
            "gate": Provide(lambda: gate, sync_to_thread=False),
            "uow": Provide(new_unit, sync_to_thread=False),
            "views": Provide(lambda: views, sync_to_thread=False),
            "caller": Provide(provide_caller),
            "visitor": Provide(provide_visitor),
            "client": Provide(provide_client),
        },
        middleware=[OriginCheck(gate.settings), CanonicalHost(gate.settings)],
        before_send=[security_headers(gate.settings), set_renewed_cookie],
        exception_handlers=exception_handlers(views, _no_frame),
        openapi_config=None,
        logging_config=None,
    )
