"""The cookies of a browser: one signs it in, one tells who has signed in on it before, one what was done."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from litestar.datastructures import Cookie

from app.accounts import tokens
from app.accounts.tokens import Claims, Device
from app.config import Settings
from app.core.security import session_cookie_name

ACCOUNT = "/account"
_DONE = "tandem-done"
_DEVICE_LIFE = timedelta(days=365)


class Done(StrEnum):
    """What the page about oneself confirms, once: it is told by a cookie that goes with the page."""

    RENAMED = "renamed"
    PASSWORD = "password"  # noqa: S105 - what was changed, not what to
    KEYS = "keys"
    SESSIONS = "sessions"


def session_cookie(settings: Settings, claims: Claims) -> Cookie:
    """The cookie that signs in as ``claims`` say."""
    life = claims.expires_at - claims.issued_at
    return _cookie(settings, session_cookie_name(settings), tokens.issue(settings, claims), life)


def no_session_cookie(settings: Settings) -> Cookie:
    """The cookie that takes the other one away."""
    return _cookie(settings, session_cookie_name(settings), "", timedelta())


def device_cookie(settings: Settings, device: Device) -> Cookie:
    """The cookie by which ``device`` is known again after its session has ended."""
    token = tokens.issue_device(settings, device)
    return _cookie(settings, device_cookie_name(settings), token, _DEVICE_LIFE)


def done_cookie(settings: Settings, done: Done) -> Cookie:
    """The cookie by which the page about oneself says what was ``done``."""
    cookie = _cookie(settings, _DONE, done.value, timedelta(minutes=1))
    cookie.path = ACCOUNT
    return cookie


def said_cookie(settings: Settings) -> Cookie:
    """The cookie that ends the former: once it is said it is said."""
    cookie = _cookie(settings, _DONE, "", timedelta())
    cookie.path = ACCOUNT
    return cookie


def just_done(cookies: Mapping[str, str]) -> Done | None:
    """What this browser has just done, if it says so."""
    try:
        return Done(cookies.get(_DONE, ""))
    except ValueError:
        return None


def device_cookie_name(settings: Settings) -> str:
    """The name of the cookie that outlives sessions."""
    return f"{session_cookie_name(settings)}-device"


def _cookie(settings: Settings, name: str, value: str, life: timedelta) -> Cookie:
    return Cookie(
        key=name,
        value=value,
        max_age=int(life.total_seconds()),
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )
