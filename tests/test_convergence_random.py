"""The law of test_convergence for random histories: several people and tabs, in any order.

Without a network: rooms and connections are real, and what the socket would send goes to the page.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from litestar.testing import RequestFactory
from sqlalchemy import event, text

from app.accounts import commands as accounts
from app.accounts.models import User
from app.accounts.schemas import UserOut
from app.config import Settings
from app.core.errors import NotFound, TandemError
from app.core.models import new_id
from app.core.scope import Scope
from app.core.topics import StreamKind, Topic, user_topic, workspace_topic
from app.core.unit_of_work import UnitOfWork
from app.live.connection import ACCESS_ENDED, Admission, Closing, Connection
from app.live.language import HtmlLanguage
from app.main import Tandem
from app.notifications import queries as notification_queries
from app.tasks import commands as tasks
from app.tasks import queries
from app.tasks.models import Priority, Status, Task
from app.tasks.schemas import TaskCreate, TaskOut, TaskUpdate
from app.tasks.view import DUES, SORTS, TaskView, parse_assigned, parse_view
from app.workspaces import commands as workspaces
from app.workspaces import queries as workspace_queries
from app.workspaces.models import Role
from tests.builders import join
from tests.dom import NOTHING, Page

PATIENCE = 20.0
START = datetime(2026, 3, 27, 12, tzinfo=UTC)
REQUESTS = RequestFactory()
PEOPLE = ["Olga", "Adam", "Mia"]
TEXTS = ["milk", "Milk & <b>", "ärger", "Ärger", "\U0001d4b5eta", "\uffe6", "ﬀ", "50% off_", "a  b", "Zoë"]
DAYS = [None, *(START.date() + timedelta(days=days) for days in (-2, 0, 1, 6, 7))]
# The tab, after those for the views, whose page shows all workspaces.
EVERYWHERE = 4
PLACES = ["a0", "a0V", "a1", "Zz", "b00"]


@dataclass(frozen=True)
class Step:
    """``who`` does ``what`` to the task or person ``which``; then ``tab`` goes through ``happening``."""

    what: str
    who: int
    which: int
    value: int
    happening: str
    tab: int


class Tab:
    """A page that somebody has open, with a connection such as its socket has."""

    def __init__(self, town: "Town", who: int, topic: Topic, query: str, *, everywhere: bool = False) -> None:
        self.who = who
        self.topic = topic
        self.query = query
        # The page of all that is assigned to its person, in whatever workspace.
        self.everywhere = everywhere
        self.late: list[str] = []
        self.reading = asyncio.Event()
        self._town = town
        self._moved = asyncio.Event()
        self._following: asyncio.Task[None] | None = None

    async def load(self) -> None:
        """Open the page, or reload it."""
        await self.cut()
        self.late.clear()
        self.reading.set()
        try:
            self.page = Page(await self._town.html(self))
        except NotFound:
            self.page.wipe()
        await self.connect()

    async def connect(self) -> None:
        """Let the page's socket connect, from where the page is."""
        if self._following is not None or not self.page.regions:
            return
        try:
            admission = await self._town.admission(self.who, self.topic)
        except NotFound:
            self.page.wipe()
            return
        viewer_id = admission.scope.user_id
        self.connection = Connection(
            connection_id=str(new_id()),
            admission=admission,
            view=self.view(viewer_id),
            language=self._town.language,
            since=self.page.seq,
            send=self._take,
            heartbeat_interval=3600,
            presence=None,
        )
        self._following = asyncio.create_task(self._follow(self.connection))

    def view(self, viewer_id: UUID) -> TaskView:
        """What the page shows."""
        parse = parse_assigned if self.everywhere else parse_view
        return parse(self.page.view, viewer_id=viewer_id, today=START.date())

    async def cut(self) -> None:
        """Lose the connection."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        self._following = None

    @property
    def connection_id(self) -> str | None:
        """What the page's requests carry."""
        return self.connection.id if self._following is not None else None

    def answered(self, task: TaskOut, *, deleted: bool, late: bool) -> None:
        """The answer to a request of this page, which may take longer than pushes do."""
        view = self.view(UUID(self.page.viewer))
        self.late.append(self._town.tandem.task_fragments.answer(view, task, deleted=deleted))
        if not late:
            self.hear_answers()

    def hear_answers(self) -> None:
        while self.late:
            html = self.late.pop()
            if self.page.regions:
                self.page.swap(html)

    async def settle(self) -> None:
        """Let everything arrive that is under way."""
        self.reading.set()
        self.hear_answers()
        seq = (await self._town.tandem.log.latest([self.topic]))[self.topic]
        async with asyncio.timeout(PATIENCE):
            await self.connect()
            while self.page.regions and self.page.seq < seq:
                self._moved.clear()
                await self._moved.wait()
                await self.connect()  # unless it is: a tab that stalls for long is cut off

    async def _follow(self, connection: Connection) -> None:
        try:
            async with self._town.tandem.rooms.follow(self.topic, connection) as room:
                await connection.follow(room)
        except Closing as closing:
            if closing.code == ACCESS_ENDED:
                self.page.wipe()
        finally:
            self._following = None
            self._moved.set()

    async def _take(self, frame: str) -> None:
        await self.reading.wait()
        if self.page.receive(frame)["type"] == "resync":
            self.page.resync(await self._town.html(self))
        self._moved.set()


