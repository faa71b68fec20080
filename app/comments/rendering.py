"""What the page of a task shows of what is said of it; the handlers are in pages."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, Response
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from app.comments import policy, queries
from app.comments.fragments import CommentFragments
from app.comments.schemas import CommentOut
from app.core.database import Database
from app.core.errors import Conflict, Invalid
from app.core.forms import field_errors, html, is_htmx
from app.core.models import new_id
from app.core.scope import Scope
from app.core.views import Views
from app.tasks import queries as task_queries
from app.tasks.schemas import TaskOut
from app.workspaces.policy import can_edit

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]


@dataclass(frozen=True, kw_only=True)
class CommentRenderer:
    """Everything that comments are shown with."""

    database: Database
    views: Views
    fragments: CommentFragments

    async def section(self, session: AsyncSession, caller: Scope, task: TaskOut) -> Markup:
        """The comments of a task and the form for one more, read in the page's own snapshot."""
        found, role = await task_queries.task(session, caller, task.id)
        return self.views.render(
            "comments/_section.html",
            task=task,
            comments=await queries.comments(session, task.id),
            row=self.fragments.row,
            members=await queries.who_can_be_mentioned(session, found),
            writes=can_edit(role),
            draft="",
            error="",
            fresh_id=str(new_id()),
        )

    async def edit_page(
        self,
        request: AnyRequest,
        caller: Scope,
        comment_id: UUID,
        *,
        draft: str | None = None,
        refusal: Conflict | Invalid | None = None,
    ) -> AnyResponse:
        """The form for one's own comment, in its place or as a page of its own. Raises Forbidden."""
        async with self.database.read() as session:
            found, task, role = await queries.comment(session, caller, comment_id)
            policy.ensure_can_edit_comment(role, found, caller.user_id)
        comment = queries.comment_out(found)
        words = " ".join(field_errors(refusal).values())
        if isinstance(refusal, Conflict):
            words = f"It says “{comment.body}” now. Save to keep yours, or cancel to take theirs."
        context = {
            "comment": comment,
            "draft": comment.body if draft is None else draft,
            "error": words,
            "back": task_address(task_queries.task_out(task)),
        }
        status = refusal.status if refusal else 200
        if is_htmx(request):
            return html(self.views.render("comments/_edit.html", **context), status_code=status)
        return self.views.page(
            request,
            "comments/edit.html",
            title="Edit a comment",
            page="comment",
            status_code=status,
            **context,
        )

    def answer(self, comment: CommentOut, *, deleted: bool = False) -> AnyResponse:
        """What changes on the page that asked."""
        return html(self.fragments.answer(comment, deleted=deleted))


def task_address(task: TaskOut) -> str:
    """The page of ``task``."""
    return (f"/workspaces/{task.workspace_id}" if task.workspace_id else "") + f"/tasks/{task.id}"
