"""A believable team for `tandem demo`: people, workspaces and tasks, made by the same commands as real ones."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.accounts.models import User
from app.accounts.passwords import Passwords
from app.config import Settings, SettingsError
from app.core.clock import system_clock
from app.core.database import Database
from app.core.models import new_id
from app.core.scope import Scope
from app.core.unit_of_work import UnitOfWork
from app.live.log import DatabaseLog
from app.sample_texts import PERSONAL, WORKSPACES, Draft, drafts
from app.tasks.commands import complete_task, create_task, update_task
from app.tasks.models import Priority, Status
from app.tasks.schemas import TaskCreate, TaskUpdate
from app.workspaces.commands import create_workspace, invite_member, join_workspace
from app.workspaces.models import Role

PASSWORD = "tandem demo"  # noqa: S105 - printed at every start; the sample holds no secret
PEOPLE = {
    "olga@example.com": "Olga Lindholm",
    "adam@example.com": "Adam Okafor",
    "mia@example.com": "Mia Fernandes",
    "vera@example.com": "Vera Novak",
    "stan@example.com": "Stan Whitlock",
}
OWNER, ADMIN, MEMBER, VIEWER, STRANGER = PEOPLE
ROLES = {ADMIN: Role.ADMIN, MEMBER: Role.MEMBER, VIEWER: Role.VIEWER}
# Where Stan has come in; everywhere else he is a stranger.
STANS_WORKSPACE = "Office move"
DAYS = 28


async def make_sample_team(settings: Settings) -> None:
    """Put the sample team into the database, unless it is there, and print how to sign in as it."""
    if settings.max_members < len(PEOPLE):
        raise SettingsError(f"TANDEM_MAX_MEMBERS is {settings.max_members}; the sample takes {len(PEOPLE)}.")
    database = _OneTransaction(settings.database_url)
    try:
        async with database.begun() as session:
            if not await session.scalar(select(User.id).where(User.email.in_(PEOPLE)).limit(1)):
                await _Story(database, settings).happen()
    finally:
        await database.close()
    print(f'Sign in at {settings.public_url}/login; everybody\'s password is "{PASSWORD}":')
    for email, words in zip(PEOPLE, _ROLES_IN_WORDS, strict=True):
        print(f"  {email:<18} {PEOPLE[email]}, {words}")


_ROLES_IN_WORDS = (
    f"owner of all {len(WORKSPACES)} workspaces",
    "admin",
    "member",
    "viewer",
    f"member of “{STANS_WORKSPACE}” only",
)


class _OneTransaction(Database):
    """All transactions of the commands are parts of one: the team is there as a whole, or not at all."""

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
        async with AsyncSession(
            self._connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as session:
            yield session


@dataclass(frozen=True)
class _Step:
    at: datetime
    act: Callable[[], Coroutine[None, None, object]]


class _Story:
    """Four weeks of work, told in the order in which it happened; the same at every telling."""

    def __init__(self, database: _OneTransaction, settings: Settings) -> None:
        self._database = database
        self._log = DatabaseLog(database)
        self._settings = settings
        self._random = Random(4)  # noqa: S311 - no secret: the same team every time
        self._today = system_clock().replace(hour=0, minute=0, second=0, microsecond=0)
        self._now = self._beginning = self._today - timedelta(days=DAYS + 1)
        self._workdays = [day for day in map(self._day, range(DAYS)) if day.weekday() < 5]
        self._people: dict[str, Scope] = {}
        self._steps: list[_Step] = []

    async def happen(self) -> None:
        """Everything, step by step."""
        await self._register_people()
        for name, (description, text) in WORKSPACES.items():
            workspace_id = await self._open_workspace(name, description)
            stan = [STRANGER] if name == STANS_WORKSPACE else []
            self._plan(workspace_id, drafts(text), [OWNER, ADMIN, MEMBER, *stan])
        for email, text in zip(PEOPLE, PERSONAL, strict=True):
            self._plan(None, drafts(text), [email])
        # Acting adds steps for later: what is created now is done some day.
        while self._steps:
            self._steps.sort(key=lambda step: step.at, reverse=True)
            step = self._steps.pop()
            self._now = step.at
            await step.act()

    async def _register_people(self) -> None:
        # Not by the command, which hashes for each and begins a session.
        password_hash = await Passwords().hashed(PASSWORD)
        async with self._uow() as uow:
            for email, name in PEOPLE.items():
                person = Scope(user_id=new_id(), name=name, email=email, session_id=new_id())
                self._people[email] = person
                user = User(
                    id=person.user_id,
                    email=email,
                    name=name,
                    password_hash=password_hash,
                    created_at=self._now,
                )
                uow.session.add(user)

    async def _open_workspace(self, name: str, description: str) -> UUID:
        owner = self._people[OWNER]
        made, _ = await create_workspace(self._uow(), owner, name=name, description=description)
        joining = ROLES | ({STRANGER: Role.MEMBER} if name == STANS_WORKSPACE else {})
        for email, role in joining.items():
            invite = await invite_member(
                self._uow(),
                owner,
                made.workspace.id,
                role=role,
                expires_in=3600,
                max_uses=1,
                settings=self._settings,
            )
            token = invite.token or ""
            await join_workspace(self._uow(), self._people[email], token=token, settings=self._settings)
        return made.workspace.id

    def _plan(self, workspace_id: UUID | None, planned: list[Draft], editors: list[str]) -> None:
        for index, draft in enumerate(planned):
            day = self._workdays[index * len(self._workdays) // len(planned)]
            done = self._random.random() < 0.8 * (1 - index / len(planned))
            by, to = self._random.choice(editors), self._random.choice([*editors, None])
            self._steps.append(
                _Step(
                    self._at_work(day),
                    lambda draft=draft, by=by, to=to, done=done: self._add(  # type: ignore[misc]
                        workspace_id, draft, by, to or (by if done else None), done=done
                    ),
                )
            )

    async def _add(
        self, workspace_id: UUID | None, draft: Draft, by: str, to: str | None, *, done: bool
    ) -> None:
        priority = draft.priority or self._random.choice([Priority.NONE, Priority.LOW, Priority.MEDIUM])
        new = TaskCreate(
            title=draft.title,
            description=draft.description,
            priority=priority,
            due_on=self._due(done=done),
            assignee_id=self._people[to].user_id if to else None,
        )
        task, _ = await create_task(self._uow(), self._people[by], workspace_id, new)
        if to is None:
            return
        later = self._random.choice([day for day in self._workdays if day > self._now] or self._workdays[-1:])
        at, doer = max(self._at_work(later), self._now), self._people[to]
        if done:
            self._steps.append(_Step(at, lambda: complete_task(self._uow(), doer, task.id)))
        elif self._random.random() < 0.4:
            begun = TaskUpdate(status=Status.DOING)
            self._steps.append(
                _Step(at, lambda: update_task(self._uow(), doer, task.id, begun, version=task.version))
            )
