"""A believable team for `tandem demo`: people, workspaces and tasks, made by the real commands."""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.accounts.models import User
from app.accounts.passwords import Passwords
from app.comments.commands import add_comment
from app.comments.schemas import CommentCreate
from app.config import Settings, SettingsError
from app.core.clock import system_clock
from app.core.database import Database
from app.core.models import new_id
from app.core.scope import Scope
from app.core.unit_of_work import UnitOfWork
from app.live.log import DatabaseLog
from app.notifications.commands import mark_all_read
from app.notifications.reactions import conclude
from app.notifications.reminders import remind
from app.reactions import REACTIONS
from app.sample_texts import COMMENTS, PERSONAL, STANS_WORKSPACE, WORKSPACES
from app.tasks.commands import complete_task, create_task, update_task
from app.tasks.models import Priority, Status
from app.tasks.schemas import TaskCreate, TaskUpdate
from app.workspaces.commands import create_workspace, invite_member, join_workspace
from app.workspaces.models import Role

Act = Callable[[], Coroutine[None, None, object]]

PASSWORD = "tandem demo"  # noqa: S105 - printed at every start; it protects nothing
WORKDAYS = 20


class Person(NamedTuple):
    """Somebody of the team, and what they are in a workspace."""

    email: str
    name: str
    role: Role


PEOPLE = (
    Person("olga@example.com", "Olga Lindholm", Role.OWNER),
    Person("adam@example.com", "Adam Okafor", Role.ADMIN),
    Person("mia@example.com", "Mia Fernandes", Role.MEMBER),
    Person("vera@example.com", "Vera Novak", Role.VIEWER),
    Person("stan@example.com", "Stan Whitlock", Role.MEMBER),
)
STAN = PEOPLE[-1]


async def make_sample_team(settings: Settings) -> None:
    """Put the team into the database, unless it is there already, and print how to sign in as it."""
    if settings.max_members < len(PEOPLE):
        raise SettingsError(
            f"TANDEM_MAX_MEMBERS is '{settings.max_members}'; the sample team takes {len(PEOPLE)} or more."
        )
    database = _OneTransaction(settings.database_url)
    try:
        async with database.begun() as session:
            query = select(User.id).where(User.email.in_([person.email for person in PEOPLE]))
            if not (await session.scalars(query)).first():
                await _Story(database, settings).happen()
    finally:
        await database.close()
    print(f'The sample team signs in at {settings.public_url}/login with the password "{PASSWORD}":')
    for person in PEOPLE:
        where = f"“{STANS_WORKSPACE}” only" if person is STAN else f"all {len(WORKSPACES)} workspaces"
        print(f"  {person.email:<16}  {person.name}, {person.role} in {where}")


class _OneTransaction(Database):
    """Makes every command's transaction a part of one: the team is there as a whole, or not at all."""

    _connection: AsyncConnection

    @asynccontextmanager
    async def begun(self) -> AsyncIterator[AsyncSession]:
        """The transaction around all others; it commits unless something fails."""
        async with super().write() as session:
            self._connection = await session.connection()
            yield session
            await session.commit()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        joined = AsyncSession(self._connection, expire_on_commit=False, join_transaction_mode="rollback_only")
        async with joined as session:
            yield session


