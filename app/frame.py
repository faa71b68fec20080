"""What stands around every page: who looks at it, their workspaces, and how much they have not read.

It is read with the person who asks, before the page itself; templates find it in ``request.state``.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.di import NamedDependency, Provide
from sqlalchemy.exc import SQLAlchemyError

from app.accounts import guard
from app.accounts.gate import Gate
from app.core.database import Database
from app.core.errors import TandemError, Unauthenticated
from app.core.scope import Scope
from app.core.topics import user_topic
from app.core.unit_of_work import UnitOfWork
from app.live.log import DatabaseLog
from app.notifications import queries as notification_queries
from app.workspaces import queries as workspace_queries

AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Reads it, for pages and for what is shown instead of one."""

    database: Database
    log: DatabaseLog
    gate: Gate
    unit_of_work: Callable[[], UnitOfWork]

    def dependencies(self) -> dict[str, Provide]:
        """Who asks, for handlers of pages: ``caller`` is somebody, ``visitor`` may be nobody."""

        async def caller(
            request: AnyRequest, gate: NamedDependency[Gate], uow: NamedDependency[UnitOfWork]
        ) -> Scope:
            return await self._read(request, gate, uow)

        async def visitor(
            request: AnyRequest, gate: NamedDependency[Gate], uow: NamedDependency[UnitOfWork]
        ) -> Scope | None:
            try:
                return await self._read(request, gate, uow)
            except Unauthenticated:
                return None

        return {"caller": Provide(caller), "visitor": Provide(visitor)}

    async def complete(self, request: AnyRequest) -> None:
        """The same where no dependency ran, as at an address that leads nowhere; at worst there is none."""
        if getattr(request.state, "own_seq", None) is None:
            with suppress(TandemError, SQLAlchemyError):
                await self._read(request, self.gate, self.unit_of_work())

    async def _read(self, request: AnyRequest, gate: Gate, uow: UnitOfWork) -> Scope:
        caller = await guard.provide_caller(request, gate, uow)
        async with self.database.read() as session:
            found = await workspace_queries.memberships(session, caller)
            own = user_topic(caller.user_id)
            request.state.unread = await notification_queries.unread(session, caller.user_id)
            request.state.own_seq = (await self.log.positions(session, [own]))[own]
        request.state.nav = [membership.workspace for membership in found]
        return caller
