"""What the program does by the clock, in every process."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from app.accounts import commands as accounts
from app.config import Settings
from app.core import once
from app.core.clock import Clock
from app.core.database import Database
from app.core.schedule import Job, daily
from app.core.unit_of_work import UnitOfWork
from app.notifications import commands as notifications
from app.notifications.digest import Digests
from app.notifications.mail import mail_server
from app.notifications.reminders import remind
from app.tasks import commands as tasks
from app.tasks import queries as task_queries
from app.tasks.models import TRASH_KEPT

NOTIFICATIONS_KEPT = timedelta(days=90)
SESSIONS_KEPT = timedelta(days=30)
REQUEST_KEYS_KEPT = timedelta(days=30)


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

    async def old_request_keys() -> None:
        async with unit_of_work() as uow:
            await once.delete_old(uow.session, before=clock() - REQUEST_KEYS_KEPT)

    async def old_trash() -> None:
        await tasks.empty_trash(unit_of_work(), before=clock() - TRASH_KEPT)

    return [
        due_dates,
        daily(database, clock, "old notifications", old_notifications),
        daily(database, clock, "old sessions", old_sessions),
        daily(database, clock, "old request keys", old_request_keys),
        daily(database, clock, "old trash", old_trash),
    ]


def mail_jobs(
    settings: Settings, database: Database, unit_of_work: Callable[[], UnitOfWork]
) -> Sequence[Job]:
    """What waits for a mail server, and therefore must not stand in the way of the others."""
    server = mail_server(settings)
    if server is None:
        return []
    return [Digests(database, unit_of_work, server, public_url=settings.public_url).send]
