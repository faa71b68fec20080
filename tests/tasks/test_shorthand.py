"""What a line means that adds a task."""

import string
import time
from datetime import date
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.tasks.models import Priority
from app.tasks.shorthand import Shorthand, parse_shorthand
from app.workspaces.schemas import PersonOut

MONDAY = date(2026, 11, 23)
NAMES = [
    "Ana",
    "Ana Maria Silva",
    "Bob Stone",
    "Bo",
    "José Ruiz",
    "Carla Fix",
    "Carla Day",
    "Zed",
    "Zed",
    "Ümit Jr.",
    "Kim Lee Ann",
]
MEMBERS = [PersonOut(id=UUID(int=number), name=name) for number, name in enumerate(NAMES, start=1)]


def understood(text: str, *, today: date = MONDAY) -> tuple[str, str, str, str]:
    """The title, and in words what else is meant; empty where nothing is."""
    meant = parse_shorthand(text, members=MEMBERS, today=today)
    priority = "" if meant.priority is Priority.NONE else meant.priority.value
    return meant.title, meant.assignee.name if meant.assignee else "", priority, str(meant.due_on or "")


@pytest.mark.parametrize(
    ("text", "title", "name"),
    [
        ("Fix login @ana", "Fix login", "Ana"),
        ("@ANA fix login", "fix login", "Ana"),
        ("Fix @ana login", "Fix login", "Ana"),
        ("@ana: fix login", "fix login", "Ana"),
        ("Fix login, @ana.", "Fix login,", "Ana"),
        ("Fix @Ana Maria login", "Fix login", "Ana Maria Silva"),
        ("Fix @ana  maria silva login", "Fix login", "Ana Maria Silva"),
        ("Fix @maria", "Fix", "Ana Maria Silva"),
        ("Fix @sil", "Fix", "Ana Maria Silva"),
        ("Fix @ana mar", "Fix mar", "Ana"),  # of several words, each must be whole
        ("Fix @lee ann", "Fix", "Kim Lee Ann"),
        ("Fix @bo", "Fix", "Bo"),  # the whole name, not the beginning of another
        ("Fix @bob", "Fix", "Bob Stone"),
        ("Fix @sto", "Fix", "Bob Stone"),
        ("Fix @JOSÉ", "Fix", "José Ruiz"),
        ("Fix @jose\u0301", "Fix", "José Ruiz"),
        ("Fix @ümit jr.", "Fix", "Ümit Jr."),
        ("@Carla Fix login", "login", "Carla Fix"),
        ("Fix @ana @bob", "Fix @bob", "Ana"),
        ("Fix @nobody @bob", "Fix @nobody", "Bob Stone"),
        # Nobody, or not only one.
        ("Fix @carla", "Fix @carla", ""),
        ("Fix @zed", "Fix @zed", ""),
        ("Fix @nobody", "Fix @nobody", ""),
        ("Fix @", "Fix @", ""),
        ("Fix @ ana", "Fix @ ana", ""),
        ("Fix @@ana", "Fix @@ana", ""),
        ("Fix @anas", "Fix @anas", ""),
        ("Write to bob@ana", "Write to bob@ana", ""),
        ("Fix (@ana)", "Fix (@ana)", ""),
        # Kept as text.
        ("Fix \\@ana", "Fix @ana", ""),
        ("Fix \\@ana @bob", "Fix @ana", "Bob Stone"),
        ("Fix \\@Carla Day", "Fix @Carla Day", ""),
        ("Fix \\@nobody", "Fix \\@nobody", ""),
        ("Fix \\\\@ana", "Fix \\\\@ana", ""),
    ],
)
def test_a_name_gives_it_to_the_only_member_who_fits(text: str, title: str, name: str) -> None:
    assert understood(text) == (title, name, "", "")


