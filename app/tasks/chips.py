"""Each filter in force on a list, in words, with the address at which all but this one are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, urlencode

from app.core.views import day
from app.tasks.view import TaskView

# They filter nothing out.
_ORDER = ("sort", "group")
_WORDS: Mapping[str, Mapping[str, str]] = {
    "status": {"todo": "To do", "doing": "Doing", "done": "Done"},
    "priority": {"none": "No priority"},
    "assignee": {"me": "Mine", "none": "Nobody’s"},
    "due": {"overdue": "Overdue", "today": "Due today", "week": "Due in 7 days", "none": "No due date"},
}


@dataclass(frozen=True)
class Chip:
    """One filter, and the query of the list without it."""

    words: str
    without: str


def chips(view: TaskView, names: Mapping[str, str]) -> Sequence[Chip]:
    """The filters of ``view`` as its address has them; ``names`` are those of people by their ids."""
    pairs = parse_qsl(view.query)
    return [
        Chip(_words(name, value, names), urlencode([other for other in pairs if other != (name, value)]))
        for name, value in pairs
        if name not in _ORDER
    ]


def _words(name: str, value: str, names: Mapping[str, str]) -> str:
    if name == "q":
        return f"“{value}”"
    if name == "due_before":
        return f"Due before {day(date.fromisoformat(value))}"
    known = _WORDS[name].get(value)
    if known is None and name == "priority":
        return f"{value.capitalize()} priority"
    return known or names.get(value.lower(), "Somebody who is not here")
