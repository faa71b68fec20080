"""The forms for comments; every one works without scripts."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.comments import commands
from app.comments.rendering import CommentRenderer
from app.comments.schemas import CommentCreate, CommentOut
from app.core.errors import Conflict, Invalid
from app.core.forms import back, is_htmx, optional_id, read_form, whole_number
from app.core.scope import Scope
from app.core.unit_of_work import UnitOfWork

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]
Renderer = NamedDependency[CommentRenderer]
Uow = NamedDependency[UnitOfWork]
Caller = NamedDependency[Scope]


@post("/tasks/{task_id:uuid}/comments")
async def add_comment(
    request: AnyRequest, uow: Uow, comment_renderer: Renderer, caller: Caller, task_id: FromPath[UUID]
) -> AnyResponse:
    """Say something of a task."""
    form = await read_form(request)
    new = CommentCreate(body=form.get("body", ""), id=optional_id(form, "id"))
    comment, _ = await commands.add_comment(uow, caller, task_id, new)
    return _changed(request, comment_renderer, form, comment)


@get("/comments/{comment_id:uuid}/edit")
async def edit_form(
    request: AnyRequest, comment_renderer: Renderer, caller: Caller, comment_id: FromPath[UUID]
) -> AnyResponse:
    """The form for one's own comment."""
    return await comment_renderer.edit_page(request, caller, comment_id)


@post("/comments/{comment_id:uuid}")
async def edit_comment(
    request: AnyRequest, uow: Uow, comment_renderer: Renderer, caller: Caller, comment_id: FromPath[UUID]
) -> AnyResponse:
    """Put it differently."""
    form = await read_form(request)
    body = form.get("body", "")
    try:
        version = whole_number(form, "version")
        comment = await commands.edit_comment(uow, caller, comment_id, body=body, version=version)
    except (Conflict, Invalid) as refusal:
        return await comment_renderer.edit_page(request, caller, comment_id, draft=body, refusal=refusal)
    return _changed(request, comment_renderer, form, comment)


@post("/comments/{comment_id:uuid}/delete")
async def delete_comment(
    request: AnyRequest, uow: Uow, comment_renderer: Renderer, caller: Caller, comment_id: FromPath[UUID]
) -> AnyResponse:
    """Take it away."""
    form = await read_form(request)
    version = whole_number(form, "version")
    comment = await commands.delete_comment(uow, caller, comment_id, version=version)
    return _changed(request, comment_renderer, form, comment, deleted=True)


def _changed(
    request: AnyRequest,
    comment_renderer: CommentRenderer,
    form: dict[str, str],
    comment: CommentOut,
    *,
    deleted: bool = False,
) -> AnyResponse:
    if is_htmx(request):
        return comment_renderer.answer(comment, deleted=deleted)
    return back(request, form, default=f"/tasks/{comment.task_id}")


HANDLERS = (add_comment, edit_form, edit_comment, delete_comment)
