"""The pages of notifications, and the forms on them; every one works without scripts."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from app.core.forms import back, html, is_htmx, read_form
from app.core.scope import Scope
from app.core.unit_of_work import UnitOfWork
from app.notifications import commands, forms
from app.notifications.rendering import NotificationRenderer

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]
Renderer = NamedDependency[NotificationRenderer]
Uow = NamedDependency[UnitOfWork]
Caller = NamedDependency[Scope]

CENTRE = "/notifications"


@get(CENTRE)
async def centre_page(request: AnyRequest, notification_renderer: Renderer, caller: Caller) -> AnyResponse:
    """All that the caller has been told."""
    return await notification_renderer.centre_page(request, caller)


@get(f"{CENTRE}/latest")
async def latest_fragment(notification_renderer: Renderer, caller: Caller) -> AnyResponse:
    """The newest few, for the menu under the bell."""
    return await notification_renderer.latest(caller)


@get(f"{CENTRE}/preferences")
async def preferences_page(
    request: AnyRequest, notification_renderer: Renderer, caller: Caller
) -> AnyResponse:
    """How the caller is told of what."""
    return await notification_renderer.preferences_page(
        request, caller, saved="saved" in request.query_params
    )


@post(f"{CENTRE}/preferences")
async def save_preferences(request: AnyRequest, uow: Uow, caller: Caller) -> AnyResponse:
    """Change it."""
    form = await read_form(request)
    await commands.save_preferences(uow, caller, forms.preferences(form))
    return Redirect(f"{CENTRE}/preferences?saved=yes", status_code=303)


@post(f"{CENTRE}/{{notification_id:uuid}}/read")
async def read_notification(
    request: AnyRequest,
    uow: Uow,
    notification_renderer: Renderer,
    caller: Caller,
    notification_id: FromPath[UUID],
) -> AnyResponse:
    """It has been read."""
    form = await read_form(request)
    found, unread = await commands.mark_read(uow, caller, notification_id)
    if is_htmx(request):
        return notification_renderer.answer(request, found, unread)
    return back(request, form, default=CENTRE)


@post(f"{CENTRE}/{{notification_id:uuid}}/open")
async def open_notification(uow: Uow, caller: Caller, notification_id: FromPath[UUID]) -> AnyResponse:
    """To what it is about; then it has been read."""
    found, _ = await commands.mark_read(uow, caller, notification_id)
    return Redirect(found.address or CENTRE, status_code=303)


@post(f"{CENTRE}/read-all")
async def read_all(request: AnyRequest, uow: Uow, caller: Caller) -> AnyResponse:
    """All have been read; the page's own line says so to every tab, the one that asked included."""
    form = await read_form(request)
    uow.connection_id = None
    await commands.mark_all_read(uow, caller)
    return html("") if is_htmx(request) else back(request, form, default=CENTRE)


HANDLERS = (
    centre_page,
    latest_fragment,
    preferences_page,
    save_preferences,
    read_notification,
    open_notification,
    read_all,
)
