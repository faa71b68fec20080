"""The law: a page that was open all the time shows what its reload shows. Once for every command.

Random histories are in test_convergence_random.
"""

import ast
import asyncio
import inspect
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from app.accounts import commands as accounts
from app.comments import commands as comments
from app.comments.schemas import CommentCreate, CommentOut
from app.config import Settings, load_settings
from app.core.models import new_id
from app.core.topics import Topic, user_topic, workspace_topic
from app.core.unit_of_work import UnitOfWork
from app.live.connection import ACCESS_ENDED
from app.notifications import commands as notifications
from app.notifications import queries as notification_queries
from app.notifications.commands import Cause
from app.notifications.models import NotificationType
from app.notifications.view import Centre
from app.tasks import changing, queries
from app.tasks import commands as tasks
from app.tasks.models import Priority, Status
from app.tasks.schemas import TaskOut, TaskUpdate
from app.tasks.view import DUES, SORTS
from app.workspaces import commands as workspaces
from app.workspaces.models import Role
from tests.builders import a_task, a_workspace, join
from tests.cast import NAMES, Person, a_person
from tests.conftest import DATABASES, World, running
from tests.dom import NOTHING, Page

in_one_loop = pytest.mark.asyncio(loop_scope="module")

PATIENCE = 20.0
TODAY = datetime.now(UTC).date()
MODULES = (accounts, workspaces, tasks, comments, notifications)

# Every filter and every order, most of them alone and some together.
VIEWS = [
    "",
    *(f"sort={sort}" for sort in SORTS),
    *(f"sort=-{sort}" for sort in SORTS if sort not in ("due", "priority", "updated")),
    "group=status",
    "group=status&sort=-title",
    "sort=-due&status=todo",
    "sort=-priority&assignee=none",
    "sort=-updated&priority=high&priority=none",
    *(f"due={due}" for due in DUES),
    "status=done",
    "status=todo&status=doing&assignee=me",
    "assignee={mia}",
    f"due_before={TODAY}",
    "q=MILK",
    "q=50%25",
]


class _Over(Exception):
    """Access has ended."""


