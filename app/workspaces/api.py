"""Workspaces, members and invites over the JSON API."""

from collections.abc import Mapping
from uuid import UUID

from litestar import Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec.structs import replace

from app.config import Settings
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import NotFound
from app.core.paging import LIMIT_DEFAULT, Page, decode_cursor, ensure_limit
from app.core.presence import MemberPresence, Presences
from app.core.scope import Scope
from app.core.topics import workspace_topic
from app.core.unit_of_work import EventLog, UnitOfWork
from app.workspaces import commands, policy, queries
from app.workspaces.queries import Membership
from app.workspaces.schemas import (
    InviteCreate,
    InviteOut,
    JoinIn,
    MemberOut,
    MemberUpdate,
    PresenceOut,
    WorkspaceCreate,
    WorkspaceOut,
    WorkspaceUpdate,
)


@post("/api/workspaces")
async def create_workspace(
    uow: NamedDependency[UnitOfWork],
    database: NamedDependency[Database],
    log: NamedDependency[EventLog],
    caller: NamedDependency[Scope],
    data: JSONBody[WorkspaceCreate],
) -> Response[WorkspaceOut]:
    """A new workspace: 201; the same ``id`` again: 200 with the workspace as it is."""
    made, created = await commands.create_workspace(
        uow, caller, name=data.name, description=data.description, workspace_id=data.id
    )
    shown = await _shown(database, log, made)
    return Response(shown, status_code=201 if created else 200)


@get("/api/workspaces")
async def list_workspaces(
    database: NamedDependency[Database],
    log: NamedDependency[EventLog],
    caller: NamedDependency[Scope],
    limit: FromQuery[int] = LIMIT_DEFAULT,
    cursor: FromQuery[str | None] = None,
) -> Page:
    """The caller's workspaces, oldest first."""
    async with database.read() as session:
        found, next_cursor = await queries.memberships_page(
            session,
            caller,
            limit=ensure_limit(limit),
            cursor=decode_cursor(cursor, sort="id") if cursor else None,
        )
        return Page(items=list(await queries.workspaces_out(session, log, found)), next_cursor=next_cursor)


@get("/api/workspaces/{workspace_id:uuid}")
async def show_workspace(
    database: NamedDependency[Database],
    log: NamedDependency[EventLog],
    caller: NamedDependency[Scope],
    workspace_id: FromPath[UUID],
) -> WorkspaceOut:
    """One workspace."""
    async with database.read() as session:
        found = await queries.membership(session, caller, workspace_id)
        return (await queries.workspaces_out(session, log, [found]))[0]


@put("/api/workspaces/{workspace_id:uuid}")
async def update_workspace(
    uow: NamedDependency[UnitOfWork],
    database: NamedDependency[Database],
    log: NamedDependency[EventLog],
    caller: NamedDependency[Scope],
    workspace_id: FromPath[UUID],
    data: JSONBody[WorkspaceUpdate],
) -> WorkspaceOut:
    """Another name and description."""
    found = await commands.update_workspace(
        uow, caller, workspace_id, name=data.name, description=data.description
    )
    return await _shown(database, log, found)


@delete("/api/workspaces/{workspace_id:uuid}", status_code=204)
async def delete_workspace(
    uow: NamedDependency[UnitOfWork], caller: NamedDependency[Scope], workspace_id: FromPath[UUID]
) -> None:
    """Delete a workspace and all that it holds."""
    await commands.delete_workspace(uow, caller, workspace_id)


@post("/api/workspaces/{workspace_id:uuid}/invites")
async def create_invite(
    uow: NamedDependency[UnitOfWork],
    settings: NamedDependency[Settings],
    caller: NamedDependency[Scope],
    workspace_id: FromPath[UUID],
    data: JSONBody[InviteCreate],
) -> InviteOut:
    """A new invite link; its token is shown this once."""
    return await commands.invite_member(
        uow,
        caller,
        workspace_id,
        role=data.role,
        expires_in=data.expires_in,
        max_uses=data.max_uses,
        settings=settings,
    )


@get("/api/workspaces/{workspace_id:uuid}/invites")
async def list_invites(
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Scope],
    workspace_id: FromPath[UUID],
    limit: FromQuery[int] = LIMIT_DEFAULT,
    cursor: FromQuery[str | None] = None,
) -> Page:
    """The invites that still let somebody in, newest first."""
    async with database.read() as session:
        policy.ensure_can_administer(await queries.role(session, caller, workspace_id))
        return await queries.open_invites_page(
            session,
            workspace_id,
            clock(),
            limit=ensure_limit(limit),
            cursor=decode_cursor(cursor, sort="id") if cursor else None,
        )


