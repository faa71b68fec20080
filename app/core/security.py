"""What browsers are told and asked: security headers, and where a request comes from."""

from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp, BeforeMessageSendHookHandler, Message, Receive, Scope, Send

from app.config import Settings
from app.core.errors import Forbidden

Connection = ASGIConnection[Any, Any, Any, Any]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: browsers would send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # What may be kept says so itself, as the static files do; everything else is somebody's own.
    "Cache-Control": "no-store",
}
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_FOR_PROGRAMS = ("/api", "/health", "/metrics")


def session_cookie_name(settings: Settings) -> str:
    """The cookie that signs a browser in; the prefix lets no other host or plain HTTP set it."""
    return "__Host-tandem" if settings.secure else "tandem"


def bearer_token(connection: Connection) -> str | None:
    """The token in the Authorization header; None if there is no bearer token."""
    kind, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def allowed_origin(settings: Settings, origin: str | None) -> bool:
    """Whether ``origin`` is the one that may open sockets and post forms."""
    return origin == public_origin(settings)


def public_origin(settings: Settings) -> str:
    """The origin of PUBLIC_URL in the form that browsers send."""
    scheme, host = settings.public_url.split("://")
    default_port = ":443" if scheme == "https" else ":80"
    return f"{scheme}://{host.removesuffix(default_port)}"


def security_headers(settings: Settings) -> BeforeMessageSendHookHandler:
    """A hook that puts the security headers on every HTTP answer that does not set its own."""
    headers = dict(_HEADERS)
    if settings.secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"

    async def add_headers(message: Message, _: Scope) -> None:
        if message["type"] == "http.response.start":
            present = MutableScopeHeaders.from_message(message)
            for name, value in headers.items():
                present.setdefault(name, value)

    return add_headers


class OriginCheck(ASGIMiddleware):
    """Refuses changes that another site's page asks for with this browser's cookie.

    There are no CSRF tokens, because pushed fragments are the same for everybody.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        request: Connection = ASGIConnection(scope)
        if scope["method"] not in _SAFE_METHODS and bearer_token(request) is None:  # type: ignore[typeddict-item]
            self._ensure_own(request)
        await next_app(scope, receive, send)

    def _ensure_own(self, request: Connection) -> None:
        site = request.headers.get("sec-fetch-site")
        origins = request.headers.getall("origin", [])
        if site is None and not origins:
            own = self._is_program(request)
        else:
            own = site in (None, "same-origin", "none") and all(
                allowed_origin(self._settings, origin) for origin in origins
            )
        if not own:
            expected = public_origin(self._settings)
            raise Forbidden(f"Changes are accepted from pages of {expected} only.")

    def _is_program(self, request: Connection) -> bool:
        in_api = request.scope["path"].startswith("/api/")
        return in_api and session_cookie_name(self._settings) not in request.cookies


class CanonicalHost(ASGIMiddleware):
    """Sends a browser that came by another name of this machine to the public address.

    Forms are accepted from the public origin only; without this they would all be refused there.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, settings: Settings) -> None:
        self._public = public_origin(settings)
        self._host, self._port = _host_and_port(self._public)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        request: Connection = ASGIConnection(scope)
        if not self._is_alias(request):
            await next_app(scope, receive, send)
            return
        query = scope["query_string"].decode("latin-1")
        path = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
        answer = ASGIResponse(status_code=307, headers={"Location": self._public + path})
        await answer(scope, receive, send)

    def _is_alias(self, request: Connection) -> bool:
        if request.scope["method"] not in ("GET", "HEAD"):  # type: ignore[typeddict-item]
            return False
        if request.scope["path"].startswith(_FOR_PROGRAMS) or self._host not in _LOOPBACK:
            return False
        scheme = self._public.partition("://")[0]
        host, port = _host_and_port(f"{scheme}://{request.headers.get('host', '')}")
        return host in _LOOPBACK and host != self._host and port == self._port


def _host_and_port(origin: str) -> tuple[str | None, int | None]:
    try:
        parts = urlsplit(origin)
        return parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None, None
