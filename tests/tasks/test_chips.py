"""The chips above a list: each filter in force, in words, with the address at which the others still are."""

import re
from datetime import date
from html import unescape
from urllib.parse import parse_qsl
from uuid import UUID, uuid4

import pytest

from app.tasks.chips import chips
from app.tasks.view import parse_view
from tests.cast import Person
from tests.conftest import World

DAY, ME = date(2026, 1, 1), UUID(int=1)
CHIP = re.compile(r'<a class="chip" href="([^"]*)"><span class="visually-hidden">Remove: </span>([^<]*)</a>')


def of(query: str, names: dict[str, str] | None = None) -> list[tuple[str, str]]:
    view = parse_view(parse_qsl(query), viewer_id=ME, today=DAY)
    return [(chip.words, chip.without) for chip in chips(view, names or {})]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("status=todo", "To do"),
        ("status=doing", "Doing"),
        ("status=done", "Done"),
        ("priority=urgent", "Urgent priority"),
        ("priority=none", "No priority"),
        ("assignee=me", "Mine"),
        ("assignee=none", "Nobody’s"),
        (f"assignee={ME}", "Mia"),
        (f"assignee={str(ME).upper()}", "Mia"),
        (f"assignee={UUID(int=2)}", "Somebody who is not here"),
        ("due=overdue", "Overdue"),
        ("due=today", "Due today"),
        ("due=week", "Due in 7 days"),
        ("due=none", "No due date"),
        ("due_before=2026-03-31", "Due before 31 Mar 2026"),
        ("q=+snow+and+ice+", "“snow and ice”"),
    ],
)
def test_each_filter_is_told_in_words_and_taken_away_alone(query: str, words: str) -> None:
    assert of(query, {str(ME): "Mia"}) == [(words, "")]
    kept = "status=todo&" if "status" not in query else "priority=low&"
    both = of(f"{kept}{query}&sort=title&group=status", {str(ME): "Mia"})
    assert (words, f"{kept}sort=title&group=status") in both


def test_of_several_values_each_is_taken_away_by_itself() -> None:
    assert of("status=todo,doing&priority=high&priority=low") == [
        ("To do", "status=doing&priority=low&priority=high"),
        ("Doing", "status=todo&priority=low&priority=high"),
        ("Low priority", "status=todo&status=doing&priority=high"),
        ("High priority", "status=todo&status=doing&priority=low"),
    ]


def test_an_order_is_no_filter() -> None:
    assert of("sort=-due&group=status") == []


async def shown(who: Person, path: str) -> list[tuple[str, str]]:
    answer = await who.browser.get(path)
    assert answer.status_code == 200
    return [(unescape(words), unescape(address)) for address, words in CHIP.findall(answer.text)]


async def test_every_list_shows_its_own(world: World) -> None:
    list_, adam = f"/workspaces/{world.workspace_id}", world.adam.id
    assert await shown(world.vera, f"{list_}?assignee={adam}&status=done&sort=title") == [
        ("Done", f"{list_}?assignee={adam}&sort=title"),
        ("Adam", f"{list_}?status=done&sort=title"),
    ]
    assert await shown(world.vera, list_) == []
    assert await shown(world.mia, "/tasks?due=today&q=a") == [
        ("Due today", "/tasks?q=a"),
        ("“a”", "/tasks?due=today"),
    ]
    assert await shown(world.mia, "/assigned?priority=high&assignee=none") == [("High priority", "/assigned")]
    page = (await world.mia.browser.get(f"{list_}?assignee={uuid4()}")).text
    assert "Somebody who is not here" in page


async def test_a_name_or_a_word_of_a_stranger_is_never_markup(world: World) -> None:
    hostile = "\"><img src=x onerror=alert(1)>'&amp;"
    (_, address), *_ = chips_of = await shown(
        world.mia, "/tasks?status=todo&q=" + "%22%3E%3Cimg%20src%3Dx%3E"
    )
    assert chips_of[1][0] == '“"><img src=x>”'
    assert address == "/tasks?q=%22%3E%3Cimg+src%3Dx%3E"
    page = await world.mia.browser.get("/tasks", params={"q": hostile})
    assert "<img src=x" not in page.text


async def test_what_a_filter_cannot_be_is_refused_and_not_shown(world: World) -> None:
    for query in ("status=finished", "assignee=everybody", "due_before=soon"):
        assert (await world.mia.browser.get(f"/tasks?{query}")).status_code == 422
