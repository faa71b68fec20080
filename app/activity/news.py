"""What somebody did, as pages of others say it aloud: a few words, the same for every reader.

Only what a page shows is said on it. Who reads, and so what they did themselves, the page alone knows.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from app.activity.queries import task_of
from app.activity.words import changes, title_of, told
from app.core.events import Actor, RecordedEvent
from app.core.fragments import News
from app.tasks.view import Assigned, OneTask, TaskView

WORDS_MOST = 110  # of 120 characters that a page says at once

Shows = Callable[[object, RecordedEvent, RecordedEvent], bool]
Teller = Callable[[object, Sequence[RecordedEvent]], Sequence[News]]
_Words = Callable[[RecordedEvent], str | None]

_OF_A_TASK = {
    "task.completed": "finished",
    "task.reopened": "reopened",
    "task.deleted": "deleted",
    "assignment.changed": "changed",
}
_OF_A_COMMENT = {
    "comment.created": "commented",
    "comment.updated": "edited a comment",
    "comment.deleted": "deleted a comment",
}
_FIRST = ("task.created", "comment.created", "member.joined")


def tellers(shows: Shows) -> Mapping[str, Teller]:
    """What is said, by what it is about; ``shows`` knows which tasks a page shows, or did until then."""

    def of_a_task(view: object, events: Sequence[RecordedEvent]) -> Sequence[News]:
        if not shows(view, events[0], events[-1]):
            return []
        by_place = isinstance(view, OneTask) or getattr(view, "sort_attribute", "") == "position"
        return _by_person("task", _title(events[-1]), events, lambda event: _task_words(event, by_place))

    return {
        "task": of_a_task,
        "assignment": of_a_task,
        "comment": _of_a_comment,
        "member": _of_a_member,
        "workspace": _of_a_workspace,
    }


def _of_a_comment(view: object, events: Sequence[RecordedEvent]) -> Sequence[News]:
    if not isinstance(view, OneTask) or task_of(events[-1]) != view.task_id:
        return []
    return _by_person("comment", "a comment", events, lambda event: _OF_A_COMMENT.get(event.type))


def _of_a_member(view: object, events: Sequence[RecordedEvent]) -> Sequence[News]:
    if not _shows_people(view):
        return []
    name = str(_state(events[-1])["user"]["name"])
    return _by_person("member", name, events, _member_words)


def _of_a_workspace(view: object, events: Sequence[RecordedEvent]) -> Sequence[News]:
    if not _shows_people(view):
        return []
    return _by_person("workspace", "the workspace", events, _workspace_words)


def _by_person(noun: str, what: str, events: Sequence[RecordedEvent], words: _Words) -> list[News]:
    """What each of them did to one thing, in the order in which they began."""
    actors: dict[UUID, Actor] = {}
    said: dict[UUID, list[tuple[RecordedEvent, str]]] = {}
    for event in events:
        phrase = words(event)
        if event.actor is not None and phrase is not None:
            actors[event.actor.id] = event.actor
            said.setdefault(event.actor.id, []).append((event, phrase))
    return [
        News(
            actor_id=actor_id,
            actor=actors[actor_id].name,
            words=_short(_together(done, what), WORDS_MOST),
            noun=noun,
            entity_id=events[-1].entity_id,
            what=_short(what, WORDS_MOST),
        )
        for actor_id, done in said.items()
    ]


def _together(done: Sequence[tuple[RecordedEvent, str]], what: str) -> str:
    """One phrase for several things that somebody did to one thing."""
    (first, begun), (last, ended) = done[0], done[-1]
    if last.type.endswith((".deleted", ".removed")) or {phrase for _, phrase in done} == {ended}:
        return ended
    return begun if first.type in _FIRST else f"changed {what}"


def _task_words(event: RecordedEvent, by_place: bool) -> str | None:
    title = _title(event)
    if event.type in _OF_A_TASK:
        return f"{_OF_A_TASK[event.type]} {title}"
    if event.type in ("assignment.ended", "forgotten"):
        return None  # it does not say what it was called; whose it was is told by a notification
    changed = [(name, was) for name, was, _ in changes(event)]
    if [name for name, _ in changed] == ["title"]:
        return f"renamed {changed[0][1]} to {title}"
    if [name for name, _ in changed] == ["position"] and not by_place:
        return None
    words = told(event, title)
    if words is None:
        return None
    several = words.after.startswith(": ")
    return f"changed {title}" if several else f"{words.before}{title}{words.after}"


def _member_words(event: RecordedEvent) -> str | None:
    words = told(event, None)
    if words is None:
        return None
    return "joined" if event.type == "member.joined" else words.before


def _workspace_words(event: RecordedEvent) -> str | None:
    if event.type != "workspace.updated":
        return None
    if [name for name, _, _ in changes(event)] == ["name"]:
        return f"renamed the workspace to {_state(event)['name']}"
    words = told(event, None)
    return None if words is None else words.before


def _shows_people(view: object) -> bool:
    return isinstance(view, TaskView) and not isinstance(view, Assigned)


def _title(event: RecordedEvent) -> str:
    return title_of(event) or str(_state(event).get("title", "a task"))


def _state(event: RecordedEvent) -> Mapping[str, Any]:
    data: Mapping[str, Any] = msgspec.json.decode(event.data)
    return data.get("task") or data.get("member") or data.get("workspace") or {}


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
