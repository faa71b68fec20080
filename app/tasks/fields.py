"""What the fields of a task take; knows no row and nobody who asks."""

import re
from datetime import date

from fractional_indexing import FIError, validate_order_key
from msgspec import UNSET

from app.core import text
from app.core.errors import FieldError, Invalid
from app.tasks.schemas import TaskUpdate

TITLE_MOST = 200
DESCRIPTION_MOST = 10_000
_BASE_62 = re.compile(r"[0-9A-Za-z]{2,200}")
_EARLIEST, _LATEST = date(1900, 1, 1), date(9999, 12, 30)

# The fields of an update and the columns that they change.
_COLUMNS = {
    "title": "title",
    "description": "description",
    "status": "status",
    "priority": "priority",
    "due_on": "due_on",
    "assignee_id": "assigned_to",
    "position": "position",
}


def checked_values(update: TaskUpdate) -> dict[str, object]:
    """What ``update`` asks for, by column; raises Invalid with every field that it cannot take."""
    values: dict[str, object] = {}
    errors: list[FieldError] = []
    for field, column in _COLUMNS.items():
        value = getattr(update, field)
        if value is not UNSET:
            try:
                values[column] = _checked(field, value)
            except Invalid as refusal:
                errors.extend(refusal.errors)
    if errors:
        raise Invalid(*errors)
    return values


def _checked(field: str, value: object) -> object:
    match field, value:
        case "title", str():
            return text.line(value, field=field, most=TITLE_MOST)
        case "description", str():
            return text.text(value, field=field, most=DESCRIPTION_MOST)
        case "position", str():
            return _position(value)
        case "due_on", date() if not _EARLIEST <= value <= _LATEST:
            raise Invalid(FieldError(field, f"must be from {_EARLIEST} to {_LATEST}."))
    return value


def _position(value: str) -> str:
    try:
        if _BASE_62.fullmatch(value):
            validate_order_key(value)
            return value
    except FIError:
        pass
    raise Invalid(FieldError("position", "must be a key of the kind that lists give out."))


def public_name(column: str) -> str:
    """What the public task calls a column of its row."""
    return "assignee" if column == "assigned_to" else column
