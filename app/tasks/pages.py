"""The pages of tasks, and the forms on them; every one works without scripts."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.core.errors import Conflict, FieldError, Invalid
from app.core.forms import (
    back,
    html,
    is_htmx,
    optional_choice,
    optional_id,
    read_form,
    repeated,
    whole_number,
)
from app.core.scope import Scope
from app.core.unit_of_work import UnitOfWork
from app.tasks import commands, forms
from app.tasks.models import Status
from app.tasks.quick_add import QuickAdd
from app.tasks.rendering import ASSIGNED, TaskRenderer
from app.tasks.row_forms import RowForms
from app.tasks.schemas import TaskOut
from app.tasks.selection import Selection

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]
Renderer = NamedDependency[TaskRenderer]
Forms = NamedDependency[RowForms]
Adding = NamedDependency[QuickAdd]
Uow = NamedDependency[UnitOfWork]
Caller = NamedDependency[Scope]


@get("/workspaces/{workspace_id:uuid}")
async def workspace_page(
    request: AnyRequest, task_renderer: Renderer, caller: Caller, workspace_id: FromPath[UUID]
) -> AnyResponse:
    """A workspace's task list, with its members."""
    return await task_renderer.list_page(request, caller, workspace_id)


@get("/tasks")
async def personal_page(request: AnyRequest, task_renderer: Renderer, caller: Caller) -> AnyResponse:
    """The caller's personal tasks."""
    return await task_renderer.list_page(request, caller, None)


@get(ASSIGNED)
async def assigned_page(request: AnyRequest, task_renderer: Renderer, caller: Caller) -> AnyResponse:
    """Everything that is the caller's to do, in every workspace."""
    return await task_renderer.assigned_page(request, caller)


@get("/workspaces/{workspace_id:uuid}/tasks/{task_id:uuid}")
async def workspace_task_page(
    request: AnyRequest,
    task_renderer: Renderer,
    caller: Caller,
    workspace_id: FromPath[UUID],
    task_id: FromPath[UUID],
) -> AnyResponse:
    """One task of a workspace, with everything that can be changed."""
    return await task_renderer.task_page(request, caller, task_id, workspace_id=workspace_id)


@get("/tasks/{task_id:uuid}")
async def personal_task_page(
    request: AnyRequest, task_renderer: Renderer, caller: Caller, task_id: FromPath[UUID]
) -> AnyResponse:
    """One personal task; a workspace's task is found under the workspace."""
    return await task_renderer.task_page(request, caller, task_id, workspace_id=None)


@get("/tasks/{task_id:uuid}/assign")
async def assign_fragment(row_forms: Forms, caller: Caller, task_id: FromPath[UUID]) -> AnyResponse:
    """The form that gives it to somebody, in its row."""
    return await row_forms.assign(caller, task_id)


@get("/workspaces/{workspace_id:uuid}/tasks/understood")
async def understood_fragment(
    request: AnyRequest, quick_add: Adding, caller: Caller, workspace_id: FromPath[UUID]
) -> AnyResponse:
    """What a line would add to a workspace, besides its title."""
    return await quick_add.understood(caller, workspace_id, request.query_params.get("title", ""))


@get("/tasks/understood")
async def understood_personal_fragment(request: AnyRequest, quick_add: Adding, caller: Caller) -> AnyResponse:
    """The same for a personal task, which is given to nobody."""
    return await quick_add.understood(caller, None, request.query_params.get("title", ""))


@post("/workspaces/{workspace_id:uuid}/tasks")
async def add_workspace_task(
    request: AnyRequest,
    uow: Uow,
    task_renderer: Renderer,
    quick_add: Adding,
    caller: Caller,
    workspace_id: FromPath[UUID],
) -> AnyResponse:
    """Add a task to a workspace."""
    return await _add(request, uow, task_renderer, quick_add, caller, workspace_id)


@post("/tasks")
async def add_personal_task(
    request: AnyRequest, uow: Uow, task_renderer: Renderer, quick_add: Adding, caller: Caller
) -> AnyResponse:
    """Add a personal task."""
    return await _add(request, uow, task_renderer, quick_add, caller, None)


@post("/tasks/{task_id:uuid}")
async def edit_task(
    request: AnyRequest,
    uow: Uow,
    task_renderer: Renderer,
    row_forms: Forms,
    caller: Caller,
    task_id: FromPath[UUID],
) -> AnyResponse:
    """Change what the form holds, based on the version that it was made from."""
    form = await read_form(request)
    try:
        update = forms.task_update(form)
        task = await commands.update_task(uow, caller, task_id, update, version=update.version)
    except (Conflict, Invalid) as refusal:
        if is_htmx(request) and "dialog" not in form:
            return await row_forms.refused_edit(caller, task_id, form, refusal)
        return await _refused(request, task_renderer, caller, task_id, form, refusal)
    return _changed(request, task_renderer, caller, form, task)


