"""The two languages of the socket: HTML for the page, JSON for programs."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

import msgspec

from app.core.events import RecordedEvent
from app.core.fragments import FetchAnew
from app.core.presence import UNKNOWN, Snapshot
from app.core.topics import StreamKind, Topic
from app.live.present import Presenter, Teller, View, collapse, present, tell

JSON_PROTOCOL = "tandem.json.v1"
# Further behind than this, in events, a client is told to fetch the state anew.
PROGRAM_REPLAY_MOST = 10_000
PAGE_REPLAY_MOST = 2_000
ENTITIES_MOST = 500
CONTENT_MOST = 256 * 1024


# The type of a message about who is here, and what it says.
Presence = tuple[str, Mapping[str, object]]
# More people at once than this are told as the list of all.
COMINGS_MOST = 20


class Language(Protocol):
    """How the server speaks on one socket."""

    shared: bool
    """Whether clients with the same view can be sent the very same frames."""
    replay_most: int
    """How many events behind a client may be."""
    at_once: int
    """How many events are turned into frames in one go."""

    welcome_says_who: bool
    """Whether the welcome tells who is here."""

    def changes(self, view: View, events: Sequence[RecordedEvent], seq: int) -> list[str]:
        """The frames that bring a client with ``view`` to ``seq``. Raises FetchAnew."""

    def presence(self, before: Snapshot | None, after: Snapshot) -> list[Presence] | None:
        """The notices that tell who came and went, as (type, data).

        None where only the list of all members says it; ``before`` is None for who knows nothing yet.
        """

    def notice(self, kind: str, topic: Topic, seq: int | None, data: Mapping[str, object]) -> str:
        """One message that is no committed change: welcome, heartbeat, ack, error, resync, goodbye."""


class JsonLanguage:
    """``tandem.json.v1``: every event by itself, as the contract shows it."""

    shared = False  # a message is encoded once by the event itself; there is nothing to share
    replay_most = PROGRAM_REPLAY_MOST
    welcome_says_who = True
    at_once = 500

    def changes(self, view: View, events: Sequence[RecordedEvent], seq: int) -> list[str]:
        return [event.message for event in events]

    def presence(self, before: Snapshot | None, after: Snapshot) -> list[Presence] | None:
        before = before or UNKNOWN
        came, went = after.people.keys() - before.people, before.people.keys() - after.people
        same = all(
            before.people[user].away == after.people[user].away
            for user in after.people.keys() & before.people
        )
        if before.known != after.known or not same or len(came) + len(went) > COMINGS_MOST:
            return None
        now = datetime.now(UTC)
        told = [
            *(("presence.user_joined", user, None) for user in came),
            *(("presence.user_left", user, now) for user in went),
        ]
        return [
            (kind, {"user_id": user, "online": at is None, "last_seen_at": at}) for kind, user, at in told
        ]

    def notice(self, kind: str, topic: Topic, seq: int | None, data: Mapping[str, object]) -> str:
        return _encode(
            {
                "type": kind,
                "workspace_id": topic.id if topic.kind is StreamKind.WORKSPACE else None,
                "ts": datetime.now(UTC),
                "actor": None,
                "data": data if seq is None else {**data, "seq": seq},
            }
        )


class HtmlLanguage:
    """For the page's htmx extension: the last state of what changed, in one frame."""

    shared = True
    replay_most = PAGE_REPLAY_MOST
    welcome_says_who = False
    at_once = PAGE_REPLAY_MOST

    def __init__(
        self, presenters: Mapping[str, Presenter], tellers: Mapping[str, Teller] | None = None
    ) -> None:
        self._presenters = presenters
        self._tellers = tellers or {}

    def changes(self, view: View, events: Sequence[RecordedEvent], seq: int) -> list[str]:
        changes = collapse(events)
        if len(changes) > ENTITIES_MOST:
            raise FetchAnew
        content, anew = present(self._presenters, view, changes)
        if len(content) > CONTENT_MOST:
            raise FetchAnew
        frame: dict[str, object] = {"type": "changes"}
        if content:
            frame["content"] = content
        if news := tell(self._tellers, view, changes):
            frame["news"] = news
        if not anew:
            return [_encode(frame | {"seq": seq})]
        # Not there yet: a page that loses its line before it has fetched itself is told again.
        return [_encode(frame), _encode({"type": "resync", "seq": seq})]

    def presence(self, before: Snapshot | None, after: Snapshot) -> list[Presence] | None:
        everything = before is None or before.known != after.known
        known = {} if before is None or everything else before.people
        people: dict[str, object] = {
            str(user): {"away": here.away, "tasks": here.tasks}
            for user, here in after.people.items()
            if known.get(user) != here
        }
        people |= {str(user): None for user in known.keys() - after.people}
        return [("presence", {"known": after.known, "all": everything, "people": people})]

    def notice(self, kind: str, topic: Topic, seq: int | None, data: Mapping[str, object]) -> str:
        return _encode({"type": kind, **({} if seq is None else {"seq": seq}), **data})


def _encode(message: Mapping[str, object]) -> str:
    return msgspec.json.encode(message).decode()
