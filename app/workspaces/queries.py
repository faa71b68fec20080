"""Reads of workspaces, members and invites, always through the person who asks."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core.errors import Gone, NotFound
from app.core.paging import Cursor, Page, cut, encode_cursor
from app.core.scope import Scope
from app.core.text import utf16_order
from app.core.topics import workspace_topic
from app.core.unit_of_work import EventLog
from app.workspaces.models import Invite, Member, Role, Workspace
from app.workspaces.policy import can_administer
from app.workspaces.schemas import (
    InviteOut,
    MemberOut,
    PersonOut,
    WorkspaceHead,
    WorkspaceOut,
    WorkspacePage,
)

NO_WORKSPACE = "There is no such workspace for you."
NO_MEMBER = "There is no such member in this workspace."
NO_INVITE = "There is no invite at this address. Check that all of the link is there, or ask for a new one."
REVOKED_INVITE = "This invite link has been revoked. Ask for a new one."


@dataclass(frozen=True, kw_only=True)
class Membership:
    """A workspace as one member sees it."""

    workspace: Workspace
    role: Role


async def role(session: AsyncSession, scope: Scope, workspace_id: UUID, *, lock: bool = False) -> Role:
    """The caller's role in a workspace; raises NotFound for outsiders.

    With ``lock`` the role cannot change, nor the membership end, before this transaction does.
    """
    query = select(Member.role).where(Member.workspace_id == workspace_id, Member.user_id == scope.user_id)
    found = await session.scalar(query.with_for_update(read=True) if lock else query)
    if found is None:
        raise NotFound(NO_WORKSPACE)
    return found


async def is_member(session: AsyncSession, scope: Scope, workspace_id: UUID) -> bool:
    """Whether the caller belongs to a workspace."""
    return await session.get(Member, (workspace_id, scope.user_id)) is not None


async def membership(
    session: AsyncSession, scope: Scope, workspace_id: UUID, *, lock: bool = False
) -> Membership:
    """The workspace and the caller's role in it; raises NotFound for outsiders.

    With ``lock`` both stay as they are until this transaction ends, but for what it changes itself.
    """
    own_role = await role(session, scope, workspace_id, lock=lock)
    query = select(Workspace).where(Workspace.id == workspace_id)
    workspace = await session.scalar(query.with_for_update() if lock else query)
    if workspace is None:
        raise NotFound(NO_WORKSPACE)
    return Membership(workspace=workspace, role=own_role)


async def memberships(session: AsyncSession, scope: Scope) -> list[Membership]:
    """All workspaces of the caller, by name."""
    found = [Membership(workspace=row[0], role=row[1]) for row in await session.execute(_memberships(scope))]
    # In the order in which open pages put them.
    return sorted(
        found, key=lambda each: (utf16_order(each.workspace.name.casefold()), str(each.workspace.id))
    )


async def memberships_page(
    session: AsyncSession, scope: Scope, *, limit: int, cursor: Cursor | None
) -> tuple[list[Membership], str | None]:
    """One page of the caller's workspaces, oldest first, and the cursor of the next."""
    query = _memberships(scope).order_by(Workspace.id).limit(limit + 1)
    if cursor is not None:
        query = query.where(Workspace.id > UUID(cursor.id))
    rows = [Membership(workspace=row[0], role=row[1]) for row in await session.execute(query)]
    shown, more = cut(rows, limit)
    last = Cursor(sort="id", key="", id=str(shown[-1].workspace.id)) if more else None
    return shown, encode_cursor(last) if last else None


async def workspaces_out(
    session: AsyncSession, log: EventLog, found: Sequence[Membership]
) -> list[WorkspaceOut]:
    """``found`` as their members see them, with counts and the numbers of their last changes."""
    ids = [each.workspace.id for each in found]
    query = (
        select(Member.workspace_id, func.count())
        .where(Member.workspace_id.in_(ids))
        .group_by(Member.workspace_id)
    )
    counts = {row[0]: row[1] for row in await session.execute(query)}
    seqs = await log.positions(session, [workspace_topic(workspace_id) for workspace_id in ids])
    return [
        WorkspaceOut(
            id=each.workspace.id,
            name=each.workspace.name,
            description=each.workspace.description,
            role=each.role,
            member_count=counts.get(each.workspace.id, 0),
            seq=seqs[workspace_topic(each.workspace.id)],
            created_at=each.workspace.created_at,
        )
        for each in found
    ]


async def member(
    session: AsyncSession, workspace_id: UUID, user_id: UUID, *, lock: bool = False
) -> tuple[Member, str]:
    """One member and their name; raises NotFound. The caller has been judged already."""
    query = (
        select(Member, User.name)
        .join(User, User.id == Member.user_id)
        .where(Member.workspace_id == workspace_id, Member.user_id == user_id)
    )
    row = (await session.execute(query.with_for_update(of=Member) if lock else query)).one_or_none()
    if row is None:
        raise NotFound(NO_MEMBER)
    return row[0], row[1]


async def hold_members(session: AsyncSession, workspace_id: UUID, *, alone: bool = False) -> Sequence[UUID]:
    """All members, none of whom can leave before this transaction ends; ``alone``, nothing else can be
    done there either. Locked in one order by everybody."""
    query = select(Member.user_id).where(Member.workspace_id == workspace_id).order_by(Member.user_id)
    return (await session.scalars(query.with_for_update(read=not alone))).all()