class Town:
    """Three people with a workspace, their tabs, and what has become of it all."""

    def __init__(self, tandem: Tandem) -> None:
        self.tandem = tandem
        self.language = HtmlLanguage(tandem.presenters())
        self.tabs: list[Tab] = []
        self.task_ids: list[UUID] = []
        self.removed: set[UUID] = set()

    async def found(self, views: list[str]) -> None:
        """Begin: people, their workspace, and a tab for each view; the last is one's own list."""
        now = self.tandem.clock()
        ids = [new_id() for _ in PEOPLE]
        self.scopes = [
            Scope(user_id=user_id, name=name, email=f"{user_id}@example.com", session_id=new_id())
            for user_id, name in zip(ids, PEOPLE, strict=True)
        ]
        async with self.tandem.database.write() as session:
            session.add_all(
                User(id=scope.user_id, email=scope.email, name=scope.name, password_hash="", created_at=now)
                for scope in self.scopes
            )
            await session.commit()
        olga, adam, mia = self.scopes
        made, _ = await workspaces.create_workspace(self.uow(None), olga, name="Home", description="")
        self.workspace_id = made.workspace.id
        await join(self.tandem, olga, adam, self.workspace_id, Role.ADMIN)
        await join(self.tandem, olga, mia, self.workspace_id, Role.MEMBER)
        topics = [workspace_topic(self.workspace_id)] * (len(views) - 1) + [user_topic(ids[1])]
        for at, (topic, view) in enumerate(zip(topics, views, strict=True)):
            who = at % 2  # one of them has two tabs of the same list, and one of their own
            self.tabs.append(Tab(self, who, topic, view.format(*ids)))
        everywhere = ("", "status=todo", "q=milk")[len(views[0]) % 3]
        self.tabs.append(Tab(self, 1, user_topic(ids[1]), everywhere, everywhere=True))
        for tab in self.tabs:
            await tab.load()

    async def live(self, step: Step) -> None:
        """One step; a refusal changes nothing, as everywhere."""
        with suppress(TandemError):
            await COMMANDS[step.what](self, step)
        tab = self.tabs[step.tab]
        match step.happening:
            case "stall":
                tab.reading.clear()
            case "flow":
                tab.reading.set()
            case "cut":
                await tab.cut()
            case "connect":
                await tab.connect()
            case "answers":
                tab.hear_answers()
            case "reload":
                await tab.load()

    async def everything_agrees(self) -> None:
        for tab in self.tabs:
            await tab.settle()
            shown = await self.shown_anew(tab)
            if not tab.page.regions and self.scopes[tab.who].user_id in self.removed:
                continue  # it said so, and stays as it is, even if that person is back by now
            assert tab.page.shown() == shown
        await self._agrees_when_told_from_the_beginning(self.tabs[0])

    async def _agrees_when_told_from_the_beginning(self, tab: Tab) -> None:
        await tab.load()
        await tab.cut()
        tab.page.empty()
        await tab.settle()
        assert tab.page.shown() == await self.shown_anew(tab)

    async def shown_anew(self, tab: Tab) -> list[str]:
        try:
            return Page(await self.html(tab)).shown()
        except NotFound:
            return NOTHING

    async def leave(self) -> None:
        for tab in self.tabs:
            await tab.cut()

    async def html(self, tab: Tab) -> str:
        """The page of ``tab`` as it is loaded now."""
        scope = self.scopes[tab.who]
        workspace_id = tab.topic.id if tab.topic.kind is StreamKind.WORKSPACE else None
        request = REQUESTS.get("/", query_params=parse_qs(tab.query))  # type: ignore[arg-type]
        request.state.viewer = UserOut(id=scope.user_id, email=scope.email, name=scope.name)
        async with self.tandem.database.read() as session:
            own = user_topic(scope.user_id)
            request.state.own_seq = (await self.tandem.log.positions(session, [own]))[own]
            request.state.unread = await notification_queries.unread(session, scope.user_id)
            found = await workspace_queries.memberships(session, scope)
            request.state.nav = [membership.workspace for membership in found]
        if tab.everywhere:
            answer = await self.tandem.task_renderer.assigned_page(request, scope)
        else:
            answer = await self.tandem.task_renderer.list_page(request, scope, workspace_id)
        return str(answer.content)

    async def admission(self, who: int, topic: Topic) -> Admission:
        scope = self.scopes[who]
        async with self.tandem.database.read() as session:
            if topic.kind is StreamKind.WORKSPACE:
                await workspace_queries.role(session, scope, topic.id)
            seq = (await self.tandem.log.positions(session, [topic]))[topic]
        return Admission(scope=scope, role="", seq=seq)

    def uow(self, tab: Tab | None) -> UnitOfWork:
        return self.tandem.unit_of_work(tab.connection_id if tab else None)

    def tab_of(self, who: int, topic: Topic, *, everywhere: bool = False) -> Tab | None:
        """Where ``who`` sees ``topic``, or everything, and so acts on it."""
        for tab in self.tabs:
            if tab.who == who and tab.everywhere == everywhere and (everywhere or tab.topic == topic):
                return tab
        return None

    async def add(self, step: Step, workspace_id: UUID | None) -> None:
        scope = self.scopes[step.who]
        topic = workspace_topic(workspace_id) if workspace_id else user_topic(scope.user_id)
        tab = self.tab_of(step.who, topic)
        new = TaskCreate(
            title=TEXTS[step.value],
            status=list(Status)[step.value % 3],
            priority=list(Priority)[step.which % 5],
            due_on=DAYS[step.which % len(DAYS)],
            assignee_id=None if workspace_id is None or step.which % 2 else self.person(step),
        )
        task, _ = await tasks.create_task(self.uow(tab), scope, workspace_id, new)
        self.task_ids.append(task.id)
        if tab:
            tab.answered(task, deleted=False, late=step.which % 3 == 0)

    async def change(
        self,
        step: Step,
        command: Callable[[UnitOfWork, Scope, Task], Awaitable[TaskOut]],
        *,
        deletes: bool = False,
    ) -> None:
        """Let ``command`` change a task, from the tab in which that person sees it."""
        if not self.task_ids:
            return
        async with self.tandem.database.read() as session:
            task = await queries.any_task(session, self.task_ids[step.which % len(self.task_ids)])
        assert task is not None
        own = task.assigned_to == self.scopes[step.who].user_id
        tab = self.tab_of(step.who, task.topic, everywhere=own and step.tab == EVERYWHERE)
        out = await command(self.uow(tab), self.scopes[step.who], task)
        if tab:
            tab.answered(out, deleted=deletes, late=step.value % 3 == 0)

    async def edit(self, step: Step, **fields: Any) -> None:
        await self.change(
            step,
            lambda uow, scope, task: tasks.update_task(
                uow, scope, task.id, TaskUpdate(**fields), version=task.version
            ),
        )

    def person(self, step: Step) -> UUID:
        return self.scopes[step.which % len(self.scopes)].user_id

    async def rename(self, step: Step) -> None:
        name = TEXTS[step.value]
        await accounts.rename(self.uow(None), self.scopes[step.who], name=name)
        self.scopes[step.who] = replace(self.scopes[step.who], name=name)

    async def remove(self, step: Step) -> None:
        whom = self.person(step)
        await workspaces.remove_member(self.uow(None), self.scopes[step.who], self.workspace_id, whom)
        self.removed.add(whom)

    async def readmit(self, step: Step) -> None:
        """Whoever may invite does so; somebody whose page is over opens it again."""
        who = step.which % len(self.scopes)
        for inviter in self.scopes:
            with suppress(TandemError):
                role = list(Role)[1 + step.value % 3]
                await join(self.tandem, inviter, self.scopes[who], self.workspace_id, role)
                break
        for tab in self.tabs:
            if tab.who == who and not tab.page.regions:
                await tab.load()


