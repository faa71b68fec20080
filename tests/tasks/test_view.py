"""A view asks the database and a single task the same question, and the two agree."""

import string
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.tasks import queries
from app.tasks.models import Priority, Status
from app.tasks.view import DUES, SORTS, TaskView, parse_view
from tests.cast import Person
from tests.conftest import World
from tests.tasks.stock import WORDS, a_row

DAY = date(2026, 1, 1)
ME = UUID(int=1)

# What a title may hold, with what folding, normalising and LIKE make of it often enough to meet.
CHARACTERS = st.one_of(
    st.sampled_from("ßẞsSİIiı\u0307\u0301\u0308éＡａﬁſK%_/\\*?[]^-'\" ΣσςÅA中🧑ﷺ½ǆ\u0345\xa0"),
    st.sampled_from(string.ascii_letters),
    st.characters(exclude_categories=("Cc", "Cs")),
)
TEXTS = st.text(CHARACTERS, max_size=10)
DAYS = st.none() | st.integers(-2, 2).map(lambda days: DAY + timedelta(days=days))
PEOPLE = st.sampled_from([None, "mia", "adam"])


@dataclass(frozen=True)
class Draft:
    title: str
    description: str
    status: Status
    priority: Priority
    due_on: date | None
    who: str | None


DRAFTS = st.builds(Draft, TEXTS, TEXTS, st.sampled_from(Status), st.sampled_from(Priority), DAYS, PEOPLE)
FILTERS = st.one_of(
    st.just(TaskView()),
    st.builds(TaskView, statuses=st.sets(st.sampled_from(Status), max_size=2).map(tuple)),
    st.builds(TaskView, priorities=st.sets(st.sampled_from(Priority), max_size=2).map(tuple)),
    st.builds(TaskView, due_from=DAYS, due_until=DAYS),
    st.just(TaskView(without_due=True)),
    st.just(TaskView(unassigned=True)),
    st.builds(
        TaskView,
        statuses=st.sets(st.sampled_from(Status)).map(tuple),
        priorities=st.sets(st.sampled_from(Priority)).map(tuple),
        due_until=DAYS,
    ),
)
SEARCHES = st.sampled_from(["", "{title}", "{title}", "{description}", "{part}", "{part}", "{other}"])
LETTERS: st.SearchStrategy[Callable[[str], str]] = st.sampled_from(
    [str.strip, str.upper, str.lower, str.swapcase, str.title, str.casefold]
)


@given(st.data())
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_the_database_finds_exactly_what_matches(world: World, data: st.DataObject) -> None:
    drafts = data.draw(st.lists(DRAFTS, min_size=1, max_size=5))
    view = data.draw(FILTERS)
    view = replace(view, q=_search(data, drafts)[:200].strip())
    if not view.unassigned and (who := data.draw(PEOPLE)) is not None:
        view = replace(view, assignee_id=world.cast[who].scope.user_id)
    await _agrees(world, drafts, [view])


async def test_every_word_finds_what_matches_among_all_words(world: World) -> None:
    drafts = [
        Draft(word, other, Status.TODO, Priority.NONE, None, None)
        for word, other in zip(WORDS, WORDS[7:] + WORDS[:7], strict=True)
    ]
    searches = [form(word) for word in WORDS for form in (str, str.upper, str.lower)]
    marks = [
        "%",
        "_",
        "/",
        "//",
        "/%",
        "\\",
        "%%",
        "__",
        "a_b",
        "a/b",
        "\u0301",
        "\u0308",
        "e",
        "\n",
        "S",
        "ss",
    ]
    await _agrees(world, drafts, [TaskView(q=q) for q in [*searches, *marks]])


async def test_case_width_and_composition_do_not_matter_to_a_search(world: World) -> None:
    mia = world.mia.api
    for title in ("Hauptstraße 100% a_b c/d", "İstanbul ＭＩＬＫ re\u0301sume\u0301 ﬁn"):
        await mia.post("/api/tasks", json={"title": title, "description": f"about {title}"})
    found = {
        "STRASSE": 1, "strasse": 1, "straße": 1, "STRAẞE": 1, "milk": 1, "ｍｉｌｋ": 1, "RÉSUMÉ": 1, "FIN": 1,
        "İSTANBUL": 1, "ABOUT": 2, "0%": 1, "%": 1, "_": 1, "/": 1, "0_": 0, "a%b": 0, "a_b": 1, "axb": 0,
        "  about  ": 2, "": 2,
    }  # fmt: skip
    for q, count in found.items():
        answer = await mia.get("/api/tasks", params={"q": q})
        assert (q, len(answer.json()["items"])) == (q, count)


async def test_a_search_for_what_no_title_can_hold_finds_nothing_or_is_refused(world: World) -> None:
    mia = world.mia.api
    await mia.post("/api/tasks", json={"title": "milk"})
    for q in ("%00", "m%00k", "%ED%A0%80", "%FF", "%01"):
        answer = await mia.get(f"/api/tasks?q={q}")
        assert answer.status_code in (200, 422), (q, answer.text)
        assert answer.json().get("items", []) == []
        assert (await world.mia.browser.get(f"/tasks?q={q}")).status_code in (200, 422)


