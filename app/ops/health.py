"""Whether the program lives, and whether it is ready for people; each part by name."""

import asyncio
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from app.core.database import Database
from app.core.health import BrokerHealth

DATABASE_SECONDS = 2


@get("/health/live")
async def live() -> dict[str, str]:
    """It runs."""
    return {"status": "live"}


@get("/health/ready")
async def ready(
    database: NamedDependency[Database], broker: NamedDependency[BrokerHealth]
) -> Response[dict[str, Any]]:
    """200 while the database answers; without its broker the program runs on repair alone."""
    answers = await _answers(database)
    parts = {
        "database": "ok" if answers else "down",
        "broker": "ok" if broker.healthy else "down: running on repair from the log",
    }
    return Response(
        {"status": "ready" if answers else "not ready", "parts": parts},
        status_code=200 if answers else 503,
    )


@get("/metrics", include_in_schema=False)
async def metrics() -> Response[bytes]:
    """What Prometheus collects."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


HANDLERS = (live, ready, metrics)


async def _answers(database: Database) -> bool:
    try:
        async with asyncio.timeout(DATABASE_SECONDS):
            await database.ping()
    except (SQLAlchemyError, OSError, TimeoutError):
        return False
    return True
