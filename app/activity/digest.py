"""What others did while somebody was away: a picture of the moment in which they come back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.activity.queries import Happening, happenings
from app.activity.words import NOBODY, joined
from app.core.events import RecordedEvent
from app.core.scope import Scope
from app.core.topics import workspace_topic
from app.core.unit_of_work import EventLog
from app.workspaces.models import Member

READ_MOST = 200
LINES_MOST = 5
NAMES_MOST = 3


@dataclass(frozen=True, kw_only=True)
class Digest:
    """All that is said above the list; ``changed`` are the tasks that others changed last."""

    workspace_id: UUID
    seen_seq: int
    seen_at: datetime | None
    seq: int
    summary: str
    lines: Sequence[Happening]
    changed: Sequence[UUID]


async def digest(session: AsyncSession, log: EventLog, scope: Scope, workspace_id: UUID) -> Digest | None:
    """What others changed since the caller was here; None if nothing. They have been judged already."""
    member = await session.get(Member, (workspace_id, scope.user_id))
    topic = workspace_topic(workspace_id)
    seq = (await log.positions(session, [topic]))[topic]
    if member is None or seq <= member.seen_seq:
        return None
    events = await log.newest(session, topic, limit=READ_MOST + 1, since=member.seen_seq)
    told = await happenings(session, events[:READ_MOST])
    others = [each for each in told if not _is_by(each.event, scope)]
    if not others:
        return None
    newest = _newest_of_each(told)
    return Digest(
        workspace_id=workspace_id,
        seen_seq=member.seen_seq,
        seen_at=member.seen_at,
        seq=seq,
        summary=_summary(others, more=len(events) > READ_MOST),
        lines=_newest_of_each(others)[:LINES_MOST],
        changed=[
            each.task_id
            for each in newest
            if each.task_id is not None and each.task_is_there and not _is_by(each.event, scope)
        ],
    )


def _newest_of_each(told: Sequence[Happening]) -> list[Happening]:
    """Of ``told``, newest first, one for each thing."""
    return list({each.task_id or each.event.entity_id: each for each in reversed(told)}.values())[::-1]


def _summary(others: Sequence[Happening], *, more: bool) -> str:
    """One sentence: "Ana and Bo changed 5 tasks, and Mia joined."."""
    about_tasks = [each for each in others if each.task_id is not None]
    came = [each for each in others if each.event.type == "member.joined"]
    rest = len(others) - len(about_tasks) - len(came)
    said = []
    if about_tasks:
        count = len({each.task_id for each in about_tasks})
        said.append(f"{_names(about_tasks)} changed {_count(count, 'task', more=more)}")
    if came:
        said.append(f"{_names(came)} joined")
    if rest:
        said.append(f"there {'was' if rest == 1 else 'were'} {_count(rest, 'other change', more=False)}")
    return f"{joined(said)}."


def _names(told: Sequence[Happening]) -> str:
    names = list(dict.fromkeys(each.event.actor.name if each.event.actor else NOBODY for each in told))
    hidden = len(names) - NAMES_MOST
    return joined([*names[:NAMES_MOST], _count(hidden, "other", more=False)] if hidden > 0 else names)


def _count(number: int, noun: str, *, more: bool) -> str:
    return f"{'at least ' if more else ''}{number} {noun}{'' if number == 1 else 's'}"


def _is_by(event: RecordedEvent, scope: Scope) -> bool:
    return event.actor is not None and event.actor.id == scope.user_id
