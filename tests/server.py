"""A server process for tests, on a free loopback port, with its data in a temporary folder.

It is stopped by its own process id. Knows nothing of the kinds of servers.
"""

import atexit
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"
START_TIMEOUT = 30.0
STOP_TIMEOUT = 20.0
POLL_INTERVAL = 0.02

# Below the range from which the kernel takes ports for outgoing connections, so that nobody sits
# on the port of a server while it restarts.
FIRST_PORT, LAST_PORT = 20_000, 30_000


class ServiceError(Exception):
    """A server could not be started, or what it is started from is missing."""


class Server(ABC):
    """A process with a folder of its own, which may be killed and restarted at the same address."""

    stop_signal = signal.SIGTERM

    def __init__(self, name: str) -> None:
        """Take the name that its folder is called by, and choose a free port."""
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix=f"tandem-{name}-"))
        self.process: subprocess.Popen[bytes] | None = None
        self._log = self.folder / "server.log"
        atexit.register(self.stop)

    @property
    @abstractmethod
    def url(self) -> str:
        """The address that the application is given."""

    @abstractmethod
    def command(self) -> Sequence[str]:
        """Return the command that runs the server in the foreground."""

    @abstractmethod
    def answers(self) -> bool:
        """Tell whether the server serves a simple request."""

    def user(self) -> str | None:
        """Return the system user to run as, or None for the present one."""
        return None

    def start(self) -> None:
        """Start the process and wait until it answers.

        A process that ends is started again within the time limit: right after a kill the former
        one's children may still hold its files.
        """
        deadline = time.monotonic() + START_TIMEOUT
        self.process = self._launch()
        while not self.answers():
            if time.monotonic() > deadline:
                self.kill()
                raise ServiceError(f"{self.command()[0]} did not start:\n{self._log.read_text()}")
            time.sleep(POLL_INTERVAL)
            if self.process.poll() is not None:
                time.sleep(5 * POLL_INTERVAL)
                self.process = self._launch()

    def kill(self) -> None:
        """End the process at once, as a crash would."""
        self._end(signal.SIGKILL)

    def shut_down(self) -> None:
        """End the process in good order; its data stays for a restart."""
        self._end(self.stop_signal)

    def restart(self) -> None:
        """Start anew on the same port and data, after shutting down what still runs."""
        self.shut_down()
        self.start()

    def stop(self) -> None:
        """End the process and remove its folder. Doing it again changes nothing."""
        self.shut_down()
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.stop)

    def __enter__(self) -> Self:
        """Return the server, to be stopped at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server."""
        self.stop()

    def _launch(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                self.command(),
                cwd=self.folder,
                user=self.user(),
                group=self.user(),
                extra_groups=[] if self.user() else None,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests, which then stop their servers
            )

    def _end(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(number)
        try:
            self.process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    while True:
        port = random.randrange(FIRST_PORT, LAST_PORT)
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
        return port


def required(found: Path | str | None, program: str, package: str) -> Path:
    """Return what was found, or raise ServiceError with the package that brings it."""
    if found is None:
        raise ServiceError(f"{program} is missing; install it with: sudo apt-get install {package}")
    return Path(found)