@post("/tasks/{task_id:uuid}/complete")
async def complete_task(
    request: AnyRequest, uow: Uow, task_renderer: Renderer, caller: Caller, task_id: FromPath[UUID]
) -> AnyResponse:
    """It is done."""
    form = await read_form(request)
    task = await commands.complete_task(uow, caller, task_id)
    return _changed(request, task_renderer, caller, form, task)


@post("/tasks/{task_id:uuid}/reopen")
async def reopen_task(
    request: AnyRequest, uow: Uow, task_renderer: Renderer, caller: Caller, task_id: FromPath[UUID]
) -> AnyResponse:
    """It is not done after all."""
    form = await read_form(request)
    task = await commands.reopen_task(uow, caller, task_id)
    return _changed(request, task_renderer, caller, form, task)


@post("/tasks/{task_id:uuid}/assign")
async def assign_task(
    request: AnyRequest,
    uow: Uow,
    task_renderer: Renderer,
    row_forms: Forms,
    caller: Caller,
    task_id: FromPath[UUID],
) -> AnyResponse:
    """Give it to a member, or to nobody."""
    form = await read_form(request)
    try:
        version = whole_number(form, "version")
        task = await commands.assign_task(uow, caller, task_id, forms.assignee_id(form), version=version)
    except (Conflict, Invalid) as refusal:
        if is_htmx(request):
            return await row_forms.assign(caller, task_id, refusal)
        return await _refused(request, task_renderer, caller, task_id, form, refusal)
    return _changed(request, task_renderer, caller, form, task)


@post("/tasks/{task_id:uuid}/delete")
async def delete_task(
    request: AnyRequest, uow: Uow, task_renderer: Renderer, caller: Caller, task_id: FromPath[UUID]
) -> AnyResponse:
    """Put it into the trash."""
    form = await read_form(request)
    version = whole_number(form, "version")
    task = await commands.delete_task(uow, caller, task_id, version=version)
    if is_htmx(request):
        return html(task_renderer.answer(request, caller, task, deleted=True))
    return back(request, form, default=task_renderer.address(task.workspace_id))


@post("/tasks/{task_id:uuid}/move")
async def move_task(
    request: AnyRequest, uow: Uow, task_renderer: Renderer, caller: Caller, task_id: FromPath[UUID]
) -> AnyResponse:
    """Put it before or after another one."""
    form = await read_form(request)
    before = optional_id(form, "before")
    beside = before or optional_id(form, "after")
    if beside is None:
        raise Invalid(FieldError("after", "must be a task of the same list."))
    status = optional_choice(form, "status", Status)
    task = await commands.move_task(uow, caller, task_id, beside=beside, after=before is None, status=status)
    return _changed(request, task_renderer, caller, form, task)


@post("/tasks/selected")
async def change_selected(
    request: AnyRequest, uow: Uow, selection: NamedDependency[Selection], caller: Caller
) -> AnyResponse:
    """Change, delete or restore several tasks at once."""
    form = await read_form(request)
    return await selection.act(request, uow, caller, form, await repeated(request, "task"))


async def _add(
    request: AnyRequest,
    uow: UnitOfWork,
    task_renderer: TaskRenderer,
    quick_add: QuickAdd,
    caller: Scope,
    workspace_id: UUID | None,
) -> AnyResponse:
    form = await read_form(request)
    try:
        new = await quick_add.new_task(caller, workspace_id, form)
        task, _ = await commands.create_task(uow, caller, workspace_id, new)
    except Invalid as refusal:
        if is_htmx(request):
            raise
        return await task_renderer.list_page(request, caller, workspace_id, form=form, refusal=refusal)
    if is_htmx(request):
        return html(task_renderer.answer_added(request, caller, task))
    return task_renderer.back_added(request, caller, form, task)


async def _refused(
    request: AnyRequest,
    task_renderer: TaskRenderer,
    caller: Scope,
    task_id: UUID,
    form: dict[str, str],
    refusal: Conflict | Invalid,
) -> AnyResponse:
    return await task_renderer.task_page(
        request, caller, task_id, workspace_id=None, form=form, refusal=refusal
    )


def _changed(
    request: AnyRequest, task_renderer: TaskRenderer, caller: Scope, form: dict[str, str], task: TaskOut
) -> AnyResponse:
    if is_htmx(request):
        return html(task_renderer.answer(request, caller, task))
    return back(request, form, default=task_renderer.address(task.workspace_id))


HANDLERS = (
    workspace_page,
    personal_page,
    assigned_page,
    workspace_task_page,
    personal_task_page,
    assign_fragment,
    understood_fragment,
    understood_personal_fragment,
    add_workspace_task,
    add_personal_task,
    edit_task,
    complete_task,
    reopen_task,
    assign_task,
    delete_task,
    move_task,
    change_selected,
)
