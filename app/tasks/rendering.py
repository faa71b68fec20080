"""What the pages of tasks show, and how they answer; their handlers are in pages."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from litestar import Request, Response
from litestar.response import Redirect
from markupsafe import Markup
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import Settings
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import Conflict, Invalid, NotFound, TandemError
from app.core.forms import back, field_errors, html, is_htmx
from app.core.models import new_id
from app.core.presence import MemberPresence, Presences
from app.core.scope import Scope
from app.core.topics import user_topic, workspace_topic
from app.core.unit_of_work import EventLog
from app.core.views import Views, own_position
from app.tasks import forms, queries
from app.tasks.chips import chips
from app.tasks.fragments import TaskFragments
from app.tasks.schemas import TaskOut
from app.tasks.view import Assigned, TaskView, parse_assigned, parse_view
from app.workspaces import queries as workspace_queries
from app.workspaces.cookies import last_used_cookie
from app.workspaces.schemas import MemberOut, WorkspacePage

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]

ASSIGNED = "/assigned"


# What other features add to the page of one task, as HTML read in the same snapshot.
Section = Callable[[AsyncSession, Scope, TaskOut], Awaitable[Markup]]
# And above the list of a workspace, to one who has just opened it: no part of what is live.
Above = Callable[[AsyncSession, Scope, UUID], Awaitable[Markup | None]]


@dataclass(frozen=True)
class TheirVersion:
    """What the template shows beside one's own text when somebody else was faster."""

    current: TaskOut
    fields: Sequence[str]
    by: str


