"""Who may come in and what their page shows: what the engine is told about people and pages."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.accounts import guard
from app.accounts import queries as account_queries
from app.accounts.gate import Gate
from app.activity import commands as activity_commands
from app.config import Settings
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import FieldError, Invalid, NotFound
from app.core.limits import Limiter
from app.core.scope import Scope
from app.core.security import allowed_origin, bearer_token, session_cookie_name
from app.core.topics import StreamKind, Topic
from app.core.unit_of_work import UnitOfWork
from app.live.connection import Admission
from app.live.doorkeeper import AnySocket, Doorkeeper
from app.live.log import DatabaseLog
from app.live.present import View
from app.notifications.view import parse_centre
from app.tasks import queries as task_queries
from app.tasks.view import OneTask, TaskView, parse_assigned, parse_one_task, parse_view
from app.workspaces import queries as workspace_queries

OWN_LINES = 6


@dataclass(frozen=True, kw_only=True)
class Doors:
    """What stands between the sockets and the features."""

    settings: Settings
    database: Database
    log: DatabaseLog
    limiter: Limiter
    gate: Gate
    clock: Clock
    unit_of_work: Callable[[], UnitOfWork]

    def keeper(self) -> Doorkeeper:
        """The same as the engine takes it."""
        return Doorkeeper(
            allows_origin=self._allows_origin,
            authenticate=self._authenticate,
            limit=self._limit,
            admit=self._admit,
            parse_view=self._parse_view,
            look=self._look,
            alive_sessions=self._alive_sessions,
            left=self._left,
        )

    def _allows_origin(self, socket: AnySocket) -> bool:
        # Only a cookie comes by itself, whoever's page opened the socket.
        if bearer_token(socket) is not None or session_cookie_name(self.settings) not in socket.cookies:
            return True
        return allowed_origin(self.settings, socket.headers.get("origin"))

    async def _authenticate(self, socket: AnySocket) -> Scope:
        return (await guard.identify(socket, self.gate, now=self.clock())).scope

    async def _limit(self, scope: Scope, topic: Topic) -> None:
        limit = self.settings.ws_connects_per_minute
        if topic.kind is StreamKind.USER:
            limit *= OWN_LINES  # every page has one, whichever workspace it shows
        await self.limiter.hit(f"socket:{topic}:{scope.user_id}", limit=limit, per=60)

    async def _admit(self, scope: Scope, topic: Topic) -> Admission:
        async with self.database.read() as session:
            role = "owner"
            if topic.kind is StreamKind.WORKSPACE:
                role = await workspace_queries.role(session, scope, topic.id)
            seq = (await self.log.positions(session, [topic]))[topic]
        return Admission(scope=scope, role=role, seq=seq)

    def _parse_view(self, parameters: Sequence[tuple[str, str]], scope: Scope) -> View:
        match dict(parameters).get("show", "list"):
            case "list":
                return parse_view(parameters, viewer_id=scope.user_id, today=self.clock().date())
            case "assigned":
                return parse_assigned(parameters, viewer_id=scope.user_id, today=self.clock().date())
            case "task":
                return parse_one_task(parameters)
            case "notifications":
                return parse_centre(parameters)
            case "nothing":
                return None
        raise Invalid(FieldError("show", "must be list, assigned, task, notifications or nothing."))

    async def _look(self, scope: Scope, topic: Topic, task_id: UUID) -> View:
        async with self.database.read() as session:
            found, _ = await task_queries.task(session, scope, task_id)
        if found.topic != topic:
            raise NotFound(task_queries.NO_TASK)
        return OneTask(task_id=task_id)

    async def _left(self, scope: Scope, topic: Topic, view: View, position: int) -> None:
        if topic.kind is StreamKind.WORKSPACE and isinstance(view, TaskView):
            with suppress(NotFound):  # access has ended
                await activity_commands.mark_seen(
                    self.unit_of_work(), self.log, scope, topic.id, seq=position
                )

    async def members(self, topic: Topic) -> Mapping[UUID, datetime | None]:
        """Who belongs to a workspace, and when each was there last."""
        async with self.database.read() as session:
            return await workspace_queries.members_seen(session, topic.id)

    async def _alive_sessions(self, ids: Sequence[UUID]) -> set[UUID]:
        async with self.database.read() as session:
            return await account_queries.alive_sessions(session, ids, self.clock())
