"""Who is asking, as handlers are told it: dependencies, and the hook that renews the cookie."""

import ipaddress
from datetime import datetime

from litestar import Request
from litestar.datastructures import Cookie, MutableScopeHeaders, State
from litestar.di import NamedDependency
from litestar.types import Message
from litestar.types import Scope as RawScope

from app.accounts import commands, cookies, queries, tokens
from app.accounts.gate import Client, Gate
from app.accounts.queries import Authenticated
from app.accounts.schemas import UserOut
from app.accounts.tokens import Claims
from app.core.errors import Unauthenticated
from app.core.once import given_key
from app.core.scope import Scope
from app.core.security import Connection, bearer_token, session_cookie_name
from app.core.unit_of_work import UnitOfWork

# Whom the page that asks was made for; programs have no need to say so.
VIEWER_HEADER = "X-Viewer-Id"

WebRequest = Request[object, object, State]


async def identify(connection: Connection, gate: Gate, *, now: datetime) -> Authenticated:
    """Who is at the other end, by bearer token or else by cookie; raises Unauthenticated."""
    token = bearer_token(connection)
    if token is None:
        token = connection.cookies.get(session_cookie_name(gate.settings))
    if not token:
        raise Unauthenticated("Sign in first.")
    claims = tokens.read(gate.settings, token, now=now)
    async with gate.database.read() as session:
        found = await queries.authenticate(session, claims, now)
    if found is None:
        raise Unauthenticated("The session has ended. Sign in again.")
    return found


async def provide_caller(
    request: WebRequest, gate: NamedDependency[Gate], uow: NamedDependency[UnitOfWork]
) -> Scope:
    """The person who asks; raises Unauthenticated."""
    now = uow.clock()
    found = await identify(request, gate, now=now)
    caller = found.scope
    if request.headers.get(VIEWER_HEADER, str(caller.user_id)) != str(caller.user_id):
        raise Unauthenticated("Somebody else is signed in here by now. Load the page again.")
    request.state.viewer = UserOut(id=caller.user_id, email=caller.email, name=caller.name)
    request.state.letters = found.letters
    uow.key = given_key(request, caller.user_id)
    if _is_renewal_due(request, gate, found.expires_at, now):
        await _renew(request, gate, uow, caller)
    return caller


async def provide_visitor(
    request: WebRequest, gate: NamedDependency[Gate], uow: NamedDependency[UnitOfWork]
) -> Scope | None:
    """The person who asks, or None when nobody is signed in."""
    try:
        return await provide_caller(request, gate, uow)
    except Unauthenticated:
        return None


async def provide_client(request: WebRequest, gate: NamedDependency[Gate]) -> Client:
    """The program that asks: its address is that of the connection, whatever headers say."""
    known_as = request.cookies.get(cookies.device_cookie_name(gate.settings), "")
    return Client(
        address=_network(request.client.host) if request.client else "local",
        user_agent=request.headers.get("user-agent", ""),
        device=tokens.read_device(gate.settings, known_as),
    )


async def set_renewed_cookie(message: Message, scope: RawScope) -> None:
    """Hook: send the cookie of a session that was renewed along with the answer."""
    if message["type"] == "http.response.start":
        cookie = scope.get("state", {}).get("renewed_cookie")
        if isinstance(cookie, Cookie):
            name, value = cookie.to_encoded_header()
            MutableScopeHeaders.from_message(message).add(name.decode(), value.decode())


def _is_renewal_due(request: WebRequest, gate: Gate, expires_at: datetime, now: datetime) -> bool:
    # With reads only, so that no sign-in or sign-out answers with two cookies of one name.
    by_cookie = request.method == "GET" and bearer_token(request) is None
    return by_cookie and expires_at - now < gate.settings.access_token_ttl / 2


async def _renew(request: WebRequest, gate: Gate, uow: UnitOfWork, caller: Scope) -> None:
    expires_at = await commands.renew(uow, gate, caller)
    if expires_at is not None:
        claims = Claims(
            user_id=caller.user_id,
            session_id=caller.session_id,
            issued_at=expires_at - gate.settings.access_token_ttl,
            expires_at=expires_at,
        )
        request.state.renewed_cookie = cookies.session_cookie(gate.settings, claims)


def _network(host: str) -> str:
    """``host``, or the network of an IPv6 address: one subscriber has 2 to the 64 of them."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address.packed[:8] + bytes(8), 64)))
    return host
