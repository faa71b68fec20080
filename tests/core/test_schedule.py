"""What is done by the clock: again and again, by one process a day, and whatever else fails."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from app.core.database import Database
from app.core.schedule import Job, daily, keep_schedule

PATIENCE = 20.0


async def test_a_job_that_fails_ends_neither_the_others_nor_itself() -> None:
    failures, rounds = 0, asyncio.Semaphore(0)

    async def fails() -> None:
        nonlocal failures
        failures += 1
        raise RuntimeError("on purpose")

    async def works() -> None:
        rounds.release()

    keeping = asyncio.create_task(keep_schedule([fails, works], every=0))
    async with asyncio.timeout(PATIENCE):
        for _ in range(3):
            await rounds.acquire()
    assert failures >= 3
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping


async def test_a_daily_job_is_done_once_a_day_by_one_of_all(database_url: str) -> None:
    now = datetime(2026, 12, 1, tzinfo=UTC)
    done: list[int] = []
    databases = [Database(database_url) for _ in range(3)]

    def job(number: int) -> Job:
        async def work() -> None:
            done.append(number)

        return daily(databases[number], lambda: now, "sweep", work)

    jobs = [job(number) for number in range(3)]
    for day in range(4):
        now = datetime(2026, 12, 1, tzinfo=UTC) + timedelta(days=day)
        await asyncio.gather(*(each() for each in jobs for _ in range(3)))
        assert len(done) == day + 1
    now += timedelta(hours=23)
    await asyncio.gather(*(each() for each in jobs))
    assert len(done) == 4
    for database in databases:
        await database.close()


async def test_two_daily_jobs_do_not_wait_for_each_other(database_url: str) -> None:
    done: list[str] = []
    database = Database(database_url)

    async def one() -> None:
        done.append("one")

    async def other() -> None:
        done.append("other")

    moment = datetime(2026, 12, 1, tzinfo=UTC)
    for name, work in (("one", one), ("other", other), ("one", one)):
        await daily(database, lambda: moment, name, work)()
    assert done == ["one", "other"]
    await database.close()