COMMANDS: dict[str, Callable[[Town, Step], Awaitable[object]]] = {
    "add": lambda t, s: t.add(s, t.workspace_id),
    "add another": lambda t, s: t.add(s, t.workspace_id),
    "add an own one": lambda t, s: t.add(replace(s, who=1), None),
    "retitle": lambda t, s: t.edit(s, title=TEXTS[s.value]),
    "describe": lambda t, s: t.edit(s, description=TEXTS[s.value]),
    "set status": lambda t, s: t.edit(s, status=list(Status)[s.value % 3]),
    "set priority": lambda t, s: t.edit(s, priority=list(Priority)[s.value % 5]),
    "set due date": lambda t, s: t.edit(s, due_on=DAYS[s.value % len(DAYS)]),
    "move": lambda t, s: t.edit(s, position=PLACES[s.value % len(PLACES)]),
    "change much": lambda t, s: t.edit(
        s, title=TEXTS[s.value], status=list(Status)[s.value % 3], assignee_id=t.person(s), due_on=None
    ),
    "assign": lambda t, s: t.change(
        s, lambda uow, by, task: tasks.assign_task(uow, by, task.id, t.person(s), version=task.version)
    ),
    "unassign": lambda t, s: t.edit(s, assignee_id=None),
    "complete": lambda t, s: t.change(s, lambda uow, by, task: tasks.complete_task(uow, by, task.id)),
    "reopen": lambda t, s: t.change(s, lambda uow, by, task: tasks.reopen_task(uow, by, task.id)),
    "delete": lambda t, s: t.change(
        s, lambda uow, by, task: tasks.delete_task(uow, by, task.id, version=task.version), deletes=True
    ),
    "restore": lambda t, s: t.change(s, lambda uow, by, task: tasks.restore_task(uow, by, task.id)),
    "rename oneself": lambda t, s: t.rename(s),
    "rename the workspace": lambda t, s: workspaces.update_workspace(
        t.uow(None), t.scopes[s.who], t.workspace_id, name=TEXTS[s.value], description=TEXTS[s.which]
    ),
    "change a role": lambda t, s: workspaces.change_role(
        t.uow(None), t.scopes[s.who], t.workspace_id, t.person(s), role=list(Role)[s.value % 4]
    ),
    "remove somebody": lambda t, s: t.remove(s),
    "let somebody in": lambda t, s: t.readmit(s),
}
HAPPENINGS = ["nothing", "nothing", "stall", "flow", "cut", "connect", "answers", "reload"]


