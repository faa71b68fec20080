"""The servers that other tests lean on do what they promise."""

import os
from collections.abc import Iterator

import psycopg
import pytest
import redis

from tests.services import (
    PostgresServer,
    RedisServer,
    ServiceError,
    chromium_path,
    start_postgres,
    start_redis,
)


@pytest.fixture(scope="module")
def redis_server() -> Iterator[RedisServer]:
    with start_redis() as server:
        yield server


@pytest.fixture(scope="module")
def postgres_server() -> Iterator[PostgresServer]:
    with start_postgres() as server:
        yield server


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"))


@pytest.mark.redis
def test_redis_gives_back_what_was_set(redis_server: RedisServer) -> None:
    with redis.Redis.from_url(redis_server.url) as client:
        client.set("milk", "two bottles")
        assert client.get("milk") == b"two bottles"


@pytest.mark.redis
def test_a_killed_redis_restarts_empty_at_the_same_address(redis_server: RedisServer) -> None:
    url = redis_server.url
    with redis.Redis.from_url(url) as client:
        client.set("milk", "two bottles")
    redis_server.kill()
    redis_server.restart()
    assert redis_server.url == url
    with redis.Redis.from_url(url) as client:
        assert client.get("milk") is None


@pytest.mark.redis
def test_a_stopped_server_leaves_nothing_behind() -> None:
    server = start_redis()
    assert server.process is not None
    process_id = server.process.pid
    server.stop()
    server.stop()
    assert not server.folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(process_id, 0)


@pytest.mark.postgres
def test_postgres_gives_back_what_was_inserted(postgres_server: PostgresServer) -> None:
    with connect(postgres_server.create_database("shopping")) as connection:
        connection.execute("CREATE TABLE item (title text)")
        connection.execute("INSERT INTO item VALUES ('milk')")
        assert connection.execute("SELECT title FROM item").fetchall() == [("milk",)]


@pytest.mark.postgres
def test_a_killed_postgres_keeps_what_was_committed(postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database("journal")
    with connect(url) as connection:
        connection.execute("CREATE TABLE entry AS SELECT 1 AS number")
    bystander = connect(url)
    postgres_server.kill()
    postgres_server.restart()
    with connect(url) as connection:
        assert connection.execute("SELECT number FROM entry").fetchall() == [(1,)]
    bystander.close()


@pytest.mark.postgres
def test_postgres_waits_for_the_disk_unless_it_is_to_be_fast(
    postgres_server: PostgresServer,
) -> None:
    with connect(postgres_server.url) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    with start_postgres(fast=True) as fast_server, connect(fast_server.url) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("off",)


@pytest.mark.postgres
def test_a_database_may_be_a_copy_of_another(postgres_server: PostgresServer) -> None:
    with connect(postgres_server.create_database("original")) as connection:
        connection.execute("CREATE TABLE entry AS SELECT 1 AS number")
    with connect(postgres_server.create_database("copy", template="original")) as connection:
        assert connection.execute("SELECT number FROM entry").fetchall() == [(1,)]
    postgres_server.drop_database("copy")
    with pytest.raises(psycopg.OperationalError):
        connect(postgres_server.database_url("copy"))


@pytest.mark.e2e
def test_chromium_is_found() -> None:
    assert os.access(chromium_path(), os.X_OK)


@pytest.mark.redis
def test_a_missing_program_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ServiceError, match="sudo apt-get install redis-server"):
        start_redis()
