"""What can be done to a workspace: one function, one transaction, its events; none if nothing changed.

Invites have no events: who may see a workspace may not see them.
"""

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from app.config import Settings
from app.core import text
from app.core.errors import Conflict, NotFound
from app.core.models import new_id
from app.core.scope import Scope
from app.core.topics import user_topic, workspace_topic
from app.core.unit_of_work import UnitOfWork
from app.workspaces import policy, queries
from app.workspaces.events import (
    MemberJoined,
    MemberRemoved,
    MemberUpdated,
    WorkspaceDeleted,
    WorkspaceLeft,
    WorkspaceUpdated,
)
from app.workspaces.models import Invite, Member, Role, Workspace
from app.workspaces.queries import Membership
from app.workspaces.schemas import InviteOut

NAME_MOST = 100
DESCRIPTION_MOST = 500


async def create_workspace(
    uow: UnitOfWork, scope: Scope, *, name: str, description: str, workspace_id: UUID | None = None
) -> tuple[Membership, bool]:
    """A workspace that the caller owns, and whether it is new: the same ``workspace_id`` again is not."""
    name = text.line(name, field="name", most=NAME_MOST)
    description = text.text(description, field="description", most=DESCRIPTION_MOST)
    new = Workspace(id=workspace_id or new_id(), name=name, description=description)
    try:
        return await _create_workspace(uow, scope, new)
    except IntegrityError:
        # The same create at the same moment, and the other one was first: now it is there.
        return await _create_workspace(uow, scope, new)


async def _create_workspace(uow: UnitOfWork, scope: Scope, new: Workspace) -> tuple[Membership, bool]:
    async with uow:
        known = await uow.session.get(Workspace, new.id)
        if known is not None:
            if known.owner_id != scope.user_id:
                raise Conflict("This id is taken.")
            return await queries.membership(uow.session, scope, known.id), False
        now = uow.clock()
        workspace = Workspace(
            id=new.id,
            name=new.name,
            description=new.description,
            owner_id=scope.user_id,
            created_at=now,
        )
        owner = Member(workspace_id=workspace.id, user_id=scope.user_id, role=Role.OWNER, joined_at=now)
        uow.session.add(workspace)
        await uow.session.flush()
        uow.session.add(owner)
        topic = workspace_topic(workspace.id)
        uow.record(WorkspaceUpdated(topic=topic, actor=scope.actor, workspace=workspace))
        uow.record(MemberJoined(topic=topic, actor=scope.actor, member=owner, name=scope.name))
    return Membership(workspace=workspace, role=Role.OWNER), True


async def update_workspace(
    uow: UnitOfWork, scope: Scope, workspace_id: UUID, *, name: str, description: str
) -> Membership:
    """Rename or describe a workspace; the same again changes nothing and tells nobody."""
    name = text.line(name, field="name", most=NAME_MOST)
    description = text.text(description, field="description", most=DESCRIPTION_MOST)
    async with uow:
        await queries.role(uow.session, scope, workspace_id)
        # Before the workspace: whoever leaves meanwhile is not told, or leaves after they were.
        await queries.hold_members(uow.session, workspace_id)
        found = await queries.membership(uow.session, scope, workspace_id, lock=True)
        policy.ensure_can_administer(found.role)
        workspace = found.workspace
        if (workspace.name, workspace.description) != (name, description):
            previous = queries.workspace_head(workspace)
            workspace.name, workspace.description = name, description
            topic = workspace_topic(workspace_id)
            uow.record(
                WorkspaceUpdated(topic=topic, actor=scope.actor, workspace=workspace, previous=previous)
            )
    return found


async def delete_workspace(
    uow: UnitOfWork, scope: Scope, workspace_id: UUID, *, confirmation: str | None = None
) -> None:
    """Delete a workspace and all that it holds. ``confirmation``, where asked for, is its name."""
    async with uow:
        policy.ensure_is_owner(await queries.role(uow.session, scope, workspace_id))
        # Every member row first, as every command does: no change can be half-way while this runs.
        members = await queries.hold_members(uow.session, workspace_id, alone=True)
        found = await queries.membership(uow.session, scope, workspace_id, lock=True)
        policy.ensure_is_owner(found.role)
        policy.ensure_confirmed(confirmation, found.workspace.name, field="confirmation")
        name = found.workspace.name
        await uow.session.delete(found.workspace)
        uow.record(
            WorkspaceDeleted(
                topic=workspace_topic(workspace_id),
                actor=scope.actor,
                workspace_id=workspace_id,
                name=name,
            )
        )
        for user_id in members:
            left = user_topic(user_id)
            uow.record(WorkspaceLeft(topic=left, actor=scope.actor, workspace_id=workspace_id, name=name))


async def invite_member(
    uow: UnitOfWork,
    scope: Scope,
    workspace_id: UUID,
    *,
    role: Role,
    expires_in: int | None,
    max_uses: int | None,
    settings: Settings,
) -> InviteOut:
    """A new invite link, for ``expires_in`` seconds or as long as the settings say.

    Its token is in the answer and nowhere else; only its hash is kept.
    """
    if expires_in is None:
        expires_in = int(settings.invite_ttl.total_seconds())
    policy.ensure_invite_bounds(expires_in, max_uses)
    token = secrets.token_urlsafe(32)
    async with uow:
        policy.ensure_can_invite(await queries.role(uow.session, scope, workspace_id, lock=True), role)
        now = uow.clock()
        invite = Invite(
            id=new_id(),
            workspace_id=workspace_id,
            token_hash=queries.token_hash(token),
            role=role,
            created_by=scope.user_id,
            created_at=now,
            expires_at=now + timedelta(seconds=expires_in),
            max_uses=max_uses,
            uses=0,
        )
        uow.session.add(invite)
    return InviteOut(
        id=invite.id,
        role=invite.role,
        created_at=invite.created_at,
        expires_at=invite.expires_at,
        uses=0,
        max_uses=max_uses,
        token=token,
        url=f"{settings.public_url}/workspaces/join/{token}",
    )


