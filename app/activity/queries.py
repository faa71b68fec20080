"""Reads of what happened, always through the person who asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.activity.schemas import ActivityOut, ChangeOut
from app.activity.words import Words, changes, title_of, told
from app.core.errors import FieldError, Forbidden, Invalid, NotFound
from app.core.events import RecordedEvent
from app.core.paging import Cursor, decode_cursor, encode_cursor
from app.core.scope import Scope
from app.core.topics import Topic, workspace_topic
from app.core.unit_of_work import EventLog
from app.tasks import policy
from app.tasks import queries as task_queries
from app.tasks.models import Task
from app.workspaces import queries as workspace_queries

SEQ_MOST = 2**63 - 1
SOME_TASK = "a task"
_SORT = "seq"


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One event with its words; ``task_title`` is None unless there is still a task to go to."""

    event: RecordedEvent
    words: Words
    task_id: UUID | None
    task_is_there: bool

    def out(self) -> ActivityOut:
        """The same for the JSON API."""
        event = self.event
        return ActivityOut(
            seq=event.seq,
            type=event.type,
            at=event.at,
            actor=event.actor,
            entity_id=event.entity_id,
            task_id=self.task_id,
            text=self.words.text,
            changed=[ChangeOut(field=name, was=was, to=to) for name, was, to in changes(event)],
        )


@dataclass(frozen=True, kw_only=True)
class Happenings:
    """One page of what happened, newest first."""

    items: Sequence[Happening]
    next_cursor: str | None


async def activity(
    session: AsyncSession,
    log: EventLog,
    scope: Scope,
    workspace_id: UUID,
    *,
    limit: int,
    cursor: str | None = None,
    since: int = 0,
) -> Happenings:
    """What happened in a workspace after number ``since``; raises NotFound for outsiders."""
    await workspace_queries.role(session, scope, workspace_id)
    topic = workspace_topic(workspace_id)
    events, more = await _worth_telling(session, log, topic, limit=limit, cursor=cursor, since=since)
    return _page(await happenings(session, events), topic, more=more)


async def history(
    session: AsyncSession,
    log: EventLog,
    scope: Scope,
    task_id: UUID,
    *,
    limit: int,
    cursor: str | None = None,
) -> tuple[Task, Happenings]:
    """A task and what happened to it; raises NotFound for whoever may not see it.

    One in the trash is seen by those alone who may take it out.
    """
    task, role = await task_queries.task(session, scope, task_id, in_trash=None)
    if task.deleted_at is not None:
        try:
            policy.ensure_can_delete(role, task, scope.user_id)
        except Forbidden:
            raise NotFound(task_queries.NO_TASK) from None
    events, more = await _worth_telling(session, log, task.topic, limit=limit, cursor=cursor, of=task_id)
    items = [
        Happening(event=event, words=words, task_id=task_id, task_is_there=False)
        for event in events
        if (words := told(event, None)) is not None
    ]
    return task, _page(items, task.topic, more=more)


async def happenings(session: AsyncSession, events: Sequence[RecordedEvent]) -> list[Happening]:
    """``events`` of a workspace in words, each naming its task. The caller has been judged already."""
    ids = {task_id for event in events if (task_id := task_of(event)) is not None}
    found = await session.execute(
        select(Task.id, Task.title).where(Task.id.in_(ids), Task.deleted_at.is_(None))
    )
    titles: dict[UUID | None, str] = {row.id: row.title for row in found}
    made = []
    for event in events:
        task_id = task_of(event)
        title = title_of(event) or titles.get(task_id)
        words = told(event, title or SOME_TASK)
        if words is not None:
            made.append(Happening(event=event, words=words, task_id=task_id, task_is_there=task_id in titles))
    return made


def task_of(event: RecordedEvent) -> UUID | None:
    """The task to whose history ``event`` belongs."""
    return event.entity_id if event.type.startswith("task.") else event.part_of


def ensure_since(since: int) -> int:
    """``since`` if it can be the number of an event; raises Invalid otherwise."""
    if not 0 <= since <= SEQ_MOST:
        raise Invalid(FieldError("since", f"must be from 0 to {SEQ_MOST}."))
    return since


async def _worth_telling(
    session: AsyncSession,
    log: EventLog,
    topic: Topic,
    *,
    limit: int,
    cursor: str | None,
    since: int = 0,
    of: UUID | None = None,
) -> tuple[list[RecordedEvent], bool]:
    """The last ``limit`` events for which there are words, and whether there are more."""
    before = _seq_of(cursor, topic) if cursor else None
    found: list[RecordedEvent] = []
    while True:
        events = await log.newest(session, topic, limit=limit + 1, since=since, before=before, of=of)
        found += [event for event in events if told(event, None) is not None]
        if len(found) > limit or len(events) <= limit:
            return found[:limit], len(found) > limit
        before = events[-1].seq


def _page(items: Sequence[Happening], topic: Topic, *, more: bool) -> Happenings:
    last = Cursor(sort=_SORT, key=items[-1].event.seq, id=str(topic.id)) if more else None
    return Happenings(items=items, next_cursor=encode_cursor(last) if last else None)


def _seq_of(cursor: str, topic: Topic) -> int:
    given = decode_cursor(cursor, sort=_SORT)
    if not isinstance(given.key, int) or not 0 < given.key <= SEQ_MOST or given.id != str(topic.id):
        raise Invalid(FieldError("cursor", "is not one that this list has given out."))
    return given.key
