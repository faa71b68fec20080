"""Tasks as browsers send them: text in every field, and an empty one for nothing."""

import hashlib
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from msgspec import UNSET, UnsetType

from app.core.errors import FieldError, Invalid
from app.core.forms import optional_choice, optional_id, whole_number
from app.tasks.models import Priority, Status
from app.tasks.schemas import TaskOut, TaskUpdate

Choice = TypeVar("Choice", bound=StrEnum)


def task_update(form: dict[str, str]) -> TaskUpdate:
    """The change that ``form`` asks for; fields that it leaves out, or as they were, stay. Raises Invalid."""
    form = touched(form)
    return TaskUpdate(
        version=whole_number(form, "version"),
        title=form.get("title", UNSET),
        description=form.get("description", UNSET),
        status=_choice(form, "status", Status),
        priority=_choice(form, "priority", Priority),
        due_on=_day(form) if "due_on" in form else UNSET,
        assignee_id=assignee_id(form) if "assignee" in form else UNSET,
    )


def task_form(task: TaskOut) -> dict[str, str]:
    """The fields of the form that shows ``task``."""
    return {
        "title": task.title,
        "description": task.description,
        "status": task.status.value,
        "priority": task.priority.value,
        "due_on": str(task.due_on or ""),
        "assignee": str(task.assignee.id) if task.assignee else "",
    }


def marks(task: TaskOut) -> dict[str, str]:
    """What the form that shows ``task`` says of each field's value, to be told of one that is left alone.

    A browser sends every field; what its reader did not touch is no wish of theirs, and so in nobody's way.
    """
    return {f"was_{field}": _mark(value) for field, value in task_form(task).items()}


def touched(form: Mapping[str, str]) -> dict[str, str]:
    """The fields of ``form`` without those that are as they were shown."""
    return {field: value for field, value in form.items() if form.get(f"was_{field}") != _mark(value)}


def _mark(value: str) -> str:
    # Not the value: a description alone may take most of what a request may hold.
    return hashlib.sha256(value.replace("\r\n", "\n").encode(errors="replace")).hexdigest()[:16]


def by_form_field(errors: dict[str, str]) -> dict[str, str]:
    """``errors`` by field of the API, by field of the form; a hidden one's concern the whole form."""
    names = {"assignee_id": "assignee", "version": ""}
    return {names.get(field, field): words for field, words in errors.items()}


def assignee_id(form: dict[str, str]) -> UUID | None:
    """Whom ``form`` gives the task to; None for nobody. Raises Invalid."""
    return optional_id(form, "assignee")


def _choice(form: dict[str, str], field: str, kind: type[Choice]) -> Choice | UnsetType:
    return optional_choice(form, field, kind) or UNSET


def _day(form: dict[str, str]) -> date | None:
    text = form["due_on"].strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(FieldError("due_on", "must be a date such as 2026-03-31.")) from None
