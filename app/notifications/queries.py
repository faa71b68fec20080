"""Reads of notifications, always through the person whose they are."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core.errors import NotFound
from app.core.paging import Cursor, Page, cut, encode_cursor
from app.core.scope import Scope
from app.notifications.models import Notification, NotificationType, Preference
from app.notifications.policy import TOASTED
from app.notifications.schemas import NotificationOut, PreferenceOut
from app.notifications.view import Centre
from app.workspaces.models import Member
from app.workspaces.schemas import PersonOut

NO_NOTIFICATION = "There is no such notification for you."


async def unread(session: AsyncSession, user_id: UUID) -> int:
    """How many notifications somebody has not read."""
    query = select(func.count()).where(Notification.user_id == user_id, Notification.read_at.is_(None))
    return await session.scalar(query) or 0


async def notification(session: AsyncSession, scope: Scope, notification_id: UUID) -> Notification:
    """One of the caller's own; raises NotFound for anybody else's."""
    found = await session.scalar(
        select(Notification).where(Notification.id == notification_id, Notification.user_id == scope.user_id)
    )
    if found is None:
        raise NotFound(NO_NOTIFICATION)
    return found


async def unread_notifications(session: AsyncSession, scope: Scope, *, limit: int) -> Sequence[Notification]:
    """The newest that the caller has not read, at most ``limit``."""
    query = _of(scope, Centre(unread=True)).limit(limit)
    return (await session.scalars(query)).all()


async def newest(session: AsyncSession, scope: Scope, view: Centre, *, limit: int) -> list[NotificationOut]:
    """The first of what ``view`` shows, newest first."""
    return [notification_out(found) for found in await session.scalars(_of(scope, view).limit(limit))]


async def notifications_page(
    session: AsyncSession, scope: Scope, view: Centre, *, limit: int, cursor: Cursor | None
) -> Page:
    """One page of what ``view`` shows, newest first."""
    query = _of(scope, view).limit(limit + 1)
    if cursor is not None:
        query = query.where(Notification.id < UUID(cursor.id))
    shown, more = cut([notification_out(found) for found in await session.scalars(query)], limit)
    last = Cursor(sort="id", key="", id=str(shown[-1].id)) if more else None
    return Page(items=list(shown), next_cursor=encode_cursor(last) if last else None)


async def preferences(session: AsyncSession, scope: Scope) -> list[PreferenceOut]:
    """How the caller is told of each type, whether they have ever chosen or not."""
    query = select(Preference).where(Preference.user_id == scope.user_id)
    chosen = {found.type: found for found in await session.scalars(query)}
    return [_preference_out(kind, chosen.get(kind)) for kind in NotificationType]


async def preferences_of(
    session: AsyncSession, user_ids: Collection[UUID]
) -> Mapping[tuple[UUID, NotificationType], PreferenceOut]:
    """What several people have chosen; who has not is told as everybody is."""
    query = select(Preference).where(Preference.user_id.in_(user_ids))
    return {
        (found.user_id, found.type): _preference_out(found.type, found)
        for found in await session.scalars(query)
    }


async def members_among(session: AsyncSession, workspace_id: UUID, user_ids: Collection[UUID]) -> set[UUID]:
    """Those of ``user_ids`` who belong to a workspace now."""
    query = select(Member.user_id).where(Member.workspace_id == workspace_id, Member.user_id.in_(user_ids))
    return set(await session.scalars(query))


async def to_be_mailed(
    session: AsyncSession, *, unread_before: datetime, mailed_before: datetime
) -> Sequence[UUID]:
    """Who has waited long enough to be mailed of something, and was not mailed since ``mailed_before``."""
    query = (
        _mailed()
        .with_only_columns(Notification.user_id)
        .join(User, User.id == Notification.user_id)
        .where(
            Notification.created_at <= unread_before,
            or_(
                User.digested_at.is_(None),
                and_(User.digested_at <= mailed_before, Notification.created_at > User.digested_at),
            ),
        )
    )
    return (await session.scalars(query.distinct())).all()


async def mailed(session: AsyncSession, user_id: UUID, *, since: datetime | None) -> Sequence[Notification]:
    """What somebody has not read and wants to be mailed of, of what came after ``since``; newest first."""
    query = _mailed().where(Notification.user_id == user_id)
    if since is not None:
        query = query.where(Notification.created_at > since)
    return (await session.scalars(query.order_by(Notification.id.desc()))).all()


def default_preference(kind: NotificationType) -> PreferenceOut:
    """How everybody is told of ``kind`` until they choose."""
    return _preference_out(kind, None)


def notification_out(found: Notification) -> NotificationOut:
    """The public state of ``found``."""
    actor = None
    if found.actor_id is not None:
        actor = PersonOut(id=found.actor_id, name=found.actor_name or "")
    return NotificationOut(
        id=found.id,
        type=found.type,
        workspace_id=found.workspace_id,
        task_id=found.task_id,
        actor=actor,
        title=found.title,
        read_at=found.read_at,
        created_at=found.created_at,
        version=found.version,
    )


def _of(scope: Scope, view: Centre) -> Select[Notification]:
    query = select(Notification).where(Notification.user_id == scope.user_id)
    return query.where(*view.conditions()).order_by(Notification.id.desc())


def _mailed() -> Select[Notification]:
    chosen = and_(Preference.user_id == Notification.user_id, Preference.type == Notification.type)
    return (
        select(Notification)
        .join(Preference, chosen)
        .where(Preference.email.is_(True), Notification.read_at.is_(None))
    )


def _preference_out(kind: NotificationType, chosen: Preference | None) -> PreferenceOut:
    if chosen is None:
        return PreferenceOut(type=kind, in_app=True, toast=kind in TOASTED, email=False)
    return PreferenceOut(type=kind, in_app=chosen.in_app, toast=chosen.toast, email=chosen.email)
