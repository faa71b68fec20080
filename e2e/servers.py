"""The real program as a process of its own, which may be killed and restarted at the same address."""

import sys
from collections.abc import Mapping, Sequence

import httpx

from tests.server import HOST, Server


class Program(Server):
    """One process of Tandem; without a database address it keeps SQLite in its own folder."""

    def __init__(self, **settings: str) -> None:
        """Take what is to be set: ``heartbeat_interval="1s"`` is TANDEM_HEARTBEAT_INTERVAL."""
        super().__init__("program")
        self._settings = {
            "port": str(self.port),
            "secret_key": "only for tests: thirty-two characters",
            "ws_connects_per_minute": "1000",
            **settings,
        }

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://{HOST}:{self.port}"

    @property
    def environment(self) -> Mapping[str, str]:
        return {f"TANDEM_{name.upper()}": value for name, value in self._settings.items()}

    def command(self) -> Sequence[str]:
        """Return the command that serves it; ``env`` becomes the program and keeps its process id."""
        settings = [f"{name}={value}" for name, value in self.environment.items()]
        return ["env", *settings, sys.executable, "-m", "app.cli", "run"]

    def answers(self) -> bool:
        """Tell whether it is ready for people."""
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=5).status_code == 200
        except httpx.TransportError:
            return False
