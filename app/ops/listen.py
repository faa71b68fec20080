"""A client of the JSON socket for the terminal: ``tandem listen`` and ``tandem send``.

It is also the shortest complete example of one: sign in, connect, send heartbeats, resume.
"""

import argparse
import asyncio
import getpass
import json
import os
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

PROTOCOL = Subprotocol("tandem.json.v1")
REFUSALS = {1008, 4401, 4403, 4404}
LONGEST_WAIT = 5.0
ANSWER_SECONDS = 10


async def listen(options: argparse.Namespace) -> int:
    """Print every event as a line of JSON, reconnecting and resuming for as long as it may."""
    token = await _token(options)
    since: int | None = options.since
    tries = 0
    while True:
        try:
            async with _connected(options, token, since) as socket:
                async for text in socket:
                    tries = 0
                    message = json.loads(text)
                    print(text, flush=True)
                    since = message.get("seq", since)
                    if message["type"] == "welcome" and since is None:
                        since = message["data"]["seq"]
        except (OSError, ConnectionClosed, InvalidHandshake) as error:
            if isinstance(error, ConnectionClosed) and error.rcvd and error.rcvd.code in REFUSALS:
                print(f"closed: {_closed(error)}", file=sys.stderr)
                return 1
        # Full jitter, so that many clients of one restarted server do not come back at once.
        await asyncio.sleep(random.uniform(0, min(LONGEST_WAIT, 0.25 * 2**tries)))  # noqa: S311
        tries += 1


async def send(options: argparse.Namespace) -> int:
    """Send one message and print its ack or error; the exit code is 1 for an error."""
    try:
        message = json.dumps({"type": options.type, "ref": "1", "data": json.loads(options.data)})
    except ValueError as error:
        raise SystemExit(f"not sent: the data is not JSON: {error}") from None
    token = await _token(options)
    try:
        async with _connected(options, token, None) as socket, asyncio.timeout(ANSWER_SECONDS):
            await socket.send(message)
            async for text in socket:
                answer = json.loads(text)
                if answer["type"] in ("ack", "error") and answer["data"]["ref"] == "1":
                    print(text)
                    return 0 if answer["type"] == "ack" else 1
    except (OSError, ConnectionClosed, InvalidHandshake) as error:
        print(f"not sent: {_closed(error)}", file=sys.stderr)
    return 1


COMMANDS = {"listen": listen, "send": send}


async def _token(options: argparse.Namespace) -> str:
    """The token in TANDEM_TOKEN, or a new one for the e-mail address and a password."""
    if given := os.environ.get("TANDEM_TOKEN"):
        return given
    email = options.email or await asyncio.to_thread(input, "E-mail: ")
    password = os.environ.get("TANDEM_PASSWORD") or await asyncio.to_thread(getpass.getpass)
    try:
        async with httpx.AsyncClient(base_url=options.url, timeout=ANSWER_SECONDS) as client:
            answer = await client.post("/api/auth/login", json={"email": email, "password": password})
    except httpx.TransportError as error:
        raise SystemExit(f"{options.url} does not answer: {error}") from None
    body: dict[str, Any] = answer.json()
    if answer.is_error:
        raise SystemExit(f"{answer.status_code}: {body['detail']}")
    return str(body["access_token"])


def _closed(error: Exception) -> str:
    if isinstance(error, ConnectionClosed) and error.rcvd:
        return f"{error.rcvd.code} {error.rcvd.reason}"
    return str(error)


@asynccontextmanager
async def _connected(
    options: argparse.Namespace, token: str, since: int | None
) -> AsyncIterator[ClientConnection]:
    place = f"workspace/{options.workspace}" if options.workspace else "personal"
    query = "" if since is None else f"?since={since}"
    address = f"{options.url.replace('http', 'ws', 1).rstrip('/')}/ws/{place}{query}"
    headers = {"Authorization": f"Bearer {token}"}
    async with connect(address, subprotocols=[PROTOCOL], additional_headers=headers) as socket:
        beating = asyncio.create_task(_beat(socket))
        try:
            yield socket
        finally:
            beating.cancel()


async def _beat(socket: ClientConnection) -> None:
    while True:
        await socket.send('{"type": "heartbeat"}')
        await asyncio.sleep(20)