@delete("/api/workspaces/{workspace_id:uuid}/invites/{invite_id:uuid}", status_code=204)
async def revoke_invite(
    uow: NamedDependency[UnitOfWork],
    caller: NamedDependency[Scope],
    workspace_id: FromPath[UUID],
    invite_id: FromPath[UUID],
) -> None:
    """End an invite."""
    await commands.revoke_invite(uow, caller, workspace_id, invite_id)


@post("/api/workspaces/join", status_code=200)
async def join_workspace(
    uow: NamedDependency[UnitOfWork],
    database: NamedDependency[Database],
    log: NamedDependency[EventLog],
    settings: NamedDependency[Settings],
    caller: NamedDependency[Scope],
    data: JSONBody[JoinIn],
) -> WorkspaceOut:
    """Come in by an invite's token; again: nothing changes."""
    found = await commands.join_workspace(uow, caller, token=data.token, settings=settings)
    return await _shown(database, log, found)


@get("/api/workspaces/{workspace_id:uuid}/members")
async def list_members(
    database: NamedDependency[Database],
    presences: NamedDependency[Presences],
    caller: NamedDependency[Scope],
    workspace_id: FromPath[UUID],
    limit: FromQuery[int] = LIMIT_DEFAULT,
    cursor: FromQuery[str | None] = None,
) -> Page:
    """Who belongs to the workspace; e-mail addresses for admins and owners only."""
    async with database.read() as session:
        own = await queries.role(session, caller, workspace_id)
        page, next_cursor = await queries.people_page(
            session,
            workspace_id,
            viewer=own,
            limit=ensure_limit(limit),
            cursor=decode_cursor(cursor, sort="id") if cursor else None,
        )
    here = {each.user_id: each for each in await presences.members(workspace_topic(workspace_id))}
    return Page(items=[_with_presence(member, here) for member in page], next_cursor=next_cursor)


@get("/api/workspaces/{workspace_id:uuid}/presence")
async def show_presence(
    database: NamedDependency[Database],
    presences: NamedDependency[Presences],
    caller: NamedDependency[Scope],
    workspace_id: FromPath[UUID],
) -> PresenceOut:
    """Who is in the workspace now, and when the others were last."""
    async with database.read() as session:
        await queries.role(session, caller, workspace_id)
    members = await presences.members(workspace_topic(workspace_id))
    known = all(each.online is not None for each in members)
    online = [each.user_id for each in members if each.online]
    return PresenceOut(known=known, online=online, members=members)


@patch("/api/workspaces/{workspace_id:uuid}/members/{user_id:uuid}")
async def update_member(
    uow: NamedDependency[UnitOfWork],
    database: NamedDependency[Database],
    caller: NamedDependency[Scope],
    workspace_id: FromPath[UUID],
    user_id: FromPath[UUID],
    data: JSONBody[MemberUpdate],
) -> MemberOut:
    """Another role; ``owner`` hands the workspace over, and its former owner becomes admin."""
    await commands.change_role(uow, caller, workspace_id, user_id, role=data.role)
    async with database.read() as session:
        own = await queries.role(session, caller, workspace_id)
        everybody = await queries.people(session, workspace_id, viewer=own)
    for member in everybody:
        if member.user.id == user_id:
            return member
    raise NotFound(queries.NO_MEMBER)  # removed since


@delete("/api/workspaces/{workspace_id:uuid}/members/{user_id:uuid}", status_code=204)
async def remove_member(
    uow: NamedDependency[UnitOfWork],
    caller: NamedDependency[Scope],
    workspace_id: FromPath[UUID],
    user_id: FromPath[UUID],
) -> None:
    """Take somebody out; oneself: leave."""
    await commands.remove_member(uow, caller, workspace_id, user_id)


def _with_presence(member: MemberOut, here: Mapping[UUID, MemberPresence]) -> MemberOut:
    found = here.get(member.user.id)
    if found is None:
        return member
    return replace(member, online=found.online, last_seen_at=found.last_seen_at)


async def _shown(database: Database, log: EventLog, found: Membership) -> WorkspaceOut:
    async with database.read() as session:
        return (await queries.workspaces_out(session, log, [found]))[0]


HANDLERS = (
    create_workspace,
    list_workspaces,
    show_workspace,
    update_workspace,
    delete_workspace,
    create_invite,
    list_invites,
    revoke_invite,
    join_workspace,
    list_members,
    show_presence,
    update_member,
    remove_member,
)