class Tab:
    """A page in somebody's browser, with its real socket."""

    def __init__(
        self, world: World, person: Person, browser: httpx.AsyncClient, path: str, topic: Topic
    ) -> None:
        self.name = f"{path} of {person.scope.name}"
        self.topic = topic
        self._path = path
        self._over = ""
        self._browser = browser
        self._sockets = world.program.socket_address
        self._headers = {"Cookie": f"{person.cookie_name}={person.token}", "Origin": person.address}

    async def open(self, stack: AsyncExitStack) -> None:
        """Load the page and let its socket connect."""
        self.page = Page((await self._browser.get(self._path)).text)
        await self.connect(stack)

    async def connect(self, stack: AsyncExitStack) -> None:
        """Open the socket that the page names now."""
        address = self._sockets + self.page.live_url
        socket = connect(address, additional_headers=self._headers, compression=None)
        self.socket = await stack.enter_async_context(socket)
        welcome = await self.hear()
        assert welcome["type"] == "welcome"
        self.connection_id = welcome["connection_id"]

    async def look(self, path: str, task_id: UUID) -> None:
        """Open a task over the list, whose comments are then a part of the page."""
        self._over = path
        opened = (await self._browser.get(path, headers={"HX-Request": "true"})).text
        self.page.add(opened)
        data = {"task": str(task_id), "since": self.page.seq}
        await self.socket.send(json.dumps({"type": "look", "data": data}))
        while (await self.hear())["type"] != "ack":
            pass

    async def fresh(self) -> Page | None:
        """The page as it is after a reload; None where it is not theirs any more."""
        answer = await self._browser.get(self._path)
        if answer.status_code == 404:
            return None
        page = Page(answer.text)
        if self._over:
            opened = await self._browser.get(self._over, headers={"HX-Request": "true"})
            page.add(opened.text if opened.status_code == 200 else "")
        return page

    async def hears(self, seq: int) -> None:
        """Take frames until the page is at ``seq``, or until access ends."""
        with suppress(_Over):
            while self.page.seq < seq:
                await self.hear()

    async def agrees(self, seq: int) -> None:
        """Once it has heard of all up to ``seq``, the page is what its reload is."""
        fresh = await self.fresh()
        over = fresh is None
        with suppress(_Over):
            while over or self.page.seq < seq:
                try:
                    await self.hear()
                except TimeoutError:
                    raise AssertionError(f"{self.name} is at {self.page.seq}, not at {seq}") from None
        expected = NOTHING if fresh is None else fresh.shown()
        assert self.page.shown() == expected, self.name

    async def post(self, path: str, **fields: object) -> httpx.Response:
        """What the page's script sends for a form; the answer is not put in place yet."""
        headers = {
            "HX-Request": "true",
            "HX-Current-URL": str(self._browser.base_url.join(self._path)),
            "X-Connection-Id": self.connection_id,
        }
        answer = await self._browser.post(path, data=fields, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer

    async def hear(self) -> dict[str, Any]:
        try:
            async with asyncio.timeout(PATIENCE):
                frame = await self.socket.recv(decode=True)
        except ConnectionClosed as closed:
            if closed.rcvd is None or closed.rcvd.code != ACCESS_ENDED:
                raise
            self.page.wipe()
            raise _Over from None
        message = self.page.receive(str(frame))
        if message["type"] == "resync":
            self.page.resync((await self._browser.get(self._path)).text)
            if self._over:
                opened = await self._browser.get(self._over, headers={"HX-Request": "true"})
                self.page.add_anew(opened.text)
        return message


class Stage:
    """A workspace with tasks of many kinds, and every view of it open on somebody's screen."""

    def __init__(self, world: World, stack: AsyncExitStack) -> None:
        self.world = world
        self.workspace_id = world.workspace_id
        self.here = workspace_topic(world.workspace_id)
        self.tabs: list[Tab] = []
        self._stack = stack
        self._browsers = {person.scope.name: person.browser for person in (world.olga, world.mia, world.vera)}

    @property
    def uow(self) -> UnitOfWork:
        return self.world.tandem.unit_of_work()

    def __getattr__(self, name: str) -> Person:
        return self.world.cast[name]

    async def prepare(self) -> None:
        """Fill the workspace, and a person's own list."""

        async def add(title: str, **fields: object) -> TaskOut:
            return await a_task(self.world.tandem, self.olga, self.workspace_id, title=title, **fields)

        # All tests share their people; what those were told must fit on one page.
        await notifications.delete_old(self.uow, before=datetime.now(UTC) + timedelta(minutes=1))
        mia, adam = self.mia.scope.user_id, self.adam.scope.user_id
        self.milk = await add("milk", description="2 litres, 50% fat")
        self.bread = await add("Bread", status=Status.DOING, priority=Priority.HIGH, assignee_id=mia)
        self.rent = await add("ﬀ rent", due_on=TODAY, assignee_id=adam, priority=Priority.URGENT)
        self.late = await add("\U0001d4b5eta", due_on=TODAY - timedelta(days=3), assignee_id=mia)
        self.soon = await add("\uffe6 soon", due_on=TODAY + timedelta(days=2), priority=Priority.LOW)
        self.done = await add("Ärger", status=Status.DONE, due_on=TODAY + timedelta(days=30))
        self.trash = await add("old milk", due_on=TODAY, assignee_id=mia)
        await tasks.delete_task(self.uow, self.olga.scope, self.trash.id, version=self.trash.version)
        self.own = await a_task(self.world.tandem, self.mia, None, title="call mum", assignee_id=mia)
        self.said = await self.say("first", self.mia)
        # What the page of everything assigned shows beside this workspace.
        self.elsewhere = await a_workspace(self.world.tandem, self.world.cast, name="Abroad")
        self.far = await a_task(self.world.tandem, self.olga, self.elsewhere, title="ZZ", assignee_id=mia)
        self.own_done = await a_task(self.world.tandem, self.mia, None, status=Status.DONE)

    async def open_everything(self) -> None:
        """Each view in somebody's browser, the plain one in everybody's; and one person's own lists."""
        people = [self.olga, self.mia, self.vera]
        views = [(people[at % 3], view) for at, view in enumerate([*VIEWS, "", ""])]
        await asyncio.gather(*(self.open(person, view) for person, view in views))
        await asyncio.gather(*(self.open_own(self.mia, view) for view in ("", "status=todo&sort=-title")))
        page = f"/workspaces/{self.workspace_id}/tasks/{self.rent.id}"
        await asyncio.gather(*(self._open(who, page, self.here) for who in (self.mia, self.vera)))
        await (await self.open(self.mia, "status=todo&sort=title")).look(f"{page}", self.rent.id)
        centre = ("", "unread=true", "type=task_assigned")
        await asyncio.gather(*(self.open_own(self.mia, view, path="/notifications") for view in centre))
        assigned = ("", "status=todo&status=doing", "due=overdue", "q=milk")
        await asyncio.gather(*(self.open_own(self.mia, view, path="/assigned") for view in assigned))

    async def open(self, person: Person, view: str) -> Tab:
        path = f"/workspaces/{self.workspace_id}?{view.format(mia=self.mia.id)}"
        return await self._open(person, path, self.here)

    async def open_own(self, person: Person, view: str, *, path: str = "/tasks") -> Tab:
        return await self._open(person, f"{path}?{view}", user_topic(person.scope.user_id))

    async def _open(self, person: Person, path: str, topic: Topic) -> Tab:
        browser = self._browsers[person.scope.name]
        tab = Tab(self.world, person, browser, path, topic)
        await tab.open(self._stack)
        self.tabs.append(tab)
        return tab

    async def reconnect(self, tab: Tab) -> None:
        await tab.connect(self._stack)

    async def everybody_hears(self) -> None:
        seqs = await self.seqs()
        await asyncio.gather(*(tab.hears(seqs[tab.topic]) for tab in self.tabs))

    async def everything_agrees(self, tabs: Sequence[Tab] | None = None) -> None:
        seqs = await self.seqs()
        await asyncio.gather(*(tab.agrees(seqs[tab.topic]) for tab in tabs or self.tabs))

    async def seqs(self) -> dict[Topic, int]:
        """How far every stream is that somebody watches."""
        topics = [self.here, user_topic(self.mia.scope.user_id)]
        return dict(await self.world.tandem.log.latest(topics))

    # What the lines below are made of.

    async def edit(self, task: TaskOut, **fields: Any) -> TaskOut:
        """Change ``fields`` of what was ``task``, based on its state now."""
        by = self.mia if task.workspace_id is None else self.adam
        update = TaskUpdate(**fields)
        return await tasks.update_task(self.uow, by.scope, task.id, update, version=await self.version(task))

    async def give(self, task: TaskOut, person: Person | None) -> TaskOut:
        whom = person.scope.user_id if person else None
        version = await self.version(task)
        return await tasks.assign_task(self.uow, self.adam.scope, task.id, whom, version=version)

    async def throw_away(self, task: TaskOut) -> TaskOut:
        by = self.mia if task.workspace_id is None else self.olga
        return await tasks.delete_task(self.uow, by.scope, task.id, version=await self.version(task))

    async def move(
        self, task: TaskOut, *, before: TaskOut | None = None, after: TaskOut | None = None, **more: Any
    ) -> TaskOut:
        beside = before or after
        assert beside is not None
        return await tasks.move_task(
            self.uow, self.adam.scope, task.id, beside=beside.id, after=before is None, **more
        )

    async def change_all(self, several: list[TaskOut], **fields: Any) -> None:
        versions = {task.id: await self.version(task) for task in several}
        outcome = await tasks.change_tasks(self.uow, self.olga.scope, versions, TaskUpdate(**fields))
        assert not outcome.refused

    async def throw_all_away(self, several: list[TaskOut]) -> None:
        versions = {task.id: await self.version(task) for task in several}
        assert not (await tasks.delete_tasks(self.uow, self.olga.scope, versions)).refused

    async def version(self, task: TaskOut) -> int:
        async with self.world.tandem.database.read() as session:
            found = await queries.any_task(session, task.id)
        assert found is not None
        return found.version

    async def create(self, **fields: Any) -> TaskOut:
        return await a_task(self.world.tandem, self.olga, self.workspace_id, **fields)

    async def say(self, body: str, person: Person) -> CommentOut:
        new = CommentCreate(body=body)
        return (await comments.add_comment(self.uow, person.scope, self.rent.id, new))[0]

    async def remind(self, person: Person, kind: NotificationType) -> None:
        """Tell somebody about a task of theirs, as the clock does."""
        async with self.uow as uow:
            cause = Cause(
                user_id=person.scope.user_id,
                type=kind,
                title=self.bread.title,
                actor=None,
                workspace_id=self.workspace_id,
                task_id=self.bread.id,
            )
            await notifications.tell(uow, [cause])

    async def read_newest(self, person: Person) -> object:
        """Read the newest of what somebody has not read."""
        async with self.world.tandem.database.read() as session:
            unread = Centre(unread=True)
            [newest] = await notification_queries.newest(session, person.scope, unread, limit=1)
        return await notifications.mark_read(self.uow, person.scope, newest.id)

    async def call_it(self, name: str, description: str = "") -> object:
        return await workspaces.update_workspace(
            self.uow, self.adam.scope, self.workspace_id, name=name, description=description
        )

    async def make(self, person: Person, role: Role) -> None:
        whom = person.scope.user_id
        await workspaces.change_role(self.uow, self.olga.scope, self.workspace_id, whom, role=role)

    async def take_out(self, person: Person, *, by: Person) -> None:
        whom = person.scope.user_id
        await workspaces.remove_member(self.uow, by.scope, self.workspace_id, whom)

    async def let_in(self, person: Person, role: Role) -> None:
        await join(self.world.tandem, self.olga.scope, person.scope, self.workspace_id, role)


@pytest.fixture(scope="module", params=DATABASES)
def shared_settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with a database of either kind, for all tests here: each has a workspace of its own."""
    folder = tmp_path_factory.mktemp("convergence")
    if request.param == "postgres":
        url = request.getfixturevalue("postgres").create_database("convergence", template="template_tandem")
    else:
        url = f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), folder)}"
    environment = {"TANDEM_DATABASE_URL": url, "TANDEM_WS_CONNECTS_PER_MINUTE": "100000"}
    return load_settings(environment, data_folder=folder)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(shared_settings: Settings) -> AsyncIterator[World]:
    """The program with the cast."""
    async with running(shared_settings) as program:
        cast = {name: await a_person(program.tandem, name, address=program.address) for name in NAMES}
        yield World(program=program, cast=cast, workspace_id=new_id())
        for person in cast.values():
            await person.leave()


@pytest_asyncio.fixture(loop_scope="module")
async def stage(world: World) -> AsyncIterator[Stage]:
    workspace_id = await a_workspace(world.tandem, world.cast)
    async with AsyncExitStack() as stack:
        stage = Stage(replace(world, workspace_id=workspace_id), stack)
        await stage.prepare()
        yield stage


Act = Callable[[Stage], Awaitable[object]]

# For every command that tells anybody anything: what it is used for, one after the other on one stage.
LINES: dict[Callable[..., Any], list[Act]] = {
    tasks.create_task: [
        lambda s: s.create(title="milk, too"),
        lambda s: s.create(title="a", status=Status.DOING, due_on=TODAY, assignee_id=s.mia.scope.user_id),
        lambda s: s.create(title="z", status=Status.DONE, priority=Priority.HIGH, description="50%"),
        lambda s: a_task(s.world.tandem, s.mia, None, title="water plants"),
    ],
    tasks.update_task: [
        lambda s: s.edit(s.milk, title="Zebra <b>&amp;</b>"),
        lambda s: s.edit(s.milk, title="aardvark"),
        lambda s: s.edit(s.milk, description=""),
        lambda s: s.edit(s.bread, description="or milk"),
        lambda s: s.edit(s.milk, status=Status.DOING),
        lambda s: s.edit(s.milk, status=Status.DONE),
        lambda s: s.edit(s.done, status=Status.TODO),
        lambda s: s.edit(s.rent, priority=Priority.NONE),
        lambda s: s.edit(s.late, priority=Priority.MEDIUM),
        lambda s: s.edit(s.late, due_on=TODAY),
        lambda s: s.edit(s.soon, due_on=None),
        lambda s: s.edit(s.bread, due_on=TODAY + timedelta(days=6)),
        lambda s: s.edit(s.done, position=s.milk.position),
        lambda s: s.edit(s.rent, position="Zz"),
        lambda s: s.edit(s.bread, title="all", status=Status.TODO, assignee_id=None, due_on=TODAY),
        lambda s: s.edit(s.own, title="call dad", status=Status.DOING),
        lambda s: s.edit(s.own, assignee_id=None),
    ],
    tasks.assign_task: [
        lambda s: s.give(s.milk, s.mia),
        lambda s: a_task(
            s.world.tandem, s.olga, s.elsewhere, title="AA", assignee_id=s.mia.scope.user_id, due_on=TODAY
        ),
        lambda s: s.give(s.far, None),
        lambda s: s.give(s.far, s.mia),
        lambda s: s.give(s.milk, s.vera),
        lambda s: s.give(s.milk, None),
    ],
    tasks.complete_task: [
        lambda s: tasks.complete_task(s.uow, s.mia.scope, s.milk.id),
        lambda s: tasks.complete_task(s.uow, s.mia.scope, s.bread.id),
        lambda s: tasks.complete_task(s.uow, s.mia.scope, s.own.id),
    ],
    tasks.reopen_task: [
        lambda s: tasks.reopen_task(s.uow, s.adam.scope, s.done.id),
        lambda s: tasks.reopen_task(s.uow, s.mia.scope, s.own_done.id),
    ],
    tasks.delete_task: [
        lambda s: s.throw_away(s.milk),
        lambda s: s.throw_away(s.bread),
        lambda s: s.throw_away(s.own),
    ],
    tasks.restore_task: [
        lambda s: tasks.restore_task(s.uow, s.olga.scope, s.trash.id),
    ],
    tasks.move_task: [
        lambda s: s.move(s.rent, before=s.milk),
        lambda s: s.move(s.milk, after=s.rent, status=Status.DONE),
        lambda s: s.move(s.done, after=s.rent, status=Status.TODO),
    ],
    tasks.change_tasks: [
        lambda s: s.change_all([s.milk, s.rent, s.done], status=Status.DOING),
        lambda s: s.change_all([s.milk, s.bread], assignee_id=s.mia.scope.user_id, due_on=TODAY),
        lambda s: s.change_all([s.far, s.rent], priority=Priority.URGENT),
    ],
    tasks.delete_tasks: [
        lambda s: s.throw_all_away([s.milk, s.bread, s.far]),
    ],
    tasks.restore_tasks: [
        lambda s: tasks.restore_tasks(s.uow, s.olga.scope, [s.trash.id]),
    ],
    workspaces.create_workspace: [
        # Nobody has its page open yet, see below; the page of everything is open.
        lambda s: workspaces.create_workspace(s.uow, s.mia.scope, name="Third", description=""),
        lambda s: workspaces.create_workspace(s.uow, s.mia.scope, name="\U0001d4b5 <b>", description=""),
        lambda s: workspaces.create_workspace(s.uow, s.mia.scope, name="\uffe6 Ärger", description=""),
        lambda s: workspaces.create_workspace(s.uow, s.mia.scope, name="THIRD", description=""),
    ],
    workspaces.update_workspace: [
        lambda s: s.call_it("Hüm <i>"),
        lambda s: s.call_it("Hüm <i>", "Where we live"),
        lambda s: s.call_it("aaa"),
        lambda s: s.call_it("Home"),
    ],
    workspaces.delete_workspace: [
        lambda s: workspaces.delete_workspace(s.uow, s.olga.scope, s.elsewhere),
        lambda s: workspaces.delete_workspace(s.uow, s.olga.scope, s.workspace_id),
    ],
    workspaces.join_workspace: [
        lambda s: s.let_in(s.stan, Role.VIEWER),
        lambda s: a_workspace(s.world.tandem, s.world.cast, name="further"),
    ],
    workspaces.change_role: [
        lambda s: s.make(s.mia, Role.VIEWER),
        lambda s: s.make(s.vera, Role.ADMIN),
        lambda s: s.make(s.mia, Role.OWNER),
    ],
    workspaces.remove_member: [
        lambda s: s.take_out(s.adam, by=s.olga),
        lambda s: s.take_out(s.vera, by=s.vera),
        lambda s: s.let_in(s.adam, Role.MEMBER),
        lambda s: s.take_out(s.mia, by=s.olga),
    ],
    comments.add_comment: [
        lambda s: s.say("second, @mia", s.adam),
        lambda s: s.say("**third** <b>", s.mia),
    ],
    comments.edit_comment: [
        lambda s: comments.edit_comment(
            s.uow, s.mia.scope, s.said.id, body="_other_", version=s.said.version
        ),
    ],
    comments.delete_comment: [
        lambda s: comments.delete_comment(s.uow, s.olga.scope, s.said.id, version=s.said.version),
    ],
    notifications.tell: [
        lambda s: s.create(title="for you", assignee_id=s.mia.scope.user_id),
        lambda s: s.remind(s.mia, NotificationType.DUE_SOON),
        lambda s: s.remind(s.mia, NotificationType.OVERDUE),
    ],
    notifications.mark_read: [
        lambda s: s.read_newest(s.mia),
        lambda s: s.read_newest(s.mia),
    ],
    notifications.mark_all_read: [
        lambda s: notifications.mark_all_read(s.uow, s.mia.scope),
        lambda s: s.create(title="once more", assignee_id=s.mia.scope.user_id),
        lambda s: notifications.mark_all_read(s.uow, s.mia.scope),
    ],
    notifications.delete_old: [
        lambda s: notifications.delete_old(s.uow, before=datetime.now(UTC) + timedelta(minutes=1)),
    ],
    accounts.rename: [
        lambda s: accounts.rename(s.uow, s.mia.scope, name="Zoë Mía"),
        lambda s: accounts.rename(s.uow, s.adam.scope, name="\U0001f600 Adam"),
        lambda s: accounts.rename(s.uow, s.mia.scope, name="Mia"),
        lambda s: accounts.rename(s.uow, s.adam.scope, name="Adam"),
    ],
}


@pytest.mark.parametrize("command", LINES, ids=lambda command: command.__name__)
@in_one_loop
async def test_every_open_page_is_what_its_reload_is_after(command: Callable[..., Any], stage: Stage) -> None:
    await stage.open_everything()
    for at, act in enumerate(LINES[command]):
        before = await stage.seqs()
        await act(stage)
        assert await stage.seqs() != before, f"line {at} changed nothing"
        await stage.everybody_hears()
        await stage.everything_agrees(stage.tabs[at % 6 :: 6])  # all of them every time would take long
    await stage.everything_agrees()


def test_every_command_that_tells_anybody_anything_has_its_lines() -> None:
    assert set(LINES) == {command for module in MODULES for command in telling_commands(module)}


@in_one_loop
async def test_a_new_workspace_is_told_from_its_first_event(stage: Stage) -> None:
    made, _ = await workspaces.create_workspace(stage.uow, stage.olga.scope, name="Work", description="")
    stage.workspace_id, stage.here = made.workspace.id, workspace_topic(made.workspace.id)
    tab = await stage.open(stage.olga, "")
    tab.page.empty()
    await stage.reconnect(tab)
    await stage.everything_agrees()


@in_one_loop
async def test_a_page_that_was_away_gets_one_frame_of_everything_it_missed(stage: Stage) -> None:
    tabs = [await stage.open(stage.mia, view) for view in ("", "status=todo", "assignee=me&sort=-updated")]
    for tab in tabs:
        await tab.socket.close()
    await tasks.restore_task(stage.uow, stage.olga.scope, stage.trash.id)
    await stage.edit(stage.milk, title="Zebra", status=Status.DOING)
    await stage.edit(stage.milk, status=Status.TODO)
    await stage.throw_away(stage.bread)
    await stage.throw_away(stage.trash)
    await tasks.restore_task(stage.uow, stage.olga.scope, stage.bread.id)
    await stage.throw_away(await stage.create(title="short-lived"))
    await stage.give(stage.late, None)
    for tab in tabs:
        await stage.reconnect(tab)
    await stage.everything_agrees()


@in_one_loop
async def test_an_answer_that_came_while_the_page_was_away_is_part_of_what_it_missed(stage: Stage) -> None:
    tab = await stage.open(stage.olga, "status=todo")
    await tab.socket.close()
    added = await tab.post(f"/workspaces/{stage.workspace_id}/tasks", title="bread, too")
    tab.page.swap(added.text)
    bread = UUID(tab.page.rows()[-1])
    await tasks.complete_task(stage.uow, stage.mia.scope, bread)
    await stage.reconnect(tab)
    await stage.everything_agrees()


@in_one_loop
async def test_a_new_name_is_in_every_row_whoever_changes_those_at_the_same_moment(stage: Stage) -> None:
    await stage.open(stage.olga, "")
    await stage.open(stage.vera, "assignee={mia}")
    for name in ("Zoë", "Zora", "Zelda", "Zita", "Mia"):
        await asyncio.gather(
            accounts.rename(stage.uow, stage.mia.scope, name=name),
            stage.edit(stage.bread, title=f"bread for {name}"),
            stage.edit(stage.late, due_on=None if name == "Zora" else TODAY),
            stage.give(stage.milk, stage.mia if name in ("Zoë", "Zelda", "Mia") else None),
        )
        await stage.everything_agrees()


@in_one_loop
async def test_a_page_that_is_ahead_of_the_log_is_told_to_fetch_everything(stage: Stage) -> None:
    tab = await stage.open(stage.mia, "status=todo")
    await tab.socket.close()
    tab.page.receive('{"type": "heartbeat", "seq": 1000}')
    await stage.throw_away(stage.milk)
    await stage.reconnect(tab)
    assert (await tab.hear())["type"] == "resync"
    await stage.everything_agrees()
    assert tab.page.seq < 1000


@pytest.mark.parametrize("late", [False, True], ids=["answer first", "push first"])
@in_one_loop
async def test_an_answer_to_a_request_shows_what_its_push_shows_elsewhere(stage: Stage, late: bool) -> None:
    for view in ("", "status=todo", "status=done&sort=-updated", "assignee=me", "q=milk"):
        tab = await stage.open(stage.olga, view)
        milk = await stage.create(title="more milk")
        for what, fields in (
            ("", {"title": "cream"}),
            ("/assign", {"assignee": stage.olga.id}),
            ("/complete", {}),
            ("/reopen", {}),
            ("/delete", {}),
        ):
            version = await stage.version(milk)
            answer = await tab.post(f"/tasks/{milk.id}{what}", version=version, **fields)
            if late:
                if what == "/delete":
                    await tasks.restore_task(stage.uow, stage.adam.scope, milk.id)
                await stage.edit(milk, description=f"milk after {what or 'edit'}")
                await stage.everybody_hears()
            tab.page.swap(answer.text)
            await stage.everything_agrees([tab])
        added = await tab.post(f"/workspaces/{stage.workspace_id}/tasks", title="milk again")
        tab.page.swap(added.text)
    await stage.everything_agrees()


def telling_commands(module: ModuleType) -> list[Callable[..., Any]]:
    """The commands of ``module`` that record events, themselves or by what they call."""
    functions = {
        node.name: node
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)
    }
    called = {
        name: {
            each.func.attr if isinstance(each.func, ast.Attribute) else each.func.id
            for each in ast.walk(node)
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute | ast.Name)
        }
        for name, node in functions.items()
    }
    telling: set[str] = set()
    known = {"record"} | (
        set() if module is changing else {made.__name__ for made in telling_commands(changing)}
    )
    while more := {name for name in called if called[name] & (telling | known)} - telling:
        telling |= more
    return [getattr(module, name) for name in telling if not name.startswith("_")]