def _parts(name: str, values: list[str]) -> st.SearchStrategy[str]:
    chosen = st.lists(st.sampled_from(values), max_size=2, unique=True)
    return chosen.map(lambda picked: "".join(f"&{name}={value}" for value in picked))


VIEW = st.tuples(
    st.sampled_from([f"sort={minus}{sort}" for sort in SORTS for minus in ("", "-")]),
    st.one_of(
        st.just(""),
        _parts("status", list(Status)),
        _parts("priority", list(Priority)),
        st.sampled_from([f"&due={due}" for due in DUES]),
        st.sampled_from(["&assignee=me", "&assignee=none", "&assignee={1}", "&assignee={2}"]),
        st.sampled_from(["&q=milk", "&q=Ä", "&q=ff", "&q=50%25"]),
    ),
    st.one_of(st.just(""), st.just("&status=todo"), st.just("&assignee=me"), st.just("&group=status")),
).map("".join)
STEP = st.builds(
    Step,
    what=st.sampled_from(list(COMMANDS)),
    who=st.integers(0, 2),
    which=st.integers(0, 9),
    value=st.integers(0, 9),
    happening=st.sampled_from(HAPPENINGS),
    tab=st.integers(0, EVERYWHERE),
)
HISTORY = given(views=st.lists(VIEW, min_size=4, max_size=4), steps=st.lists(STEP, min_size=30, max_size=30))
CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture
async def tandem(settings: Settings) -> AsyncIterator[Tandem]:
    """All parts of the program, without a server."""
    ticks = count()
    tandem = Tandem(settings, clock=lambda: START + timedelta(milliseconds=next(ticks)))
    if tandem.database.is_sqlite:

        @event.listens_for(tandem.database.engine.sync_engine, "connect")
        def hurry(connection: Any, _: object) -> None:
            connection.execute("PRAGMA synchronous=OFF").close()

    yield tandem
    await tandem.rooms.stop()
    await tandem.database.close()


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("half", ["first", "second"])  # one for each of two processors
@HISTORY
@hypothesis_settings(max_examples=100, deadline=None, suppress_health_check=CHECKS)
async def test_after_any_history_every_open_page_is_what_its_reload_is(
    half: str, tandem: Tandem, views: list[str], steps: list[Step]
) -> None:
    await _live_through(tandem, views, steps)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@HISTORY
