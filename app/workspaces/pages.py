"""The pages of workspaces, and the forms on them; every one works without scripts."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from app.config import Settings
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import Conflict, FieldError, Gone, Invalid, NotFound, TandemError
from app.core.forms import back, field_errors, optional_choice, optional_id, read_form, whole_number
from app.core.models import new_id
from app.core.scope import Scope
from app.core.unit_of_work import EventLog, UnitOfWork
from app.core.views import Views
from app.workspaces import commands, queries
from app.workspaces.models import Role
from app.workspaces.policy import can_administer
from app.workspaces.schemas import InviteOut, InvitePage

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]
Uow = NamedDependency[UnitOfWork]
Caller = NamedDependency[Scope]
LAST_USED = "tandem-workspace"


@get("/")
async def home(
    request: AnyRequest,
    database: NamedDependency[Database],
    visitor: NamedDependency[Scope | None],
) -> AnyResponse:
    """To where one left off."""
    if visitor is None:
        return Redirect("/login", status_code=303)
    try:
        last = UUID(request.cookies.get(LAST_USED, ""))
        async with database.read() as session:
            await queries.role(session, visitor, last)
    except (ValueError, NotFound):
        return Redirect("/workspaces", status_code=303)
    return Redirect(f"/workspaces/{last}", status_code=303)


@get("/workspaces")
async def workspaces_page(
    request: AnyRequest,
    database: NamedDependency[Database],
    log: NamedDependency[EventLog],
    views: NamedDependency[Views],
    caller: Caller,
) -> AnyResponse:
    """The caller's workspaces, and a form for a new one."""
    return await _workspaces_page(request, database, log, views, caller)


@post("/workspaces")
async def create_workspace(
    request: AnyRequest,
    uow: Uow,
    database: NamedDependency[Database],
    log: NamedDependency[EventLog],
    views: NamedDependency[Views],
    caller: Caller,
) -> AnyResponse:
    """A new workspace, and then its page."""
    form = await read_form(request)
    try:
        made, _ = await commands.create_workspace(
            uow,
            caller,
            name=form.get("name", ""),
            description=form.get("description", ""),
            workspace_id=optional_id(form, "id"),
        )
    except Invalid as refusal:
        return await _workspaces_page(request, database, log, views, caller, form=form, refusal=refusal)
    return Redirect(f"/workspaces/{made.workspace.id}", status_code=303)


@get("/workspaces/{workspace_id:uuid}/settings")
async def settings_page(
    request: AnyRequest,
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    views: NamedDependency[Views],
    caller: Caller,
    workspace_id: FromPath[UUID],
) -> AnyResponse:
    """Name, people and roles, invites, and the end."""
    return await _settings_page(request, database, clock, views, caller, workspace_id)


@post("/workspaces/{workspace_id:uuid}")
async def update_workspace(
    request: AnyRequest,
    uow: Uow,
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    views: NamedDependency[Views],
    caller: Caller,
    workspace_id: FromPath[UUID],
) -> AnyResponse:
    """Another name and description."""
    form = await read_form(request)
    try:
        await commands.update_workspace(
            uow,
            caller,
            workspace_id,
            name=form.get("name", ""),
            description=form.get("description", ""),
        )
    except Invalid as refusal:
        return await _settings_page(
            request, database, clock, views, caller, workspace_id, form=form, refusal=refusal
        )
    return Redirect(f"/workspaces/{workspace_id}/settings", status_code=303)


@post("/workspaces/{workspace_id:uuid}/delete")
async def delete_workspace(
    request: AnyRequest,
    uow: Uow,
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    views: NamedDependency[Views],
    caller: Caller,
    workspace_id: FromPath[UUID],
) -> AnyResponse:
    """The end of it, once its name has been typed."""
    form = await read_form(request)
    try:
        await commands.delete_workspace(uow, caller, workspace_id, confirmation=form.get("confirmation", ""))
    except Invalid as refusal:
        return await _settings_page(
            request, database, clock, views, caller, workspace_id, form=form, refusal=refusal
        )
    return Redirect("/workspaces", status_code=303)


@post("/workspaces/{workspace_id:uuid}/invites")
async def create_invite(
    request: AnyRequest,
    uow: Uow,
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    settings: NamedDependency[Settings],
    views: NamedDependency[Views],
    caller: Caller,
    workspace_id: FromPath[UUID],
) -> AnyResponse:
    """A new invite link, shown on this answer and never again."""
    form = await read_form(request)
    refusal, fresh = None, None
    try:
        fresh = await commands.invite_member(
            uow,
            caller,
            workspace_id,
            role=optional_choice(form, "role", Role) or Role.MEMBER,
            expires_in=whole_number(form, "expires_in"),
            max_uses=whole_number(form, "max_uses"),
            settings=settings,
        )
        form = {}
    except Invalid as invalid:
        refusal = invalid
    return await _settings_page(
        request,
        database,
        clock,
        views,
        caller,
        workspace_id,
        form=form,
        refusal=refusal,
        fresh_invite=fresh,
    )


@post("/workspaces/{workspace_id:uuid}/invites/{invite_id:uuid}/revoke")
async def revoke_invite(
    request: AnyRequest, uow: Uow, caller: Caller, workspace_id: FromPath[UUID], invite_id: FromPath[UUID]
) -> AnyResponse:
    """End an invite."""
    await commands.revoke_invite(uow, caller, workspace_id, invite_id)
    return back(request, {}, default=f"/workspaces/{workspace_id}/settings")


