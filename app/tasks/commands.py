"""What can be done to a task: one function, one transaction, one event, or none if nothing changed."""

import re
from datetime import date
from uuid import UUID

from fractional_indexing import FIError, generate_key_between, validate_order_key
from msgspec import UNSET
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import User
from app.core import text
from app.core.errors import Conflict, FieldError, Invalid, PreconditionRequired
from app.core.models import new_id
from app.core.scope import Scope
from app.core.unit_of_work import UnitOfWork
from app.tasks import policy, queries
from app.tasks.events import TaskCreated, TaskDeleted, change_event
from app.tasks.models import Status, Task
from app.tasks.queries import task_out
from app.tasks.schemas import TaskCreate, TaskOut, TaskUpdate
from app.workspaces.policy import ensure_can_edit
from app.workspaces.queries import role as workspace_role

TITLE_MOST = 200
DESCRIPTION_MOST = 10_000
_BASE_62 = re.compile(r"[0-9A-Za-z]{2,200}")
_EARLIEST, _LATEST = date(1900, 1, 1), date(9999, 12, 30)


async def create_task(
    uow: UnitOfWork, scope: Scope, workspace_id: UUID | None, new: TaskCreate
) -> tuple[TaskOut, bool]:
    """A new task at the end of its list, and True; the same ``id`` again: the task as it is, and False."""
    try:
        return await _create_task(uow, scope, workspace_id, new)
    except IntegrityError:
        # The same create at the same moment, and the other one was first: now it is there.
        return await _create_task(uow, scope, workspace_id, new)


async def _create_task(
    uow: UnitOfWork, scope: Scope, workspace_id: UUID | None, new: TaskCreate
) -> tuple[TaskOut, bool]:
    wanted = _checked_values(
        TaskUpdate(
            title=new.title,
            description=new.description,
            status=new.status,
            priority=new.priority,
            due_on=new.due_on,
        )
    )
    async with uow:
        if workspace_id is not None:
            ensure_can_edit(await workspace_role(uow.session, scope, workspace_id, lock=True))
        home = queries.of_person(scope.user_id)
        if workspace_id is not None:
            home = queries.of_workspace(workspace_id)
        if new.id is not None and (known := await queries.any_task(uow.session, new.id)):
            same_home = known.workspace_id == workspace_id
            if not same_home or (workspace_id is None and known.owner_id != scope.user_id):
                raise Conflict("This id is taken.")
            if known.deleted_at is not None:
                raise Conflict("This task was added, and deleted since. It can be restored.")
            return task_out(known), False
        now = uow.clock()
        task = Task(
            id=new.id or new_id(),
            workspace_id=workspace_id,
            owner_id=None if workspace_id else scope.user_id,
            created_by=scope.user_id,
            assigned_to=None,
            position=await _last_position(uow, home),
            version=0,
            field_versions={},
            created_at=now,
            updated_at=now,
            completed_at=now if new.status is Status.DONE else None,
            **wanted,
        )
        task.creator = await uow.session.get_one(User, scope.user_id)
        task.assignee = None
        if new.assignee_id is not None:
            await _give_to(uow, scope, task, new.assignee_id)
        _refresh_search_text(task)
        task.remind_at = task.next_reminder(now)
        uow.session.add(task)
        uow.record(TaskCreated(topic=task.topic, actor=scope.actor, task=task))
    return task_out(task), True


async def update_task(
    uow: UnitOfWork, scope: Scope, task_id: UUID, update: TaskUpdate, *, version: int | None
) -> TaskOut:
    """Change fields of a task, based on the ``version`` that the caller saw.

    A change of fields that nobody else has changed since is merged. If somebody has, Conflict is
    raised with the current task and those fields, and nothing is changed. A change to what the
    task is already is no conflict, so that a repeated request is harmless.
    Raises PreconditionRequired without a version.
    """
    if version is None:
        raise PreconditionRequired("Say which version the change is based on: version or If-Match.")
    wanted = _checked_values(update)
    async with uow:
        if isinstance(user_id := wanted.get("assigned_to"), UUID):
            await queries.hold_people(uow.session, task_id, [scope.user_id, user_id])
        task, role = await queries.task(uow.session, scope, task_id, lock=True)
        ensure_can_edit(role)
        differing = {column: value for column, value in wanted.items() if getattr(task, column) != value}
        _ensure_unchanged_since(task, version, differing)
        await _change(uow, scope, task, differing)
    return task_out(task)


async def assign_task(
    uow: UnitOfWork, scope: Scope, task_id: UUID, user_id: UUID | None, *, version: int | None
) -> TaskOut:
    """Give a task to a member of its workspace, or to nobody. As update_task otherwise."""
    return await update_task(uow, scope, task_id, TaskUpdate(assignee_id=user_id), version=version)


async def complete_task(uow: UnitOfWork, scope: Scope, task_id: UUID) -> TaskOut:
    """It is done. Doing it again changes nothing and tells nobody."""
    return await _set_status(uow, scope, task_id, Status.DONE)


async def reopen_task(uow: UnitOfWork, scope: Scope, task_id: UUID) -> TaskOut:
    """It is not done after all. Doing it again changes nothing and tells nobody."""
    return await _set_status(uow, scope, task_id, Status.TODO)


