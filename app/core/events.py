"""What an event is: a fact with one audience, and the form in which the log keeps it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from app.core.topics import StreamKind, Topic

# Whose access an event can end beside one user's: that of all who follow the stream.
EVERYBODY = "*"
# What is left of an event that may no longer be told.
FORGOTTEN = "forgotten"


class Actor(msgspec.Struct, frozen=True):
    """Who did it, by the name they had then."""

    id: UUID
    name: str


@dataclass(frozen=True, kw_only=True)
class Event(ABC):
    """A fact, recorded by a command in the transaction that makes it true.

    An event carries the public state after the change, so that whoever sees it needs no further read.
    That state holds the event's own number, which only the commit knows: ``stamp`` is told it first.
    """

    type: ClassVar[str]
    topic: Topic
    actor: Actor | None

    @property
    @abstractmethod
    def entity_id(self) -> UUID:
        """What changed; several events of one entity collapse into its last state."""

    @abstractmethod
    def data(self) -> object:
        """The public state after the change, ready for JSON."""

    def stamp(self, seq: int) -> None:  # noqa: B027 - most entities carry no number
        """Take the number under which this event is committed."""

    def before(self) -> object | None:
        """The previous values of what changed; None for something new."""
        return None

    def part_of(self) -> UUID | None:
        """Something larger whose history tells of this, too, as a task's does of its comments."""
        return None

    def ends_access_of(self) -> str | None:
        """The subject whose access ends here: a user's id, EVERYBODY, or None."""
        return None

    def about(self) -> UUID | None:
        """On a person's stream: the workspace of which it tells, whose members alone may know it."""
        return None

    def forgets(self) -> UUID | None:
        """On a person's stream: the workspace to which they belong no longer.

        All that the stream has told about it before, this transaction included, is forgotten.
        """
        return None


class RecordedEvent(msgspec.Struct, frozen=True, dict=True, kw_only=True):
    """An event as the log keeps it and as it travels between processes."""

    kind: StreamKind
    stream_id: UUID
    seq: int
    type: str
    entity_id: UUID
    actor: Actor | None
    at: datetime
    data: msgspec.Raw
    # Not None: msgspec takes Raw beside nothing else than UNSET.
    before: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    connection_id: str | None = None
    ends_access_of: str | None = None
    about: UUID | None = None
    forgets: UUID | None = None
    part_of: UUID | None = None

    @property
    def topic(self) -> Topic:
        return Topic(self.kind, self.stream_id)

    @cached_property
    def message(self) -> str:
        """The event as programs get it over the socket (``tandem.json.v1``)."""
        return _encoder.encode(
            {
                "type": self.type,
                "workspace_id": self.stream_id if self.kind is StreamKind.WORKSPACE else None,
                "seq": self.seq,
                "ts": self.at,
                "actor": self.actor,
                "data": self.data,
            }
        ).decode()


def recorded(event: Event, *, seq: int, at: datetime, connection_id: str | None) -> RecordedEvent:
    """``event`` in the form of the log, under its number."""
    before = event.before()
    return RecordedEvent(
        kind=event.topic.kind,
        stream_id=event.topic.id,
        seq=seq,
        type=event.type,
        entity_id=event.entity_id,
        actor=event.actor,
        at=at,
        data=raw_json(event.data()),
        before=msgspec.UNSET if before is None else raw_json(before),
        connection_id=connection_id,
        ends_access_of=event.ends_access_of(),
        about=event.about(),
        forgets=event.forgets(),
        part_of=event.part_of(),
    )


def forgotten(event: RecordedEvent) -> RecordedEvent:
    """What is left of ``event``: its number, so that none is missing."""
    return msgspec.structs.replace(
        event, type=FORGOTTEN, actor=None, data=msgspec.Raw(b"{}"), before=msgspec.UNSET
    )


def raw_json(value: object) -> msgspec.Raw:
    """``value`` as JSON that is not parsed again until somebody needs it."""
    return msgspec.Raw(_encoder.encode(value))


def encode_event(event: RecordedEvent) -> bytes:
    """``event`` for the broker's wire."""
    return _encoder.encode(event)


def decode_event(payload: bytes) -> RecordedEvent:
    """The reverse; raises ValueError, or RecursionError where it is too deep, for anything else."""
    return _decoder.decode(payload)


def _plain(value: object) -> Any:
    raise TypeError(f"an event cannot carry a {type(value).__name__}")


_encoder = msgspec.json.Encoder(enc_hook=_plain)
_decoder = msgspec.json.Decoder(RecordedEvent)
