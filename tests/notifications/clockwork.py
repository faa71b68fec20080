"""A process that does nothing but its jobs, by a clock that somebody else moves."""

import asyncio
from datetime import datetime
from pathlib import Path

from app.core.database import Database
from app.core.schedule import keep_schedule
from app.core.unit_of_work import UnitOfWork
from app.jobs import all_jobs
from app.live.log import DatabaseLog

EVERY = 0.02


def work(database_url: str, file: Path) -> None:
    """Do all jobs until killed; the time of day stands in ``file``."""

    def clock() -> datetime:
        return datetime.fromisoformat(file.read_text())

    async def keep() -> None:
        database = Database(database_url)
        log = DatabaseLog(database)

        def unit_of_work() -> UnitOfWork:
            return UnitOfWork(database, log, lambda _: None, clock)  # nobody listens here

        await keep_schedule(all_jobs(database, unit_of_work, clock), every=EVERY)

    asyncio.run(keep())


def set_clock(file: Path, now: datetime) -> None:
    """Say in ``file`` what time it is; whoever reads it meanwhile reads the former or the new one."""
    fresh = file.with_suffix(".new")
    fresh.write_text(now.isoformat())
    fresh.replace(file)
