"""The sample team: who is in it, what it has, and that it is made once, as a whole."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Executable, Row, func, select

from app.accounts.models import User
from app.comments.models import Comment
from app.config import Settings, SettingsError, load_settings
from app.core.database import Database
from app.live.log import LoggedEvent, Stream
from app.notifications.models import Notification
from app.sample import PASSWORD, PEOPLE, make_sample_team
from app.sample_texts import STANS_WORKSPACE, WORKSPACES
from app.tasks.models import Status, Task
from app.workspaces.models import Member, Workspace
from tests.conftest import running

TABLES = (User, Workspace, Member, Task, Comment, Notification, Stream, LoggedEvent)


@pytest.fixture(scope="module")
def made_once(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the team, to copy."""
    folder = tmp_path_factory.mktemp("sample")
    shutil.copy(sqlite_template, folder / "tandem.sqlite")
    asyncio.run(make_sample_team(load_settings({}, data_folder=folder)))
    return folder / "tandem.sqlite"


@pytest.fixture
def team(made_once: Path, tmp_path: Path) -> Settings:
    """The settings of a program that has the team."""
    shutil.copy(made_once, tmp_path)
    return load_settings({}, data_folder=tmp_path)


@pytest.fixture
def nobody(sqlite_template: Path, tmp_path: Path) -> Settings:
    """The settings of a program that has nothing yet."""
    shutil.copy(sqlite_template, tmp_path / "tandem.sqlite")
    return load_settings({}, data_folder=tmp_path)


async def test_the_team_has_people_workspaces_and_tasks_on_either_database(settings: Settings) -> None:
    await make_sample_team(settings)
    counts = await _counts(settings)
    assert (counts["user_account"], counts["workspace"], counts["task"]) == (5, 3, 200)


async def test_each_person_has_their_role_and_stan_is_in_one_workspace_only(team: Settings) -> None:
    found = await _rows(
        team,
        select(User.name, Workspace.name, Member.role)
        .join(Member, Member.user_id == User.id)
        .join(Workspace, Workspace.id == Member.workspace_id),
    )
    roles = {(row[0].split()[0], row[1]): row[2].value for row in found}
    everywhere = {"Olga": "owner", "Adam": "admin", "Mia": "member", "Vera": "viewer"}
    expected = {(name, workspace): role for name, role in everywhere.items() for workspace in WORKSPACES}
    assert roles == expected | {("Stan", STANS_WORKSPACE): "member"}


async def test_the_tasks_are_as_different_as_real_ones(team: Settings) -> None:
    tasks = [row[0] for row in await _rows(team, select(Task))]
    statuses = Counter(task.status for task in tasks)
    assert all(statuses[status] >= 10 for status in Status)
    assert len({task.priority for task in tasks}) == 5
    assert len({task.title for task in tasks}) == 200
    assert len({task.assigned_to for task in tasks}) == 1 + len(PEOPLE)
    assert any(task.description for task in tasks)
    assert any(task.due_on for task in tasks)
    assert any(task.due_on is None for task in tasks)
    assert sum(task.owner_id is not None for task in tasks) >= 20


async def test_people_talk_and_everybody_has_been_told_what_concerns_them(team: Settings) -> None:
    comments = [row[0] for row in await _rows(team, select(Comment))]
    assert len(comments) >= 30
    assert any(comment.mentions for comment in comments)
    told = [row[0] for row in await _rows(team, select(Notification))]
    # A viewer has nothing to do that others could tell of.
    assert len({notification.user_id for notification in told}) == len(PEOPLE) - 1
    assert len({notification.type for notification in told}) >= 6
    unread = Counter(each.user_id for each in told if each.read_at is None)
    assert 1 <= sum(unread.values()) <= 10 * len(PEOPLE)


async def test_what_happened_is_in_the_log_in_the_order_of_time(team: Settings) -> None:
    query = select(LoggedEvent.stream_id, LoggedEvent.at).order_by(LoggedEvent.stream_id, LoggedEvent.seq)
    moments = [(row[0], row[1]) for row in await _rows(team, query)]
    assert moments == sorted(moments)


async def test_made_again_nothing_changes(team: Settings) -> None:
    before = await _counts(team)
    await make_sample_team(team)
    assert await _counts(team) == before


async def test_a_team_that_cannot_be_finished_is_not_begun(
    nobody: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("app.sample.complete_task", fails)
    with pytest.raises(OSError, match="the disk is full"):
        await make_sample_team(nobody)
    assert set((await _counts(nobody)).values()) == {0}


async def test_workspaces_too_small_for_the_team_are_said_before_anything_is_made(nobody: Settings) -> None:
    with pytest.raises(SettingsError, match="TANDEM_MAX_MEMBERS is '4'; the sample team takes 5 or more"):
        await make_sample_team(replace(nobody, max_members=4))
    assert set((await _counts(nobody)).values()) == {0}


async def test_everybody_signs_in_with_what_is_printed(
    team: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await make_sample_team(team)
    printed = capsys.readouterr().out
    assert PASSWORD in printed
    assert f"{team.public_url}/login" in printed
    async with running(team) as program, httpx.AsyncClient(base_url=program.address) as client:
        for person in PEOPLE:
            assert person.email in printed
            body = {"email": person.email, "password": PASSWORD}
            answer = await client.post("/api/auth/login", json=body)
            assert answer.status_code == 200, answer.text
            assert answer.json()["user"]["name"] == person.name


async def _counts(settings: Settings) -> dict[str, int]:
    return {
        table.__tablename__: (await _rows(settings, select(func.count()).select_from(table)))[0][0]
        for table in TABLES
    }


async def _rows(settings: Settings, query: Executable) -> Sequence[Row[*tuple[Any, ...]]]:
    database = Database(settings.database_url)
    try:
        async with database.read() as session:
            return (await session.execute(query)).all()
    finally:
        await database.close()
