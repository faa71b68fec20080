"""A real PostgreSQL for tests, with as many databases as they want."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import sql

from deploy import debian
from tests.server import HOST, Server, ServiceError, required


class PostgresServer(Server):
    """A PostgreSQL that trusts whoever connects over loopback.

    Its databases sort text as natural languages do, like most in production and unlike SQLite: what
    relies on the order of code points must say so in its schema.
    """

    stop_signal = signal.SIGINT  # "fast shutdown": does not wait for clients

    def __init__(self, *, fast: bool) -> None:
        """Find the programs and make an empty data folder."""
        self._program = required(debian.postgresql_binary("postgres"), "postgres", "postgresql")
        self._fast = fast
        super().__init__("postgres")
        if user := self.user():
            shutil.chown(self.folder, user, user)
        self._initialise()

    @property
    def url(self) -> str:
        """The address of the database that is always there."""
        return self.database_url("postgres")

    def database_url(self, name: str) -> str:
        """Return the address of a database of this server."""
        return f"postgresql+psycopg://postgres@{HOST}:{self.port}/{name}"

    def create_database(self, name: str, *, template: str = "template1") -> str:
        """Copy a database that nobody is connected to, and return the address of the copy."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return self.database_url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def user(self) -> str | None:
        """Return Debian's PostgreSQL user when the tests run as root, which PostgreSQL refuses."""
        if os.geteuid() != 0:
            return None
        return pwd.getpwnam("postgres").pw_name

    def command(self) -> Sequence[str]:
        """Return the command that runs it on loopback alone."""
        settings = {
            "listen_addresses": HOST,
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
        }
        if self._fast:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = (word for item in settings.items() for word in ("-c", "=".join(item)))
        return [str(self._program), "-D", str(self._data), *options]

    def answers(self) -> bool:
        """Tell whether it takes a connection."""
        try:
            self._execute(sql.SQL("SELECT 1"))
        except psycopg.OperationalError:
            return False
        return True

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _initialise(self) -> None:
        program = self._program.with_name("initdb")
        locale = ("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")
        options = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync", *locale)
        result = subprocess.run(
            [program, "-D", self._data, *options],
            cwd=self.folder,
            user=self.user(),
            group=self.user(),
            extra_groups=[] if self.user() else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise ServiceError(f"initdb failed:\n{result.stdout}")

    def _execute(self, statement: sql.SQL | sql.Composed) -> None:
        address = f"postgresql://postgres@{HOST}:{self.port}/postgres"
        with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
            connection.execute(statement)
