"""The next moment of a reminder is right after every change of a task."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.config import Settings
from app.main import Tandem
from app.tasks import commands, queries
from app.tasks.models import Priority, Status
from app.tasks.schemas import TaskOut, TaskUpdate
from tests.builders import a_task
from tests.cast import Person, a_person

DUE = date(2026, 12, 24)
MORNING_BEFORE = datetime(2026, 12, 23, 9, tzinfo=UTC)
NIGHT_AFTER = datetime(2026, 12, 25, tzinfo=UTC)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Desk:
    """A person with tasks, and a clock that is set by hand."""

    def __init__(self, settings: Settings) -> None:
        self.now = datetime(2026, 12, 1, 12, tzinfo=UTC)
        self.tandem = Tandem(settings, lambda: self.now)
        self.mia: Person

    async def task(self, **fields: Any) -> TaskOut:
        return await a_task(self.tandem, self.mia, None, **fields)

    async def edit(self, task: TaskOut, **fields: Any) -> TaskOut:
        update = TaskUpdate(**fields)
        return await commands.update_task(
            self.tandem.unit_of_work(), self.mia.scope, task.id, update, version=await self.version(task)
        )

    async def version(self, task: TaskOut) -> int:
        async with self.tandem.database.read() as session:
            found = await queries.any_task(session, task.id)
        assert found
        return found.version

    async def reminds(self, task: TaskOut) -> datetime | None:
        async with self.tandem.database.read() as session:
            found = await queries.any_task(session, task.id)
        assert found
        return found.remind_at


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    desk = Desk(settings)
    desk.mia = await a_person(desk.tandem, "mia", address="http://localhost")
    yield desk
    await desk.tandem.database.close()


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 12, 1, tzinfo=UTC), MORNING_BEFORE),
        (datetime(2026, 12, 23, 8, 59, 59, tzinfo=UTC), MORNING_BEFORE),
        (datetime(2026, 12, 23, 9, tzinfo=UTC), NIGHT_AFTER),
        (datetime(2026, 12, 24, 23, 59, 59, tzinfo=UTC), NIGHT_AFTER),
        (datetime(2026, 12, 25, tzinfo=UTC), None),
        (datetime(2027, 1, 1, tzinfo=UTC), None),
    ],
)
async def test_what_is_past_when_it_is_typed_is_not_reminded_of(
    desk: Desk, now: datetime, expected: datetime | None
) -> None:
    desk.now = now
    assert await desk.reminds(await desk.task(due_on=DUE)) == expected
    other = await desk.task()
    assert await desk.reminds(other) is None
    assert await desk.reminds(await desk.edit(other, due_on=DUE)) == expected


async def test_a_date_that_is_moved_or_removed_moves_its_reminder(desk: Desk) -> None:
    task = await desk.task(due_on=date(2026, 12, 6))
    assert await desk.reminds(task) == datetime(2026, 12, 5, 9, tzinfo=UTC)
    await desk.edit(task, due_on=DUE)
    assert await desk.reminds(task) == MORNING_BEFORE
    await desk.edit(task, due_on=None)
    assert await desk.reminds(task) is None


async def test_what_is_done_or_in_the_trash_reminds_nobody(desk: Desk) -> None:
    task = await desk.task(due_on=DUE)
    uow, mia = desk.tandem.unit_of_work, desk.mia.scope
    await commands.complete_task(uow(), mia, task.id)
    assert await desk.reminds(task) is None
    await commands.reopen_task(uow(), mia, task.id)
    assert await desk.reminds(task) == MORNING_BEFORE
    await desk.edit(task, status=Status.DONE)
    assert await desk.reminds(task) is None
    await desk.edit(task, status=Status.DOING)
    await commands.delete_task(uow(), mia, task.id, version=await desk.version(task))
    assert await desk.reminds(task) is None
    desk.now = MORNING_BEFORE
    await commands.restore_task(uow(), mia, task.id)
    assert await desk.reminds(task) == NIGHT_AFTER
    assert await desk.reminds(await desk.task(due_on=DUE, status=Status.DONE)) is None


async def test_other_changes_do_not_take_away_a_reminder_that_is_about_to_come(desk: Desk) -> None:
    task = await desk.task(due_on=DUE)
    desk.now = MORNING_BEFORE
    await desk.edit(task, title="bread", description="rye", priority=Priority.HIGH, position="a5")
    assert await desk.reminds(task) == MORNING_BEFORE


@pytest.mark.parametrize("due_on", [date(1900, 1, 1), date(9999, 12, 30)])
async def test_the_first_and_the_last_day_of_all_are_no_failure(desk: Desk, due_on: date) -> None:
    await desk.reminds(await desk.task(due_on=due_on))
