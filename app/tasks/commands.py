"""What can be done to a task: one function, one transaction, one event, or none if nothing changed."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from fractional_indexing import generate_key_between
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import User
from app.core.errors import Conflict, PreconditionRequired
from app.core.models import new_id
from app.core.scope import Scope
from app.core.unit_of_work import UnitOfWork
from app.tasks import policy, queries
from app.tasks.changing import change, give_to, put_into_trash, refresh_search_text, take_out_of_trash
from app.tasks.events import TaskCreated
from app.tasks.fields import checked_values
from app.tasks.models import Status, Task
from app.tasks.queries import task_out
from app.tasks.schemas import TaskCreate, TaskOut, TaskUpdate
from app.tasks.together import Together, each, together
from app.workspaces.models import Role
from app.workspaces.policy import ensure_can_edit
from app.workspaces.queries import role as workspace_role


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
    wanted = checked_values(
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
            await give_to(uow, scope, task, new.assignee_id)
        refresh_search_text(task)
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
    wanted = checked_values(update)
    async with uow:
        if isinstance(user_id := wanted.get("assigned_to"), UUID):
            await queries.hold_people(uow.session, task_id, [scope.user_id, user_id])
        task, role = await queries.task(uow.session, scope, task_id, lock=True)
        ensure_can_edit(role)
        await change(uow, scope, task, wanted, version=version)
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
    """Put a task into the trash. Raises Conflict if somebody else has changed it since ``version``."""
    if version is None:
        raise PreconditionRequired("Say which version the deletion is based on: version or If-Match.")
    async with uow:
        task, role = await queries.task(uow.session, scope, task_id, lock=True)
        policy.ensure_can_delete(role, task, scope.user_id)
        await put_into_trash(uow, scope, task, version=version)
    return task_out(task)


async def restore_task(uow: UnitOfWork, scope: Scope, task_id: UUID) -> TaskOut:
    """Take a task out of the trash again; one that is not in it stays as it is."""
    async with uow:
        task, role = await queries.task(uow.session, scope, task_id, lock=True, in_trash=None)
        policy.ensure_can_delete(role, task, scope.user_id)
        take_out_of_trash(uow, scope, task)
    return task_out(task)


async def move_task(
    uow: UnitOfWork,
    scope: Scope,
    task_id: UUID,
    *,
    beside: UUID,
    after: bool,
    status: Status | None = None,
) -> TaskOut:
    """Put a task directly before or after another one of its list, and under ``status`` if given.

    Doing it again changes nothing and tells nobody. Raises Invalid where ``beside`` is not in the list.
    """
    async with uow:
        task, role = await queries.task(uow.session, scope, task_id, lock=True)
        ensure_can_edit(role)
        # Places are given out one after the other, so that no two tasks get the same.
        await uow.hold([task.topic])
        low, high = await queries.gap_beside(uow.session, task, beside, after=after)
        wanted: dict[str, object] = {} if status is None else {"status": status}
        if beside != task.id and not (low or "") < task.position < (high or "~"):
            wanted["position"] = str(generate_key_between(low, high))
        await change(uow, scope, task, wanted, version=None)
    return task_out(task)


async def change_tasks(
    uow: UnitOfWork, scope: Scope, versions: Mapping[UUID, int], update: TaskUpdate
) -> Together:
    """Change the same fields of several tasks, each based on its version, in one transaction.

    What cannot be changed is left out and told; the others are changed. Raises as update_task does for
    fields that no task can take, and NotFound if none of the tasks is the caller's to see.
    """
    wanted = checked_values(update)
    user_id = wanted.get("assigned_to")

    async def change_one(task: Task, role: Role) -> None:
        ensure_can_edit(role)
        await change(uow, scope, task, wanted, version=versions[task.id])

    async with uow:
        people = [user_id] if isinstance(user_id, UUID) else []
        found = await queries.tasks_together(uow.session, scope, versions, people=people)
        judged = await each(uow, found, change_one)
    return together(judged, len(versions))


async def delete_tasks(uow: UnitOfWork, scope: Scope, versions: Mapping[UUID, int]) -> Together:
    """Put several tasks into the trash. As change_tasks otherwise."""

    async def delete_one(task: Task, role: Role) -> None:
        policy.ensure_can_delete(role, task, scope.user_id)
        await put_into_trash(uow, scope, task, version=versions[task.id])

    async with uow:
        found = await queries.tasks_together(uow.session, scope, versions)
        judged = await each(uow, found, delete_one)
    return together(judged, len(versions))


async def restore_tasks(uow: UnitOfWork, scope: Scope, task_ids: Collection[UUID]) -> Together:
    """Take several tasks out of the trash again. As change_tasks otherwise."""

    async def restore_one(task: Task, role: Role) -> None:
        policy.ensure_can_delete(role, task, scope.user_id)
        take_out_of_trash(uow, scope, task)

    async with uow:
        found = await queries.tasks_together(uow.session, scope, task_ids, in_trash=True)
        judged = await each(uow, found, restore_one)
    return together(judged, len(task_ids))


async def empty_trash(uow: UnitOfWork, *, before: datetime) -> None:
    """Delete for good what was put into the trash before a moment; nobody sees it, so nobody is told."""
    async with uow:
        await uow.session.execute(delete(Task).where(Task.deleted_at < before))


async def _set_status(uow: UnitOfWork, scope: Scope, task_id: UUID, status: Status) -> TaskOut:
    async with uow:
        task, role = await queries.task(uow.session, scope, task_id, lock=True)
        ensure_can_edit(role)
        # Already on the right side of done: reopening leaves "doing" as it is.
        if (task.status is Status.DONE) != (status is Status.DONE):
            await change(uow, scope, task, {"status": status}, version=None)
    return task_out(task)


async def _last_position(uow: UnitOfWork, home: ColumnElement[bool]) -> str:
    last = await uow.session.scalar(select(func.max(Task.position)).where(home))
    return str(generate_key_between(last, None))
