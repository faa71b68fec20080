"""The pages of workspaces, and the forms on them; every one works without scripts."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from app.config import Settings
from app.core.database import Database
from app.core.errors import Conflict, Gone, Invalid, NotFound
from app.core.forms import chosen, optional_choice, optional_id, read_form, whole_number
from app.core.scope import Scope
from app.core.unit_of_work import UnitOfWork
from app.workspaces import commands, queries
from app.workspaces.cookies import Done, done_cookie, last_used
from app.workspaces.models import Role
from app.workspaces.rendering import WorkspaceRenderer, settings_address

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]
Uow = NamedDependency[UnitOfWork]
Caller = NamedDependency[Scope]
Renderer = NamedDependency[WorkspaceRenderer]
AllSettings = NamedDependency[Settings]


@get("/")
async def home(
    request: AnyRequest,
    database: NamedDependency[Database],
    visitor: NamedDependency[Scope | None],
) -> AnyResponse:
    """To where one left off."""
    if visitor is None:
        return Redirect("/login", status_code=303)
    last = last_used(request.cookies)
    if last is not None:
        async with database.read() as session:
            if await queries.is_member(session, visitor, last):
                return Redirect(f"/workspaces/{last}", status_code=303)
    return Redirect("/workspaces", status_code=303)


@get("/workspaces")
async def workspaces_page(
    request: AnyRequest,
    workspace_renderer: Renderer,
    caller: Caller,
) -> AnyResponse:
    """The caller's workspaces, and a form for a new one."""
    return await workspace_renderer.list_page(request, caller)


