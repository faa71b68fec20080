"""Adding a task in one line on a page: what it says is shown before it is saved."""

import re
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from app.tasks.quick_add import LINE_MOST
from app.workspaces.models import Role
from tests.builders import join
from tests.conftest import World
from tests.dom import parse
from tests.unchanged import nothing_changes
from tests.workspaces.asking import hearing

HTMX = {"HX-Request": "true"}


def understood(answer: httpx.Response) -> list[str]:
    """What the answer says, as it is read out; it must not be kept by anybody."""
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), answer.text
    said = []
    for chip in parse(answer.text).elements:
        shown = [each.text for each in chip.elements if each.attributes.get("aria-hidden") != "true"]
        said.append("".join(shown) or chip.text)
    assert bool(said) == bool(answer.text)
    return said


def day(world: World, days: int) -> str:
    return str((world.tandem.clock() + timedelta(days=days)).date())


async def test_what_is_understood_is_shown_before_it_is_saved(world: World) -> None:
    mia = world.mia.browser
    address = f"/workspaces/{world.workspace_id}/tasks/understood"

    async def said(line: str) -> list[str]:
        return understood(await mia.get(address, params={"title": line}, headers=HTMX))

    async with nothing_changes(world.tandem):
        tomorrow = world.tandem.clock().date() + timedelta(days=1)
        due = f"Due {tomorrow:%a} {tomorrow.day} {tomorrow:%b} {tomorrow.year}"
        everything = ["Assigned to Olga", "Priority High", due]
        assert await said("Fix login @olga !high tomorrow") == everything
        assert await said("Fix login @o") == everything[:1]
        assert await said("Fix login !h") == everything[1:2]
        assert await said("Fix login tomorrow") == everything[2:]
        for nothing in ("", "   ", "Fix login", "Fix login @stan", "@olga", "Fix \\@olga \\!high \\tomorrow"):
            assert await said(nothing) == []
        assert understood(await mia.get(address, headers=HTMX)) == []


async def test_personal_tasks_know_no_names(world: World) -> None:
    mia = world.mia.browser
    assert "@name" in (await mia.get(f"/workspaces/{world.workspace_id}")).text
    assert "@name" not in (await mia.get("/tasks")).text
    answer = await mia.get("/tasks/understood", params={"title": "Gift @mia !low"}, headers=HTMX)
    assert understood(answer) == ["Priority Low"]
    async with hearing(world.tandem) as told:
        await mia.post("/tasks", data={"title": "Gift @mia !low"})
    [one] = told
    task = one.data["task"]
    assert (task["title"], task["priority"], task["assignee"]) == ("Gift @mia", "low", None)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
async def test_what_is_understood_is_what_is_saved(world: World, headers: dict[str, str]) -> None:
    address = f"/workspaces/{world.workspace_id}/tasks"
    async with hearing(world.tandem) as told:
        line = "Fix login @vera !high in 3 days"
        answer = await world.mia.browser.post(address, data={"title": line}, headers=headers)
    assert answer.status_code == (200 if headers else 303)
    [one] = told
    task = one.data["task"]
    assert one.type == "task.created"
    assert (task["title"], task["priority"], task["due_on"]) == ("Fix login", "high", day(world, 3))
    assert task["assignee"] == {"id": world.vera.id, "name": "Vera"}


async def test_programs_say_what_they_mean(world: World) -> None:
    line = "Fix login @vera !high tomorrow"
    answer = await world.mia.api.post(f"/api/workspaces/{world.workspace_id}/tasks", json={"title": line})
    task = answer.json()
    assert (task["title"], task["priority"], task["due_on"], task["assignee"]) == (line, "none", None, None)


async def test_a_name_is_looked_for_among_the_members_of_now(world: World) -> None:
    mia = world.mia.browser
    address = f"/workspaces/{world.workspace_id}/tasks/understood"
    address = f"{address}?title=Fix login @stan"
    assert understood(await mia.get(address, headers=HTMX)) == []
    await join(world.tandem, world.olga.scope, world.stan.scope, world.workspace_id, Role.VIEWER)
    assert understood(await mia.get(address, headers=HTMX)) == ["Assigned to Stan"]


async def test_names_are_text_in_what_is_shown(world: World) -> None:
    await world.vera.api.patch("/api/me", json={"name": "<b>bold</b>"})
    answer = await world.mia.browser.get(
        f"/workspaces/{world.workspace_id}/tasks/understood", params={"title": "x @<b>"}, headers=HTMX
    )
    assert understood(answer) == ["Assigned to <b>bold</b>"]


async def test_who_may_not_add_is_not_told_who_the_members_are(world: World) -> None:
    for place in (world.workspace_id, uuid4()):
        address = f"/workspaces/{place}/tasks/understood?title=x+@olga"
        answer = await world.stan.browser.get(address, headers=HTMX)
        assert (answer.status_code, "Olga" in answer.text) == (404, False)
    address = f"/workspaces/{world.workspace_id}/tasks/understood?title=x+@olga"
    assert (await world.vera.browser.get(address, headers=HTMX)).status_code == 403


