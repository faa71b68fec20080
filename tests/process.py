"""The real program as a process of its own, which may be killed and restarted at the same address."""

import os
import sys
from collections.abc import Sequence

import httpx

from tests.server import HOST, Server

READY_SECONDS = 5


class Process(Server):
    """One process of Tandem on a free port of loopback, kept across restarts.

    ``Process(heartbeat_interval="1s")`` sets TANDEM_HEARTBEAT_INTERVAL. Without a database address
    it keeps SQLite in a folder of its own, which goes with ``stop()``.
    """

    def __init__(self, **settings: str) -> None:
        super().__init__("program")
        own = {
            "database_url": f"sqlite:///{self.folder / 'tandem.sqlite'}",
            "host": HOST,
            "port": str(self.port),
            "secret_key": "only for tests: thirty-two characters",
            "ws_connects_per_minute": "1000",
        }
        self.settings = {f"TANDEM_{name.upper()}": value for name, value in (own | settings).items()}

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://{HOST}:{self.port}"

    @property
    def address(self) -> str:
        """Where it is reached."""
        return self.url

    def command(self) -> Sequence[str]:
        """Return the command that serves it; ``env`` becomes the program and keeps its process id."""
        foreign = [f"--unset={name}" for name in os.environ if name.startswith("TANDEM_")]
        settings = [f"{name}={value}" for name, value in self.settings.items()]
        return ["env", *foreign, *settings, sys.executable, "-m", "app.cli", "run"]

    def answers(self) -> bool:
        """Tell whether it is ready for people."""
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=READY_SECONDS).status_code == 200
        except httpx.TransportError:
            return False

    def terminate(self) -> None:
        """End it in good order, as an operator does; its data stays for the next start."""
        self.shut_down()
