"""What somebody means who adds a task in one line: ``Fix login @ana !high tomorrow``. Knows no database.

``@`` and the beginning of a member's name, or of a word in it, gives the task to that member. Several words
must be whole ones (``@Ana Maria``). The longest name counts, then a full name before a whole word before a
beginning; whoever is not the only one that fits is not meant.
``!urgent``, ``!high``, ``!medium``, ``!low``, or the beginning of one, is the priority.
``@`` and ``!`` begin a word, and stand anywhere. The first of each counts; what else there is, is text.

The last words are the due date, where they are one: today, tomorrow, a weekday (the next one after today;
``next friday`` is the one of next week), next week (its Monday), ``in 3 days``, ``in 2 weeks``, ``24 dec``,
``dec 24``, ``2026-12-24``. Weeks begin on Monday; a day that is past is text. ``by``, ``on`` and ``due`` go
with the date. After a word that needs what follows, as in "the talk for tomorrow", it is text.

A backslash before any of these keeps it as text, and goes. What is understood is cut out of the title; if
nothing would be left of it, nothing is understood.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.text import searchable
from app.tasks.models import Priority
from app.tasks.schemas import NO_DUE_DATE
from app.workspaces.schemas import PersonOut

DUE_WORDS_MOST = 3
_NAME_WORDS_MOST = 5
_ENDS = ".,;:!?"
_WITH_THE_DATE = ("by", "on", "due")
_NEEDS_WHAT_FOLLOWS = (
    "a", "about", "after", "and", "at", "before", "each", "every", "for", "from",
    "in", "last", "of", "or", "since", "than", "the", "till", "to", "until",
)  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_SHORT = {"tues": "tuesday", "thur": "thursday", "thurs": "thursday", "sept": "september"}
_LEAP_YEARS_APART_MOST = 8


@dataclass(frozen=True, kw_only=True)
class Shorthand:
    """What a line means: its title, and what was cut out of it."""

    title: str
    assignee: PersonOut | None = None
    priority: Priority = Priority.NONE
    due_on: date | None = None


@dataclass
class _Reading:
    """Each word of a line that is cut out, and each whose backslash goes."""

    words: Sequence[re.Match[str]]
    cut: set[int]
    kept: set[int]

    def text(self, index: int) -> str:
        """A word as it is compared."""
        return _compared(self.words[index][0])

    @property
    def title(self) -> str:
        """What is left, with the white space between its words as it was written."""
        pieces: list[str] = []
        before: int | None = None
        for index in (index for index in range(len(self.words)) if index not in self.cut):
            word = self.words[index]
            if before is not None:
                untouched = index == before + 1
                pieces.append(word.string[self.words[before].end() : word.start()] if untouched else " ")
            pieces.append(word[0][1:] if index in self.kept else word[0])
            before = index
        return "".join(pieces)


def parse_shorthand(text: str, *, members: Sequence[PersonOut], today: date) -> Shorthand:
    """What ``text`` means where ``members`` are those to whom a task may be given. Never raises.

    The title of what holds nothing of the kind is ``text`` without surrounding white space.
    """
    reading = _Reading(words=list(re.finditer(r"\S+", text)), cut=set(), kept=set())
    assignee = _assignee(reading, members)
    priority = _priority(reading)
    due_on = _due_on(reading, today)
    if not reading.title:
        return Shorthand(title=text.strip())
    return Shorthand(title=reading.title, assignee=assignee, priority=priority, due_on=due_on)


def _assignee(reading: _Reading, members: Sequence[PersonOut]) -> PersonOut | None:
    names = {member: " ".join(map(_compared, member.name.split())) for member in members}
    for index, kept in _marked(reading, "@"):
        for count in range(min(_NAME_WORDS_MOST, len(reading.words) - index), 0, -1):
            found = _called(_after_sign(reading, index, count, kept), names)
            if len(found) == 1 and kept:
                reading.kept.add(index)
            elif len(found) == 1:
                reading.cut.update(range(index, index + count))
                return found[0]
            if found:
                break
    return None


def _called(called: str, names: Mapping[PersonOut, str]) -> list[PersonOut]:
    if not called:
        return []
    beginning = called if " " not in called else f"{called} "
    return (
        [person for person, name in names.items() if name == called]
        or [person for person, name in names.items() if f" {called} " in f" {name} "]
        or [person for person, name in names.items() if f" {beginning}" in f" {name} "]
    )


def _priority(reading: _Reading) -> Priority:
    for index, kept in _marked(reading, "!"):
        begun = _after_sign(reading, index, 1, kept)
        found = [each for each in Priority if each is not Priority.NONE and begun and each.startswith(begun)]
        if found and kept:
            reading.kept.add(index)
        elif found:
            reading.cut.add(index)
            return found[0]
    return Priority.NONE


def _due_on(reading: _Reading, today: date) -> date | None:
    rest = [index for index in range(len(reading.words)) if index not in reading.cut]
    for count in range(min(DUE_WORDS_MOST, len(rest)), 0, -1):
        first, last = rest[-count], rest[-1]
        words = [reading.text(index) for index in range(first, last + 1)]
        kept = words[0].startswith("\\")
        day = _day(" ".join(words).removeprefix("\\"), today)
        if day is None:
            continue
        if kept:
            reading.kept.add(first)
            return None
        while first - 1 in rest and reading.text(first - 1) in _WITH_THE_DATE:
            first -= 1
        if first - 1 in rest and reading.text(first - 1) in _NEEDS_WHAT_FOLLOWS:
            return None
        reading.cut.update(range(first, last + 1))
        return day
    return None


def _day(words: str, today: date) -> date | None:
    """The day that ``words`` are, from ``today`` on; None for any other words."""
    try:
        day = _relative(words, today) or _of_the_year(words, today) or _date(words)
    except OverflowError:
        return None
    return day if day and day >= today and day.isoformat() < NO_DUE_DATE else None


def _relative(words: str, today: date) -> date | None:
    next_monday = today + timedelta(days=7 - today.weekday())
    if words in ("today", "tomorrow"):
        return today + timedelta(days=words == "tomorrow")
    if words == "next week":
        return next_monday
    if match := re.fullmatch(r"in ([0-9]{1,4}|a) (day|week)s?", words):
        number = 1 if match[1] == "a" else int(match[1])
        return today + timedelta(days=number * (7 if match[2] == "week" else 1))
    next_week = words.startswith("next ")
    weekday = _named(words.removeprefix("next ").removeprefix("this "), _WEEKDAYS)
    if weekday is None:
        return None
    if next_week:
        return next_monday + timedelta(days=weekday)
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _of_the_year(words: str, today: date) -> date | None:
    match = re.fullmatch(r"([0-9]{1,2}) ([a-z]+)|([a-z]+) ([0-9]{1,2})", words)
    month = _named(match[2] or match[3], _MONTHS) if match else None
    if match is None or month is None:
        return None
    years = range(today.year, today.year + _LEAP_YEARS_APART_MOST + 1)
    days = (_date(f"{year:04}-{month + 1:02}-{int(match[1] or match[4]):02}") for year in years)
    return next((day for day in days if day and day >= today), None)


def _date(words: str) -> date | None:
    try:
        return date.fromisoformat(words) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", words) else None
    except ValueError:
        return None


def _named(word: str, names: Sequence[str]) -> int | None:
    word = _SHORT.get(word, word)
    return next((place for place, name in enumerate(names) if word in (name, name[:3])), None)


def _marked(reading: _Reading, sign: str) -> Iterator[tuple[int, bool]]:
    """The words that begin with ``sign``, and whether a backslash before it keeps them as text."""
    for index, word in enumerate(reading.words):
        if index not in reading.cut and word[0].startswith((sign, f"\\{sign}")):
            yield index, word[0].startswith("\\")


def _after_sign(reading: _Reading, index: int, count: int, kept: bool) -> str:
    words = [searchable(word[0]) for word in reading.words[index : index + count]]
    words[-1] = reading.text(index + count - 1)
    return " ".join(words)[2 if kept else 1 :]


def _compared(word: str) -> str:
    """Without what ends a sentence, and whatever its case."""
    return searchable(word.rstrip(_ENDS))
