"""A mail server for tests, on loopback: it keeps what it is sent, or refuses it as it is told."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from tests.server import free_port

HUNG_UP = "hangs up when it has everything"


@dataclass
class PostOffice:
    """What has been taken, and what is answered to whom instead of being taken."""

    port: int = field(default_factory=free_port)
    taken: list[EmailMessage] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    asked: int = 0  # how often somebody came
    _server: asyncio.Server | None = None

    async def open(self) -> None:
        """Let people in."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def close(self) -> None:
        """Let nobody in."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    def to(self, email: str) -> list[str]:
        """The texts of the mails to somebody, in order."""
        texts = [str(mail.get_content()) for mail in self.taken if mail["To"] == email]
        return [text.replace("\r\n", "\n") for text in texts]

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.asked += 1
        recipient = ""
        try:
            writer.write(b"220 post office\r\n")
            while line := (await reader.readline()).decode().strip():
                verb = line[:4].upper()
                answer = "250 well"
                if verb == "RCPT":
                    recipient = line.partition("<")[2].partition(">")[0]
                    said = self.refused.get(recipient, answer)
                    answer = answer if said == HUNG_UP else said
                elif verb == "DATA":
                    writer.write(b"354 go on\r\n")
                    content = await reader.readuntil(b"\r\n.\r\n")
                    self.taken.append(message_from_bytes(content[:-3], policy=default))
                    if self.refused.get(recipient) == HUNG_UP:
                        break
                writer.write(f"{answer}\r\n".encode())
                if verb == "QUIT":
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def post_office() -> AsyncIterator[PostOffice]:
    """One that is open."""
    office = PostOffice()
    await office.open()
    try:
        yield office
    finally:
        await office.close()
