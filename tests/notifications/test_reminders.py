"""Due dates are told of by the clock: to the right person, as what is true, and exactly once."""

import asyncio
import multiprocessing
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.config import Settings
from app.core.database import Database
from app.main import Tandem
from app.notifications.models import Notification, NotificationType
from app.notifications.reminders import BATCH, remind
from app.tasks import commands as tasks
from app.tasks.models import Task
from app.tasks.schemas import TaskOut
from app.workspaces import commands as workspaces
from tests.builders import a_task, a_workspace
from tests.cast import NAMES, Person, a_person
from tests.notifications import clockwork
from tests.notifications.clockwork import set_clock
from tests.tasks.stock import a_row

BEGINNING = datetime(2026, 12, 1, 12, tzinfo=UTC)
DUE = date(2026, 12, 24)
MORNING_BEFORE = datetime(2026, 12, 23, 9, tzinfo=UTC)
NIGHT_AFTER = datetime(2026, 12, 25, tzinfo=UTC)
SOON, LATE = NotificationType.DUE_SOON, NotificationType.OVERDUE
DATES = 1_000
DAYS = 10
KILLING_SECONDS = 30
SECONDS_MOST = 120

Told = tuple[UUID | None, NotificationType, UUID]  # of which task, why, and who


class Desk:
    """The cast, and a clock that is set by hand."""

    def __init__(self, settings: Settings) -> None:
        self.now = BEGINNING
        self.tandem = Tandem(settings, lambda: self.now)
        self.cast: dict[str, Person] = {}
        self.workspace_id: UUID

    def __getattr__(self, name: str) -> Person:
        return self.cast[name]

    async def task(self, by: Person | None = None, **fields: Any) -> TaskOut:
        return await a_task(self.tandem, by or self.olga, self.workspace_id, due_on=DUE, **fields)

    async def at(self, now: datetime) -> list[Told]:
        """What is told when it is ``now``."""
        before = await told(self.tandem.database)
        self.now = now
        await remind(self.tandem.unit_of_work)
        return list(((await told(self.tandem.database)) - before).elements())


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    desk = Desk(settings)
    desk.cast = {name: await a_person(desk.tandem, name, address="http://localhost") for name in NAMES}
    desk.workspace_id = await a_workspace(desk.tandem, desk.cast)
    yield desk
    await desk.tandem.database.close()


async def test_whoever_has_it_is_told_the_morning_before_and_the_night_after(desk: Desk) -> None:
    mia = desk.mia.scope.user_id
    task = await desk.task(assignee_id=mia)
    assert await desk.at(MORNING_BEFORE - timedelta(seconds=1)) == []
    assert await desk.at(MORNING_BEFORE) == [(task.id, SOON, mia)]
    assert await desk.at(NIGHT_AFTER - timedelta(seconds=1)) == []
    assert await desk.at(NIGHT_AFTER) == [(task.id, LATE, mia)]
    assert await desk.at(NIGHT_AFTER + timedelta(days=400)) == []


async def test_what_comes_late_comes_once_as_what_is_true_by_now(desk: Desk) -> None:
    task = await desk.task()
    assert await desk.at(NIGHT_AFTER + timedelta(days=3)) == [(task.id, LATE, desk.olga.scope.user_id)]
    other = await a_task(desk.tandem, desk.olga, None, due_on=date(2027, 1, 10))
    midday = datetime(2027, 1, 10, 12, tzinfo=UTC)
    assert await desk.at(midday) == [(other.id, SOON, desk.olga.scope.user_id)]
    assert await desk.at(midday + timedelta(days=5)) == [(other.id, LATE, desk.olga.scope.user_id)]


async def test_a_task_of_nobodys_is_told_of_to_whoever_added_it_if_they_are_still_there(desk: Desk) -> None:
    await desk.task(by=desk.mia)
    await desk.task(by=desk.adam, assignee_id=desk.mia.scope.user_id)
    own = await a_task(desk.tandem, desk.mia, None, due_on=DUE)
    await workspaces.remove_member(
        desk.tandem.unit_of_work(), desk.olga.scope, desk.workspace_id, desk.mia.scope.user_id
    )
    found = await desk.at(MORNING_BEFORE)
    assert {(task_id == own.id, user_id) for task_id, _, user_id in found} == {
        (True, desk.mia.scope.user_id),
        (False, desk.adam.scope.user_id),
    }
    assert len(found) == 2


