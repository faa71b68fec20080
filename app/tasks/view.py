"""What a list of tasks shows, and in which order.

A page's address holds its view, and its socket names the same one. Every question is answered twice,
once for the database and once for a single task in an event, and both must agree: a live page shows
what its reload would show.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, literal, tuple_

from app.core.errors import FieldError, Invalid
from app.core.paging import Cursor
from app.core.text import searchable, text, utf16_order
from app.tasks.models import Priority, Status, Task
from app.tasks.schemas import NO_DUE_DATE, TaskOut

Choice = TypeVar("Choice", bound=StrEnum)
Parsed = TypeVar("Parsed")

# By workspace, and there by due date: the order of the page that shows more than one of them.
HOME = "home"
SORTS = ("position", "due", "priority", "created", "updated", "title")
DUES = ("overdue", "today", "week", "none")
QUERY_MOST = 200


@dataclass(frozen=True, kw_only=True)
class TaskView:
    """A filter and an order. Equal views are one view, whoever's they are."""

    statuses: tuple[Status, ...] = ()
    priorities: tuple[Priority, ...] = ()
    assignee_id: UUID | None = None
    unassigned: bool = False
    due_from: date | None = None
    due_until: date | None = None
    without_due: bool = False
    q: str = ""
    sort: str = "position"
    grouped: bool = False  # by status, and by ``sort`` within each
    # As the address has them: for the filter form and for links, not for the question itself.
    assignee: str = field(default="", compare=False)
    due: str = field(default="", compare=False)
    query: str = field(default="", compare=False)

    @property
    def sort_attribute(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        return self.sort.startswith("-")

    @property
    def active(self) -> bool:
        """Whether anything is filtered out."""
        return self != TaskView(sort=self.sort, grouped=self.grouped)

    def matches(self, task: TaskOut) -> bool:
        """Whether ``task`` is shown."""
        return (
            (not self.statuses or task.status in self.statuses)
            and (not self.priorities or task.priority in self.priorities)
            and (
                self.assignee_id is None
                or (task.assignee is not None and task.assignee.id == self.assignee_id)
            )
            and (not self.unassigned or task.assignee is None)
            and (not self.without_due or task.due_on is None)
            and (self.due_from is None or (task.due_on is not None and task.due_on >= self.due_from))
            and (self.due_until is None or (task.due_on is not None and task.due_on <= self.due_until))
            and (not self.q or searchable(self.q) in searchable(task.title, task.description))
        )

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same question for the database."""
        asked: list[ColumnElement[bool]] = []
        if self.statuses:
            asked.append(Task.status.in_(self.statuses))
        if self.priorities:
            asked.append(Task.priority.in_(self.priorities))
        if self.assignee_id is not None:
            asked.append(Task.assigned_to == self.assignee_id)
        if self.unassigned:
            asked.append(Task.assigned_to.is_(None))
        if self.without_due:
            asked.append(Task.due_on.is_(None))
        if self.due_from is not None:
            asked.append(Task.due_on >= self.due_from)
        if self.due_until is not None:
            asked.append(Task.due_on <= self.due_until)
        if self.q:
            asked.append(Task.search_text.contains(searchable(self.q), autoescape=True))
        return asked

    def sort_tasks(self, tasks: Sequence[TaskOut]) -> list[TaskOut]:
        """``tasks`` in order: by group, the key of this view, and id, all compared as the page does."""
        attribute = self.sort_attribute

        def key(task: TaskOut) -> tuple[bytes, str]:
            return utf16_order(task.sort_keys[attribute]), str(task.id)

        ordered = sorted(tasks, key=key, reverse=self.descending)
        return sorted(ordered, key=lambda task: task.status.rank) if self.grouped else ordered

    @property
    def sort_column(self) -> ColumnElement[Any]:
        """What the database sorts by when a list is given out in pages."""
        columns: dict[str, ColumnElement[Any]] = {
            "position": Task.position,  # type: ignore[dict-item]
            "due": func.coalesce(Task.due_on, literal(date.fromisoformat(NO_DUE_DATE))),
            "priority": case({member: member.rank for member in Priority}, value=Task.priority),
            "created": Task.created_at,  # type: ignore[dict-item]
            "updated": Task.updated_at,  # type: ignore[dict-item]
            "title": Task.search_text,  # type: ignore[dict-item]
        }
        return columns[self.sort_attribute]

    def after(self, cursor: Cursor) -> ColumnElement[bool]:
        """What comes after ``cursor`` in this view's order."""
        key = self.sort_column
        try:
            last_key = _KEY_FROM_CURSOR[self.sort_attribute](str(cursor.key))
            last_id = UUID(cursor.id)
        except ValueError:
            raise Invalid(FieldError("cursor", "is not one that this list has given out.")) from None
        here = tuple_(key, Task.id)
        there = tuple_(literal(last_key, key.type), literal(last_id, Task.id.type))
        return here < there if self.descending else here > there


@dataclass(frozen=True, kw_only=True)
class Assigned(TaskView):
    """What is somebody's in all their workspaces, and of their own tasks."""

    sort: str = HOME

    @property
    def active(self) -> bool:
        """Whether anything is filtered out of it."""
        return self != Assigned(assignee_id=self.assignee_id)


@dataclass(frozen=True, kw_only=True)
class OneTask:
    """The page of one task, with everything about it."""

    task_id: UUID


def parse_view(parameters: Sequence[tuple[str, str]], *, viewer_id: UUID, today: date) -> TaskView:
    """The view that an address asks for; parameters that are not a view's are not its business.

    ``status`` and ``priority`` may stand several times. Raises Invalid for values they cannot take.
    """
    given: dict[str, list[str]] = {}
    for name, value in parameters:
        if value.strip():
            given.setdefault(name, []).append(value.strip())
    assignee = _last(given, "assignee")
    due = _last(given, "due")
    sort = _last(given, "sort") or "position"
    q = text(_last(given, "q"), field="q", most=QUERY_MOST)
    _ensure_one_of("due", due, ("", *DUES))
    _ensure_one_of("sort", sort.removeprefix("-"), SORTS)
    group = _last(given, "group")
    _ensure_one_of("group", group, ("", "status"))
    due_from, due_until = _due_range(due, today)
    before = _date("due_before", _last(given, "due_before"))
    if before is not None:
        last_day = before - timedelta(days=1) if before > date.min else before
        due_until = min(due_until, last_day) if due_until else last_day
    statuses = _choices("status", given, Status)
    priorities = _choices("priority", given, Priority)
    query = [
        *(("status", status.value) for status in statuses),
        *(("priority", priority.value) for priority in priorities),
        ("assignee", assignee),
        ("due", due),
        ("due_before", str(before or "")),
        ("q", q),
        ("sort", sort if sort != "position" else ""),
        ("group", group),
    ]
    return TaskView(
        statuses=statuses,
        priorities=priorities,
        assignee_id=_assignee_id(assignee, viewer_id),
        unassigned=assignee == "none",
        due_from=due_from,
        due_until=due_until,
        without_due=due == "none",
        q=q,
        sort=sort,
        grouped=bool(group),
        assignee=assignee,
        due=due,
        query=urlencode([pair for pair in query if pair[1]]),
    )


def parse_assigned(parameters: Sequence[tuple[str, str]], *, viewer_id: UUID, today: date) -> Assigned:
    """As parse_view, for the page of everything that is the viewer's, whose order is its own."""
    asked = [(name, value) for name, value in parameters if name not in ("assignee", "sort", "group")]
    found = parse_view(asked, viewer_id=viewer_id, today=today)
    values = {each.name: getattr(found, each.name) for each in fields(found)}
    return Assigned(**(values | {"assignee_id": viewer_id, "sort": HOME}))


def parse_one_task(parameters: Sequence[tuple[str, str]]) -> OneTask:
    """The page of the task that an address names. Raises Invalid."""
    return OneTask(task_id=_parsed("task", dict(parameters).get("task", ""), UUID, "a task's id"))


def _text_from(key: str) -> str:
    if "\0" in key:
        raise ValueError("no database takes it in a text")
    return key


def _rank_from(key: str) -> int:
    return range(len(Priority)).index(int(key))


def _moment_from(key: str) -> datetime:
    moment = datetime.fromisoformat(key)
    if moment.utcoffset() != timedelta(0):
        raise ValueError("all times are given out in UTC")
    return moment


# Whoever asks may have changed a cursor; what no list gives out is a ValueError.
_KEY_FROM_CURSOR: dict[str, Callable[[str], object]] = {
    "position": _text_from,
    "due": date.fromisoformat,
    "priority": _rank_from,
    "created": _moment_from,
    "updated": _moment_from,
    "title": _text_from,
}


def _last(given: dict[str, list[str]], name: str) -> str:
    return given.get(name, [""])[-1]


def _choices(name: str, given: dict[str, list[str]], kind: type[Choice]) -> tuple[Choice, ...]:
    asked = {part.strip() for value in given.get(name, []) for part in value.split(",")}
    for value in asked:
        _ensure_one_of(name, value, list(kind))
    return tuple(member for member in kind if member.value in asked)


def _ensure_one_of(name: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        raise Invalid(FieldError(name, f"must be one of {', '.join(c for c in choices if c)}."))


def _assignee_id(assignee: str, viewer_id: UUID) -> UUID | None:
    if assignee in ("", "none"):
        return None
    return viewer_id if assignee == "me" else _parsed("assignee", assignee, UUID, "me, none or a user's id")


def _date(name: str, value: str) -> date | None:
    return _parsed(name, value, date.fromisoformat, "a date such as 2026-03-31") if value else None


def _parsed(name: str, value: str, parse: Callable[[str], Parsed], takes: str) -> Parsed:
    try:
        return parse(value)
    except ValueError:
        raise Invalid(FieldError(name, f"must be {takes}.")) from None


def _due_range(due: str, today: date) -> tuple[date | None, date | None]:
    ranges: dict[str, tuple[date | None, date | None]] = {
        "overdue": (None, today - timedelta(days=1)),
        "today": (today, today),
        "week": (today, today + timedelta(days=6)),
    }
    return ranges.get(due, (None, None))