@pytest.mark.parametrize(
    ("text", "title", "priority"),
    [
        ("Fix !urgent", "Fix", "urgent"),
        ("Fix !high", "Fix", "high"),
        ("!medium fix", "fix", "medium"),
        ("Fix !low login", "Fix login", "low"),
        ("Fix !HIGH", "Fix", "high"),
        ("Fix !h", "Fix", "high"),
        ("Fix !urg", "Fix", "urgent"),
        ("Fix !m.", "Fix", "medium"),
        ("Fix !high!", "Fix", "high"),
        ("Fix !high !low", "Fix !low", "high"),
        ("Fix !important !l", "Fix !important", "low"),
        ("Fix !", "Fix !", ""),
        ("Fix !!high", "Fix !!high", ""),
        ("Fix !none", "Fix !none", ""),
        ("Fix !highest", "Fix !highest", ""),
        ("Fix it!", "Fix it!", ""),
        ("Fix it!high", "Fix it!high", ""),
        ("Fix \\!high", "Fix !high", ""),
        ("Fix \\!high !l", "Fix !high", "low"),
        ("Fix \\!important", "Fix \\!important", ""),
    ],
)
def test_an_exclamation_mark_sets_the_priority(text: str, title: str, priority: str) -> None:
    assert understood(text) == (title, "", priority, "")


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("today", "2026-11-23"),
        ("tomorrow", "2026-11-24"),
        ("TOMORROW", "2026-11-24"),
        ("tomorrow.", "2026-11-24"),
        ("monday", "2026-11-30"),  # today is one
        ("mon", "2026-11-30"),
        ("tue", "2026-11-24"),
        ("tues", "2026-11-24"),
        ("Wednesday", "2026-11-25"),
        ("thurs", "2026-11-26"),
        ("fri", "2026-11-27"),
        ("this friday", "2026-11-27"),
        ("next friday", "2026-12-04"),
        ("next mon", "2026-11-30"),
        ("sunday", "2026-11-29"),
        ("next sunday", "2026-12-06"),
        ("next week", "2026-11-30"),
        ("in 0 days", "2026-11-23"),
        ("in 1 day", "2026-11-24"),
        ("in 3 days", "2026-11-26"),
        ("in a week", "2026-11-30"),
        ("in 2 weeks", "2026-12-07"),
        ("in 9999 weeks", "2218-07-13"),
        ("24 dec", "2026-12-24"),
        ("dec 24", "2026-12-24"),
        ("24 December", "2026-12-24"),
        ("sept 3", "2027-09-03"),  # this year's is past
        ("23 nov", "2026-11-23"),
        ("22 nov", "2027-11-22"),
        ("29 feb", "2028-02-29"),
        ("2026-12-24", "2026-12-24"),
        ("2026-11-23", "2026-11-23"),
        ("by tomorrow", "2026-11-24"),
        ("on 24 dec", "2026-12-24"),
        ("due friday", "2026-11-27"),
        ("due on next friday", "2026-12-04"),
    ],
)
def test_the_last_words_are_the_due_date(words: str, day: str) -> None:
    assert understood(f"Fix login {words}") == ("Fix login", "", "", day)
    assert understood(f"Fix login {words} @ana !high") == ("Fix login", "Ana", "high", day)
    assert understood(f"!low {words} fix login") == (f"{words} fix login", "", "low", "")


@pytest.mark.parametrize(
    "title",
    [
        "Prepare tomorrow's talk",
        "Prepare the talk for tomorrow",
        "What is due after monday",
        "Lunch every friday",
        "Think about next week",
        "Watch the sun",
        "Marry",
        "May",
        "Version 24",
        "Fix tomorrowland",
        "Walk 31 feb",
        "Walk 0 dec",
        "Walk 24 december 2027",
        "Walk 024 dec",
        "Walk ٢٤ dec",
        "Walk 2026-11-22",
        "Walk 2026-13-01",
        "Walk 9999-12-31",
        "Walk 20261224",
        "Walk in 3 months",
        "Walk in three days",
        "Walk in 10000 days",
        "Walk in 9999999999999999999999 weeks",
        "Walk next",
        "Walk next month",
        "Walk yesterday",
        "Walk c:\\tomorrow",
        "Walk \\",
        "tomorrow",
        "by tomorrow",
    ],
)
def test_other_words_are_the_title(title: str) -> None:
    assert understood(title) == (title, "", "", "")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Fix \\tomorrow", "Fix tomorrow"),
        ("Fix \\next friday", "Fix next friday"),
        ("Fix next \\friday", "Fix next friday"),
        ("Fix \\in 3 days", "Fix in 3 days"),
        ("Fix \\2026-12-24", "Fix 2026-12-24"),
        ("Fix \\someday", "Fix \\someday"),
        ("\\tomorrow", "tomorrow"),
    ],
)
def test_a_backslash_keeps_a_date_as_text(text: str, title: str) -> None:
    assert understood(text) == (title, "", "", "")