async def test_both_bounds_are_told_apart(world: World) -> None:
    mia = world.mia.browser
    address = f"/workspaces/{world.workspace_id}"
    async with nothing_changes(world.tandem):
        for line, words in (
            ("x" * 201, "must have at most 200 characters; it has 201."),
            ("x" * 201 + " !high", "must have at most 200 characters; it has 201."),
            (
                "x" * (LINE_MOST - 4) + " !high",
                f"must have at most {LINE_MOST} characters with all that is cut out of it; it has 262.",
            ),
            ("x\x00 !high", "must not contain the character U+0000."),
            ("x \x1f!high", "must not contain the character U+001F."),
            (" ", "must not be empty."),
        ):
            plain = await mia.post(f"{address}/tasks", data={"title": line})
            assert (plain.status_code, words in plain.text) == (422, True), plain.text[-900:]
            asked = await mia.post(f"{address}/tasks", data={"title": line}, headers=HTMX)
            assert (asked.status_code, words in asked.text) == (422, True), asked.text
            if line.strip() and "200" not in words:
                shown = await mia.get(f"{address}/tasks/understood", params={"title": line}, headers=HTMX)
                assert (shown.status_code, words in shown.text) == (422, True)
    async with hearing(world.tandem) as told:
        line = f"{'x' * 200} @vera !high tomorrow"
        assert (await mia.post(f"{address}/tasks", data={"title": line})).status_code == 303
    assert told[0].data["task"]["title"] == "x" * 200


async def test_one_who_adds_what_the_filter_hides_is_told_where_it_is(world: World) -> None:
    mia = world.mia.browser
    for address in (f"/workspaces/{world.workspace_id}", "/tasks"):
        form = address if address.endswith("tasks") else f"{address}/tasks"

        async def added(query: str, address: str = address, form: str = form) -> str:
            headers = HTMX | {"HX-Current-URL": f"{world.mia.address}{address}{query}"}
            answer = await mia.post(form, data={"title": "Fix <login> !high"}, headers=headers)
            assert answer.status_code == 200
            return answer.text

        for query in ("?priority=low", "?q=milk", "?due=today&sort=title"):
            answer = await added(query)
            [toast] = [each for each in parse(answer).elements if each.attributes["hx-target"] == "#toasts"]
            assert toast.text.strip() == "Added “Fix <login>”. The filter hides it. Show it"
            [link] = [each for each in toast.all() if each.tag == "a"]
            page = await mia.get(link.attributes["href"])
            assert (page.status_code, "Fix &lt;login&gt;" in page.text) == (200, True)
            assert re.search(r"data-gone", answer)
        for query in ("", "?priority=high", "?q=login", "?sort=due"):
            answer = await added(query)
            assert "#toasts" not in answer
            assert "Fix &lt;login&gt;" in answer


async def test_without_scripts_the_page_that_hides_it_says_so_once(world: World) -> None:
    mia = world.mia.browser
    for address in (f"/workspaces/{world.workspace_id}", "/tasks"):
        form = address if address.endswith("tasks") else f"{address}/tasks"
        for query, hides in (
            ("?priority=low", True),
            ("?priority=high", False),
            ("?sort=due", False),
            ("", False),
        ):
            fields = {"title": "Fix <login> !high", "next": f"{address}{query}"}
            back = await mia.post(form, data=fields)
            assert back.headers["location"].startswith(f"{address}{query}")
            page = await mia.get(back.headers["location"])
            said = "Added “Fix &lt;login&gt;”. The filter hides it." in page.text
            assert (page.status_code, said) == (200, hides)
            # Neither its forms nor its links take the note along.
            assert "added=" not in page.text
    foreign = await world.olga.browser.post("/tasks", data={"title": "Secret", "next": "/tasks?q=x"})
    note = foreign.headers["location"].partition("?q=x&")[2]
    for text in (note, "added=x", "added=", "added=%00", f"added={uuid4()}"):
        page = await mia.get(f"/tasks?q=x&{text}")
        assert (page.status_code, "Added" in page.text, "Secret" in page.text) == (200, False, False)


async def test_a_wrong_id_is_said_in_words(world: World) -> None:
    answer = await world.mia.browser.post("/tasks", data={"title": "Milk", "id": "x"})
    assert (answer.status_code, "Id must be an id." in answer.text) == (422, True)


async def test_addresses_that_are_no_text_are_no_failure(world: World) -> None:
    for place in (f"/workspaces/{world.workspace_id}", ""):
        for query in (
            "title=%00",
            "title=%FF",
            "title=%ED%A0%80",
            "title",
            "=",
            "title=x&title=@",
            "title=!h+!h",
        ):
            answer = await world.mia.browser.get(f"{place}/tasks/understood?{query}", headers=HTMX)
            assert answer.status_code in (200, 422), (query, answer.text)
            assert answer.status_code == 200 or query != "title=!h+!h"
