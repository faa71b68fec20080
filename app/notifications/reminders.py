"""Reminders of due dates: told by the clock, each exactly once."""

from collections.abc import Callable, Sequence
from uuid import UUID

from app.core.topics import user_topic
from app.core.unit_of_work import UnitOfWork
from app.notifications import queries
from app.notifications.commands import Cause, tell
from app.notifications.models import NotificationType
from app.tasks import queries as task_queries
from app.tasks.models import Task

BATCH = 25


async def remind(unit_of_work: Callable[[], UnitOfWork]) -> int:
    """Tell whoever has a task that it is due soon, or overdue; gives how many tasks were due to be told of.

    What is told and when to tell next are one transaction: whatever is killed, each comes exactly
    once. What is late comes once, as what is true by now.
    """
    total = 0
    while True:
        done = await _remind_some(unit_of_work())
        total += done
        if done < BATCH:
            return total


async def _remind_some(uow: UnitOfWork) -> int:
    async with uow:
        now = uow.clock()
        tasks = await task_queries.tasks_to_remind_of(uow.session, now, limit=BATCH)
        # Nobody leaves a workspace between being judged and being told.
        await uow.hold({user_topic(user_id) for task in tasks for user_id in _candidates(task)})
        causes = []
        for task in tasks:
            kind = NotificationType.OVERDUE if task.is_overdue(now) else NotificationType.DUE_SOON
            task.remind_at = task.next_reminder(now)
            user_id = await _whom(uow, task)
            if user_id is not None:
                causes.append(
                    Cause(
                        user_id=user_id,
                        type=kind,
                        title=task.title,
                        actor=None,
                        workspace_id=task.workspace_id,
                        task_id=task.id,
                    )
                )
        if causes:
            await tell(uow, causes)
    return len(tasks)


def _candidates(task: Task) -> Sequence[UUID]:
    """Who may be reminded of ``task``, the first of them before the second."""
    if task.owner_id is not None:
        return [task.owner_id]
    return [user_id for user_id in (task.assigned_to, task.created_by) if user_id is not None]


async def _whom(uow: UnitOfWork, task: Task) -> UUID | None:
    """Whoever has it, else who added it, as far as they still belong to its workspace."""
    if task.workspace_id is None:
        return task.owner_id
    candidates = _candidates(task)
    members = await queries.members_among(uow.session, task.workspace_id, candidates)
    return next((user_id for user_id in candidates if user_id in members), None)