class _Story:
    """Four weeks of work in the order in which it happened; the same every time it is told."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._log = DatabaseLog(database)
        self._settings = settings
        self._random = Random(4)  # noqa: S311 - the same team every time; nothing here is secret
        today = system_clock().replace(hour=8, minute=0, second=0, microsecond=0)
        before = [today - timedelta(days=days) for days in range(2 * WORKDAYS, 0, -1)]
        self._days = [day for day in before if day.weekday() < 5][-WORKDAYS:]
        self._now = self._days[0]
        self._people: dict[Person, Scope] = {}
        self._steps: list[tuple[datetime, int, Act]] = []
        self._order = count()  # two steps of the same minute happen in the order of their planning

    async def happen(self) -> None:
        """Everything, step by step."""
        await self._register_people()
        for name, (description, text) in WORKSPACES.items():
            members = [person for person in PEOPLE if person is not STAN or name == STANS_WORKSPACE]
            workspace_id = await self._open_workspace(name, description, members)
            editors = [person for person in members if person.role is not Role.VIEWER]
            self._plan(workspace_id, text, editors)
        for person, text in zip(PEOPLE, PERSONAL, strict=True):
            self._plan(None, text, [person])
        for day in self._days:
            self._later(day, partial(remind, self._uow))
        for scope in self._people.values():
            self._later(self._days[-1], partial(self._read_everything, scope))
        while self._steps:
            self._now, _, act = heappop(self._steps)
            await act()

    async def _register_people(self) -> None:
        # Not by the command, which hashes once for each of them and begins a session.
        password_hash = await Passwords().hashed(PASSWORD)
        async with self._uow() as uow:
            for person in PEOPLE:
                scope = Scope(user_id=new_id(), name=person.name, email=person.email, session_id=new_id())
                self._people[person] = scope
                user = User(id=scope.user_id, email=scope.email, name=scope.name)
                user.password_hash, user.created_at = password_hash, self._now
                uow.session.add(user)

    async def _open_workspace(self, name: str, description: str, members: Sequence[Person]) -> UUID:
        owner = self._people[members[0]]
        made, _ = await create_workspace(self._uow(), owner, name=name, description=description)
        for person in members[1:]:
            invite = await invite_member(
                self._uow(),
                owner,
                made.workspace.id,
                role=person.role,
                expires_in=3600,
                max_uses=1,
                settings=self._settings,
            )
            token = invite.token or ""
            await join_workspace(self._uow(), self._people[person], token=token, settings=self._settings)
        return made.workspace.id

    def _plan(self, workspace_id: UUID | None, text: str, editors: Sequence[Person]) -> None:
        """Let the tasks in ``text`` be added over the weeks; what was added early is mostly done."""
        titles = [title.strip() for title in text.replace("\n", " / ").split(" / ") if title.strip()]
        for index, title in enumerate(titles):
            share = index / len(titles)
            done = self._random.random() < 0.85 * (1 - share)
            add = partial(self._add, workspace_id, title, editors, done=done)
            self._later(self._days[int(share * WORKDAYS)], add)

    async def _add(
        self, workspace_id: UUID | None, text: str, editors: Sequence[Person], *, done: bool
    ) -> None:
        choose = self._random.choice
        author, worker = choose(editors), choose(editors)
        new = _task(text, usual=choose([Priority.NONE, Priority.NONE, Priority.LOW, Priority.MEDIUM]))
        new.due_on = choose([None, (self._now + timedelta(days=self._random.randint(2, 30))).date()])
        if done or self._random.random() < 0.6:
            new.assignee_id = self._people[worker].user_id
        task, _ = await create_task(self._uow(), self._people[author], workspace_id, new)
        scope = self._people[worker]
        if workspace_id is not None and self._random.random() < 0.25:
            self._talk(task.id, editors)
        day = choose([day for day in self._days if day > self._now] or self._days[-1:])
        if done:
            self._later(day, lambda: complete_task(self._uow(), scope, task.id))
        elif new.assignee_id and self._random.random() < 0.4:
            begun = TaskUpdate(status=Status.DOING)
            self._later(day, lambda: update_task(self._uow(), scope, task.id, begun, version=task.version))

    def _talk(self, task_id: UUID, editors: Sequence[Person]) -> None:
        """Let people say something about a task, the one to the other."""
        one, other = self._random.sample(editors, 2)
        for speaker, listener in ((one, other), (other, one))[: self._random.randint(1, 2)]:
            words = self._random.choice(COMMENTS).format(other=listener.name)
            say = partial(self._say, self._people[speaker], task_id, CommentCreate(body=words))
            day = self._random.choice([day for day in self._days if day > self._now] or self._days[-1:])
            self._later(day, say)

    def _later(self, day: datetime, act: Act) -> None:
        """Let it happen at some time of a working day, and never before what has happened already."""
        at = max(self._now, day + timedelta(minutes=self._random.randrange(9 * 60)))
        heappush(self._steps, (at, next(self._order), act))

    async def _say(self, scope: Scope, task_id: UUID, new: CommentCreate) -> None:
        await add_comment(self._uow(), scope, task_id, new)

    async def _read_everything(self, scope: Scope) -> None:
        await mark_all_read(self._uow(), scope)

    def _uow(self) -> UnitOfWork:
        return UnitOfWork(
            self._database,
            self._log,
            lambda _: None,
            lambda: self._now,
            reactions=REACTIONS,
            conclusion=conclude,
        )


def _task(text: str, *, usual: Priority) -> TaskCreate:
    """The task written as ``title > description``, with ``!!`` before it if urgent, ``!`` if high."""
    title, _, description = text.partition(" > ")
    marks = {"!!": Priority.URGENT, "!": Priority.HIGH}
    mark, _, rest = title.partition(" ")
    if mark in marks:
        return TaskCreate(title=rest, description=description, priority=marks[mark])
    return TaskCreate(title=title, description=description, priority=usual)