async def delete_task(uow: UnitOfWork, scope: Scope, task_id: UUID, *, version: int | None) -> TaskOut:
    """Put a task into the trash. Raises Conflict if it has changed since ``version``."""
    if version is None:
        raise PreconditionRequired("Say which version the deletion is based on: version or If-Match.")
    async with uow:
        task, role = await queries.task(uow.session, scope, task_id, lock=True)
        policy.ensure_can_delete(role, task, scope.user_id)
        previous = task_out(task)
        if task.version != version:
            raise _conflict(previous, [])
        task.deleted_at = task.updated_at = uow.clock()
        task.remind_at = None
        uow.record(TaskDeleted(topic=task.topic, actor=scope.actor, task=task, previous=previous))
    return task_out(task)


async def restore_task(uow: UnitOfWork, scope: Scope, task_id: UUID) -> TaskOut:
    """Take a task out of the trash again; one that is not in it stays as it is."""
    async with uow:
        task, role = await queries.task(uow.session, scope, task_id, lock=True, in_trash=None)
        policy.ensure_can_delete(role, task, scope.user_id)
        if task.deleted_at is not None:
            task.deleted_at, task.updated_at = None, uow.clock()
            task.remind_at = task.next_reminder(task.updated_at)
            uow.record(TaskCreated(topic=task.topic, actor=scope.actor, task=task))
    return task_out(task)


async def _set_status(uow: UnitOfWork, scope: Scope, task_id: UUID, status: Status) -> TaskOut:
    async with uow:
        task, role = await queries.task(uow.session, scope, task_id, lock=True)
        ensure_can_edit(role)
        # Already on the right side of done: reopening leaves "doing" as it is.
        if (task.status is Status.DONE) != (status is Status.DONE):
            await _change(uow, scope, task, {"status": status})
    return task_out(task)


async def _change(uow: UnitOfWork, scope: Scope, task: Task, differing: dict[str, object]) -> None:
    if not differing:
        return
    previous = task_out(task)
    now = uow.clock()
    for column, value in differing.items():
        setattr(task, column, value)
    if "assigned_to" in differing:
        task.assignee = None
        if isinstance(user_id := differing["assigned_to"], UUID):
            await _give_to(uow, scope, task, user_id)
    if "status" in differing:
        task.completed_at = now if task.status is Status.DONE else None
    if differing.keys() & {"status", "due_on"}:
        task.remind_at = task.next_reminder(now)
    task.updated_at = now
    _refresh_search_text(task)
    event = change_event(task, previous)
    uow.record(event(topic=task.topic, actor=scope.actor, task=task, previous=previous))


async def _give_to(uow: UnitOfWork, scope: Scope, task: Task, user_id: UUID) -> None:
    with uow.session.no_autoflush:
        task.assignee = await queries.assignee(uow.session, scope, task, user_id)
    task.assigned_to = user_id


async def _last_position(uow: UnitOfWork, home: ColumnElement[bool]) -> str:
    last = await uow.session.scalar(select(func.max(Task.position)).where(home))
    return str(generate_key_between(last, None))


def _refresh_search_text(task: Task) -> None:
    task.search_text = text.searchable(task.title, task.description)


def _ensure_unchanged_since(task: Task, version: int, differing: dict[str, object]) -> None:
    names = [_PUBLIC_NAMES.get(column, column) for column in differing]
    changed = [name for name in names if task.field_versions.get(name, 0) > version]
    # A version above the task's own comes from a database that has been set back since.
    if changed or version > task.version:
        raise _conflict(task_out(task), changed or names)


def _conflict(current: TaskOut, fields: list[str]) -> Conflict:
    return Conflict(
        "This task has changed meanwhile; your change was not saved.",
        current=current,
        conflicts=fields,
    )


def _checked_values(update: TaskUpdate) -> dict[str, object]:
    """What ``update`` asks for, by column; raises Invalid with every field that it cannot take."""
    values: dict[str, object] = {}
    errors: list[FieldError] = []
    for field, column in _COLUMNS.items():
        value = getattr(update, field)
        if value is not UNSET:
            try:
                values[column] = _checked(field, value)
            except Invalid as refusal:
                errors.extend(refusal.errors)
    if errors:
        raise Invalid(*errors)
    return values


def _checked(field: str, value: object) -> object:
    match field, value:
        case "title", str():
            return text.line(value, field=field, most=TITLE_MOST)
        case "description", str():
            return text.text(value, field=field, most=DESCRIPTION_MOST)
        case "position", str():
            return _position(value)
        case "due_on", date() if not _EARLIEST <= value <= _LATEST:
            raise Invalid(FieldError(field, f"must be from {_EARLIEST} to {_LATEST}."))
    return value


def _position(value: str) -> str:
    try:
        if _BASE_62.fullmatch(value):
            validate_order_key(value)
            return value
    except FIError:
        pass
    raise Invalid(FieldError("position", "must be a key of the kind that lists give out."))


# The fields of an update and the columns that they change; and what the public task calls them.
_COLUMNS = {
    "title": "title",
    "description": "description",
    "status": "status",
    "priority": "priority",
    "due_on": "due_on",
    "assignee_id": "assigned_to",
    "position": "position",
}
_PUBLIC_NAMES = {"assigned_to": "assignee"}
