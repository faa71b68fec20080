"""What the pages of workspaces show; their handlers are in pages."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, Response

from app.config import Settings
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import Gone, Invalid, NotFound, TandemError
from app.core.forms import field_errors
from app.core.models import new_id
from app.core.scope import Scope
from app.core.unit_of_work import EventLog
from app.core.views import Views
from app.workspaces import queries
from app.workspaces.cookies import just_done, said_cookie
from app.workspaces.policy import can_administer
from app.workspaces.schemas import InviteOut, InvitePage

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]


@dataclass(frozen=True, kw_only=True)
class WorkspaceRenderer:
    """Everything that the pages of workspaces are made from."""

    settings: Settings
    database: Database
    log: EventLog
    clock: Clock
    views: Views

    async def list_page(
        self,
        request: AnyRequest,
        caller: Scope,
        *,
        form: dict[str, str] | None = None,
        refusal: Invalid | None = None,
    ) -> AnyResponse:
        """The caller's workspaces, and a form for a new one with what was refused in it."""
        async with self.database.read() as session:
            found = await queries.memberships(session, caller)
            workspaces = await queries.workspaces_out(session, self.log, found)
        return self.views.page(
            request,
            "workspaces/index.html",
            title="Workspaces",
            page="workspaces",
            status_code=refusal.status if refusal else 200,
            workspaces=workspaces,
            form=form or {"id": str(new_id())},
            errors=field_errors(refusal),
        )

    async def settings_page(
        self,
        request: AnyRequest,
        caller: Scope,
        workspace_id: UUID,
        *,
        form: dict[str, str] | None = None,
        refusal: Invalid | None = None,
        fresh_invite: InviteOut | None = None,
    ) -> AnyResponse:
        """Name, people, invites and the end; a fresh invite's link, and what was just done, is said once."""
        async with self.database.read() as session:
            found = await queries.membership(session, caller, workspace_id)
            members = await queries.people(session, workspace_id, viewer=found.role)
            invites = []
            if can_administer(found.role):
                invites = await queries.open_invites(session, workspace_id, self.clock())
        done = just_done(request.cookies)
        answer = self.views.page(
            request,
            "workspaces/settings.html",
            title=f"Settings of {found.workspace.name}",
            page="settings",
            status_code=refusal.status if refusal else 200,
            workspace=queries.workspace_page(found, members),
            members=members,
            invites=invites,
            fresh_invite=fresh_invite,
            done=done,
            form=form or {},
            errors=field_errors(refusal),
        )
        if done is not None:
            answer.set_cookie(said_cookie(self.settings, settings_address(workspace_id)))
        return answer

    async def join_page(self, request: AnyRequest, token: str) -> AnyResponse:
        """What an invite is for, or why it is not good any more."""
        try:
            async with self.database.read() as session:
                invite, workspace = await queries.invite_by_token(session, token, self.clock())
        except (NotFound, Gone) as refusal:
            return self.refused_join(request, token, refusal)
        return self.views.page(
            request,
            "workspaces/join.html",
            title=f"Join {workspace.name}",
            page="join",
            invite=InvitePage(workspace_name=workspace.name, role=invite.role),
            problem=None,
            token=token,
        )

    def refused_join(self, request: AnyRequest, token: str, refusal: TandemError) -> AnyResponse:
        """Why somebody cannot come in."""
        return self.views.page(
            request,
            "workspaces/join.html",
            title="Invite",
            page="join",
            status_code=refusal.status,
            invite=None,
            problem=refusal.detail,
            token=token,
        )


def settings_address(workspace_id: UUID) -> str:
    """Where the settings of a workspace are."""
    return f"/workspaces/{workspace_id}/settings"
