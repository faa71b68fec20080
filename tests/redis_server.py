"""A real Redis for tests."""

import shutil
import socket
from collections.abc import Sequence

from tests.server import HOST, Server, required


class RedisServer(Server):
    """A single Redis, in memory alone: whatever it held is gone after a restart."""

    def __init__(self) -> None:
        """Find the program."""
        self._program = required(shutil.which("redis-server"), "redis-server", "redis-server")
        super().__init__("redis")

    @property
    def url(self) -> str:
        """The address of its first database."""
        return f"redis://{HOST}:{self.port}/0"

    def command(self) -> Sequence[str]:
        """Return the command that runs it without any file."""
        options = {"--bind": HOST, "--port": str(self.port), "--save": "", "--appendonly": "no"}
        return [str(self._program), *(word for option in options.items() for word in option)]

    def answers(self) -> bool:
        """Tell whether a PING gets its PONG."""
        try:
            with socket.create_connection((HOST, self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
