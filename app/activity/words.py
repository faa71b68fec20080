"""What happened, in words: one logged event is one sentence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from app.core.events import RecordedEvent
from app.core.views import day
from app.tasks.models import Priority, Status
from app.workspaces.models import Role

NOBODY = "Tandem"  # who did what no person did
_STATUS = {Status.TODO: "To do", Status.DOING: "Doing", Status.DONE: "Done"}
_ROLE = {Role.OWNER: "the owner", Role.ADMIN: "an admin", Role.MEMBER: "a member", Role.VIEWER: "a viewer"}
# What goes without saying where the status is said, and what was never public.
_DERIVED = {"completed", "completed_at"}

Values = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Words:
    """A sentence about what ``who`` did; ``what`` is the task in it, which a page makes a link of."""

    who: str
    before: str
    what: str = ""
    after: str = ""

    @property
    def text(self) -> str:
        return f"{self.who} {self.before}{self.what}{self.after}"


@dataclass(frozen=True)
class _Phrase:
    """``verb`` what ``rest``; ``link`` stands between them where the thing is only what it belongs to."""

    verb: str
    rest: str = ""
    link: str = ""


def told(event: RecordedEvent, title: str | None) -> Words | None:
    """``event`` in words; with ``title`` for whoever does not know which task it is about.

    None for what is not worth telling: there is another event that says it.
    """
    teller = _TELLERS.get(event.type)
    phrases = teller(event) if teller else []
    if not phrases:
        return None
    who = event.actor.name if event.actor else NOBODY
    it = "it" if title is None else f"“{title}”"
    if not event.type.startswith(("task.", "comment.")):
        return Words(who=who, before=phrases[0].verb)
    if len(phrases) > 1 and title is not None:
        return Words(
            who=who, before="edited ", what=it, after=": " + joined([_short(each) for each in phrases])
        )
    if len(phrases) > 1:
        return Words(who=who, before=joined([_short(each) for each in phrases]))
    (phrase,) = phrases
    if phrase.link and title is None:
        return Words(who=who, before=_short(phrase))
    return Words(who=who, before=f"{phrase.verb} {phrase.link}", what=it, after=phrase.rest)


def changes(event: RecordedEvent) -> list[tuple[str, object, object]]:
    """The fields that ``event`` changed, each with what it was and what it is."""
    before = _before(event)
    if event.type.endswith(".deleted") or event.type.startswith("comment."):
        return []
    now = _state(event)
    return [(name, value, now.get(name)) for name, value in before.items() if name not in _DERIVED]


def title_of(event: RecordedEvent) -> str | None:
    """What the task of ``event`` was called then, if the event says it."""
    if not event.type.startswith("task."):
        return None
    title = _data(event).get("title") or _state(event).get("title")
    return title if isinstance(title, str) else None


def _created(event: RecordedEvent) -> list[_Phrase]:
    state = _state(event)
    # A task that comes back from the trash is as old as it was.
    return [_Phrase("added" if state["created_at"] == state["updated_at"] else "restored")]


def _updated(event: RecordedEvent) -> list[_Phrase]:
    said = (_FIELDS[name](before, now) for name, before, now in changes(event) if name in _FIELDS)
    return [phrase for phrase in said if phrase is not None]


def _field(name: str, said: Callable[[Any], str]) -> Callable[[Any, Any], _Phrase]:
    def phrase(before: Any, now: Any) -> _Phrase:
        if not before:
            return _Phrase(f"set the {name}", f" to {said(now)}", "of ")
        if not now:
            return _Phrase(f"removed the {name}", link="of ")
        return _Phrase(f"changed the {name}", f" from {said(before)} to {said(now)}", "of ")

    return phrase


def _assignee(before: Values | None, now: Values | None) -> _Phrase | None:
    if now is None:
        return _Phrase("assigned", " to nobody")
    if before is not None and before["id"] == now["id"]:
        return None  # the same person by another name, which they have said themselves
    return _Phrase("assigned", f" to {now['name']}")


def _quoted(text: str) -> str:
    return f"“{text}”"


_FIELDS: Mapping[str, Callable[[Any, Any], _Phrase | None]] = {
    "title": _field("title", _quoted),
    "description": lambda _before, _now: _Phrase("changed the description", link="of "),
    "status": _field("status", lambda value: _STATUS[Status(value)]),
    "priority": _field("priority", lambda value: Priority(value).capitalize()),
    "due_on": _field("due date", lambda value: day(date.fromisoformat(value))),
    "assignee": _assignee,
    "position": lambda _before, _now: _Phrase("moved", " in the list"),
}


def _workspace_updated(event: RecordedEvent) -> list[_Phrase]:
    if event.seq == 1:
        return [_Phrase(f"created the workspace “{_state(event)['name']}”")]
    said = []
    for name, before, now in changes(event):
        if name == "name":
            said.append(f"renamed the workspace from “{before}” to “{now}”")
        else:
            said.append("changed the description of the workspace")
    return [_Phrase(joined(said or ["changed the workspace"]))]


def _member_joined(event: RecordedEvent) -> list[_Phrase]:
    role = Role(_state(event)["role"])
    return [] if role is Role.OWNER else [_Phrase(f"joined as {_ROLE[role]}")]


def _member_updated(event: RecordedEvent) -> list[_Phrase]:
    before, member = _before(event), _state(event)
    if "name" in before:
        return [_Phrase(f"changed their name from “{before['name']}” to “{member['user']['name']}”")]
    if not before and _by_themself(event):
        return []  # from a time when events did not say whether it was the name or the role
    role = _ROLE[Role(member["role"])]
    return [_Phrase(f"became {role}" if _by_themself(event) else f"made {member['user']['name']} {role}")]


def _member_removed(event: RecordedEvent) -> list[_Phrase]:
    return [_Phrase("left" if _by_themself(event) else f"removed {_state(event)['user']['name']}")]


def _by_themself(event: RecordedEvent) -> bool:
    return event.actor is not None and event.actor.id == event.entity_id


def _simply(*args: str) -> Callable[[RecordedEvent], list[_Phrase]]:
    return lambda _: [_Phrase(*args)]


_TELLERS: Mapping[str, Callable[[RecordedEvent], list[_Phrase]]] = {
    "task.created": _created,
    "task.updated": _updated,
    "task.completed": _simply("completed"),
    "task.reopened": _simply("reopened"),
    "task.assigned": _updated,
    "task.deleted": _simply("deleted"),
    "comment.created": _simply("commented", "", "on "),
    "comment.updated": _simply("edited a comment", "", "on "),
    "comment.deleted": _simply("deleted a comment", "", "on "),
    "workspace.updated": _workspace_updated,
    "workspace.deleted": _simply("deleted the workspace"),
    "member.joined": _member_joined,
    "member.updated": _member_updated,
    "member.removed": _member_removed,
}
TOLD = frozenset(_TELLERS)


def _short(phrase: _Phrase) -> str:
    return f"{phrase.verb}{phrase.rest}" if phrase.link else f"{phrase.verb} it{phrase.rest}"


def joined(parts: Sequence[str]) -> str:
    """``parts`` as people say them in a row."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _state(event: RecordedEvent) -> Values:
    found = _data(event).get(event.type.partition(".")[0], {})
    return found if isinstance(found, dict) else {}


def _data(event: RecordedEvent) -> Values:
    data: Values = msgspec.json.decode(event.data)
    return data


def _before(event: RecordedEvent) -> Values:
    if event.before is msgspec.UNSET:
        return {}
    before: Values = msgspec.json.decode(event.before)
    return before
