"""The composition root: builds every part, introduces them to each other, and decides nothing."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from litestar import Litestar, Request, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from app.accounts import guard
from app.accounts.account import AccountPage
from app.accounts.gate import Gate
from app.accounts.passwords import Passwords
from app.activity.fragments import HistoryFragments
from app.activity.news import tellers
from app.activity.rendering import ActivityRenderer
from app.comments.fragments import CommentFragments
from app.comments.rendering import CommentRenderer
from app.config import Settings
from app.core.answers import BODY_BYTES_MOST, exception_handlers
from app.core.assets import Assets, static_router
from app.core.clock import Clock, system_clock
from app.core.database import Database
from app.core.ending import end
from app.core.errors import TandemError
from app.core.events import FORGOTTEN
from app.core.limits import FallbackLimiter, Limiter, MemoryLimiter
from app.core.limits_redis import RedisLimiter
from app.core.packing import Packing
from app.core.schedule import keep_schedule
from app.core.scope import Scope
from app.core.security import CanonicalHost, OriginCheck, security_headers
from app.core.topics import workspace_topic
from app.core.unit_of_work import UnitOfWork
from app.core.views import Views
from app.doors import Doors
from app.frame import Frame
from app.jobs import all_jobs, mail_jobs
from app.live.broker import Broker
from app.live.broker_memory import MemoryBroker
from app.live.broker_redis import RedisBroker
from app.live.language import HtmlLanguage
from app.live.log import DatabaseLog
from app.live.presence import Presence
from app.live.presence_memory import MemoryPresence
from app.live.presence_redis import RedisPresence
from app.live.presence_store import PresenceStore
from app.live.present import Presenter, both, only_for
from app.live.rooms import Rooms
from app.live.socket import Sockets, socket_routes
from app.notifications import reactions as notification_reactions
from app.notifications.fragments import NotificationFragments
from app.notifications.rendering import NotificationRenderer
from app.ops import health
from app.reactions import REACTIONS
from app.routes import API, INJECTED, PAGES
from app.tasks.fragments import TaskFragments
from app.tasks.messages import TaskMessages
from app.tasks.quick_add import QuickAdd
from app.tasks.rendering import TaskRenderer
from app.tasks.row_forms import RowForms
from app.tasks.search import Search
from app.tasks.selection import Selection
from app.tasks.trash import Trash
from app.tasks.view import OneTask, TaskView
from app.workspaces import queries as workspace_queries
from app.workspaces.fragments import WorkspaceFragments
from app.workspaces.rendering import WorkspaceRenderer

ROOT = Path(__file__).resolve().parent.parent
CONNECTION_ID_MOST = 64
# Of every page. htmx first, then its extension, and what stands on both.
SCRIPTS = ("vendor/htmx.min.js", "vendor/hx-ws.min.js", "js/behaviours.js")
# The first one orders the layers; of two nouns' rules for one thing the later one wins.
STYLES = tuple(
    f"css/{noun}.css"
    for noun in (
        *("tokens", "reset", "base", "layout", "forms", "buttons", "icons", "avatars", "badges", "notices"),
        *("toasts", "cards", "dialogs", "tasks", "comments", "filters", "options", "selected", "members"),
        *("workspaces", "notifications", "activity", "waiting", "palette", "polite", "utilities"),
    )
)
TOGETHER = {"js/page.js": SCRIPTS, "css/page.css": STYLES}
SESSIONS_CHECKED_EVERY = 0.5

AnyRequest = Request[Any, Any, Any]


class Tandem:
    """All parts of one process."""

    def __init__(self, settings: Settings, clock: Clock = system_clock) -> None:
        self.settings = settings
        self.clock = clock
        self.database = Database(settings.database_url)
        self.log = DatabaseLog(self.database)
        self.broker: Broker = RedisBroker(settings.redis_url) if settings.redis_url else MemoryBroker()
        self.rooms = Rooms(self.log, self.broker)
        self.limiter: Limiter = MemoryLimiter()
        if settings.redis_url:
            self.limiter = FallbackLimiter(RedisLimiter(settings.redis_url), self.limiter)
        self.gate = Gate(
            settings=settings,
            database=self.database,
            passwords=Passwords(),
            limiter=self.limiter,
            invited=self._invited,
        )
        self.frame = Frame(
            database=self.database, log=self.log, gate=self.gate, unit_of_work=self.unit_of_work
        )
        self.doors = Doors(
            settings=settings,
            database=self.database,
            log=self.log,
            limiter=self.limiter,
            gate=self.gate,
            clock=clock,
            unit_of_work=self.unit_of_work,
        )
        redis = settings.redis_url
        store: PresenceStore = RedisPresence(redis) if redis else MemoryPresence(clock)
        timeout = settings.presence_timeout.total_seconds()
        self.presence = Presence(store, self.doors.members, timeout=timeout, clock=clock)
        self._build_pages()
        self.messages = TaskMessages(self.database, self.unit_of_work).table()
        self.sockets = Sockets(
            self.rooms,
            self.doors.keeper(),
            HtmlLanguage(self.presenters(), tellers(self.task_fragments.shows)),
            self.messages,
            self.presence,
            heartbeat_interval=settings.heartbeat_interval.total_seconds(),
        )

    def _build_pages(self) -> None:
        """Everything that pages are made from."""
        self.assets = Assets(ROOT / "static", together=TOGETHER)
        self.views = Views(ROOT / "templates", asset=self.assets.address)
        self.account_page = AccountPage(gate=self.gate, views=self.views)
        self.task_fragments = TaskFragments(self.views)
        self.comment_fragments = CommentFragments(self.views)
        self.comment_renderer = CommentRenderer(
            database=self.database, views=self.views, fragments=self.comment_fragments
        )
        self.activity_renderer = ActivityRenderer(
            database=self.database, log=self.log, views=self.views, is_here=self._is_here
        )
        self.task_renderer = TaskRenderer(
            settings=self.settings,
            database=self.database,
            log=self.log,
            clock=self.clock,
            views=self.views,
            fragments=self.task_fragments,
            presences=self.presence,
            sections=[self.comment_renderer.section, self.activity_renderer.history_section],
            above=[self.activity_renderer.away_section],
        )
        self.row_forms = RowForms(database=self.database, views=self.views)
        self.quick_add = QuickAdd(database=self.database, clock=self.clock, views=self.views)
        self.search = Search(database=self.database, views=self.views)
        self.trash = Trash(database=self.database, views=self.views)
        self.selection = Selection(database=self.database, views=self.views, task_renderer=self.task_renderer)
        self.notification_fragments = NotificationFragments(self.views)
        self.notification_renderer = NotificationRenderer(
            database=self.database,
            log=self.log,
            views=self.views,
            fragments=self.notification_fragments,
            mails=self.settings.smtp_url is not None,
        )
        self.workspace_renderer = WorkspaceRenderer(
            settings=self.settings, database=self.database, log=self.log, clock=self.clock, views=self.views
        )

    def presenters(self) -> Mapping[str, Presenter]:
        """How events look on an open page, by what they are about."""
        workspace_fragments = WorkspaceFragments(self.views)
        history = HistoryFragments(self.views)
        return {
            "task": both(self.task_fragments.present, history.present),
            "assignment": self.task_fragments.present_assignment,
            "workspace": both(
                workspace_fragments.present_own,
                self.task_fragments.present_own_workspaces,
                only_for((TaskView,), workspace_fragments.present_workspace),
            ),
            "member": both(
                only_for((TaskView, OneTask), workspace_fragments.present_member),
                self.comment_fragments.present_member,
            ),
            "comment": both(self.comment_fragments.present, history.present),
            "notification": self.notification_fragments.present,
            "user": lambda _view, _first, _last: "",  # workspaces say it in their own events
            FORGOTTEN: lambda _view, _first, _last: "",
        }

    def unit_of_work(self, connection_id: str | None = None) -> UnitOfWork:
        """A fresh unit of work for one command, made over the socket ``connection_id`` if any."""
        return UnitOfWork(
            self.database,
            self.log,
            self.rooms.announce,
            self.clock,
            reactions=REACTIONS,
            conclusion=notification_reactions.conclude,
            connection_id=connection_id,
        )

    @asynccontextmanager
    async def running(self, _: Litestar) -> AsyncIterator[None]:
        """From the start of the process to its end."""
        await self.rooms.start()
        jobs = all_jobs(self.database, self.unit_of_work, self.clock)
        always = [
            asyncio.create_task(self.sockets.watch_sessions(SESSIONS_CHECKED_EVERY)),
            asyncio.create_task(self.presence.run()),
            asyncio.create_task(keep_schedule(jobs)),
            asyncio.create_task(keep_schedule(mail_jobs(self.settings, self.database, self.unit_of_work))),
        ]
        try:
            yield
        finally:
            await end(always)
            await self.presence.stop()
            await self.rooms.stop()
            await self.limiter.stop()
            await self.database.close()

    async def _is_here(self, scope: Scope, workspace_id: UUID) -> bool:
        topic = workspace_topic(workspace_id)
        if any(isinstance(view, TaskView) for view in self.sockets.views_of(scope.user_id, topic)):
            return True
        # What another process shows them is not known; that they are there is enough.
        return bool(self.settings.redis_url) and scope.user_id in (await self.presence.ask(topic)).people

    async def _invited(self, text: str) -> bool:
        token = text.rpartition("/")[2]
        try:
            async with self.database.read() as session:
                await workspace_queries.invite_by_token(session, token, self.clock())
        except TandemError:
            return False
        return True


def create_app(settings: Settings, clock: Clock = system_clock) -> Litestar:
    """The program as an ASGI application."""
    tandem = Tandem(settings, clock)

    async def uow(request: AnyRequest) -> UnitOfWork:
        given = request.headers.get("X-Connection-Id", "")[:CONNECTION_ID_MOST]
        return tandem.unit_of_work(given or None)

    pages = Router(
        "/",
        route_handlers=PAGES,
        dependencies=tandem.frame.dependencies(),
        include_in_schema=False,
    )
    return Litestar(
        route_handlers=[
            pages,
            *API,
            *health.HANDLERS,
            static_router(tandem.assets),
            *socket_routes(tandem.sockets),
        ],
        dependencies={
            "settings": _always(settings),
            "clock": _always(clock),
            "presences": _always(tandem.presence),
            **{name: _always(getattr(tandem, name)) for name in INJECTED},
            "uow": Provide(uow),
            "caller": Provide(guard.provide_caller),
            "visitor": Provide(guard.provide_visitor),
            "client": Provide(guard.provide_client),
        },
        middleware=[Packing(settings), CanonicalHost(settings), OriginCheck(settings)],
        before_send=[security_headers(settings), guard.set_renewed_cookie],
        exception_handlers=exception_handlers(tandem.views, tandem.frame.complete),
        lifespan=[tandem.running],
        logging_config=None,  # logs are set up where the process starts
        request_max_body_size=BODY_BYTES_MOST,
        openapi_config=OpenAPIConfig(
            title="Tandem", version="1", path="/api/openapi.json", render_plugins=[JsonRenderPlugin(path="/")]
        ),
        state=State({"tandem": tandem}),
    )


def _always(part: object) -> Provide:
    return Provide(lambda: part, sync_to_thread=False)
