"""How a task that has been loaded and judged changes, and what is told of it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from app.accounts.models import User
from app.core import text
from app.core.errors import Conflict
from app.core.events import Actor, RecordedEvent
from app.core.scope import Scope
from app.core.unit_of_work import UnitOfWork
from app.tasks import queries
from app.tasks.events import TaskCreated, TaskDeleted, change_event
from app.tasks.fields import public_name
from app.tasks.models import Status, Task
from app.tasks.queries import task_out
from app.tasks.schemas import TaskOut

# Whose changes they were is looked up that far; before that they are taken for somebody else's.
_LOOKED_BACK_MOST = 200


async def change(
    uow: UnitOfWork, scope: Scope, task: Task, wanted: Mapping[str, object], *, version: int | None
) -> None:
    """Give columns of ``task`` the values ``wanted``; those that it has already are nobody's news.

    Raises Conflict if somebody else has changed one of the others since ``version``; with None
    nobody can have.
    """
    differing = {column: value for column, value in wanted.items() if getattr(task, column) != value}
    if version is not None:
        await _ensure_unchanged_since(uow, scope, task, version, differing)
    if not differing:
        return
    previous = task_out(task)
    now = uow.clock()
    person = None
    if isinstance(user_id := differing.get("assigned_to"), UUID):
        person = await _person(uow, scope, task, user_id)
    for column, value in differing.items():
        setattr(task, column, value)
    if "assigned_to" in differing:
        task.assignee = person
    if "status" in differing:
        task.completed_at = now if task.status is Status.DONE else None
    if differing.keys() & {"status", "due_on"}:
        task.remind_at = task.next_reminder(now)
    task.updated_at = now
    refresh_search_text(task)
    event = change_event(task, previous)
    uow.record(event(topic=task.topic, actor=scope.actor, task=task, previous=previous))


async def give_to(uow: UnitOfWork, scope: Scope, task: Task, user_id: UUID) -> None:
    """Make ``user_id`` the assignee. Raises Invalid for who does not belong where the task lives."""
    task.assignee = await _person(uow, scope, task, user_id)
    task.assigned_to = user_id


def refresh_search_text(task: Task) -> None:
    """What a search looks through is what the task says."""
    task.search_text = text.searchable(task.title, task.description)


async def _ensure_unchanged_since(
    uow: UnitOfWork, scope: Scope, task: Task, version: int, differing: Mapping[str, object]
) -> None:
    names = [public_name(column) for column in differing]
    # A version above the task's own comes from a database that has been set back since.
    if version > task.version:
        raise _conflict(task_out(task), names)
    changed = {name: seq for name in names if (seq := task.field_versions.get(name, 0)) > version}
    if not changed:
        return
    told = await _told(uow, task, after=max(version, 1) - 1)
    # What the log has forgotten may have been anybody's.
    own = {event.seq for event in told if _is_own(event, scope)}
    if not _are_all_own(told, scope, since=version):
        # Whoever took it out of the trash gave every field a new number, but chose no value.
        own -= {event.seq for event in told if event.type == TaskCreated.type}
    if theirs := [name for name, seq in changed.items() if seq not in own]:
        others = [event for event in told if event.seq in changed.values()]
        raise _conflict(task_out(task), theirs, by=_latest_other(others, scope))


async def _ensure_untouched_since(uow: UnitOfWork, scope: Scope, task: Task, version: int) -> None:
    if task.version == version:
        return
    told = await _told(uow, task, after=max(version, 1) - 1) if version < task.version else []
    # Programs, which give no key, are promised that a stale deletion is refused, whoever made it stale.
    if uow.key is None or not _are_all_own(told, scope, since=version):
        later = [event for event in told if event.seq > version]
        raise _conflict(task_out(task), [], by=_latest_other(later, scope))


async def _told(uow: UnitOfWork, task: Task, *, after: int) -> Sequence[RecordedEvent]:
    return await uow.told(task.topic, task.id, after=after, limit=_LOOKED_BACK_MOST)


def _are_all_own(told: Sequence[RecordedEvent], scope: Scope, *, since: int) -> bool:
    # Only if it is known back to that very version is nobody else's change missing.
    is_whole = any(event.seq == since for event in told)
    return is_whole and all(_is_own(event, scope) for event in told if event.seq > since)


def _is_own(event: RecordedEvent, scope: Scope) -> bool:
    return event.actor is not None and event.actor.id == scope.user_id


def _latest_other(newest_first: Sequence[RecordedEvent], scope: Scope) -> Actor | None:
    return next((event.actor for event in newest_first if not _is_own(event, scope)), None)


def _conflict(current: TaskOut, fields: list[str], *, by: Actor | None = None) -> Conflict:
    return Conflict(
        "This task has changed meanwhile; your change was not saved.",
        current=current,
        conflicts=fields,
        changed_by=by,
    )


async def put_into_trash(uow: UnitOfWork, scope: Scope, task: Task, *, version: int) -> None:
    """Delete ``task``. Raises Conflict if somebody else has changed anything of it since ``version``."""
    await _ensure_untouched_since(uow, scope, task, version)
    previous = task_out(task)
    task.deleted_at = task.updated_at = uow.clock()
    task.remind_at = None
    uow.record(TaskDeleted(topic=task.topic, actor=scope.actor, task=task, previous=previous))


def take_out_of_trash(uow: UnitOfWork, scope: Scope, task: Task) -> None:
    """Bring ``task`` back; one that is in no trash stays as it is."""
    if task.deleted_at is None:
        return
    task.deleted_at, task.updated_at = None, uow.clock()
    task.remind_at = task.next_reminder(task.updated_at)
    uow.record(TaskCreated(topic=task.topic, actor=scope.actor, task=task))


async def _person(uow: UnitOfWork, scope: Scope, task: Task, user_id: UUID) -> User:
    with uow.session.no_autoflush:
        return await queries.assignee(uow.session, scope, task, user_id)
