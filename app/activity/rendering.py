"""What the pages of activity show."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, Response
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from app.activity import queries
from app.activity.digest import digest
from app.core.database import Database
from app.core.forms import html, is_htmx
from app.core.scope import Scope
from app.core.unit_of_work import EventLog
from app.core.views import Views
from app.tasks.queries import task_out
from app.tasks.schemas import TaskOut
from app.workspaces import queries as workspace_queries
from app.workspaces.schemas import WorkspacePage

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]

PAGE_MOST = 50
SECTION_MOST = 20


@dataclass(frozen=True, kw_only=True)
class ActivityRenderer:
    """Everything that the pages of activity are made from."""

    database: Database
    log: EventLog
    views: Views
    # Whether somebody has the list of a workspace open at this moment.
    is_here: Callable[[Scope, UUID], Awaitable[bool]]

    async def activity_page(
        self, request: AnyRequest, caller: Scope, workspace_id: UUID, *, since: int, cursor: str | None
    ) -> AnyResponse:
        """What happened in a workspace after number ``since``."""
        async with self.database.read() as session:
            found = await queries.activity(
                session, self.log, caller, workspace_id, limit=PAGE_MOST, cursor=cursor, since=since
            )
            workspace = await _workspace(session, caller, workspace_id)
        return self.views.page(
            request,
            "activity/index.html",
            title=f"Activity · {workspace.name}",
            page="activity",
            workspace=workspace,
            found=found,
            since=since,
            cursor=cursor,
        )

    async def history_page(
        self, request: AnyRequest, caller: Scope, task_id: UUID, *, cursor: str | None
    ) -> AnyResponse:
        """What happened to a task: a page, or for the task's own page only the list."""
        workspace = None
        limit = SECTION_MOST if is_htmx(request) else PAGE_MOST
        async with self.database.read() as session:
            found, history = await queries.history(
                session, self.log, caller, task_id, limit=limit, cursor=cursor
            )
            if found.workspace_id is not None:
                workspace = await _workspace(session, caller, found.workspace_id)
            task = task_out(found)
        if is_htmx(request):
            return html(self.views.render("activity/_history.html", task=task, found=history))
        return self.views.page(
            request,
            "activity/history.html",
            title=f"History · {task.title}",
            page="history",
            workspace=workspace,
            task=task,
            in_trash=found.deleted_at is not None,
            found=history,
            cursor=cursor,
        )

    async def history_section(self, session: AsyncSession, caller: Scope, task: TaskOut) -> Markup:
        """What happened to a task, as a part of its page."""
        _, found = await queries.history(session, self.log, caller, task.id, limit=SECTION_MOST)
        return self.views.render("activity/_section.html", task=task, found=found)

    async def away_section(self, session: AsyncSession, caller: Scope, workspace_id: UUID) -> Markup | None:
        """What others changed while the caller was away; None for who has not been away."""
        if await self.is_here(caller, workspace_id):
            return None
        found = await digest(session, self.log, caller, workspace_id)
        return self.views.render("activity/_away.html", away=found) if found else None

    def seen(self) -> AnyResponse:
        """What stands where the digest was."""
        return html(self.views.render("activity/_seen.html"))


async def _workspace(session: AsyncSession, caller: Scope, workspace_id: UUID) -> WorkspacePage:
    found = await workspace_queries.membership(session, caller, workspace_id)
    return workspace_queries.workspace_page(found, [])
