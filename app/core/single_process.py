"""Makes sure that a program which cannot hear of other processes has none beside it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

# Any number will do, as long as nobody else takes advisory locks by it in the same database.
_LOCK_NUMBER = 7_526_333_631


class AnotherProcess(Exception):
    """Some other process of this program serves the same database."""


@contextmanager
def only_process(database_url: str) -> Iterator[None]:
    """Hold the database for this process alone; raises AnotherProcess when one holds it already.

    The lock goes with the process, however that ends.
    """
    if database_url.startswith("sqlite"):
        with _locked_file(Path(make_url(database_url).database or "tandem").with_suffix(".lock")):
            yield
    else:
        with _locked_database(database_url):
            yield


@contextmanager
def _locked_file(file: Path) -> Iterator[None]:
    with file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AnotherProcess from None
        yield


@contextmanager
def _locked_database(url: str) -> Iterator[None]:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        locked = connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": _LOCK_NUMBER})
        connection.commit()
        if not locked:
            raise AnotherProcess
        yield
