"""Who somebody is, and whether they are still signed in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import Session, User
from app.accounts.tokens import Claims
from app.core.errors import NotFound
from app.core.scope import Scope


@dataclass(frozen=True, kw_only=True)
class Authenticated:
    """Somebody whose session is alive, and when token or session ends, whichever is first."""

    scope: Scope
    expires_at: datetime
    letters: str


async def authenticate(session: AsyncSession, claims: Claims, now: datetime) -> Authenticated | None:
    """Whom a valid token stands for; None when its session is over."""
    query = (
        select(User.name, User.email, User.letters, Session.expires_at)
        .join(Session, Session.user_id == User.id)
        .where(Session.id == claims.session_id, User.id == claims.user_id)
        .where(Session.ended_at.is_(None), Session.expires_at > now)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    return Authenticated(
        scope=Scope(user_id=claims.user_id, name=row.name, email=row.email, session_id=claims.session_id),
        expires_at=min(row.expires_at, claims.expires_at),
        letters=row.letters,
    )


async def alive_sessions(session: AsyncSession, ids: Collection[UUID], now: datetime) -> set[UUID]:
    """Those of the sessions ``ids`` that still sign somebody in."""
    query = select(Session.id).where(
        Session.id.in_(ids), Session.ended_at.is_(None), Session.expires_at > now
    )
    return set(await session.scalars(query))


async def open_sessions(session: AsyncSession, scope: Scope, now: datetime) -> Sequence[Session]:
    """Where the caller is signed in, the last sign-in first."""
    query = select(Session).where(
        Session.user_id == scope.user_id, Session.ended_at.is_(None), Session.expires_at > now
    )
    return (await session.scalars(query.order_by(Session.created_at.desc(), Session.id.desc()))).all()


async def user(session: AsyncSession, user_id: UUID) -> User:
    """The user ``user_id``; raises NotFound."""
    found = await session.get(User, user_id)
    if found is None:
        raise NotFound("There is no such user.")
    return found


async def user_by_email(session: AsyncSession, email: str) -> User | None:
    """The user with the folded address ``email``."""
    return (await session.scalars(select(User).where(User.email == email))).one_or_none()
