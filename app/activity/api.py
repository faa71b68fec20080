"""What happened, over the JSON API."""

from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from app.activity import queries
from app.activity.queries import Happenings, ensure_since
from app.core.database import Database
from app.core.paging import LIMIT_DEFAULT, Page, ensure_limit
from app.core.scope import Scope
from app.core.unit_of_work import EventLog


@get("/api/workspaces/{workspace_id:uuid}/activity")
async def workspace_activity(
    database: NamedDependency[Database],
    log: NamedDependency[EventLog],
    caller: NamedDependency[Scope],
    workspace_id: FromPath[UUID],
    limit: FromQuery[int] = LIMIT_DEFAULT,
    cursor: FromQuery[str | None] = None,
    since: FromQuery[int] = 0,
) -> Page:
    """What happened in a workspace, newest first; with ``since`` only after that number."""
    async with database.read() as session:
        found = await queries.activity(
            session,
            log,
            caller,
            workspace_id,
            limit=ensure_limit(limit),
            cursor=cursor,
            since=ensure_since(since),
        )
    return _answer(found)


@get("/api/tasks/{task_id:uuid}/history")
async def task_history(
    database: NamedDependency[Database],
    log: NamedDependency[EventLog],
    caller: NamedDependency[Scope],
    task_id: FromPath[UUID],
    limit: FromQuery[int] = LIMIT_DEFAULT,
    cursor: FromQuery[str | None] = None,
) -> Page:
    """What happened to a task, newest first."""
    async with database.read() as session:
        _, found = await queries.history(
            session, log, caller, task_id, limit=ensure_limit(limit), cursor=cursor
        )
    return _answer(found)


def _answer(found: Happenings) -> Page:
    return Page(items=[happening.out() for happening in found.items], next_cursor=found.next_cursor)


HANDLERS = (workspace_activity, task_history)
