"""What the program does by the clock: all of it, in a program that runs."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.models import Session
from app.config import Settings
from app.core import schedule
from app.core.once import RequestKey
from app.jobs import NOTIFICATIONS_KEPT, REQUEST_KEYS_KEPT, SESSIONS_KEPT, all_jobs
from app.main import Tandem, create_app
from app.notifications.models import Notification, NotificationType
from app.tasks import commands as tasks
from app.tasks.models import TRASH_KEPT, Task
from tests.builders import a_task
from tests.cast import Person, a_person

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
PATIENCE = 20.0
MOMENT = timedelta(seconds=1)


class Desk:
    """A program with a clock that is set by hand."""

    def __init__(self, settings: Settings) -> None:
        self.now = NOW
        self.app = create_app(settings, lambda: self.now)
        self.tandem: Tandem = self.app.state.tandem

    async def work(self) -> None:
        for job in all_jobs(self.tandem.database, self.tandem.unit_of_work, self.tandem.clock):
            await job()

    async def count(self, table: type[Session | Notification | Task | RequestKey]) -> int:
        async with self.tandem.database.read() as session:
            return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_what_is_old_goes_once_a_day_and_nothing_else(settings: Settings) -> None:
    desk = Desk(settings)
    mia = await a_person(desk.tandem, "mia", address="http://localhost")  # signed in for 14 days
    await remember(desk, mia, NOW)
    for kept in (timedelta(0), NOTIFICATIONS_KEPT):
        desk.now = NOW + kept
        await desk.work()
        assert await desk.count(Notification) == 1
    assert await desk.count(Session) == 0
    desk.now += MOMENT
    await desk.work()
    assert await desk.count(Notification) == 1  # it has been seen to for that day
    desk.now += timedelta(days=1)
    await desk.work()
    assert await desk.count(Notification) == 0
    await desk.tandem.database.close()


async def test_what_is_in_the_trash_goes_after_thirty_days(settings: Settings) -> None:
    desk = Desk(settings)
    mia = await a_person(desk.tandem, "mia", address="http://localhost")
    task = await a_task(desk.tandem, mia, None)
    await tasks.delete_task(desk.tandem.unit_of_work(), mia.scope, task.id, version=task.version)
    for kept, left in ((TRASH_KEPT, 1), (TRASH_KEPT + timedelta(days=1), 0)):
        desk.now = NOW + kept
        await desk.work()
        assert await desk.count(Task) == left
    await desk.tandem.database.close()


async def test_a_request_can_be_repeated_for_thirty_days(settings: Settings) -> None:
    desk = Desk(settings)
    mia = await a_person(desk.tandem, "mia", address="http://localhost")
    async with desk.tandem.database.write() as session:
        session.add(RequestKey(user_id=mia.scope.user_id, key="k1", request="", at=NOW))
        await session.commit()
    for kept, left in ((REQUEST_KEYS_KEPT, 1), (REQUEST_KEYS_KEPT + timedelta(days=1), 0)):
        desk.now = NOW + kept
        await desk.work()
        assert await desk.count(RequestKey) == left
    await desk.tandem.database.close()


async def test_a_session_is_kept_for_a_while_after_its_end(settings: Settings) -> None:
    desk = Desk(settings)
    await a_person(desk.tandem, "mia", address="http://localhost")
    end = NOW + timedelta(days=14)
    for now, expected in ((end + SESSIONS_KEPT, 1), (end + SESSIONS_KEPT + timedelta(days=1), 0)):
        desk.now = now
        await desk.work()
        assert await desk.count(Session) == expected
    await desk.tandem.database.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_program_that_runs_does_its_jobs(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule.keep_schedule, "__kwdefaults__", {"every": 0.01})
    desk = Desk(settings)
    mia = await a_person(desk.tandem, "mia", address="http://localhost")
    await a_task(desk.tandem, mia, None, due_on=NOW.date() + timedelta(days=3))
    async with desk.tandem.running(desk.app):
        desk.now = NOW + timedelta(days=2)
        async with asyncio.timeout(PATIENCE):
            while await desk.count(Notification) == 0:  # noqa: ASYNC110 - there is no event to wait for
                await asyncio.sleep(0.01)


async def remember(desk: Desk, person: Person, at: datetime) -> None:
    async with desk.tandem.database.write() as session:
        session.add(
            Notification(
                user_id=person.scope.user_id, type=NotificationType.INVITED, title="Home", created_at=at
            )
        )
        await session.commit()
