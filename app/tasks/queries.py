"""Reads of tasks, always through the person who asks."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.core.errors import FieldError, Invalid, NotFound
from app.core.paging import Cursor, Page, cut, encode_cursor
from app.core.scope import Scope
from app.core.text import searchable
from app.tasks.models import Status, Task
from app.tasks.schemas import TaskOut
from app.tasks.view import TaskView
from app.workspaces.models import Member, Role
from app.workspaces.schemas import PersonOut

NO_TASK = "There is no such task for you."


async def task(
    session: AsyncSession,
    scope: Scope,
    task_id: UUID,
    *,
    lock: bool = False,
    in_trash: bool | None = False,
) -> tuple[Task, Role]:
    """A task and what the caller is where it lives; raises NotFound for what is not theirs to see.

    With ``lock`` neither the task nor the caller's role can change before this transaction ends.
    ``in_trash`` None finds it in either place.
    """
    role = await _role(session, scope, task_id, lock=lock)
    asked = [Task.id == task_id]
    if in_trash is not None:
        asked.append(Task.deleted_at.is_not(None) if in_trash else _not_in_trash())
    if role is None:
        asked.append(Task.owner_id == scope.user_id)
    if lock:
        # By itself: a statement that has waited for a row reads the others as they were before.
        await session.execute(select(Task.id).where(*asked).with_for_update())
    found = await session.scalar(_with_people().where(*asked))
    if found is None:
        raise NotFound(NO_TASK)
    return found, role or Role.OWNER


async def tasks_together(
    session: AsyncSession,
    scope: Scope,
    task_ids: Collection[UUID],
    *,
    people: Collection[UUID] = (),
    in_trash: bool = False,
) -> list[tuple[Task, Role]]:
    """Those of ``task_ids`` that are the caller's to see, and what the caller is where each lives.

    Neither they nor the caller's roles, nor the membership of ``people`` there, can change before
    this transaction ends. Locked in the order in which all commands do: members, then tasks.
    """
    homes = select(Task.workspace_id).where(Task.id.in_(task_ids))
    members = await session.execute(
        select(Member.workspace_id, Member.user_id, Member.role)
        .where(Member.workspace_id.in_(homes), Member.user_id.in_({scope.user_id, *people}))
        .order_by(Member.workspace_id, Member.user_id)
        .with_for_update(read=True)
    )
    roles = {home: role for home, user_id, role in members if user_id == scope.user_id}
    trash = Task.deleted_at.is_not(None) if in_trash else _not_in_trash()
    theirs = Task.workspace_id.in_(roles) | (Task.owner_id == scope.user_id)
    asked = [Task.id.in_(task_ids), theirs, trash]
    await session.execute(select(Task.id).where(*asked).order_by(Task.id).with_for_update())
    found = await session.scalars(_with_people().where(*asked).order_by(Task.id))
    return [(task, roles[task.workspace_id] if task.workspace_id else Role.OWNER) for task in found]


async def gap_beside(
    session: AsyncSession, task: Task, neighbour_id: UUID, *, after: bool
) -> tuple[str | None, str | None]:
    """The positions between which ``task`` stands directly before or after a neighbour in its list.

    None for an end of the list. What is in the trash counts: it may come back. Raises Invalid for a
    neighbour that is not in the list.
    """
    home = home_of(task)
    here = await session.scalar(select(Task.position).where(home, Task.id == neighbour_id, _not_in_trash()))
    if here is None:
        raise Invalid(FieldError("after" if after else "before", "must be a task of the same list."))
    others = select(Task.position).where(home, Task.id != task.id)
    if after:
        following = others.where(Task.position > here).order_by(Task.position)
        return here, await session.scalar(following.limit(1))
    previous = others.where(Task.position < here).order_by(Task.position.desc())
    return await session.scalar(previous.limit(1)), here


async def any_task(session: AsyncSession, task_id: UUID) -> Task | None:
    """The task with this id wherever it lives. Nothing of it may reach a caller unjudged."""
    return await session.scalar(_with_people().where(Task.id == task_id))


async def tasks(session: AsyncSession, home: ColumnElement[bool], view: TaskView) -> list[TaskOut]:
    """Every task of ``home`` that ``view`` shows, in its order. The caller has been judged already."""
    found = await session.scalars(_listed(home, view))
    return view.sort_tasks([task_out(task) for task in found])


async def found(session: AsyncSession, scope: Scope, q: str, *, limit: int) -> list[TaskOut]:
    """What the caller may see that holds ``q``, in any list: open before done, the last changed first.

    Without an index: among 5,000 tasks it takes 3 to 35 ms on either database.
    """
    holds = Task.search_text.contains(searchable(q), autoescape=True)
    query = _with_people().where(seen_by(scope.user_id), _not_in_trash(), holds)
    done = case((Task.status == Status.DONE, 1), else_=0)
    rows = await session.scalars(query.order_by(done, Task.updated_at.desc(), Task.id).limit(limit))
    return [task_out(task) for task in rows]


async def trash(session: AsyncSession, home: ColumnElement[bool], *, limit: int) -> Sequence[Task]:
    """What was deleted last of ``home``, newest first. The caller has been judged already."""
    query = _with_people().where(home, Task.deleted_at.is_not(None))
    return (await session.scalars(query.order_by(Task.deleted_at.desc(), Task.id).limit(limit))).all()


async def tasks_page(
    session: AsyncSession,
    home: ColumnElement[bool],
    view: TaskView,
    *,
    limit: int,
    cursor: Cursor | None,
) -> Page:
    """One page of what ``tasks`` gives, from ``cursor`` on."""
    key = view.sort_column
    query = _listed(home, view)
    if cursor is not None:
        query = query.where(view.after(cursor))
    order = (key.desc(), Task.id.desc()) if view.descending else (key, Task.id)
    rows = (await session.execute(query.add_columns(key).order_by(*order).limit(limit + 1))).all()
    shown, more = cut(list(rows), limit)
    last = Cursor(sort=view.sort, key=_plain(shown[-1][1]), id=str(shown[-1][0].id)) if more else None
    return Page(items=[task_out(row[0]) for row in shown], next_cursor=encode_cursor(last) if last else None)


async def assignee(session: AsyncSession, scope: Scope, home: Task, user_id: UUID) -> User:
    """The person to whom a task of this home may be given; raises Invalid for anybody else."""
    if home.workspace_id is None:
        query = select(User).where(User.id == user_id, User.id == scope.user_id)
    else:
        query = (
            select(User)
            .join(Member, Member.user_id == User.id)
            .where(User.id == user_id, Member.workspace_id == home.workspace_id)
            .with_for_update(read=True, of=(Member, User))
        )
    found = await session.scalar(query)
    if found is None:
        raise Invalid(FieldError("assignee_id", "must be somebody who belongs to this workspace."))
    return found


async def hold_people(session: AsyncSession, task_id: UUID, user_ids: Collection[UUID]) -> None:
    """Lock those of ``user_ids`` who belong where a task lives, in the order in which all commands do.

    Before the task: whoever removes one of them holds that person and waits for their tasks.
    """
    query = (
        select(Member.user_id)
        .join(Task, Task.workspace_id == Member.workspace_id)
        .where(Task.id == task_id, Member.user_id.in_(user_ids))
        .order_by(Member.user_id)
    )
    await session.execute(query.with_for_update(read=True, of=Member))


async def tasks_given_to(
    session: AsyncSession, user_id: UUID, workspace_id: UUID | None = None
) -> Sequence[Task]:
    """Every task of one person, locked, for commands that change them all.

    Those of one workspace, in its trash too; or all that are in no trash, wherever they live.
    """
    query = _with_people().where(Task.assigned_to == user_id)
    here = _not_in_trash() if workspace_id is None else Task.workspace_id == workspace_id
    query = query.where(here)
    return (await session.scalars(query.order_by(Task.id).with_for_update(of=Task))).all()


async def is_reminder_due(session: AsyncSession, now: datetime) -> bool:
    """Whether somebody is to be reminded of anything by ``now``."""
    return await session.scalar(select(Task.id).where(Task.remind_at <= now).limit(1)) is not None


async def tasks_to_remind_of(session: AsyncSession, now: datetime, *, limit: int) -> Sequence[Task]:
    """Tasks of whose due dates somebody is to be reminded by ``now``, wherever they live.

    Locked, and only those that nobody else has locked: another process is at them.
    """
    query = select(Task).where(Task.remind_at <= now).order_by(Task.remind_at, Task.id).limit(limit)
    return (await session.scalars(query.with_for_update(skip_locked=True))).all()


def of_workspace(workspace_id: UUID) -> ColumnElement[bool]:
    """The tasks of one workspace."""
    return Task.workspace_id == workspace_id


def of_person(user_id: UUID | None) -> ColumnElement[bool]:
    """One person's own tasks."""
    return Task.owner_id == user_id