@post("/workspaces")
async def create_workspace(
    request: AnyRequest,
    uow: Uow,
    workspace_renderer: Renderer,
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
        return await workspace_renderer.list_page(request, caller, form=form, refusal=refusal)
    return Redirect(f"/workspaces/{made.workspace.id}", status_code=303)


@get("/workspaces/{workspace_id:uuid}/settings")
async def settings_page(
    request: AnyRequest,
    workspace_renderer: Renderer,
    caller: Caller,
    workspace_id: FromPath[UUID],
) -> AnyResponse:
    """Name, people and roles, invites, and the end."""
    return await workspace_renderer.settings_page(request, caller, workspace_id)


@post("/workspaces/{workspace_id:uuid}")
async def update_workspace(
    request: AnyRequest,
    uow: Uow,
    workspace_renderer: Renderer,
    settings: AllSettings,
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
        return await workspace_renderer.settings_page(
            request, caller, workspace_id, form=form, refusal=refusal
        )
    return _to_settings(settings, workspace_id, Done.SAVED)


@post("/workspaces/{workspace_id:uuid}/delete")
async def delete_workspace(
    request: AnyRequest,
    uow: Uow,
    workspace_renderer: Renderer,
    caller: Caller,
    workspace_id: FromPath[UUID],
) -> AnyResponse:
    """The end of it, once its name has been typed."""
    form = await read_form(request)
    try:
        await commands.delete_workspace(uow, caller, workspace_id, confirmation=form.get("confirmation", ""))
    except Invalid as refusal:
        return await workspace_renderer.settings_page(
            request, caller, workspace_id, form=form, refusal=refusal
        )
    return Redirect("/workspaces", status_code=303)


@post("/workspaces/{workspace_id:uuid}/invites")
async def create_invite(
    request: AnyRequest,
    uow: Uow,
    workspace_renderer: Renderer,
    settings: AllSettings,
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
            expires_in=whole_number(form, "expires_in", signed=True),
            max_uses=whole_number(form, "max_uses", signed=True),
            settings=settings,
        )
        form = {}
    except Invalid as invalid:
        refusal = invalid
    return await workspace_renderer.settings_page(
        request,
        caller,
        workspace_id,
        form=form,
        refusal=refusal,
        fresh_invite=fresh,
    )


@post("/workspaces/{workspace_id:uuid}/invites/{invite_id:uuid}/revoke")
async def revoke_invite(
    uow: Uow,
    settings: AllSettings,
    caller: Caller,
    workspace_id: FromPath[UUID],
    invite_id: FromPath[UUID],
) -> AnyResponse:
    """End an invite."""
    await commands.revoke_invite(uow, caller, workspace_id, invite_id)
    return _to_settings(settings, workspace_id, Done.REVOKED)


@post("/workspaces/{workspace_id:uuid}/members/{user_id:uuid}")
async def change_role(
    request: AnyRequest,
    uow: Uow,
    workspace_renderer: Renderer,
    settings: AllSettings,
    caller: Caller,
    workspace_id: FromPath[UUID],
    user_id: FromPath[UUID],
) -> AnyResponse:
    """Another role for a member. Handing the workspace over takes more than that, and is asked for."""
    form = await read_form(request)
    try:
        role = chosen(optional_choice(form, "role", Role), "role")
        await commands.change_role(uow, caller, workspace_id, user_id, role=role, confirmation="")
    except Invalid as refusal:
        form = {"new_owner": str(user_id)}
        return await workspace_renderer.settings_page(
            request, caller, workspace_id, form=form, refusal=refusal
        )
    return _to_settings(settings, workspace_id, Done.ROLE_CHANGED)


@post("/workspaces/{workspace_id:uuid}/hand-over")
async def hand_over(
    request: AnyRequest,
    uow: Uow,
    workspace_renderer: Renderer,
    settings: AllSettings,
    caller: Caller,
    workspace_id: FromPath[UUID],
) -> AnyResponse:
    """Another owner, once the name of the workspace has been typed."""
    form = await read_form(request)
    try:
        heir = chosen(optional_id(form, "new_owner"), "new_owner")
        typed = form.get("hand_over", "")
        await commands.change_role(uow, caller, workspace_id, heir, role=Role.OWNER, confirmation=typed)
    except Invalid as refusal:
        return await workspace_renderer.settings_page(
            request, caller, workspace_id, form=form, refusal=refusal
        )
    return _to_settings(settings, workspace_id, Done.HANDED_OVER)


@post("/workspaces/{workspace_id:uuid}/members/{user_id:uuid}/remove")
async def remove_member(
    uow: Uow, settings: AllSettings, caller: Caller, workspace_id: FromPath[UUID], user_id: FromPath[UUID]
) -> AnyResponse:
    """Take somebody out."""
    await commands.remove_member(uow, caller, workspace_id, user_id)
    if user_id == caller.user_id:
        return Redirect("/workspaces", status_code=303)
    return _to_settings(settings, workspace_id, Done.REMOVED)


@post("/workspaces/{workspace_id:uuid}/leave")
async def leave_workspace(uow: Uow, caller: Caller, workspace_id: FromPath[UUID]) -> AnyResponse:
    """Go."""
    await commands.remove_member(uow, caller, workspace_id, caller.user_id)
    return Redirect("/workspaces", status_code=303)


@get("/workspaces/join/{token:str}")
async def join_page(
    request: AnyRequest,
    workspace_renderer: Renderer,
    visitor: NamedDependency[Scope | None],
    token: FromPath[str],
) -> AnyResponse:
    """What the invite is for. Looking changes nothing; link scanners look at everything."""
    return await workspace_renderer.join_page(request, token)


@post("/workspaces/join/{token:str}")
async def join_workspace(
    request: AnyRequest,
    uow: Uow,
    settings: AllSettings,
    workspace_renderer: Renderer,
    caller: Caller,
    token: FromPath[str],
) -> AnyResponse:
    """Come in."""
    try:
        found = await commands.join_workspace(uow, caller, token=token, settings=settings)
    except (NotFound, Gone, Conflict) as refusal:
        return workspace_renderer.refused_join(request, token, refusal)
    return Redirect(f"/workspaces/{found.workspace.id}", status_code=303)


def _to_settings(settings: Settings, workspace_id: UUID, done: Done) -> AnyResponse:
    # Not to where they came from: after a refusal, or with a fresh invite, that is no page by itself.
    page = settings_address(workspace_id)
    return Redirect(page, status_code=303, cookies=[done_cookie(settings, page, done)])


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
    hand_over,
    remove_member,
    leave_workspace,
    join_page,
    join_workspace,
)
