"""The pages of activity, and the form on them; every one works without scripts."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from app.activity import commands
from app.activity.queries import ensure_since
from app.activity.rendering import ActivityRenderer
from app.core.forms import back, is_htmx, read_form, whole_number
from app.core.scope import Scope
from app.core.unit_of_work import EventLog, UnitOfWork

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]
Renderer = NamedDependency[ActivityRenderer]
Caller = NamedDependency[Scope]


@get("/workspaces/{workspace_id:uuid}/activity")
async def activity_page(
    request: AnyRequest,
    activity_renderer: Renderer,
    caller: Caller,
    workspace_id: FromPath[UUID],
    since: FromQuery[int] = 0,
    cursor: FromQuery[str | None] = None,
) -> AnyResponse:
    """What happened in a workspace, newest first."""
    return await activity_renderer.activity_page(
        request, caller, workspace_id, since=ensure_since(since), cursor=cursor
    )


@get("/tasks/{task_id:uuid}/history")
async def history_page(
    request: AnyRequest,
    activity_renderer: Renderer,
    caller: Caller,
    task_id: FromPath[UUID],
    cursor: FromQuery[str | None] = None,
) -> AnyResponse:
    """What happened to a task, newest first."""
    return await activity_renderer.history_page(request, caller, task_id, cursor=cursor)


@post("/workspaces/{workspace_id:uuid}/seen")
async def mark_seen(
    request: AnyRequest,
    uow: NamedDependency[UnitOfWork],
    log: NamedDependency[EventLog],
    activity_renderer: Renderer,
    caller: Caller,
    workspace_id: FromPath[UUID],
) -> AnyResponse:
    """What is said above the list has been read."""
    form = await read_form(request)
    await commands.mark_seen(uow, log, caller, workspace_id, seq=whole_number(form, "seq"))
    if is_htmx(request):
        return activity_renderer.seen()
    return back(request, form, default=f"/workspaces/{workspace_id}")


HANDLERS = (activity_page, history_page, mark_seen)