def home_of(task: Task) -> ColumnElement[bool]:
    """The tasks of the list in which ``task`` stands."""
    return of_workspace(task.workspace_id) if task.workspace_id else of_person(task.owner_id)


def seen_by(user_id: UUID) -> ColumnElement[bool]:
    """Every task of the workspaces to which one person belongs now, and their own."""
    own = select(Member.workspace_id).where(Member.user_id == user_id)
    return Task.workspace_id.in_(own) | (Task.owner_id == user_id)


def assigned_to(user_id: UUID) -> ColumnElement[bool]:
    """What one person has to do in any workspace to which they belong now."""
    return (Task.assigned_to == user_id) & seen_by(user_id)


def task_out(task: Task) -> TaskOut:
    """The public state of ``task``, whose people are loaded."""
    return TaskOut(
        id=task.id,
        workspace_id=task.workspace_id,
        title=task.title,
        description=task.description,
        status=task.status,
        completed=task.status is Status.DONE,
        priority=task.priority,
        due_on=task.due_on,
        assignee=PersonOut(id=task.assignee.id, name=task.assignee.name) if task.assignee else None,
        creator=PersonOut(id=task.creator.id, name=task.creator.name),
        position=task.position,
        version=task.version,
        created_at=task.created_at,
        updated_at=task.updated_at,
        completed_at=task.completed_at,
    )


def _not_in_trash() -> ColumnElement[bool]:
    return Task.deleted_at.is_(None)


async def _role(session: AsyncSession, scope: Scope, task_id: UUID, *, lock: bool) -> Role | None:
    query = (
        select(Member.role)
        .join(Task, Task.workspace_id == Member.workspace_id)
        .where(Task.id == task_id, Member.user_id == scope.user_id)
    )
    return await session.scalar(query.with_for_update(read=True, of=Member) if lock else query)


def _with_people() -> Select[Task]:
    return select(Task).options(joinedload(Task.assignee), joinedload(Task.creator))


def _listed(home: ColumnElement[bool], view: TaskView) -> Select[Task]:
    return _with_people().where(home, _not_in_trash(), *view.conditions())


def _plain(key: object) -> str | int:
    return key if isinstance(key, str | int) else str(key)
