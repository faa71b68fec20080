"""Reads of comments, always through the person who asks: whoever sees a task sees what is said of it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.comments.models import Comment
from app.comments.schemas import CommentOut
from app.core.errors import NotFound
from app.core.paging import Cursor, Page, cut, encode_cursor
from app.core.scope import Scope
from app.tasks import queries as task_queries
from app.tasks.models import Task
from app.workspaces.models import Member, Role
from app.workspaces.schemas import PersonOut

NO_COMMENT = "There is no such comment for you."


async def comment(
    session: AsyncSession, scope: Scope, comment_id: UUID, *, lock: bool = False
) -> tuple[Comment, Task, Role]:
    """A comment, its task, and what the caller is there; raises NotFound.

    With ``lock`` none of them can change before this transaction ends.
    """
    task_id = await session.scalar(select(Comment.task_id).where(Comment.id == comment_id))
    if task_id is None:
        raise NotFound(NO_COMMENT)
    try:
        task, role = await task_queries.task(session, scope, task_id, lock=lock)
    except NotFound:
        raise NotFound(NO_COMMENT) from None
    found = await session.scalar(_with_author().where(Comment.id == comment_id))
    if found is None:
        raise NotFound(NO_COMMENT)
    return found, task, role


async def any_comment(session: AsyncSession, comment_id: UUID) -> Comment | None:
    """The comment with this id wherever it is. Nothing of it may reach a caller unjudged."""
    return await session.scalar(_with_author().where(Comment.id == comment_id))


async def comments(session: AsyncSession, task_id: UUID) -> list[CommentOut]:
    """Everything that was said of a task, oldest first. The caller has been judged already."""
    return [comment_out(found) for found in await session.scalars(_of_task(task_id))]


async def comments_page(session: AsyncSession, task_id: UUID, *, limit: int, cursor: Cursor | None) -> Page:
    """One page of the same, in the order of ids."""
    query = _with_author().where(Comment.task_id == task_id).order_by(Comment.id).limit(limit + 1)
    if cursor is not None:
        query = query.where(Comment.id > UUID(cursor.id))
    shown, more = cut([comment_out(found) for found in await session.scalars(query)], limit)
    last = Cursor(sort="id", key="", id=str(shown[-1].id)) if more else None
    return Page(items=list(shown), next_cursor=encode_cursor(last) if last else None)


async def participants(session: AsyncSession, task_id: UUID) -> Sequence[UUID]:
    """Who has said something of a task."""
    query = select(Comment.author_id).where(Comment.task_id == task_id).distinct()
    return (await session.scalars(query)).all()


async def who_can_be_mentioned(session: AsyncSession, task: Task) -> list[PersonOut]:
    """The members of the workspace in which ``task`` is; nobody for somebody's own."""
    if task.workspace_id is None:
        return []
    query = (
        select(User.id, User.name)
        .join(Member, Member.user_id == User.id)
        .where(Member.workspace_id == task.workspace_id)
    )
    return [PersonOut(id=row[0], name=row[1]) for row in await session.execute(query)]


def comment_out(found: Comment) -> CommentOut:
    """The public state of ``found``, whose author is loaded."""
    return CommentOut(
        id=found.id,
        task_id=found.task_id,
        author=PersonOut(id=found.author_id, name=found.author.name),
        body=found.body,
        mentions=tuple(PersonOut(id=UUID(each["id"]), name=each["name"]) for each in found.mentions),
        version=found.version,
        created_at=found.created_at,
        edited_at=found.edited_at,
    )


def _of_task(task_id: UUID) -> Select[Comment]:
    return _with_author().where(Comment.task_id == task_id).order_by(Comment.created_at, Comment.id)


def _with_author() -> Select[Comment]:
    return select(Comment).options(joinedload(Comment.author))