def test_weekdays_are_told_from_every_day_of_the_week() -> None:
    for number in range(7):
        today = date(2026, 11, 23 + number)
        assert understood("x thursday", today=today)[3] == ("2026-11-26" if number < 3 else "2026-12-03")
        assert understood("x next thursday", today=today)[3] == "2026-12-03"
        assert understood("x next week", today=today)[3] == "2026-11-30"


def test_all_of_it_at_once() -> None:
    assert understood("Fix login @ana !high tomorrow") == ("Fix login", "Ana", "high", "2026-11-24")
    assert understood("@ana !h Fix login friday") == ("Fix login", "Ana", "high", "2026-11-27")
    assert understood("Fix  login   @ana  page") == ("Fix  login page", "Ana", "", "")


@pytest.mark.parametrize(
    "text", ["@ana", "!high", "@ana !high tomorrow", "  !high  today ", "@ana by friday"]
)
def test_what_would_leave_no_title_is_the_title(text: str) -> None:
    assert understood(text) == (text.strip(), "", "", "")


def test_where_there_are_no_members_names_are_text() -> None:
    meant = parse_shorthand("Fix @ana \\@bob !high", members=[], today=MONDAY)
    assert meant == Shorthand(title="Fix @ana \\@bob", priority=Priority.HIGH)


PIECES = st.sampled_from(
    [
        *(
            "@",
            "@ana",
            "@Ana Maria",
            "@car",
            "\\@bob",
            "!",
            "!h",
            "\\!low",
            "!x",
            "\\",
            "tomorrow",
            "next",
            "fri",
        ),
        *(
            "\\today",
            "in",
            "3",
            "days",
            "a",
            "week",
            "24",
            "dec",
            "29 feb",
            "2026-12-24",
            "by",
            "on",
            "for",
            ".",
        ),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=12), max_size=20).map(" ".join) | st.text(max_size=260)
DAYS = st.dates() | st.sampled_from([date.max, date.min, date(9999, 12, 30)])
PEOPLE = st.lists(
    st.builds(PersonOut, st.uuids(), st.sampled_from(NAMES) | st.text(min_size=1, max_size=80)), max_size=5
)


@given(text=TEXTS, today=DAYS, members=PEOPLE)
@example(text="x in 9999 weeks", today=date.max, members=[])
@example(text="x next friday", today=date.max, members=[])
def test_any_text_means_something_and_leaves_a_title(
    text: str, today: date, members: list[PersonOut]
) -> None:
    meant = parse_shorthand(text, members=members, today=today)
    assert bool(meant.title) == bool(text.strip())
    assert meant.title == meant.title.strip()
    assert len(meant.title) <= len(text.strip())
    assert meant.assignee is None or meant.assignee in members
    assert meant.due_on is None or today <= meant.due_on < date(9999, 12, 31)
    if "@" not in text:
        assert meant.assignee is None
    if "!" not in text:
        assert meant.priority is Priority.NONE
    # Nothing is said that was not written, and in its order.
    left = iter(text)
    assert all(letter in left for letter in meant.title if not letter.isspace())


@given(text=st.text(st.characters(exclude_characters="@!\\"), max_size=200))
def test_a_title_without_marks_or_date_stays_as_it_is(text: str) -> None:
    meant = parse_shorthand(text, members=MEMBERS, today=MONDAY)
    if meant.due_on is None:
        assert meant == Shorthand(title=text.strip())
    assert parse_shorthand(f"{text} x", members=MEMBERS, today=MONDAY) == Shorthand(title=f"{text} x".strip())


@pytest.mark.parametrize(
    "piece", ["@a ", "@a b c d e ", "\\@a ", "!x ", "!h ", "in 3 ", "by ", "a", string.printable]
)
def test_a_long_line_in_a_large_workspace_is_read_at_once(piece: str) -> None:
    names = [f"{'a b c d ' * 9}{number}" for number in range(100)]
    members = [PersonOut(id=UUID(int=number), name=name) for number, name in enumerate(names)]
    began = time.perf_counter()
    parse_shorthand((piece * 260)[:260], members=members, today=MONDAY)
    assert time.perf_counter() - began < 0.25  # about 0.01 here; what backtracks would take minutes
