"""The forms that open in a task's row, and why what they said was refused."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Database
from app.core.errors import Conflict, Invalid
from app.core.forms import field_errors, html
from app.core.scope import Scope
from app.core.views import Views
from app.tasks import queries
from app.tasks.schemas import TaskOut
from app.workspaces import queries as workspace_queries
from app.workspaces.models import Role
from app.workspaces.schemas import PersonOut

AnyResponse = Response[Any]


@dataclass(frozen=True, kw_only=True)
class RowForms:
    """Made for one reader who sees the task; whether they may change it is judged by the command."""

    database: Database
    views: Views

    async def refused_edit(
        self, caller: Scope, task_id: UUID, form: dict[str, str], refusal: Conflict | Invalid
    ) -> AnyResponse:
        """The form that changes a title, with what was typed still in it and what stands against it."""
        async with self.database.read() as session:
            task, _ = await _task(session, caller, task_id)
        words = " ".join(field_errors(refusal).values())
        version: int | str = form.get("version", task.version)
        if isinstance(refusal, Conflict):
            words = f"It is “{task.title}” now{_by(refusal)}. Save to keep yours, or cancel to take theirs."
            version = task.version
        draft = form.get("title", task.title)
        fragment = self.views.render("tasks/_edit.html", task=task, draft=draft, version=version, error=words)
        return html(fragment, status_code=refusal.status)

    async def assign(
        self, caller: Scope, task_id: UUID, refusal: Conflict | Invalid | None = None
    ) -> AnyResponse:
        """The form that gives it to somebody who belongs where it lives; again if that was refused."""
        async with self.database.read() as session:
            task, role = await _task(session, caller, task_id)
            people = [PersonOut(id=caller.user_id, name=caller.name)]
            if task.workspace_id is not None:
                members = await workspace_queries.people(session, task.workspace_id, viewer=role)
                people = [member.user for member in members]
        error = " ".join(field_errors(refusal).values())
        if isinstance(refusal, Conflict):
            holder = task.assignee.name if task.assignee else "nobody"
            error = f"Meanwhile it was given to {holder}. Choose again to have it your way."
        fragment = self.views.render("tasks/_assign.html", task=task, people=people, error=error)
        return html(fragment, status_code=refusal.status if refusal else 200)


def _by(refusal: Conflict) -> str:
    return f", by {refusal.changed_by.name}" if refusal.changed_by else ""


async def _task(session: AsyncSession, caller: Scope, task_id: UUID) -> tuple[TaskOut, Role]:
    found, role = await queries.task(session, caller, task_id)
    return queries.task_out(found), role
