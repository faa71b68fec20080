"""What tests of commands ask after: who was told of what, exactly, and who was refused."""

import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
import msgspec
from sqlalchemy import select

from app.core.clock import Clock, system_clock
from app.core.topics import Topic, user_topic, workspace_topic
from app.live.log import Stream
from app.main import Tandem, create_app
from tests.cast import Person
from tests.conftest import World

# The one who may only look, the one from outside, and the one who is not signed in.
REFUSED = {"vera": 403, "stan": 404, "nobody": 401}
# Where only owners and admins may.
REFUSED_TO_MEMBERS = {"mia": 403, **REFUSED}
# What a person's own stream says of things that others are told in another way.
OWN_NEWS = (
    "notification.",
    "assignment.",
    "workspace.joined",
    "workspace.renamed",
    "workspace.left",
    "forgotten",
)
# A context of its own would read all certificates of this machine, for every client: 40 ms each.
_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@dataclass(frozen=True, kw_only=True)
class Told:
    """One event as the log has it."""

    topic: Topic
    seq: int
    type: str
    by: str | None
    data: Any
    before: Any
    connection_id: str | None

    @property
    def changed(self) -> list[str] | None:
        changed: list[str] | None = self.data.get("changed")
        return changed


@asynccontextmanager
async def hearing(tandem: Tandem, *, own: bool = False) -> AsyncIterator[list[Told]]:
    """Everything that anybody is told of while the context is open; the list is filled when it is left.

    With ``own`` only what single people are told because of what happened to others or to them, else
    all but that. Each stream's numbers must go on from where they were, without a hole.
    """
    earlier = await _positions(tandem)
    told: list[Told] = []
    yield told
    for topic, last in (await _positions(tandem)).items():
        since = earlier.get(topic, 0)
        events = await tandem.log.read(topic, since=since, limit=10_000)
        assert [event.seq for event in events] == list(range(since + 1, last + 1))
        told += [
            Told(
                topic=topic,
                seq=event.seq,
                type=event.type,
                by=str(event.actor.id) if event.actor else None,
                data=json.loads(bytes(event.data)),
                before=None if event.before is msgspec.UNSET else json.loads(bytes(event.before)),
                connection_id=event.connection_id,
            )
            for event in events
            if event.type.startswith(OWN_NEWS) is own
        ]


async def refusals(
    world: World, method: str, path: str, *, who: tuple[str, ...] = tuple(REFUSED), **options: Any
) -> dict[str, int]:
    """How a program of each of ``who`` is answered."""
    async with a_client(world) as client:
        return {
            name: (
                await client.request(
                    method, path, headers={} if name == "nobody" else world.cast[name].bearer, **options
                )
            ).status_code
            for name in who
        }


async def form_refusals(
    world: World, path: str, *, who: tuple[str, ...] = tuple(REFUSED), **fields: str
) -> dict[str, int]:
    """How a plain form of each of ``who`` is answered."""
    answers: dict[str, int] = {}
    for name in who:
        async with a_client(world) as client:
            client.headers["Origin"] = world.program.address
            if name != "nobody":
                client.cookies.set(world.cast[name].cookie_name, world.cast[name].token)
            answers[name] = (await client.post(path, data=fields)).status_code
    return answers


@asynccontextmanager
async def another_process(
    world: World, *, clock: Clock = system_clock, **other: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """A program on the same database, by another clock or with ``other`` settings."""
    app = create_app(replace(world.tandem.settings, **other), clock)
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    try:
        async with httpx.AsyncClient(
            transport=transport, base_url=world.program.address, verify=_NO_CERTIFICATES
        ) as client:
            yield client
    finally:
        await app.state.tandem.database.close()


def a_client(world: World) -> httpx.AsyncClient:
    """A program that is not signed in."""
    return httpx.AsyncClient(base_url=world.program.address, timeout=20, verify=_NO_CERTIFICATES)


def the_workspace(world: World) -> Topic:
    """The stream of the workspace that the cast shares."""
    return workspace_topic(world.workspace_id)


def the_own(person: Person) -> Topic:
    """The stream of one person."""
    return user_topic(person.scope.user_id)


def errors_of(answer: httpx.Response) -> set[str]:
    """The fields that a problem document complains of."""
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    return {error["field"] for error in answer.json().get("errors", [])}


async def _positions(tandem: Tandem) -> dict[Topic, int]:
    async with tandem.database.read() as session:
        rows = await session.execute(select(Stream.kind, Stream.id, Stream.seq))
        return {Topic(row.kind, row.id): row.seq for row in rows}


async def members_of(person: Person, workspace_id: object) -> list[dict[str, Any]]:
    """The members as the API lists them, but for what no event says: whether they are here."""
    listed = (await person.api.get(f"/api/workspaces/{workspace_id}/members")).json()["items"]
    for member in listed:
        assert {"online", "last_seen_at"} <= member.keys()
        del member["online"], member["last_seen_at"]
    return list(listed)