@pytest.mark.parametrize(
    "query",
    [
        "status=finished",
        "status=todo,finished",
        "status=todo&status=finished",
        "priority=asap",
        "due=soon",
        "due_before=tomorrow",
        "due_before=2026-02-30",
        "assignee=mia",
        "sort=colour",
        "sort=--due",
        "q=" + "q" * 201,
    ],
)
def test_what_no_view_can_be_is_refused_by_name(query: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_view(parse_qsl(query), viewer_id=ME, today=DAY)
    assert [error.field for error in refusal.value.errors] == [query.partition("=")[0]]


@pytest.mark.parametrize(
    ("query", "view"),
    [
        ("", TaskView()),
        ("status=&priority=&assignee=&due=&q=%20&sort=&limit=5&cursor=x&scope=y", TaskView()),
        ("status=doing&status=todo", TaskView(statuses=(Status.TODO, Status.DOING))),
        ("status=doing,todo", TaskView(statuses=(Status.TODO, Status.DOING))),
        ("priority=urgent&priority=low", TaskView(priorities=(Priority.LOW, Priority.URGENT))),
        ("assignee=me", TaskView(assignee_id=ME)),
        (f"assignee={ME}", TaskView(assignee_id=ME)),
        ("assignee=none", TaskView(unassigned=True)),
        ("due=none", TaskView(without_due=True)),
        ("due=today", TaskView(due_from=DAY, due_until=DAY)),
        ("due=week", TaskView(due_from=DAY, due_until=date(2026, 1, 7))),
        ("due=overdue", TaskView(due_until=date(2025, 12, 31))),
        ("due_before=2026-01-05", TaskView(due_until=date(2026, 1, 4))),
        ("due=week&due_before=2026-01-05", TaskView(due_from=DAY, due_until=date(2026, 1, 4))),
        ("due=overdue&due_before=2026-01-05", TaskView(due_until=date(2025, 12, 31))),
        ("q=+Stra%C3%9Fe+", TaskView(q="Straße")),
        ("sort=-due", TaskView(sort="-due")),
    ],
)
def test_an_address_is_read_as_the_view_it_asks_for(query: str, view: TaskView) -> None:
    read = parse_view(parse_qsl(query, keep_blank_values=True), viewer_id=ME, today=DAY)
    assert read == view
    assert parse_view(parse_qsl(read.query), viewer_id=ME, today=DAY) == view
    assert read.active == (view != TaskView() and not query.startswith("sort"))


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "status": st.sampled_from(["todo", "done", "todo,done"]),
            "priority": st.sampled_from(["none", "high,low"]),
            "assignee": st.sampled_from(["me", "none", str(ME)]),
            "due": st.sampled_from(DUES),
            "due_before": st.dates().map(str),
            "q": st.text(CHARACTERS, max_size=20),
            "sort": st.sampled_from([*SORTS, *(f"-{sort}" for sort in SORTS)]),
            "group": st.just("status"),
        },
    )
)
@settings(derandomize=True, deadline=None)
def test_the_canonical_query_is_the_same_view_again(parameters: dict[str, str]) -> None:
    read = parse_view(list(parameters.items()), viewer_id=ME, today=DAY)
    again = parse_view(parse_qsl(read.query), viewer_id=ME, today=DAY)
    assert (again, again.query) == (read, read.query)


def _search(data: st.DataObject, drafts: list[Draft]) -> str:
    """Something to search for: mostly something that is there, in other letters."""
    draft = data.draw(st.sampled_from(drafts))
    kind = data.draw(SEARCHES)
    if kind == "{other}":
        return data.draw(TEXTS)
    text = draft.description if kind == "{description}" else draft.title
    if kind == "{part}":
        begin = data.draw(st.integers(0, len(text)))
        text = text[begin : data.draw(st.integers(begin, len(text)))]
    return data.draw(LETTERS)(text) if kind else ""


async def _agrees(world: World, drafts: list[Draft], views: list[TaskView]) -> None:
    """In a transaction that is not kept, so that every example begins with nothing."""

    def user_id(who: str | None) -> UUID | None:
        person: Person | None = world.cast[who] if who else None
        return person.scope.user_id if person else None

    home = queries.of_workspace(world.workspace_id)
    async with world.tandem.database.write() as session:
        session.add_all(
            a_row(
                world.workspace_id,
                world.olga.scope.user_id,
                title=draft.title,
                description=draft.description,
                status=draft.status,
                priority=draft.priority,
                due_on=draft.due_on,
                assigned_to=user_id(draft.who),
                created_at=datetime(2026, 1, 1, tzinfo=UTC),
            )
            for draft in drafts
        )
        await session.flush()
        everything = await queries.tasks(session, home, TaskView())
        assert len(everything) == len(drafts)
        for view in views:
            found = await queries.tasks(session, home, view)
            assert found == [task for task in everything if view.matches(task)], view