@hypothesis_settings(max_examples=15, deadline=None, suppress_health_check=CHECKS)
async def test_after_any_history_every_open_page_is_what_its_reload_is_on_postgres(
    tandem: Tandem, views: list[str], steps: list[Step]
) -> None:
    await _live_through(tandem, views, steps)


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_rows_have_the_same_keys_whatever_time_zone_the_database_is_in(tandem: Tandem) -> None:
    name = tandem.database.engine.url.database
    async with tandem.database.write() as session:
        await session.execute(text(f"ALTER DATABASE {name} SET timezone TO 'Asia/Tokyo'"))
        await session.commit()
    await tandem.database.engine.dispose()
    town = Town(tandem)
    await town.found([""])
    new = TaskCreate(title="milk")
    pushed, _ = await tasks.create_task(town.uow(None), town.scopes[0], town.workspace_id, new)
    async with tandem.database.read() as session:
        loaded = await queries.any_task(session, pushed.id)
    await town.leave()
    assert loaded is not None
    assert queries.task_out(loaded).sort_keys == pushed.sort_keys


async def _live_through(tandem: Tandem, views: list[str], steps: list[Step]) -> None:
    town = Town(tandem)
    try:
        await town.found(views)
        for step in steps:
            await town.live(step)
        await town.everything_agrees()
    finally:
        await town.leave()
