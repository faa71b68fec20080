"""What is done by the clock, by whichever process comes first; knows no job."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import String, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import Clock
from app.core.database import Database
from app.core.models import Base

EVERY = 20.0
_DAY = timedelta(days=1)

# Looks whether there is something to do, and does it. Two processes may do so at the same moment.
Job = Callable[[], Awaitable[object]]

logger = structlog.get_logger()


class Appointment(Base):
    """When a daily job is to be done next."""

    __tablename__ = "appointment"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    due_at: Mapped[datetime]


async def keep_schedule(jobs: Sequence[Job], *, every: float = EVERY) -> None:
    """Do all ``jobs``, again and again, for ever; one that fails is tried again next time."""
    while True:
        for job in jobs:
            try:
                await job()
            except Exception:
                # The edge: no failure of one job may end the others.
                logger.warning("a job failed; trying again", exc_info=True)
        await asyncio.sleep(every)


def daily(database: Database, clock: Clock, name: str, job: Job) -> Job:
    """``job`` once a day, by one process of all; where that is killed, the next day makes up for it."""

    async def when_due() -> None:
        now = clock()
        async with database.read() as session:
            known = await session.get(Appointment, name)
        if (known is None or known.due_at <= now) and await _takes(database, name, now):
            await job()

    return when_due


async def _takes(database: Database, name: str, now: datetime) -> bool:
    """Whether this process is the one that does the job this time."""
    async with database.write() as session:
        due = update(Appointment).where(Appointment.name == name, Appointment.due_at <= now)
        taken = await session.scalar(due.values(due_at=now + _DAY).returning(Appointment.name))
        if taken is None:
            session.add(Appointment(name=name, due_at=now + _DAY))
        try:
            await session.commit()
        except IntegrityError:
            return False  # another process was faster
    return True
