"""What a browser keeps of workspaces: which one it used last, and what it has just done to one."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from litestar.datastructures import Cookie

from app.config import Settings

_NAME = "tandem-workspace"
_YEAR = 365 * 24 * 3600
_DONE = "tandem-done"
_A_MOMENT = 60


class Done(StrEnum):
    """What the page of settings confirms, once: it is told by a cookie that goes with the page."""

    SAVED = "saved"
    ROLE_CHANGED = "role-changed"
    REMOVED = "removed"
    HANDED_OVER = "handed-over"
    REVOKED = "revoked"


def last_used_cookie(settings: Settings, workspace_id: UUID) -> Cookie:
    """The cookie that remembers ``workspace_id``. It opens nothing; the server judges again."""
    return Cookie(
        key=_NAME,
        value=str(workspace_id),
        path="/",
        max_age=_YEAR,
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )


def last_used(cookies: Mapping[str, str]) -> UUID | None:
    """The workspace that this browser used last, if it says so."""
    try:
        return UUID(cookies.get(_NAME, ""))
    except ValueError:
        return None


def done_cookie(settings: Settings, page: str, done: Done) -> Cookie:
    """The cookie by which the page at the address ``page``, and no other, says what was ``done``."""
    return Cookie(
        key=_DONE,
        value=done.value,
        path=page,
        max_age=_A_MOMENT,
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )


def said_cookie(settings: Settings, page: str) -> Cookie:
    """The cookie that ends the former: once it is said it is said."""
    cookie = done_cookie(settings, page, Done.SAVED)
    cookie.value, cookie.max_age = "", 0
    return cookie


def just_done(cookies: Mapping[str, str]) -> Done | None:
    """What this browser has just done, if it says so."""
    try:
        return Done(cookies.get(_DONE, ""))
    except ValueError:
        return None