async def members_seen(session: AsyncSession, workspace_id: UUID) -> Mapping[UUID, datetime | None]:
    """When each member was there last, in the order of their ids. The caller has been judged already."""
    query = select(Member.user_id, Member.seen_at).where(Member.workspace_id == workspace_id)
    return {row[0]: row[1] for row in await session.execute(query.order_by(Member.user_id))}


async def people(session: AsyncSession, workspace_id: UUID, *, viewer: Role) -> list[MemberOut]:
    """All members by name, with e-mail addresses where ``viewer`` may see them."""
    query = (
        select(Member, User).join(User, User.id == Member.user_id).where(Member.workspace_id == workspace_id)
    )
    members = [
        MemberOut(
            user=PersonOut(id=user.id, name=user.name),
            role=found.role,
            joined_at=found.joined_at,
            version=found.version,
            email=user.email if can_administer(viewer) else None,
        )
        for found, user in await session.execute(query)
    ]
    return sorted(members, key=lambda found: (utf16_order(found.user.name.casefold()), str(found.user.id)))


async def people_page(
    session: AsyncSession, workspace_id: UUID, *, viewer: Role, limit: int, cursor: Cursor | None
) -> tuple[list[MemberOut], str | None]:
    """One page of the members, in the order of their ids, and the cursor of the next."""
    everybody = sorted(
        await people(session, workspace_id, viewer=viewer), key=lambda found: str(found.user.id)
    )
    rest = [found for found in everybody if cursor is None or str(found.user.id) > cursor.id]
    shown, more = cut(rest, limit)
    last = Cursor(sort="id", key="", id=str(shown[-1].user.id)) if more else None
    return shown, encode_cursor(last) if last else None


async def open_invites(session: AsyncSession, workspace_id: UUID, now: datetime) -> list[InviteOut]:
    """Invites that still let somebody in, newest first. The caller has been judged already."""
    return [invite_out(invite) for invite in await session.scalars(_open_invites(workspace_id, now))]


async def open_invites_page(
    session: AsyncSession, workspace_id: UUID, now: datetime, *, limit: int, cursor: Cursor | None
) -> Page:
    """One page of what ``open_invites`` gives."""
    query = _open_invites(workspace_id, now).limit(limit + 1)
    if cursor is not None:
        query = query.where(Invite.id < UUID(cursor.id))
    shown, more = cut([invite_out(invite) for invite in await session.scalars(query)], limit)
    last = Cursor(sort="id", key="", id=str(shown[-1].id)) if more else None
    return Page(items=list(shown), next_cursor=encode_cursor(last) if last else None)


async def invite_by_token(
    session: AsyncSession, token: str, now: datetime, *, lock: bool = False
) -> tuple[Invite, Workspace]:
    """The invite that ``token`` opens and its workspace.

    Raises NotFound for an unknown or revoked one, Gone for an expired or used-up one.
    """
    query = (
        select(Invite, Workspace)
        .join(Workspace, Workspace.id == Invite.workspace_id)
        .where(Invite.token_hash == token_hash(token))
    )
    row = (await session.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        raise NotFound(NO_INVITE)
    invite, workspace = row[0], row[1]
    if invite.revoked_at is not None:
        raise NotFound(REVOKED_INVITE)
    if invite.expires_at <= now:
        raise Gone("This invite link has expired. Ask for a new one.")
    if invite.max_uses is not None and invite.uses >= invite.max_uses:
        raise Gone("This invite link has been used up. Ask for a new one.")
    return invite, workspace


def workspace_head(workspace: Workspace) -> WorkspaceHead:
    """What everybody in ``workspace`` sees of it."""
    return WorkspaceHead(
        id=workspace.id,
        name=workspace.name,
        description=workspace.description,
        version=workspace.version,
        created_at=workspace.created_at,
    )


def workspace_page(found: Membership, members: Sequence[MemberOut]) -> WorkspacePage:
    """What the pages of a workspace show around their content."""
    return WorkspacePage(
        id=found.workspace.id,
        name=found.workspace.name,
        description=found.workspace.description,
        version=found.workspace.version,
        role=found.role,
        member_count=len(members),
    )


def token_hash(token: str) -> str:
    """What is kept of an invite's token. It is random and long, so a fast hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def invite_out(invite: Invite) -> InviteOut:
    """``invite`` without its token, which only its creation shows."""
    return InviteOut(
        id=invite.id,
        role=invite.role,
        created_at=invite.created_at,
        expires_at=invite.expires_at,
        uses=invite.uses,
        max_uses=invite.max_uses,
    )


def _memberships(scope: Scope) -> Select[Workspace, Role]:
    return (
        select(Workspace, Member.role)
        .join(Member, Member.workspace_id == Workspace.id)
        .where(Member.user_id == scope.user_id)
    )


def _open_invites(workspace_id: UUID, now: datetime) -> Select[Invite]:
    unused = Invite.max_uses.is_(None) | (Invite.uses < Invite.max_uses)
    good = Invite.revoked_at.is_(None) & (Invite.expires_at > now) & unused
    return select(Invite).where(Invite.workspace_id == workspace_id, good).order_by(Invite.id.desc())
