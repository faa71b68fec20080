"""What can be done to a comment: one function, one transaction, one event, or none if nothing changed."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError

from app.accounts.models import User
from app.comments import policy, queries
from app.comments.events import CommentCreated, CommentDeleted, CommentUpdated
from app.comments.mentions import mentioned
from app.comments.models import Comment
from app.comments.queries import comment_out
from app.comments.schemas import CommentCreate, CommentOut
from app.core import text
from app.core.errors import Conflict, FieldError, Invalid, PreconditionRequired
from app.core.models import new_id
from app.core.scope import Scope
from app.core.unit_of_work import UnitOfWork
from app.tasks import queries as task_queries
from app.tasks.models import Task
from app.workspaces.policy import ensure_can_edit

BODY_MOST = 10_000


async def add_comment(
    uow: UnitOfWork, scope: Scope, task_id: UUID, new: CommentCreate
) -> tuple[CommentOut, bool]:
    """A new comment, and True; the same ``id`` again: the comment as it is, and False."""
    body = _checked(new.body)
    try:
        return await _add_comment(uow, scope, task_id, new.id, body)
    except IntegrityError:
        # The same comment at the same moment, and the other one was first: now it is there.
        return await _add_comment(uow, scope, task_id, new.id, body)


async def _add_comment(
    uow: UnitOfWork, scope: Scope, task_id: UUID, comment_id: UUID | None, body: str
) -> tuple[CommentOut, bool]:
    async with uow:
        task, role = await task_queries.task(uow.session, scope, task_id, lock=True)
        ensure_can_edit(role)
        if comment_id is not None and (known := await queries.any_comment(uow.session, comment_id)):
            if (known.task_id, known.author_id) != (task_id, scope.user_id):
                raise Conflict("This id is taken.")
            return comment_out(known), False
        comment = Comment(
            id=comment_id or new_id(),
            task_id=task_id,
            author_id=scope.user_id,
            body=body,
            mentions=await _mentions(uow, task, body),
            version=0,
            created_at=uow.clock(),
            edited_at=None,
        )
        comment.author = await uow.session.get_one(User, scope.user_id)
        participants = await queries.participants(uow.session, task_id)
        uow.session.add(comment)
        uow.record(
            CommentCreated(
                topic=task.topic,
                actor=scope.actor,
                task=task,
                comment=comment,
                participants=participants,
            )
        )
    return comment_out(comment), True


async def edit_comment(
    uow: UnitOfWork, scope: Scope, comment_id: UUID, *, body: str, version: int | None
) -> CommentOut:
    """Put one's own comment differently, based on the ``version`` that was seen.

    Raises Conflict with the current one if it has changed since; to what it is already is none.
    """
    body = _checked(body)
    if version is None:
        raise PreconditionRequired("Say which version the change is based on: version or If-Match.")
    async with uow:
        comment, task, role = await queries.comment(uow.session, scope, comment_id, lock=True)
        policy.ensure_can_edit_comment(role, comment, scope.user_id)
        if comment.body != body:
            _ensure_unchanged(comment, version)
            before = {each["id"] for each in comment.mentions}
            comment.body, comment.edited_at = body, uow.clock()
            comment.mentions = await _mentions(uow, task, body)
            new = [UUID(each["id"]) for each in comment.mentions if each["id"] not in before]
            uow.record(
                CommentUpdated(
                    topic=task.topic,
                    actor=scope.actor,
                    task=task,
                    comment=comment,
                    newly_mentioned=new,
                )
            )
    return comment_out(comment)


async def delete_comment(
    uow: UnitOfWork, scope: Scope, comment_id: UUID, *, version: int | None
) -> CommentOut:
    """Take a comment away for good. Raises Conflict if it has changed since ``version``."""
    if version is None:
        raise PreconditionRequired("Say which version the deletion is based on: version or If-Match.")
    async with uow:
        comment, task, role = await queries.comment(uow.session, scope, comment_id, lock=True)
        policy.ensure_can_delete_comment(role, comment, scope.user_id)
        _ensure_unchanged(comment, version)
        await uow.session.delete(comment)
        uow.record(CommentDeleted(topic=task.topic, actor=scope.actor, task=task, comment=comment))
    return comment_out(comment)


async def _mentions(uow: UnitOfWork, task: Task, body: str) -> list[dict[str, str]]:
    members = await queries.who_can_be_mentioned(uow.session, task)
    return [{"id": str(person.id), "name": person.name} for person in mentioned(body, members)]


def _ensure_unchanged(comment: Comment, version: int) -> None:
    if comment.version != version:
        raise Conflict(
            "This comment has changed meanwhile; your change was not saved.",
            current=comment_out(comment),
            conflicts=["body"],
        )


def _checked(body: str) -> str:
    body = text.text(body, field="body", most=BODY_MOST).strip()
    if not body:
        raise Invalid(FieldError("body", "must not be empty."))
    return body
