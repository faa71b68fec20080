"""What tests start from: real servers, and where Chromium is."""

from pathlib import Path

from deploy import debian
from tests.postgres_server import PostgresServer
from tests.redis_server import RedisServer
from tests.server import Server, ServiceError, required

__all__ = [
    "PostgresServer",
    "RedisServer",
    "Server",
    "ServiceError",
    "chromium_path",
    "start_postgres",
    "start_redis",
]


def start_redis() -> RedisServer:
    """Start a Redis that keeps nothing on disk, and return it once it answers."""
    server = RedisServer()
    server.start()
    return server


def start_postgres(*, fast: bool = False) -> PostgresServer:
    """Start an empty PostgreSQL and return it once it answers.

    With `fast` it does not wait for the disk: quicker, and for tests that do not pull the plug.
    """
    server = PostgresServer(fast=fast)
    server.start()
    return server


def chromium_path() -> Path:
    """Return the browser that the tests drive."""
    return required(debian.chromium_binary(), "chromium", debian.chromium_package())
