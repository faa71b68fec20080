"""The page of what was deleted and can be brought back."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.core.database import Database
from app.core.scope import Scope
from app.core.views import Views
from app.tasks import queries
from app.tasks.models import TRASH_KEPT
from app.tasks.policy import can_delete
from app.workspaces import queries as workspace_queries
from app.workspaces.models import Role

AnyRequest = Request[Any, Any, Any]

TRASH_SHOWN = 200


@dataclass(frozen=True, kw_only=True)
class Trash:
    """Shows the trash of a workspace to its members, or a person's own."""

    database: Database
    views: Views

    async def page(self, request: AnyRequest, caller: Scope, workspace_id: UUID | None) -> Response[str]:
        """The newest 200, each with whether the caller may bring it back. Raises NotFound for outsiders."""
        async with self.database.read() as session:
            workspace, role = None, Role.OWNER
            home = queries.of_person(caller.user_id)
            if workspace_id is not None:
                found = await workspace_queries.membership(session, caller, workspace_id)
                workspace, role, home = found.workspace, found.role, queries.of_workspace(workspace_id)
            deleted = await queries.trash(session, home, limit=TRASH_SHOWN)
        return self.views.page(
            request,
            "tasks/trash.html",
            title=f"Trash · {workspace.name if workspace else 'Personal'}",
            page="trash",
            workspace=workspace,
            role=role,
            deleted=[(task, can_delete(role, task, caller.user_id)) for task in deleted],
            kept=TRASH_KEPT,
            most=TRASH_SHOWN,
        )


@get("/workspaces/{workspace_id:uuid}/trash")
async def workspace_trash_page(
    request: AnyRequest,
    trash: NamedDependency[Trash],
    caller: NamedDependency[Scope],
    workspace_id: FromPath[UUID],
) -> Response[str]:
    """What was deleted of a workspace."""
    return await trash.page(request, caller, workspace_id)


@get("/tasks/trash")
async def personal_trash_page(
    request: AnyRequest, trash: NamedDependency[Trash], caller: NamedDependency[Scope]
) -> Response[str]:
    """What the caller has deleted of their own."""
    return await trash.page(request, caller, None)


HANDLERS = (workspace_trash_page, personal_trash_page)
