"""A client of the socket for tests, in both languages; every read has a time limit."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.cast import Person

PATIENCE = 15.0
JSON = "tandem.json.v1"
# Not committed changes; they come when they come.
BACKGROUND = ("heartbeat", "presence")

Message = dict[str, Any]


class Wire:
    """One open socket, and everything that came over it."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.heard: list[Message] = []

    @property
    def connection_id(self) -> str:
        """The id that the server gave to this connection."""
        welcome = next(message for message in self.heard if message["type"] == "welcome")
        return str(welcome.get("data", welcome)["connection_id"])

    @property
    def told(self) -> list[Message]:
        """What was heard, without heartbeats and presence."""
        return [message for message in self.heard if not message["type"].startswith(BACKGROUND)]

    async def read(self) -> Message:
        """The next message of any kind."""
        async with asyncio.timeout(PATIENCE):
            message: Message = json.loads(await self.connection.recv())
        self.heard.append(message)
        return message

    async def next(self) -> Message:
        """The next message that is neither a heartbeat nor about presence."""
        while True:
            message = await self.read()
            if not message["type"].startswith(BACKGROUND):
                return message

    async def until(self, kind: str) -> Message:
        """The next message of one kind, whatever comes before it."""
        while True:
            message = await self.read()
            if message["type"] == kind:
                return message

    async def changes(self, last: int) -> list[Message]:
        """The committed changes up to number ``last``."""
        found: list[Message] = []
        while not found or found[-1]["seq"] < last:
            message = await self.next()
            if "seq" in message:
                found.append(message)
        return found

    async def send(self, text: str | bytes) -> None:
        """Send exactly this."""
        await self.connection.send(text)

    async def ask(self, kind: str, data: object = None, *, ref: str = "1") -> Message:
        """Send one message; its ack or error, which must carry ``ref``."""
        await self.send(json.dumps({"type": kind, "ref": ref, "data": data or {}}))
        answer = await self.answer()
        assert answer["data"]["ref"] == ref
        return answer

    async def answer(self) -> Message:
        """The next ack or error."""
        while True:
            message = await self.read()
            if message["type"] in ("ack", "error"):
                return message

    async def closed(self) -> tuple[int, str]:
        """Read to the end; the code and the reason of the server's close."""
        try:
            while True:
                await self.read()
        except ConnectionClosed:
            pass
        code = self.connection.close_code
        assert code is not None
        return code, self.connection.close_reason or ""


@asynccontextmanager
async def dial(
    address: str, *, headers: Mapping[str, str] | None = None, protocol: str | None = None
) -> AsyncIterator[Wire]:
    """A socket to ``address``, which may be about to be closed by the server."""
    connecting = connect(
        address,
        subprotocols=[Subprotocol(protocol)] if protocol else None,
        additional_headers=headers,
        compression=None,
        proxy=None,
        ping_interval=None,
        open_timeout=PATIENCE,
        close_timeout=2,
    )
    async with connecting as connection:
        yield Wire(connection)


@asynccontextmanager
async def listening(
    person: Person, workspace_id: UUID | None, *, protocol: str | None = JSON, query: str = ""
) -> AsyncIterator[Wire]:
    """``person`` on the socket of a workspace, or on their own, once they have been welcomed."""
    async with dial(
        socket_address(person, workspace_id, query), headers=person.bearer, protocol=protocol
    ) as wire:
        welcome = await wire.read()
        assert welcome["type"] == "welcome"
        yield wire


def socket_address(person: Person, workspace_id: object, query: str = "") -> str:
    """Where ``person`` finds the socket of a workspace, or their own."""
    place = "personal" if workspace_id is None else f"workspace/{workspace_id}"
    return f"{person.address.replace('http', 'ws', 1)}/ws/{place}" + (f"?{query}" if query else "")


def browser_headers(person: Person, *, origin: str | None = None) -> dict[str, str]:
    """What a browser of ``person`` sends from a page of ``origin``."""
    return {"Cookie": f"{person.cookie_name}={person.token}", "Origin": origin or person.address}
