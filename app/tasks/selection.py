"""Several tasks that somebody has selected on a list: what a form asks for them, and what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from litestar import Request, Response

from app.core.database import Database
from app.core.errors import Conflict, FieldError, Forbidden, Invalid, TandemError
from app.core.forms import back, html, is_htmx
from app.core.scope import Scope
from app.core.unit_of_work import UnitOfWork
from app.core.views import Views
from app.tasks import commands, forms, queries
from app.tasks.rendering import ASSIGNED, TaskRenderer
from app.tasks.schemas import TaskUpdate
from app.tasks.together import TOGETHER_MOST, Together

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]

DAYS = {"today": 0, "tomorrow": 1, "week": 7}


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Does what the buttons of the bar say, and shows how it went."""

    database: Database
    views: Views
    task_renderer: TaskRenderer

    async def act(
        self, request: AnyRequest, uow: UnitOfWork, caller: Scope, form: dict[str, str], chosen: Sequence[str]
    ) -> AnyResponse:
        """What ``form`` asks for the ``chosen`` ones, "id:version" each.

        Raises Invalid, NotFound if none of them is there, and Conflict with what stood against it.
        """
        versions = selected(chosen)
        if "delete" in form:
            outcome = await commands.delete_tasks(uow, caller, versions)
        elif "restore" in form:
            outcome = await commands.restore_tasks(uow, caller, versions)
        elif "move" in form:
            outcome = await self._move(uow, caller, form, list(versions))
        else:
            update = selection_update(form, caller, today=uow.clock().date())
            outcome = await commands.change_tasks(uow, caller, versions, update)
        return self._answer(request, caller, form, outcome)

    async def _move(
        self, uow: UnitOfWork, caller: Scope, form: dict[str, str], chosen: list[UUID]
    ) -> Together:
        """One place up or down in the list that the form stands on."""
        if len(chosen) != 1 or form["move"] not in ("up", "down"):
            raise Invalid(FieldError("move", "is up or down, for one task at a time."))
        [task_id] = chosen
        down = form["move"] == "down"
        address = urlsplit(form.get("next", ""))
        view = self.task_renderer.view(parse_qsl(address.query), caller)
        if view.sort != "position" or address.path == ASSIGNED:
            raise Conflict("Only a list that is sorted by hand has places to move to.")
        async with self.database.read() as session:
            task, _ = await queries.task(session, caller, task_id)
            shown = await queries.tasks(session, queries.home_of(task), view)
        ids = [each.id for each in shown]
        at = ids.index(task_id) if task_id in ids else -1
        beside = at + (1 if down else -1)
        if at < 0 or not 0 <= beside < len(ids):
            async with uow:
                pass  # there is nowhere to go, and a late repetition finds none either
            return Together(done=[queries.task_out(task)], refused=[], missing=0)
        other = shown[beside]
        # Over the border of a group it comes to stand at the nearer end of the next one.
        crosses = view.grouped and other.status is not task.status
        moved = await commands.move_task(
            uow,
            caller,
            task_id,
            beside=other.id,
            after=down != crosses,
            status=other.status if crosses else None,
        )
        return Together(done=[moved], refused=[], missing=0)

    def _answer(
        self, request: AnyRequest, caller: Scope, form: dict[str, str], outcome: Together
    ) -> AnyResponse:
        against = _against(outcome)
        if not outcome.done and all(isinstance(refusal, Forbidden) for _, refusal in outcome.refused):
            raise Forbidden(against)
        if not outcome.done or (against and not is_htmx(request)):
            raise Conflict(against)
        if not is_htmx(request):
            return back(request, form, default="/")
        deleted = "delete" in form
        said = self.views.render("tasks/_together.html", outcome=outcome, deleted=deleted, against=against)
        rows = self.task_renderer.answers(request, caller, outcome.done, deleted=deleted)
        return html(f"{rows}{said}")


def selected(chosen: Sequence[str]) -> dict[UUID, int]:
    """The selected tasks and the version of each, from "id:version". Raises Invalid."""
    if not 1 <= len(chosen) <= TOGETHER_MOST:
        raise Invalid(FieldError("task", f"must be selected; from 1 to {TOGETHER_MOST} at a time."))
    versions: dict[UUID, int] = {}
    for each in chosen:
        ident, _, version = each.partition(":")
        try:
            if not (version.isascii() and version.isdigit()) or len(version) > 18:
                raise ValueError("no version")
            versions[UUID(ident)] = int(version)
        except ValueError:
            raise Invalid(FieldError("task", "must be an id and a version.")) from None
    return versions


def selection_update(form: dict[str, str], caller: Scope, *, today: date) -> TaskUpdate:
    """The one change that the button pressed in ``form`` means. Raises Invalid."""
    asked: dict[str, str] = {
        name: form[name] for name in ("status", "priority", "due", "assignee") if name in form
    }
    if len(asked) != 1:
        raise Invalid(FieldError("", "Choose what is to become of them."))
    [(name, value)] = asked.items()
    if name == "due":
        return TaskUpdate(due_on=_day(value, form, today))
    if name == "assignee" and value in ("me", "person"):
        asked["assignee"] = str(caller.user_id) if value == "me" else form.get("person", "")
    if name != "assignee" and not value.strip():
        raise Invalid(FieldError(name, "must be chosen."))
    return forms.task_update(asked)


def _day(value: str, form: dict[str, str], today: date) -> date | None:
    if value == "none":
        return None
    if value in DAYS:
        return today + timedelta(days=DAYS[value])
    if value != "day":
        raise Invalid(FieldError("due", f"must be one of {', '.join(DAYS)}, day, none."))
    try:
        return date.fromisoformat(form.get("day", "").strip())
    except ValueError:
        raise Invalid(FieldError("day", "must be a date such as 2026-03-31.")) from None


def _against(outcome: Together) -> str:
    """What stood against some of them, in words; nothing if all is done."""
    told = [f"“{task.title}”: {_reason(refusal)}" for task, refusal in outcome.refused[:3]]
    more = len(outcome.refused) - len(told)
    told += [f"{more} more were not changed either."] if more else []
    told += [f"{outcome.missing} of them are not there any more."] if outcome.missing else []
    return " ".join(told)


def _reason(refusal: TandemError) -> str:
    if isinstance(refusal, Invalid):
        return " ".join(f"{error.field} {error.message}" for error in refusal.errors)
    return refusal.detail
