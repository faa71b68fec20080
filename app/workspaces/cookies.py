"""The cookie by which a browser opens next time the workspace that it used last."""

from collections.abc import Mapping
from uuid import UUID

from litestar.datastructures import Cookie

from app.config import Settings

_NAME = "tandem-workspace"
_YEAR = 365 * 24 * 3600


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