@dataclass(frozen=True, kw_only=True)
class TaskRenderer:
    """Everything that the pages of tasks are made from."""

    settings: Settings
    database: Database
    log: EventLog
    clock: Clock
    views: Views
    fragments: TaskFragments
    presences: Presences
    sections: Sequence[Section] = ()
    above: Sequence[Above] = ()

    async def list_page(
        self,
        request: AnyRequest,
        caller: Scope,
        workspace_id: UUID | None,
        *,
        form: dict[str, str] | None = None,
        refusal: Invalid | None = None,
    ) -> AnyResponse:
        """The list of a workspace, or of the caller's own tasks, as the address asks for it.

        Everything is read in one snapshot, its number included: the socket goes on from there.
        """
        view = self.view(list(request.query_params.multi_items()), caller)
        topic = workspace_topic(workspace_id) if workspace_id else user_topic(caller.user_id)
        workspace: WorkspacePage | None = None
        members: list[MemberOut] = []
        above: list[Markup] = []
        async with self.database.read() as session:
            if workspace_id is not None:
                workspace, members = await _workspace(session, caller, workspace_id)
                above = [found for make in self.above if (found := await make(session, caller, workspace_id))]
            tasks = await queries.tasks(session, _home(caller, workspace_id), view)
            added = await _added(session, caller, request.query_params.get("added", ""))
            seq = (await self.log.positions(session, [topic]))[topic]
        seq = own_position(request, seq) if workspace is None else seq
        answer = self.views.page(
            request,
            "tasks/index.html",
            title=workspace.name if workspace else "Personal",
            page="tasks",
            status_code=refusal.status if refusal else 200,
            workspace=workspace,
            members=members,
            people_here=await self._here(workspace_id),
            tasks=tasks,
            row=self.fragments.row,
            above=above,
            hidden=added if added and not view.matches(added) else None,
            view=view,
            chips=chips(view, {str(member.user.id): member.user.name for member in members}),
            seq=seq,
            live_url=_live_url(workspace_id, seq, view.query),
            own_line="" if workspace else "tasks",
            form={"id": str(new_id()), "title": (form or {}).get("title", "")},
            errors=forms.by_form_field(field_errors(refusal)),
        )
        if workspace_id is not None:
            answer.set_cookie(last_used_cookie(self.settings, workspace_id))
        return answer

    async def assigned_page(self, request: AnyRequest, caller: Scope) -> AnyResponse:
        """Everything that is the caller's to do, by workspace; followed on their own stream."""
        view = self._assigned(list(request.query_params.multi_items()), caller)
        topic = user_topic(caller.user_id)
        async with self.database.read() as session:
            homes = await workspace_queries.memberships(session, caller)
            tasks = await queries.tasks(session, queries.assigned_to(caller.user_id), view)
            seq = own_position(request, (await self.log.positions(session, [topic]))[topic])
        return self.views.page(
            request,
            "tasks/assigned.html",
            title="Assigned to me",
            page="assigned",
            homes=[each.workspace for each in homes],
            tasks=tasks,
            row=self.fragments.row,
            view=view,
            chips=chips(view, {}),
            members=[],
            seq=seq,
            live_url=_live_url(None, seq, f"show=assigned&{view.query}"),
            own_line="tasks",
        )

    async def task_page(
        self,
        request: AnyRequest,
        caller: Scope,
        task_id: UUID,
        *,
        workspace_id: UUID | None,
        form: dict[str, str] | None = None,
        refusal: TandemError | None = None,
    ) -> AnyResponse:
        """One task with everything that can be changed, what was refused, and why."""
        workspace: WorkspacePage | None = None
        members: list[MemberOut] = []
        async with self.database.read() as session:
            found, _ = await queries.task(session, caller, task_id)
            if workspace_id is not None and found.workspace_id != workspace_id:
                raise NotFound(queries.NO_TASK)
            if found.workspace_id is not None:
                workspace, members = await _workspace(session, caller, found.workspace_id)
            task = queries.task_out(found)
            seq = (await self.log.positions(session, [found.topic]))[found.topic]
            sections = [await section(session, caller, task) for section in self.sections]
        seq = own_position(request, seq) if workspace is None else seq
        if task.workspace_id is not None and workspace_id is None and refusal is None:
            return Redirect(f"{self.address(task.workspace_id)}/tasks/{task_id}", status_code=303)
        conflict = _theirs(task, refusal) if isinstance(refusal, Conflict) else None
        context: dict[str, Any] = {
            "viewer_id": caller.user_id,
            "workspace": workspace,
            "members": members,
            "looking": await self._looking(task),
            "task": task,
            "version": (form or {}).get("version") or task.version,
            "form": forms.task_form(task) | forms.touched(form or {}),
            "marks": forms.marks(task) | _marks_of(form if conflict is None else None),
            "conflict": conflict,
            "errors": {} if conflict else forms.by_form_field(field_errors(refusal)),
            "sections": sections,
            "seq": seq,
        }
        return self._shown(request, context, status_code=refusal.status if refusal else 200)

    def _shown(self, request: AnyRequest, context: dict[str, Any], *, status_code: int) -> AnyResponse:
        """The page of a task, or as much of it as the page's script asks for: it shows a dialog."""
        task, workspace = context["task"], context["workspace"]
        if is_htmx(request):
            piece = "tasks/_opened.html" if status_code == 200 else "tasks/_fields.html"
            answer = html(self.views.render(piece, **context, dialog=True), status_code=status_code)
        else:
            answer = self.views.page(
                request,
                "tasks/task.html",
                title=task.title,
                page="task",
                status_code=status_code,
                **context,
                dialog=False,
                live_url=_live_url(task.workspace_id, context["seq"], f"show=task&task={task.id}"),
                own_line="" if workspace else "live",
            )
        answer.headers["Vary"] = "HX-Request"
        return answer

    async def _here(self, workspace_id: UUID | None) -> Mapping[UUID, MemberPresence]:
        if workspace_id is None:
            return {}
        members = await self.presences.members(workspace_topic(workspace_id))
        return {each.user_id: each for each in members}

    async def _looking(self, task: TaskOut) -> set[UUID]:
        if task.workspace_id is None:
            return set()
        snapshot = await self.presences.ask(workspace_topic(task.workspace_id))
        return {user_id for user_id, here in snapshot.people.items() if task.id in here.tasks}

    def answer(self, request: AnyRequest, caller: Scope, task: TaskOut, *, deleted: bool = False) -> str:
        """What changes on the page that asked, which names its view by its own address."""
        return self.answers(request, caller, [task], deleted=deleted)

    def answers(
        self, request: AnyRequest, caller: Scope, tasks: Sequence[TaskOut], *, deleted: bool = False
    ) -> str:
        """The same for several tasks."""
        view = self._view_at(request.headers.get("HX-Current-URL", ""), caller)
        return "".join(self.fragments.answer(view, task, deleted=deleted) for task in tasks)

    def answer_added(self, request: AnyRequest, caller: Scope, task: TaskOut) -> str:
        """The same for the page on which ``task`` was added."""
        view = self._view_at(request.headers.get("HX-Current-URL", ""), caller)
        return self.fragments.answer_added(view, task)

    def back_added(
        self, request: AnyRequest, caller: Scope, form: dict[str, str], task: TaskOut
    ) -> AnyResponse:
        """To the list on which ``task`` was added without scripts; it says so if its filter hides it."""
        page = form.get("next", "")
        if not self._view_at(page, caller).matches(task):
            form = form | {"next": f"{page}&added={task.id}"}
        return back(request, form, default=self.address(task.workspace_id))

    def _view_at(self, page: str, caller: Scope) -> TaskView:
        try:
            address = urlsplit(page)
            parse = self._assigned if address.path == ASSIGNED else self.view
            return parse(parse_qsl(address.query), caller)
        except (Invalid, ValueError):
            return TaskView()

    @staticmethod
    def address(workspace_id: UUID | None) -> str:
        """The page that lists the tasks of a workspace, or one's own."""
        return f"/workspaces/{workspace_id}" if workspace_id else "/tasks"

    def view(self, parameters: Sequence[tuple[str, str]], caller: Scope) -> TaskView:
        """The view that an address asks for. Raises Invalid."""
        return parse_view(parameters, viewer_id=caller.user_id, today=self.clock().date())

    def _assigned(self, parameters: Sequence[tuple[str, str]], caller: Scope) -> Assigned:
        return parse_assigned(parameters, viewer_id=caller.user_id, today=self.clock().date())


def _home(caller: Scope, workspace_id: UUID | None) -> ColumnElement[bool]:
    return queries.of_workspace(workspace_id) if workspace_id else queries.of_person(caller.user_id)


async def _added(session: AsyncSession, caller: Scope, text: str) -> TaskOut | None:
    try:
        return queries.task_out((await queries.task(session, caller, UUID(text)))[0])
    except (ValueError, NotFound):
        return None


def _marks_of(form: dict[str, str] | None) -> dict[str, str]:
    return {field: value for field, value in (form or {}).items() if field.startswith("was_")}


def _theirs(task: TaskOut, refusal: Conflict) -> TheirVersion:
    by = refusal.changed_by.name if refusal.changed_by else "Somebody"
    return TheirVersion(current=task, fields=refusal.conflicts, by=by)


async def _workspace(
    session: AsyncSession, caller: Scope, workspace_id: UUID
) -> tuple[WorkspacePage, list[MemberOut]]:
    found = await workspace_queries.membership(session, caller, workspace_id)
    members = await workspace_queries.people(session, workspace_id, viewer=found.role)
    return workspace_queries.workspace_page(found, members), members


def _live_url(workspace_id: UUID | None, seq: int, query: str) -> str:
    place = f"workspace/{workspace_id}" if workspace_id else "personal"
    return f"/ws/{place}?{urlencode({'since': seq})}" + (f"&{query}" if query else "")
