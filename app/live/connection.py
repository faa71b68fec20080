"""One client's socket once it is let in: it follows a room, and is heard."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.core.events import EVERYBODY, RecordedEvent
from app.core.fragments import FetchAnew
from app.core.presence import UNKNOWN, Snapshot
from app.core.scope import Scope
from app.core.topics import Topic
from app.live.language import Language
from app.live.looking import Looking
from app.live.present import View
from app.live.room import Room

SEND_SECONDS = 10

NO_HEARTBEAT = 4408
ACCESS_ENDED = 4403
SIGNED_OUT = 4401
RECONNECT = 1012
TOO_SLOW = 1013
INVALID = 1008


class Closing(Exception):
    """The socket is to be closed; ``reason`` is for people."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class RoomPresence:
    """Who is in the room that a client follows."""

    snapshot: Callable[[], Snapshot]
    everybody: Callable[[], Awaitable[Mapping[str, object]]]
    members: Callable[[], Awaitable[Collection[UUID]]]


@dataclass(frozen=True, kw_only=True)
class Admission:
    """What was true of the client in the snapshot in which it was let in."""

    scope: Scope
    role: str
    seq: int


class Connection:
    """Brings a client from its own position to the room's, frame by frame.

    It has a position and no queue: while a send has not finished, events only make the next frame
    later and larger, so a client that does not read costs nothing but its own freshness.
    """

    def __init__(
        self,
        *,
        connection_id: str,
        admission: Admission,
        view: View,
        language: Language,
        since: int | None,
        send: Callable[[str], Awaitable[None]],
        heartbeat_interval: float,
        presence: RoomPresence | None,
    ) -> None:
        self.id = connection_id
        self.away = False
        self.admission = admission
        self.view = view
        self.beside: View | None = None
        self._language = language
        self._send = send
        self._heartbeat_interval = heartbeat_interval
        self._presence = presence
        self._shown: Snapshot | None = None
        self._position = admission.seq if since is None else since
        self._news = asyncio.Event()
        self._now = asyncio.get_running_loop().time
        self._heard_at = self._now()
        self._ending: Closing | None = None
        self._looking: Looking | None = None

    @property
    def is_page(self) -> bool:
        """Whether its client is a page, which shows something."""
        return self._language.shared

    @property
    def session_id(self) -> UUID:
        return self.admission.scope.session_id

    @property
    def user_id(self) -> UUID:
        return self.admission.scope.user_id

    @property
    def task_id(self) -> UUID | None:
        """The task that its page is about, or shows over a list, if there is one."""
        return getattr(self.beside or self.view, "task_id", None)

    @property
    def silent_for(self) -> float:
        """Seconds since its client said anything."""
        return self._now() - self._heard_at

    @property
    def position(self) -> int:
        """The number up to which its client has been told."""
        return self._position

    def wake(self) -> None:
        """There is news, or something else to do."""
        self._news.set()

    def heard(self) -> None:
        """The client said something."""
        self._heard_at = self._now()

    @property
    def ending(self) -> Closing | None:
        """Why it is about to be closed, once that has been decided."""
        return self._ending

    def end(self, code: int, reason: str) -> None:
        """Say goodbye and close as soon as what is being sent has been sent."""
        self._ending = Closing(code, reason)
        self.wake()

    async def look(self, looking: Looking) -> None:
        """Show what somebody looks at besides the page's own view, or no longer; returns once that is so."""
        self._looking = looking
        self.wake()
        await looking.shown.wait()

    async def follow(self, room: Room) -> None:
        """Send what happens, and heartbeats, until there is a reason to close; raises Closing."""
        await self._welcome(room)
        beat_at = self._now() + self._heartbeat_interval
        while True:
            while self._position < room.position and self._ending is None:
                await self._catch_up(room)
            if self._ending is not None:
                raise self._ending
            if self._looking is not None:
                await self._show_beside(room, self._looking)
            await self._tell_presence(room)
            if self._now() - self._heard_at > 2 * self._heartbeat_interval:
                raise Closing(NO_HEARTBEAT, "No heartbeat came from the client.")
            if self._now() >= beat_at:
                beat_at = self._now() + self._heartbeat_interval
                await self.notice("heartbeat", room.topic, {}, seq=self._position)
            try:
                async with asyncio.timeout(beat_at - self._now()):
                    await self._news.wait()
                self._news.clear()
            except TimeoutError:
                continue

    async def notice(
        self, kind: str, topic: Topic, data: Mapping[str, object], *, seq: int | None = None
    ) -> None:
        """Send one message that is no committed change."""
        await self._deliver([self._language.notice(kind, topic, seq, data)])

    async def _welcome(self, room: Room) -> None:
        if self._position > room.position:
            # The client has seen what the broker has not brought to this process yet.
            await room.catch_up()
        snapshot = self._presence.snapshot() if self._presence else UNKNOWN
        data = {
            "connection_id": self.id,
            "user": {"id": self.admission.scope.user_id, "name": self.admission.scope.name},
            "role": self.admission.role,
            "heartbeat_interval": self._heartbeat_interval,
            "online": await self._online(snapshot),
        }
        behind = room.position - self._position
        # A position above the log's own comes from before a restored backup.
        lost = behind < 0 or behind > self._language.replay_most
        # Not the room's position: what happened since the admission may have ended it.
        await self.notice("welcome", room.topic, data, seq=self.admission.seq if lost else self._position)
        if self._language.welcome_says_who:
            self._shown = snapshot
        if lost:
            await self._resync(room, self.admission.seq)

    async def _online(self, snapshot: Snapshot) -> Sequence[object]:
        """Who is here, for programs alone: of somebody just removed the snapshot may not know yet."""
        if self._presence is None or not self._language.welcome_says_who:
            return []
        members = await self._presence.members()
        return [user_id for user_id in snapshot.people if user_id in members]

    async def _tell_presence(self, room: Room) -> None:
        """Say who came and went since this client was told last: one difference, however long that was."""
        if self._presence is None:
            return
        before, after = self._shown, self._presence.snapshot()
        if after is before:
            return
        told = self._language.presence(before, after)
        if told is None:
            told = [("presence.update", await self._presence.everybody())]
        self._shown = after
        for kind, data in told:
            await self.notice(kind, room.topic, data)

    async def _show_beside(self, room: Room, looking: Looking) -> None:
        """Tell what happened to it since it was read, then that it is followed: in this order."""
        self._looking = None
        if looking.view is not None and looking.since < self._position:
            events = await room.since(looking.since, limit=self._language.at_once)
            missed = [event for event in events if event.seq <= self._position]
            whole = missed and (missed[0].seq, missed[-1].seq) == (looking.since + 1, self._position)
            try:
                if not whole:
                    raise FetchAnew
                # Its own changes, too: the page may not have shown it then.
                await self._deliver(self._language.changes(looking.view, missed, self._position))
            except FetchAnew:
                await self.notice("resync", room.topic, {}, seq=self._position)
        self.beside = looking.view
        await self.notice("ack", room.topic, {"ref": looking.ref})
        looking.shown.set()

    async def _resync(self, room: Room, seq: int) -> None:
        self._position = seq
        await self.notice("resync", room.topic, {}, seq=self._position)

    async def _catch_up(self, room: Room) -> None:
        upto = room.position
        events = await room.since(self._position, limit=self._language.at_once)
        if not events or events[0].seq > self._position + 1:
            # The log no longer goes back so far.
            if self._position >= self.admission.seq:
                # What ended its access may be among what is gone: it has to be judged anew.
                raise Closing(RECONNECT, "Please reconnect.")
            return await self._resync(room, self.admission.seq)
        allowed, ended = self._allowed(events)
        try:
            frames = self._frames(room, allowed, events, upto)
        except FetchAnew:
            await self._resync(room, events[-1].seq)
        else:
            await self._deliver(frames)
            self._position = events[-1].seq
        if ended:
            raise Closing(ACCESS_ENDED, "You no longer have access to this.")
        return None

    def _frames(
        self,
        room: Room,
        allowed: Sequence[RecordedEvent],
        events: Sequence[RecordedEvent],
        upto: int,
    ) -> list[str]:
        if not allowed:
            return []
        wanted = [event for event in allowed if event.connection_id != self.id]
        seq = allowed[-1].seq
        view = self.view if self.beside is None else (self.view, self.beside)
        if not self._language.shared or len(wanted) != len(events) or events[-1].seq != upto:
            return self._language.changes(view, wanted, seq)
        # Both ends: the room may have moved on while this stretch was read from the log.
        key = (self._language, view, self._position, upto)
        return room.shared(key, lambda: self._language.changes(view, wanted, seq))

    def _allowed(self, events: Sequence[RecordedEvent]) -> tuple[Sequence[RecordedEvent], bool]:
        """The events up to the one that ends this client's access, and whether there is such a one."""
        for index, event in enumerate(events):
            # What happened before the client was let in was known when it was.
            if event.seq <= self.admission.seq:
                continue
            if event.ends_access_of == str(self.admission.scope.user_id):
                return events[:index], True
            if event.ends_access_of == EVERYBODY:
                return events[: index + 1], True
        return events, False

    async def _deliver(self, frames: Sequence[str]) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                for frame in frames:
                    await self._send(frame)
        except TimeoutError:
            raise Closing(TOO_SLOW, "The client reads too slowly.") from None
