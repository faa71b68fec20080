"""Runs the program: the database brought up to date, then one process that serves."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
import uvicorn

from app.config import Settings, SettingsError
from app.core import migrate as migrations
from app.core.database import Database
from app.core.single_process import AnotherProcess, only_process
from app.live.socket import MESSAGE_BYTES_MOST
from app.main import create_app
from app.sample import make_sample_team

SHUTDOWN_SECONDS = 5
# Longer than proxies and clients keep a connection: the side that closes must not be the one that answers.
KEEP_ALIVE_SECONDS = 75


def run(settings: Settings) -> int:
    """Serve until somebody says stop."""
    return _serve(settings, _migrated)


def demo(settings: Settings) -> int:
    """Serve a sample team."""
    return _serve(settings, _migrated_with_sample_team)


def _serve(settings: Settings, prepare: Callable[[Settings], Coroutine[None, None, None]]) -> int:
    set_up_logs(settings)
    _prepare_folder(settings)
    with _alone(settings):
        asyncio.run(prepare(settings))
        print(f"Tandem serves {settings.public_url} (Ctrl+C stops it)", flush=True)
        uvicorn.run(
            create_app(settings),
            host=settings.host,
            port=settings.port,
            log_level="warning",
            access_log=False,
            server_header=False,
            # Forwarded headers say what anybody likes; a proxy that may be believed is set by deploy.
            proxy_headers=False,
            ws="websockets-sansio",
            ws_max_size=MESSAGE_BYTES_MOST,
            # A window of its own for each client costs 90 KiB and most of the work of a push.
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
    return 0


def migrate(settings: Settings, revision: str) -> int:
    """Bring the database to ``revision``."""
    set_up_logs(settings)
    _prepare_folder(settings)
    asyncio.run(_migrate(settings, revision))
    return 0


def set_up_logs(settings: Settings) -> None:
    """Logs as lines for people, or as JSON for programs."""
    renderer: structlog.types.Processor = structlog.dev.ConsoleRenderer()
    if settings.log_format == "json":
        renderer = structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )


async def _migrated(settings: Settings) -> None:
    await _migrate(settings, "head")


async def _migrated_with_sample_team(settings: Settings) -> None:
    await _migrated(settings)
    await make_sample_team(settings)


async def _migrate(settings: Settings, revision: str) -> None:
    database = Database(settings.database_url)
    try:
        await migrations.move_to(database, revision)
    finally:
        await database.close()


def _prepare_folder(settings: Settings) -> None:
    file = _sqlite_file(settings)
    if file is not None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Refuse to be the second process where there is no Redis through which it would hear of changes."""
    if settings.redis_url:
        yield
        return
    try:
        with only_process(settings.database_url):
            yield
    except AnotherProcess:
        raise SettingsError(
            "TANDEM_REDIS_URL is not set, and another Tandem process serves this database. More than one "
            "process needs it: through Redis they hear of each other's changes at once."
        ) from None


def _sqlite_file(settings: Settings) -> Path | None:
    scheme, _, path = settings.database_url.partition(":///")
    return Path(path) if scheme.startswith("sqlite") else None