async def test_what_is_done_or_deleted_is_told_to_nobody(desk: Desk) -> None:
    done, deleted = await desk.task(), await desk.task()
    uow, olga = desk.tandem.unit_of_work, desk.olga.scope
    await tasks.complete_task(uow(), olga, done.id)
    await tasks.delete_task(uow(), olga, deleted.id, version=deleted.version)
    assert await desk.at(MORNING_BEFORE) == []
    await tasks.reopen_task(uow(), olga, done.id)
    await tasks.restore_task(uow(), olga, deleted.id)
    assert await desk.at(MORNING_BEFORE) == []  # they were not waiting then
    assert {task_id for task_id, kind, _ in await desk.at(NIGHT_AFTER) if kind is LATE} == {
        done.id,
        deleted.id,
    }


async def test_many_schedulers_at_once_tell_everything_once(settings: Settings, desk: Desk) -> None:
    count = 10 * BATCH + 3
    await some_due_dates(desk, count=count)
    three = [Desk(settings) for _ in range(3)]
    for now in steps():
        for each in three:
            each.now = now
        await asyncio.gather(*(remind(each.tandem.unit_of_work) for each in three))
    await everything_was_told_once(desk.tandem.database, count)
    for each in three:
        await each.tandem.database.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
async def test_three_processes_that_are_killed_at_random_tell_everything_once(
    desk: Desk, settings: Settings, tmp_path: Path
) -> None:
    await some_due_dates(desk, count=DATES)
    file, chance, kills = tmp_path / "now", random.Random(7), 0
    set_clock(file, BEGINNING)
    began = time.monotonic()
    with three_processes(settings.database_url, file) as kill:
        for now in steps():
            set_clock(file, now)
            while await waiting(desk.tandem.database, now):
                await asyncio.sleep(chance.uniform(0.05, 0.6))
                if time.monotonic() - began < KILLING_SECONDS:
                    kill(chance.randrange(3))
                    kills += 1
                assert time.monotonic() - began < SECONDS_MOST, (kills, now)
    took = time.monotonic() - began
    await everything_was_told_once(desk.tandem.database, DATES)
    print(f"\n{DATES:,} due dates, {2 * DATES:,} notifications, each once; {kills} kills in {took:.0f} s")
    assert kills >= 2 * DAYS, "too few to prove anything"


def steps() -> Iterator[datetime]:
    """Every moment at which somebody is to be told something, one after the other."""
    for number in range(DAYS + 3):
        day = datetime.combine(DUE, datetime.min.time(), UTC) + timedelta(days=number - 1)
        yield day
        yield day + timedelta(hours=9)


async def some_due_dates(desk: Desk, *, count: int) -> None:
    """Open tasks that are due in the course of some days, by every kind of owner."""
    people = [person.scope.user_id for name, person in desk.cast.items() if name != "stan"]
    rows = [
        a_row(
            desk.workspace_id if number % 4 else None,
            people[number % 3],
            title=f"task {number}",
            due_on=DUE + timedelta(days=number % DAYS),
            assigned_to=people[number % 4] if number % 2 else None,
        )
        for number in range(count)
    ]
    for row in rows:
        row.remind_at = row.next_reminder(desk.now)
    async with desk.tandem.database.write() as session:
        session.add_all(rows)
        await session.commit()


async def everything_was_told_once(database: Database, count: int) -> None:
    found = await told(database)
    assert Counter(kind for _, kind, _ in found.elements()) == {SOON: count, LATE: count}
    assert max(found.values()) == 1
    assert len({(task_id, kind) for task_id, kind, _ in found}) == 2 * count


async def told(database: Database) -> Counter[Told]:
    """Everything that anybody was reminded of, and how often."""
    query = select(Notification.task_id, Notification.type, Notification.user_id)
    async with database.read() as session:
        rows = await session.execute(query.where(Notification.type.in_([SOON, LATE])))
        return Counter((row.task_id, row.type, row.user_id) for row in rows)


async def waiting(database: Database, now: datetime) -> int:
    async with database.read() as session:
        query = select(func.count()).select_from(Task).where(Task.remind_at <= now)
        return await session.scalar(query) or 0


@contextmanager
def three_processes(database_url: str, file: Path) -> Iterator[Callable[[int], None]]:
    """Three processes at work; gives what kills one of them and puts another in its place."""
    # Forked from one that has imported everything: a start must be quicker than the next kill.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([clockwork.__name__, "pytest"])

    def start() -> BaseProcess:
        process = context.Process(target=clockwork.work, args=(database_url, file), daemon=True)
        process.start()
        return process

    def replace(number: int) -> None:
        processes[number].kill()
        processes[number].join()
        processes[number] = start()

    processes = [start() for _ in range(3)]
    try:
        yield replace
    finally:
        for process in processes:
            process.kill()
            process.join()
