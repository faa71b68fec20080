"""Comments over the JSON API."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody

from app.comments import commands, queries
from app.comments.schemas import CommentCreate, CommentOut, CommentUpdate
from app.core.database import Database
from app.core.decoding import decode
from app.core.paging import LIMIT_DEFAULT, Page, decode_cursor, ensure_limit
from app.core.scope import Scope
from app.core.unit_of_work import UnitOfWork
from app.core.versions import based_on
from app.tasks import queries as task_queries
from app.tasks.schemas import TaskVersion

AnyRequest = Request[Any, Any, Any]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match")]


@get("/api/tasks/{task_id:uuid}/comments")
async def list_comments(
    database: NamedDependency[Database],
    caller: NamedDependency[Scope],
    task_id: FromPath[UUID],
    limit: FromQuery[int] = LIMIT_DEFAULT,
    cursor: FromQuery[str | None] = None,
) -> Page:
    """What was said of a task, oldest first."""
    async with database.read() as session:
        await task_queries.task(session, caller, task_id)
        return await queries.comments_page(
            session,
            task_id,
            limit=ensure_limit(limit),
            cursor=decode_cursor(cursor, sort="id") if cursor else None,
        )


@post("/api/tasks/{task_id:uuid}/comments")
async def add_comment(
    uow: NamedDependency[UnitOfWork],
    caller: NamedDependency[Scope],
    task_id: FromPath[UUID],
    data: JSONBody[CommentCreate],
) -> Response[CommentOut]:
    """Say something of a task: 201; the same ``id`` again: 200 with the comment as it is."""
    comment, created = await commands.add_comment(uow, caller, task_id, data)
    return Response(comment, status_code=201 if created else 200, headers=_etag(comment))


@patch("/api/comments/{comment_id:uuid}")
async def edit_comment(
    uow: NamedDependency[UnitOfWork],
    caller: NamedDependency[Scope],
    comment_id: FromPath[UUID],
    data: JSONBody[CommentUpdate],
    if_match: IfMatch = None,
) -> Response[CommentOut]:
    """Put one's own comment differently."""
    version = based_on(data.version, if_match)
    comment = await commands.edit_comment(uow, caller, comment_id, body=data.body, version=version)
    return Response(comment, headers=_etag(comment))


@delete("/api/comments/{comment_id:uuid}", status_code=204)
async def delete_comment(
    request: AnyRequest,
    uow: NamedDependency[UnitOfWork],
    caller: NamedDependency[Scope],
    comment_id: FromPath[UUID],
    if_match: IfMatch = None,
    version: FromQuery[int | None] = None,
) -> None:
    """Take it away, based on a version given as body, ``If-Match`` or ``?version=``."""
    body = await request.body()
    given = decode(body, TaskVersion).version if body else version
    await commands.delete_comment(uow, caller, comment_id, version=based_on(given, if_match))


def _etag(comment: CommentOut) -> dict[str, str]:
    return {"ETag": f'"{comment.version}"'}


HANDLERS = (list_comments, add_comment, edit_comment, delete_comment)
