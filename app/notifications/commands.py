"""What can be done to notifications, and how they come to be: always in a transaction of their cause."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from app.core.errors import FieldError, Invalid
from app.core.events import Actor
from app.core.models import new_id
from app.core.scope import Scope
from app.core.topics import user_topic
from app.core.unit_of_work import UnitOfWork
from app.notifications import queries
from app.notifications.events import NotificationCreated, NotificationRead, NotificationsDeleted
from app.notifications.models import Notification, NotificationType, Preference
from app.notifications.policy import ALWAYS_KEPT
from app.notifications.schemas import NotificationOut, PreferenceOut

READ_AT_ONCE = 500
DELETED_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Why one person is told something. Only members are told of what is in a workspace."""

    user_id: UUID
    type: NotificationType
    title: str
    actor: Actor | None
    workspace_id: UUID | None = None
    task_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """Somebody who will not belong to a workspace when this transaction has committed."""

    user_id: UUID
    workspace_id: UUID


async def tell(uow: UnitOfWork, causes: Sequence[Cause], *, leaving: Sequence[Leaving] = ()) -> None:
    """Notify people in the transaction that is under way, each of each cause once.

    Whoever does not belong to the workspace of a cause any more is not told, and whoever does not
    want its type is not either. Who is ``leaving`` loses what they were told of that workspace.
    Their streams are held first, so that nothing of this can change meanwhile.
    """
    told = {cause.user_id for cause in causes}
    await uow.hold([user_topic(user_id) for user_id in told | {each.user_id for each in leaving}])
    for each in leaving:
        await _forget(uow, each)
    wanted = await _wanted(uow, causes)
    chosen = await queries.preferences_of(uow.session, told)
    left: dict[UUID, int] = {}
    for cause in wanted:
        preference = chosen.get((cause.user_id, cause.type)) or queries.default_preference(cause.type)
        if not (preference.in_app or cause.type in ALWAYS_KEPT):
            continue
        if cause.user_id not in left:
            left[cause.user_id] = await queries.unread(uow.session, cause.user_id)
        notification = Notification(
            id=new_id(),
            user_id=cause.user_id,
            type=cause.type,
            workspace_id=cause.workspace_id,
            task_id=cause.task_id,
            actor_id=cause.actor.id if cause.actor else None,
            actor_name=cause.actor.name if cause.actor else None,
            title=cause.title,
            created_at=uow.clock(),
            read_at=None,
            version=0,
        )
        uow.session.add(notification)
        left[cause.user_id] += 1
        uow.record(
            NotificationCreated(
                topic=user_topic(cause.user_id),
                actor=cause.actor,
                notification=notification,
                unread=left[cause.user_id],
                toast=preference.toast,
            )
        )


async def mark_read(uow: UnitOfWork, scope: Scope, notification_id: UUID) -> tuple[NotificationOut, int]:
    """The caller has read it, and how many are left; doing it again changes nothing."""
    topic = user_topic(scope.user_id)
    async with uow:
        await uow.hold([topic])
        found = await queries.notification(uow.session, scope, notification_id)
        unread = await queries.unread(uow.session, scope.user_id)
        if found.read_at is None:
            found.read_at = uow.clock()
            unread -= 1
            uow.record(NotificationRead(topic=topic, actor=scope.actor, notification=found, unread=unread))
    return queries.notification_out(found), unread


async def mark_all_read(uow: UnitOfWork, scope: Scope) -> int:
    """The caller has read everything up to now; gives how many had not been."""
    total = 0
    while True:
        marked = await _mark_some_read(uow, scope)
        total += marked
        if marked < READ_AT_ONCE:
            return total


async def _mark_some_read(uow: UnitOfWork, scope: Scope) -> int:
    topic = user_topic(scope.user_id)
    async with uow:
        await uow.hold([topic])
        unread = await queries.unread(uow.session, scope.user_id)
        found = await queries.unread_notifications(uow.session, scope, limit=READ_AT_ONCE)
        for index, each in enumerate(found, start=1):
            each.read_at = uow.clock()
            uow.record(
                NotificationRead(topic=topic, actor=scope.actor, notification=each, unread=unread - index)
            )
    return len(found)


async def save_preferences(
    uow: UnitOfWork, scope: Scope, wanted: Sequence[PreferenceOut]
) -> list[PreferenceOut]:
    """How the caller wants to be told from now on; what is not in ``wanted`` stays. Tells nobody."""
    kinds = [each.type for each in wanted]
    if len(kinds) != len(set(kinds)):
        raise Invalid(FieldError("preferences", "must name each type once."))
    async with uow:
        await uow.hold([user_topic(scope.user_id)])
        for each in wanted:
            await uow.session.merge(
                Preference(
                    user_id=scope.user_id,
                    type=each.type,
                    in_app=each.in_app,
                    toast=each.toast,
                    email=each.email,
                )
            )
        await uow.session.flush()
        return await queries.preferences(uow.session, scope)


async def delete_old(uow: UnitOfWork, *, before: datetime) -> int:
    """Delete some of what was told before a moment; gives how many, and is to be called until none."""
    async with uow:
        query = select(Notification.user_id, Notification.id).where(Notification.created_at < before)
        rows = (await uow.session.execute(query.order_by(Notification.id).limit(DELETED_AT_ONCE))).all()
        by_user: dict[UUID, list[UUID]] = {}
        for user_id, notification_id in rows:
            by_user.setdefault(user_id, []).append(notification_id)
        await uow.hold({user_topic(user_id) for user_id in by_user})
        for user_id, ids in by_user.items():
            await _delete(uow, user_id, ids)
    return len(rows)


async def _forget(uow: UnitOfWork, leaving: Leaving) -> None:
    query = select(Notification.id).where(
        Notification.user_id == leaving.user_id, Notification.workspace_id == leaving.workspace_id
    )
    await _delete(uow, leaving.user_id, list(await uow.session.scalars(query)))


async def _delete(uow: UnitOfWork, user_id: UUID, ids: list[UUID]) -> None:
    if not ids:
        return
    await uow.session.execute(delete(Notification).where(Notification.id.in_(ids)))
    unread = await queries.unread(uow.session, user_id)
    uow.record(NotificationsDeleted(topic=user_topic(user_id), actor=None, ids=ids, unread=unread))


async def _wanted(uow: UnitOfWork, causes: Sequence[Cause]) -> list[Cause]:
    asked: dict[UUID, set[UUID]] = {}
    for cause in causes:
        if cause.workspace_id is not None:
            asked.setdefault(cause.workspace_id, set()).add(cause.user_id)
    belong = {home: await queries.members_among(uow.session, home, users) for home, users in asked.items()}
    return [
        cause for cause in causes if cause.workspace_id is None or cause.user_id in belong[cause.workspace_id]
    ]
