"""Searching all lists at once: who finds what, in which order, how many, and what cannot be asked for."""

import re
from html import unescape

import httpx

from app.tasks import commands as tasks
from app.tasks.search import FOUND_IN_PALETTE, FOUND_MOST
from app.workspaces import commands as workspaces
from tests.builders import a_task, a_workspace
from tests.cast import Person
from tests.conftest import World

HTMX = {"HX-Request": "true"}


async def ask(who: Person, q: str, **headers: str) -> httpx.Response:
    return await who.browser.get("/search", params={"q": q}, headers=headers)


async def found(who: Person, q: str) -> list[str]:
    """The titles on the page, and the same in what the palette gets."""
    page = await ask(who, q)
    assert page.status_code == 200
    titles = re.findall(r'found__task"><a href="[^"]+">([^<]*)<', page.text)
    piece = await ask(who, q, **HTMX)
    options = re.findall(r'<span class="option__name">([^<]*)<', piece.text)
    assert options == titles[: len(options)]
    assert "<html" not in piece.text
    return [unescape(title) for title in titles]


async def test_tasks_of_all_lists_are_found_by_title_and_description(world: World) -> None:
    other = await a_workspace(world.tandem, world.cast, name="Allotment")
    await a_task(world.tandem, world.olga, world.workspace_id, title="Milk for the cat")
    await a_task(world.tandem, world.olga, other, title="Shopping", description="bread, MILK, salt")
    await a_task(world.tandem, world.olga, None, title="Milk of my own")
    await a_task(world.tandem, world.olga, other, title="Something else")
    assert await found(world.olga, " mILk ") == ["Milk of my own", "Shopping", "Milk for the cat"]
    page = (await ask(world.olga, "milk")).text
    assert re.findall(r'>([^<]+)</a> <span class="count">', page) == ["Personal", "Allotment", "Home"]
    assert "3 tasks found." in page
    assert f'href="/workspaces/{other}/tasks/' in page
    assert "No task of yours holds" in (await ask(world.olga, "gravel")).text
    assert "Search the tasks of all your workspaces" in (await ask(world.olga, "  ")).text


async def test_nobody_finds_what_is_not_theirs_to_see(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id, title="milk of the team")
    await a_task(world.tandem, world.olga, None, title="milk of Olga alone")
    gone = await a_task(world.tandem, world.olga, world.workspace_id, title="milk that was deleted")
    await tasks.delete_task(world.tandem.unit_of_work(), world.olga.scope, gone.id, version=gone.version)
    assert await found(world.vera, "milk") == [task.title]
    assert await found(world.stan, "milk") == []
    assert "milk" not in (await ask(world.stan, "milk", **HTMX)).text
    assert sorted(await found(world.olga, "milk")) == ["milk of Olga alone", task.title]
    await workspaces.remove_member(
        world.tandem.unit_of_work(), world.olga.scope, world.workspace_id, world.mia.scope.user_id
    )
    assert await found(world.mia, "milk") == []


async def test_open_ones_come_first_and_then_what_was_changed_last(world: World) -> None:
    made = [await a_task(world.tandem, world.mia, world.workspace_id, title=f"milk {name}") for name in "abc"]
    await tasks.complete_task(world.tandem.unit_of_work(), world.mia.scope, made[2].id)
    assert await found(world.mia, "milk") == ["milk b", "milk a", "milk c"]


async def test_no_more_than_fifty_are_shown_and_the_page_says_so(world: World) -> None:
    for number in range(FOUND_MOST + 1):
        await a_task(world.tandem, world.mia, None, title=f"snail {number}")
    assert len(await found(world.mia, "snail")) == FOUND_MOST
    assert f"The first {FOUND_MOST}; there are more." in (await ask(world.mia, "snail")).text
    piece = (await ask(world.mia, "snail", **HTMX)).text
    assert piece.count('role="option"') == FOUND_IN_PALETTE + 1
    assert 'href="/search?q=snail"' in piece


async def test_what_no_task_can_hold_is_refused_beside_the_field(world: World) -> None:
    for q in ("q" * 201, "a\0b", "\x07"):
        page = await ask(world.mia, q)
        assert page.status_code == 422
        assert 'id="q-error"' in page.text
        assert 'aria-invalid="true"' in page.text
        assert (await ask(world.mia, q, **HTMX)).status_code == 422
    assert (await ask(world.mia, "q" * 200)).status_code == 200


async def test_any_bytes_are_answered(world: World) -> None:
    for q in ("%FF", "%ED%A0%80", "%25_%5C", "%F0%9F%A7%91", "a&q=b"):
        for headers in ({}, HTMX):
            answer = await world.mia.browser.get(f"/search?q={q}", headers=headers)
            assert answer.status_code in (200, 400, 422)


async def test_wild_signs_are_only_signs_and_markup_is_only_text(world: World) -> None:
    hostile = "<img src=x onerror=alert(1)>\"'{{7*7}}"
    await a_task(world.tandem, world.mia, world.workspace_id, title=hostile)
    await a_task(world.tandem, world.mia, world.workspace_id, title="100% sure_ly")
    assert await found(world.mia, "%") == ["100% sure_ly"]
    assert await found(world.mia, "e_l") == ["100% sure_ly"]
    assert await found(world.mia, "_____") == []
    assert await found(world.mia, hostile) == [hostile]
    for headers in ({}, HTMX):
        for q in (hostile, f'"><script>{hostile}'):
            text = (await ask(world.mia, q, **headers)).text
            assert "<img src=x" not in text
            assert "<script>" not in text
