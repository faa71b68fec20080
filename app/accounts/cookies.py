"""The two cookies of a browser: one signs it in, one tells who has signed in on it before."""

from datetime import timedelta

from litestar.datastructures import Cookie

from app.accounts import tokens
from app.accounts.tokens import Claims, Device
from app.config import Settings
from app.core.security import session_cookie_name

_DEVICE_LIFE = timedelta(days=365)


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
