"""Tasks over the JSON API."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody, QueryParameter
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import Clock
from app.core.database import Database
from app.core.decoding import decode
from app.core.errors import FieldError, Invalid
from app.core.paging import LIMIT_DEFAULT, Page, decode_cursor, ensure_limit
from app.core.scope import Scope
from app.core.unit_of_work import UnitOfWork
from app.core.versions import based_on
from app.tasks import commands, queries
from app.tasks.schemas import TaskAssign, TaskCreate, TaskOut, TaskUpdate, TaskVersion
from app.tasks.view import parse_view
from app.workspaces.queries import role as workspace_role

AnyRequest = Request[Any, Any, Any]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match")]


@get("/api/workspaces/{workspace_id:uuid}/tasks")
async def list_workspace_tasks(
    request: AnyRequest,
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Scope],
    workspace_id: FromPath[UUID],
    limit: FromQuery[int] = LIMIT_DEFAULT,
    cursor: FromQuery[str | None] = None,
) -> Page:
    """The tasks of a workspace, filtered, sorted and in pages."""
    async with database.read() as session:
        await workspace_role(session, caller, workspace_id)
        home = queries.of_workspace(workspace_id)
        return await _page(request, clock, session, caller, home, limit, cursor)


@get("/api/tasks")
async def list_own_tasks(
    request: AnyRequest,
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Scope],
    limit: FromQuery[int] = LIMIT_DEFAULT,
    cursor: FromQuery[str | None] = None,
    which: Annotated[str, QueryParameter(name="scope")] = "personal",
) -> Page:
    """The caller's personal tasks; with ``scope=assigned`` what is assigned to them anywhere."""
    homes = {
        "personal": queries.of_person(caller.user_id),
        "assigned": queries.assigned_to(caller.user_id),
    }
    if which not in homes:
        raise Invalid(FieldError("scope", "must be one of personal, assigned."))
    async with database.read() as session:
        return await _page(request, clock, session, caller, homes[which], limit, cursor)


@post("/api/workspaces/{workspace_id:uuid}/tasks")
async def create_workspace_task(
    uow: NamedDependency[UnitOfWork],
    caller: NamedDependency[Scope],
    workspace_id: FromPath[UUID],
    data: JSONBody[TaskCreate],
) -> Response[TaskOut]:
    """Add a task to a workspace: 201; the same ``id`` again: 200 with the task as it is."""
    task, created = await commands.create_task(uow, caller, workspace_id, data)
    return Response(task, status_code=201 if created else 200, headers=_etag(task))


@post("/api/tasks")
async def create_own_task(
    uow: NamedDependency[UnitOfWork], caller: NamedDependency[Scope], data: JSONBody[TaskCreate]
) -> Response[TaskOut]:
    """Add a personal task: 201; the same ``id`` again: 200 with the task as it is."""
    task, created = await commands.create_task(uow, caller, None, data)
    return Response(task, status_code=201 if created else 200, headers=_etag(task))


@get("/api/tasks/{task_id:uuid}")
async def show_task(
    database: NamedDependency[Database], caller: NamedDependency[Scope], task_id: FromPath[UUID]
) -> Response[TaskOut]:
    """One task."""
    async with database.read() as session:
        task, _ = await queries.task(session, caller, task_id)
    return _answer(queries.task_out(task))


@patch("/api/tasks/{task_id:uuid}")
async def update_task(
    uow: NamedDependency[UnitOfWork],
    caller: NamedDependency[Scope],
    task_id: FromPath[UUID],
    data: JSONBody[TaskUpdate],
    if_match: IfMatch = None,
) -> Response[TaskOut]:
    """Change fields, based on a version; changes of different fields are merged, others are 409."""
    version = based_on(data.version, if_match)
    return _answer(await commands.update_task(uow, caller, task_id, data, version=version))


@patch("/api/tasks/{task_id:uuid}/assign")
async def assign_task(
    uow: NamedDependency[UnitOfWork],
    caller: NamedDependency[Scope],
    task_id: FromPath[UUID],
    data: JSONBody[TaskAssign],
    if_match: IfMatch = None,
) -> Response[TaskOut]:
    """Give a task to a member of its workspace, or to nobody."""
    version = based_on(data.version, if_match)
    return _answer(await commands.assign_task(uow, caller, task_id, data.assignee_id, version=version))


@post("/api/tasks/{task_id:uuid}/complete", status_code=200)
async def complete_task(
    uow: NamedDependency[UnitOfWork], caller: NamedDependency[Scope], task_id: FromPath[UUID]
) -> Response[TaskOut]:
    """It is done; again: nothing changes."""
    return _answer(await commands.complete_task(uow, caller, task_id))


@post("/api/tasks/{task_id:uuid}/reopen", status_code=200)
async def reopen_task(
    uow: NamedDependency[UnitOfWork], caller: NamedDependency[Scope], task_id: FromPath[UUID]
) -> Response[TaskOut]:
    """It is not done after all; again: nothing changes."""
    return _answer(await commands.reopen_task(uow, caller, task_id))


@post("/api/tasks/{task_id:uuid}/restore", status_code=200)
async def restore_task(
    uow: NamedDependency[UnitOfWork], caller: NamedDependency[Scope], task_id: FromPath[UUID]
) -> Response[TaskOut]:
    """Take it out of the trash."""
    return _answer(await commands.restore_task(uow, caller, task_id))


@delete("/api/tasks/{task_id:uuid}", status_code=204)
async def delete_task(
    request: AnyRequest,
    uow: NamedDependency[UnitOfWork],
    caller: NamedDependency[Scope],
    task_id: FromPath[UUID],
    if_match: IfMatch = None,
    version: FromQuery[int | None] = None,
) -> None:
    """Put it into the trash, based on a version given as body, ``If-Match`` or ``?version=``."""
    body = await request.body()
    given = decode(body, TaskVersion).version if body else version
    await commands.delete_task(uow, caller, task_id, version=based_on(given, if_match))


async def _page(
    request: AnyRequest,
    clock: Clock,
    session: AsyncSession,
    caller: Scope,
    home: ColumnElement[bool],
    limit: int,
    cursor: str | None,
) -> Page:
    parameters = list(request.query_params.multi_items())
    view = parse_view(parameters, viewer_id=caller.user_id, today=clock().date())
    after = decode_cursor(cursor, sort=view.sort) if cursor else None
    return await queries.tasks_page(session, home, view, limit=ensure_limit(limit), cursor=after)


def _answer(task: TaskOut) -> Response[TaskOut]:
    return Response(task, headers=_etag(task))


def _etag(task: TaskOut) -> dict[str, str]:
    return {"ETag": f'"{task.version}"'}


HANDLERS = (
    list_workspace_tasks,
    list_own_tasks,
    create_workspace_task,
    create_own_task,
    show_task,
    update_task,
    assign_task,
    complete_task,
    reopen_task,
    restore_task,
    delete_task,
)
