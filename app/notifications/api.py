"""Notifications over the JSON API."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from app.core.database import Database
from app.core.paging import LIMIT_DEFAULT, Page, decode_cursor, ensure_limit
from app.core.scope import Scope
from app.core.unit_of_work import UnitOfWork
from app.notifications import commands, queries
from app.notifications.schemas import NotificationOut, PreferenceOut, Preferences, UnreadOut
from app.notifications.view import parse_centre

AnyRequest = Request[Any, Any, Any]


@get("/api/notifications")
async def list_notifications(
    request: AnyRequest,
    database: NamedDependency[Database],
    caller: NamedDependency[Scope],
    limit: FromQuery[int] = LIMIT_DEFAULT,
    cursor: FromQuery[str | None] = None,
) -> Page:
    """The caller's own, newest first; ``unread=true`` and ``type`` leave others out."""
    view = parse_centre(list(request.query_params.multi_items()))
    async with database.read() as session:
        return await queries.notifications_page(
            session,
            caller,
            view,
            limit=ensure_limit(limit),
            cursor=decode_cursor(cursor, sort="id") if cursor else None,
        )


@post("/api/notifications/{notification_id:uuid}/read", status_code=200)
async def read_notification(
    uow: NamedDependency[UnitOfWork], caller: NamedDependency[Scope], notification_id: FromPath[UUID]
) -> NotificationOut:
    """It has been read; again: nothing changes."""
    found, _ = await commands.mark_read(uow, caller, notification_id)
    return found


@post("/api/notifications/read-all", status_code=200)
async def read_all_notifications(
    uow: NamedDependency[UnitOfWork], caller: NamedDependency[Scope]
) -> UnreadOut:
    """All have been read."""
    await commands.mark_all_read(uow, caller)
    return UnreadOut(unread=0)


@get("/api/notifications/preferences")
async def show_preferences(
    database: NamedDependency[Database], caller: NamedDependency[Scope]
) -> Preferences:
    """How the caller is told of each type."""
    async with database.read() as session:
        return Preferences(preferences=await queries.preferences(session, caller))


@put("/api/notifications/preferences")
async def save_preferences(
    uow: NamedDependency[UnitOfWork], caller: NamedDependency[Scope], data: JSONBody[Preferences]
) -> Preferences:
    """Change some or all of them; what is left out stays."""
    chosen: list[PreferenceOut] = await commands.save_preferences(uow, caller, data.preferences)
    return Preferences(preferences=chosen)


HANDLERS = (
    list_notifications,
    read_notification,
    read_all_notifications,
    show_preferences,
    save_preferences,
)
