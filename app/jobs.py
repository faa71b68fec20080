"""What the program does by the clock, in every process."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from app.accounts import commands as accounts
from app.core.clock import Clock
from app.core.database import Database
from app.core.schedule import Job, daily
from app.core.unit_of_work import UnitOfWork
from app.notifications import commands as notifications
from app.notifications.reminders import remind
from app.tasks import queries as task_queries

NOTIFICATIONS_KEPT = timedelta(days=90)
SESSIONS_KEPT = timedelta(days=30)


def all_jobs(database: Database, unit_of_work: Callable[[], UnitOfWork], clock: Clock) -> Sequence[Job]:
    """Every job; what is done once a day is done by one process of all."""

    async def due_dates() -> None:
        async with database.read() as session:  # SQLite's one writer is not asked for nothing
            waiting = await task_queries.is_reminder_due(session, clock())
        if waiting:
            await remind(unit_of_work)

    async def old_notifications() -> None:
        while await notifications.delete_old(unit_of_work(), before=clock() - NOTIFICATIONS_KEPT):
            pass

    async def old_sessions() -> None:
        await accounts.delete_old_sessions(unit_of_work(), before=clock() - SESSIONS_KEPT)

    return [
        due_dates,
        daily(database, clock, "old notifications", old_notifications),
        daily(database, clock, "old sessions", old_sessions),
    ]
