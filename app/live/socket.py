"""``/ws/...``: who may come in, what they say, and why they are sent away. Knows no message's meaning."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

import msgspec
import structlog
from litestar import websocket
from litestar.exceptions import WebSocketDisconnect
from litestar.handlers import WebsocketRouteHandler
from litestar.params import FromPath
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.core.decoding import decode
from app.core.errors import Malformed, NotFound, TandemError, TooMany, Unauthenticated, Unavailable
from app.core.messages import MessageHandler
from app.core.scope import Scope
from app.core.topics import StreamKind, Topic
from app.live.connection import ACCESS_ENDED, INVALID, SIGNED_OUT, Closing, Connection
from app.live.doorkeeper import AnySocket, Doorkeeper
from app.live.language import JSON_PROTOCOL, HtmlLanguage, JsonLanguage, Language
from app.live.looking import Look, Looking
from app.live.presence import Presence
from app.live.present import View
from app.live.rooms import Rooms

NOT_FOUND = 4404
TOO_MANY_CONNECTS = 4429
INTERNAL_ERROR = 1011
TOO_LARGE = 1009
INVALID_IN_A_ROW = 20
MESSAGE_BYTES_MOST = 16 * 1024
# A client that does not read cannot be told goodbye either.
CLOSE_SECONDS = 1

logger = structlog.get_logger()


class Incoming(msgspec.Struct, forbid_unknown_fields=True):
    """What a client may say."""

    type: str
    ref: str | int | None = None
    data: msgspec.Raw = msgspec.Raw(b"{}")


class Heartbeat(msgspec.Struct, forbid_unknown_fields=True):
    """``away``: nobody looks at the page at the moment."""

    away: bool = False


class Sockets:
    """Every socket of this process."""

    def __init__(
        self,
        rooms: Rooms,
        doorkeeper: Doorkeeper,
        html: HtmlLanguage,
        handlers: Mapping[str, MessageHandler],
        presence: Presence,
        *,
        heartbeat_interval: float,
    ) -> None:
        self._rooms = rooms
        self._door = doorkeeper
        self._languages: dict[bool, Language] = {False: html, True: JsonLanguage()}
        self._handlers = handlers
        self._presence = presence
        self._heartbeat_interval = heartbeat_interval
        self._connections: dict[Connection, Topic] = {}

    async def serve(self, socket: AnySocket, topic_kind: StreamKind, ident: str) -> None:
        """Live with one client until it goes, or is sent away with a code that means something."""
        programs = JSON_PROTOCOL in socket.scope["subprotocols"]
        # Accepted first: a refused handshake reaches a browser as 1006, which is tried for ever.
        await socket.accept(subprotocols=JSON_PROTOCOL if programs else None)
        try:
            await self._serve(socket, topic_kind, ident, self._languages[programs])
        except Closing as closing:
            await _close(socket, closing.code, closing.reason)
        except WebSocketDisconnect:
            pass
        except Exception:
            # The edge: nothing else may decide how this socket ends.
            logger.exception("a socket failed")
            await _close(socket, INTERNAL_ERROR, "Something went wrong; please reconnect.")

    def views_of(self, user_id: UUID, topic: Topic) -> list[View]:
        """What somebody's open pages show of a stream, of those that this process serves."""
        return [
            connection.view
            for connection, followed in self._connections.items()
            if followed == topic and connection.admission.scope.user_id == user_id
        ]

    async def watch_sessions(self, every: float) -> None:
        """Close the sockets of sessions that have ended, for ever."""
        while True:
            await asyncio.sleep(every)
            connections = list(self._connections)
            if not connections:
                continue
            try:
                alive = await self._door.alive_sessions([c.session_id for c in connections])
            except Exception:
                logger.warning("sessions could not be checked; trying again", exc_info=True)
                continue
            for connection in connections:
                if connection.session_id not in alive:
                    connection.end(SIGNED_OUT, "You were signed out.")

    async def _serve(self, socket: AnySocket, kind: StreamKind, ident: str, language: Language) -> None:
        scope, topic = await self._let_in(socket, kind, ident)
        parameters = [(name, value) for name, value in socket.query_params.multi_items() if name != "since"]
        try:
            view = self._door.parse_view(parameters, scope)
            since = _since(socket.query_params.get("since"))
            admission = await self._door.admit(scope, topic)
        except NotFound as refusal:
            raise Closing(NOT_FOUND, refusal.detail) from None
        except TandemError as refusal:
            raise Closing(INVALID, refusal.detail) from None
        connection = Connection(
            connection_id=token_urlsafe(12),
            admission=admission,
            view=view if language.shared else None,  # a program shows nothing
            language=language,
            since=since,
            send=socket.send_text,
            heartbeat_interval=self._heartbeat_interval,
            presence=self._presence.room(topic) if kind is StreamKind.WORKSPACE else None,
        )
        async with self._rooms.follow(topic, connection) as room, self._seen(topic, connection):
            self._connections[connection] = topic
            hearing = asyncio.create_task(self._hear(socket, connection, topic))
            following = asyncio.create_task(connection.follow(room))
            try:
                await asyncio.wait((hearing, following), return_when=asyncio.FIRST_COMPLETED)
                await (following if following.done() else hearing)
            except Closing as closing:
                if closing.code in (ACCESS_ENDED, SIGNED_OUT):
                    with suppress(Closing):
                        await connection.notice("goodbye", topic, {"reason": closing.reason})
                raise
            finally:
                del self._connections[connection]
                hearing.cancel()
                following.cancel()
                await asyncio.gather(hearing, following, return_exceptions=True)
                await self._leave(connection, topic)

    @asynccontextmanager
    async def _seen(self, topic: Topic, connection: Connection) -> AsyncIterator[None]:
        if topic.kind is not StreamKind.WORKSPACE:
            yield
            return
        try:
            await self._presence.enter(topic, connection)
            yield
        finally:
            self._presence.leave(topic, connection)

    async def _leave(self, connection: Connection, topic: Topic) -> None:
        if connection.view is None:
            return
        try:
            await self._door.left(connection.admission.scope, topic, connection.view, connection.position)
        except Exception:
            # The edge: the page is gone, and nobody is left to be told.
            logger.warning("how far a page was could not be kept", exc_info=True)

    async def _let_in(self, socket: AnySocket, kind: StreamKind, ident: str) -> tuple[Scope, Topic]:
        if not self._door.allows_origin(socket):
            raise Closing(ACCESS_ENDED, "This address may not open sockets here.")
        try:
            scope = await self._door.authenticate(socket)
        except Unauthenticated as refusal:
            raise Closing(SIGNED_OUT, refusal.detail) from None
        try:
            topic = Topic(kind, scope.user_id if kind is StreamKind.USER else UUID(ident))
        except ValueError:
            raise Closing(NOT_FOUND, "There is no such workspace for you.") from None
        try:
            await self._door.limit(scope, topic)
        except TooMany as refusal:
            raise Closing(TOO_MANY_CONNECTS, str(refusal.retry_after)) from None
        return scope, topic

    async def _hear(self, socket: AnySocket, connection: Connection, topic: Topic) -> None:
        invalid = 0
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(detail="gone", code=message.get("code") or 1005)
            connection.heard()
            ref = None
            try:
                incoming = _decode(message)
                ref = incoming.ref
                if incoming.type == "heartbeat":
                    self._beat(connection, decode(bytes(incoming.data), Heartbeat))
                else:
                    answer = await self._handle(incoming, connection, topic)
                    if answer is not None:
                        await connection.notice("ack", topic, {"ref": ref, **answer})
                invalid = 0
            except TandemError as refusal:
                await connection.notice("error", topic, _error(refusal, ref))
                invalid = invalid + 1 if refusal.status in (400, 422) else 0
                if invalid >= INVALID_IN_A_ROW:
                    raise Closing(INVALID, "Too many invalid messages.") from None

    def _beat(self, connection: Connection, heartbeat: Heartbeat) -> None:
        if connection.away != heartbeat.away:
            connection.away = heartbeat.away
            self._presence.changed()

    async def _look(self, incoming: Incoming, connection: Connection, topic: Topic) -> None:
        look = decode(bytes(incoming.data), Look)
        scope = connection.admission.scope
        view = None if look.task is None else await self._door.look(scope, topic, look.task)
        # Its answer comes in order with what happens: what follows it is of what is looked at now.
        await connection.look(Looking(view=view, since=look.since, ref=incoming.ref))
        self._presence.changed()

    async def _handle(
        self, incoming: Incoming, connection: Connection, topic: Topic
    ) -> Mapping[str, object] | None:
        if connection.ending is not None:
            raise connection.ending  # whoever was signed out does not get to write while goodbye is said
        looks = connection.is_page and incoming.type == "look"
        handler = self._handlers.get(incoming.type)
        if handler is None and not looks:
            known = ", ".join(["heartbeat", *self._handlers])
            raise Malformed(f"type: there is no message {incoming.type!r}; there are {known}.")
        try:
            if handler is None:
                await self._look(incoming, connection, topic)
                return None
            return await handler(connection.admission.scope, topic, connection.id, incoming.data)
        except (OperationalError, InterfaceError, PoolTimeout):
            logger.warning("the database refused a message", type=incoming.type, exc_info=True)
            raise Unavailable("The database does not answer. Please try again.") from None