async def revoke_invite(uow: UnitOfWork, scope: Scope, workspace_id: UUID, invite_id: UUID) -> None:
    """End an invite; doing it again changes nothing."""
    async with uow:
        policy.ensure_can_administer(await queries.role(uow.session, scope, workspace_id, lock=True))
        invite = await uow.session.get(Invite, invite_id, with_for_update=True)
        if invite is None or invite.workspace_id != workspace_id:
            raise NotFound("There is no such invite in this workspace.")
        invite.revoked_at = invite.revoked_at or uow.clock()


async def join_workspace(uow: UnitOfWork, scope: Scope, *, token: str, settings: Settings) -> Membership:
    """Come in by an invite; for somebody who is in already nothing changes.

    Raises NotFound for an unknown or revoked invite, Gone for an expired or used-up one,
    Conflict when the workspace is full.
    """
    async with uow:
        now = uow.clock()
        # One at a time comes into a workspace: neither its last place nor the last use of an invite is
        # given out twice, and who sends this twice at once comes in once.
        await uow.session.execute(
            select(Workspace.id)
            .join(Invite, Invite.workspace_id == Workspace.id)
            .where(Invite.token_hash == queries.token_hash(token))
            .with_for_update(of=Workspace)
        )
        known = await uow.session.scalar(
            select(Invite.workspace_id)
            .join(Member, Member.workspace_id == Invite.workspace_id)
            .where(Invite.token_hash == queries.token_hash(token), Invite.revoked_at.is_(None))
            .where(Member.user_id == scope.user_id)
        )
        if known is not None:
            return await queries.membership(uow.session, scope, known)
        invite, workspace = await queries.invite_by_token(uow.session, token, now, lock=True)
        count = await uow.session.scalar(select(func.count()).where(Member.workspace_id == workspace.id))
        if (count or 0) >= settings.max_members:
            raise Conflict(
                f"This workspace is full: it has {count} members. Ask an admin of it to make room."
            )
        invite.uses += 1
        member = Member(workspace_id=workspace.id, user_id=scope.user_id, role=invite.role, joined_at=now)
        uow.session.add(member)
        topic = workspace_topic(workspace.id)
        uow.record(
            MemberJoined(
                topic=topic,
                actor=scope.actor,
                member=member,
                name=scope.name,
                invited_by=invite.created_by,
            )
        )
    return Membership(workspace=workspace, role=member.role)


async def change_role(
    uow: UnitOfWork,
    scope: Scope,
    workspace_id: UUID,
    user_id: UUID,
    *,
    role: Role,
    confirmation: str | None = None,
) -> None:
    """Give a member another role. ``owner`` hands the workspace over, by ``confirmation`` as in deleting;
    the former owner becomes admin."""
    async with uow:
        own = await _lock_both(uow, scope, workspace_id, user_id)
        member, name = await queries.member(uow.session, workspace_id, user_id)
        if member.role is role:
            policy.ensure_can_administer(own)
            return
        policy.ensure_can_set_role(own, target=member.role, new=role)
        if role is Role.OWNER:
            former, former_name = await queries.member(uow.session, workspace_id, scope.user_id)
            found = await queries.membership(uow.session, scope, workspace_id, lock=True)
            policy.ensure_confirmed(confirmation, found.workspace.name, field="hand_over")
            found.workspace.owner_id = user_id
            _make(uow, scope, former, former_name, Role.ADMIN)
        _make(uow, scope, member, name, role)


async def remove_member(uow: UnitOfWork, scope: Scope, workspace_id: UUID, user_id: UUID) -> None:
    """Take a member out, or leave. Their access ends with this transaction."""
    async with uow:
        own = await _lock_both(uow, scope, workspace_id, user_id)
        member, name = await queries.member(uow.session, workspace_id, user_id)
        policy.ensure_can_remove(own, target=member.role, oneself=user_id == scope.user_id)
        await uow.session.execute(
            delete(Member).where(Member.workspace_id == workspace_id, Member.user_id == user_id)
        )
        uow.session.expunge(member)
        topic = workspace_topic(workspace_id)
        uow.record(MemberRemoved(topic=topic, actor=scope.actor, member=member, name=name))
        left = user_topic(user_id)
        workspace = await uow.session.get_one(Workspace, workspace_id)
        uow.record(
            WorkspaceLeft(topic=left, actor=scope.actor, workspace_id=workspace_id, name=workspace.name)
        )


def _make(uow: UnitOfWork, scope: Scope, member: Member, name: str, role: Role) -> None:
    previous, member.role = member.role, role
    uow.record(
        MemberUpdated(
            topic=workspace_topic(member.workspace_id),
            actor=scope.actor,
            member=member,
            name=name,
            previous_role=previous,
        )
    )


async def _lock_both(uow: UnitOfWork, scope: Scope, workspace_id: UUID, user_id: UUID) -> Role:
    """Lock the caller's and the other's member rows, always in the same order; gives the caller's role."""
    await uow.session.execute(
        select(Member.user_id)
        .where(Member.workspace_id == workspace_id, Member.user_id.in_([scope.user_id, user_id]))
        .order_by(Member.user_id)
        .with_for_update()
    )
    return await queries.role(uow.session, scope, workspace_id)