@post("/workspaces/{workspace_id:uuid}/members/{user_id:uuid}")
async def change_role(
    request: AnyRequest, uow: Uow, caller: Caller, workspace_id: FromPath[UUID], user_id: FromPath[UUID]
) -> AnyResponse:
    """Another role for a member."""
    role = optional_choice(await read_form(request), "role", Role)
    if role is None:
        raise Invalid(FieldError("role", "must be chosen."))
    await commands.change_role(uow, caller, workspace_id, user_id, role=role)
    return back(request, {}, default=f"/workspaces/{workspace_id}/settings")


@post("/workspaces/{workspace_id:uuid}/members/{user_id:uuid}/remove")
async def remove_member(
    request: AnyRequest, uow: Uow, caller: Caller, workspace_id: FromPath[UUID], user_id: FromPath[UUID]
) -> AnyResponse:
    """Take somebody out."""
    await commands.remove_member(uow, caller, workspace_id, user_id)
    if user_id == caller.user_id:
        return Redirect("/workspaces", status_code=303)
    return back(request, {}, default=f"/workspaces/{workspace_id}/settings")


@post("/workspaces/{workspace_id:uuid}/leave")
async def leave_workspace(uow: Uow, caller: Caller, workspace_id: FromPath[UUID]) -> AnyResponse:
    """Go."""
    await commands.remove_member(uow, caller, workspace_id, caller.user_id)
    return Redirect("/workspaces", status_code=303)


@get("/workspaces/join/{token:str}")
async def join_page(
    request: AnyRequest,
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    views: NamedDependency[Views],
    visitor: NamedDependency[Scope | None],
    token: FromPath[str],
) -> AnyResponse:
    """What the invite is for. Looking changes nothing; link scanners look at everything."""
    try:
        async with database.read() as session:
            invite, workspace = await queries.invite_by_token(session, token, clock())
    except (NotFound, Gone) as refusal:
        return _join_page(request, views, token, refusal=refusal)
    shown = InvitePage(workspace_name=workspace.name, role=invite.role)
    return _join_page(request, views, token, invite=shown)


@post("/workspaces/join/{token:str}")
async def join_workspace(
    request: AnyRequest,
    uow: Uow,
    settings: NamedDependency[Settings],
    views: NamedDependency[Views],
    caller: Caller,
    token: FromPath[str],
) -> AnyResponse:
    """Come in."""
    try:
        found = await commands.join_workspace(uow, caller, token=token, settings=settings)
    except (NotFound, Gone, Conflict) as refusal:
        return _join_page(request, views, token, refusal=refusal)
    return Redirect(f"/workspaces/{found.workspace.id}", status_code=303)


def last_used(workspace_id: UUID) -> Cookie:
    """The cookie by which this browser opens the same workspace next time."""
    return Cookie(
        key=LAST_USED,
        value=str(workspace_id),
        path="/",
        httponly=True,
        samesite="lax",
        max_age=365 * 24 * 3600,
    )


async def _workspaces_page(
    request: AnyRequest,
    database: Database,
    log: EventLog,
    views: Views,
    caller: Scope,
    *,
    form: dict[str, str] | None = None,
    refusal: Invalid | None = None,
) -> AnyResponse:
    async with database.read() as session:
        found = await queries.workspaces_out(session, log, await queries.memberships(session, caller))
    return views.page(
        request,
        "workspaces/index.html",
        title="Workspaces",
        page="workspaces",
        status_code=refusal.status if refusal else 200,
        workspaces=found,
        form=form or {"id": str(new_id())},
        errors=field_errors(refusal),
    )


async def _settings_page(
    request: AnyRequest,
    database: Database,
    clock: Clock,
    views: Views,
    caller: Scope,
    workspace_id: UUID,
    *,
    form: dict[str, str] | None = None,
    refusal: Invalid | None = None,
    fresh_invite: InviteOut | None = None,
) -> AnyResponse:
    async with database.read() as session:
        found = await queries.membership(session, caller, workspace_id)
        members = await queries.people(session, workspace_id, viewer=found.role)
        invites = []
        if can_administer(found.role):
            invites = await queries.open_invites(session, workspace_id, clock())
    return views.page(
        request,
        "workspaces/settings.html",
        title=f"Settings of {found.workspace.name}",
        page="settings",
        status_code=refusal.status if refusal else 200,
        workspace=queries.workspace_page(found, members),
        members=members,
        invites=invites,
        fresh_invite=fresh_invite,
        form=form or {},
        errors=field_errors(refusal),
    )


def _join_page(
    request: AnyRequest,
    views: Views,
    token: str,
    *,
    invite: InvitePage | None = None,
    refusal: TandemError | None = None,
) -> AnyResponse:
    return views.page(
        request,
        "workspaces/join.html",
        title=f"Join {invite.workspace_name}" if invite else "Invite",
        page="join",
        status_code=refusal.status if refusal else 200,
        invite=invite,
        problem=refusal.detail if refusal else None,
        token=token,
    )


HANDLERS = (
    home,
    workspaces_page,
    create_workspace,
    settings_page,
    update_workspace,
    delete_workspace,
    create_invite,
    revoke_invite,
    change_role,
    remove_member,
    leave_workspace,
    join_page,
    join_workspace,
)
