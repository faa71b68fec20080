"""The line by which a task is added on a page: what it means, said before it is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response

from app.core import text
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import FieldError, Invalid
from app.core.forms import html, optional_id
from app.core.scope import Scope
from app.core.views import Views
from app.tasks.schemas import TaskCreate
from app.tasks.shorthand import Shorthand, parse_shorthand
from app.workspaces import queries as workspace_queries
from app.workspaces.policy import ensure_can_edit
from app.workspaces.schemas import PersonOut

AnyResponse = Response[Any]

# More than a title may have, since part of it is cut out.
LINE_MOST = 260


@dataclass(frozen=True, kw_only=True)
class QuickAdd:
    """Reads such lines for those who may add tasks where they write them."""

    database: Database
    clock: Clock
    views: Views

    async def new_task(self, caller: Scope, workspace_id: UUID | None, form: dict[str, str]) -> TaskCreate:
        """The task that ``form`` describes. Raises Invalid for a line that is none."""
        members = await self._members(caller, workspace_id)
        meant = self._read(form.get("title", ""), members)
        return TaskCreate(
            title=meant.title,
            id=optional_id(form, "id"),
            priority=meant.priority,
            due_on=meant.due_on,
            assignee_id=meant.assignee.id if meant.assignee else None,
        )

    async def understood(self, caller: Scope, workspace_id: UUID | None, line: str) -> AnyResponse:
        """What ``line`` says besides a title, for whoever is still writing it; nothing if it says nothing."""
        members = await self._members(caller, workspace_id)
        meant = self._read(line, members) if line.strip() else Shorthand(title="")
        if meant == Shorthand(title=meant.title):
            return html("")
        return html(self.views.render("tasks/_understood.html", meant=meant))

    async def _members(self, caller: Scope, workspace_id: UUID | None) -> Sequence[PersonOut]:
        if workspace_id is None:
            return []
        async with self.database.read() as session:
            role = await workspace_queries.role(session, caller, workspace_id)
            ensure_can_edit(role)
            people = await workspace_queries.people(session, workspace_id, viewer=role)
        return [member.user for member in people]

    def _read(self, line: str, members: Sequence[PersonOut]) -> Shorthand:
        if len(line.strip()) > LINE_MOST:
            words = f"must have at most {LINE_MOST} characters with all that is cut out of it"
            raise Invalid(FieldError("title", f"{words}; it has {len(line.strip()):,}."))
        # Before anything is cut out: what may not stand in a title must not be lost on the way.
        checked = text.line(line, field="title", most=LINE_MOST)
        return parse_shorthand(checked, members=members, today=self.clock().date())