def socket_routes(sockets: Sockets) -> list[WebsocketRouteHandler]:
    """The two addresses: a workspace's, and one's own."""

    @websocket("/ws/workspace/{workspace_id:str}", opt={"public": True})
    async def workspace_socket(socket: AnySocket, workspace_id: FromPath[str]) -> None:
        await sockets.serve(socket, StreamKind.WORKSPACE, workspace_id)

    @websocket("/ws/personal", opt={"public": True})
    async def personal_socket(socket: AnySocket) -> None:
        await sockets.serve(socket, StreamKind.USER, "")

    return [workspace_socket, personal_socket]


def _decode(message: Mapping[str, Any]) -> Incoming:
    text = message.get("text")
    if text is None:
        raise Malformed("Messages are JSON in text frames; this one was binary.")
    if len(text.encode()) > MESSAGE_BYTES_MOST:
        raise Closing(TOO_LARGE, f"A message may have at most {MESSAGE_BYTES_MOST:,} bytes.")
    return decode(text, Incoming)


def _error(refusal: TandemError, ref: str | int | None) -> Mapping[str, object]:
    return {
        "code": refusal.status,
        "message": refusal.detail,
        "ref": ref,
        **refusal.extra,
    }


def _since(text: str | None) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise Malformed("since: must be a whole number.")
    return int(text)


async def _close(socket: AnySocket, code: int, reason: str) -> None:
    # A close frame carries at most 123 bytes of reason (RFC 6455, 5.5).
    with suppress(Exception):
        async with asyncio.timeout(CLOSE_SECONDS):
            await socket.close(code=code, reason=reason.encode()[:123].decode(errors="ignore"))
