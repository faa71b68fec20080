"""Comments: who may say what, who hears of it, and what it looks like."""

import asyncio
import time
from html.parser import HTMLParser
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.comments.markdown import rendered
from app.comments.mentions import mentioned
from app.comments.schemas import CommentOut
from app.core.clock import system_clock
from app.workspaces.schemas import PersonOut
from tests.builders import a_task
from tests.cast import Person
from tests.conftest import World
from tests.workspaces.asking import REFUSED, hearing, refusals, the_workspace

ANA, BO = PersonOut(id=uuid4(), name="Ana Ruiz"), PersonOut(id=uuid4(), name="Bo")


async def test_a_comment_is_there_for_everybody_and_everybody_is_told(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    path = f"/api/tasks/{task.id}/comments"
    async with hearing(world.tandem) as told:
        answer = await world.mia.api.post(path, json={"body": "  2 litres,\r\n**fresh**  "})
    assert answer.status_code == 201
    comment = answer.json()
    assert (comment["body"], comment["author"]["name"]) == ("2 litres,\n**fresh**", "Mia")
    assert (comment["task_id"], comment["edited_at"], comment["mentions"]) == (str(task.id), None, [])
    [one] = told
    assert (one.topic, one.type, one.by) == (the_workspace(world), "comment.created", world.mia.id)
    assert one.data == {"comment": comment}
    assert (await world.vera.api.get(path)).json() == {"items": [comment], "next_cursor": None}
    assert (await world.olga.api.get(f"/api/tasks/{task.id}")).json()["version"] == task.version


async def test_its_author_changes_it_and_it_is_said_that_it_was(world: World) -> None:
    comment = await a_comment(world, world.mia, "2 litres")
    address = f"/api/comments/{comment['id']}"
    body = {"body": "3 litres", "version": comment["version"]}
    async with hearing(world.tandem) as told:
        first = await world.mia.api.patch(address, json=body)
        again = await world.mia.api.patch(address, json=body)
    assert [(answer.status_code, answer.json()) for answer in (first, again)] == [(200, first.json())] * 2
    assert first.json()["edited_at"] is not None
    assert [(one.type, one.data) for one in told] == [("comment.updated", {"comment": first.json()})]
    stale = await world.mia.api.patch(address, json=body | {"body": "4 litres"})
    assert (stale.status_code, stale.json()["current"]) == (409, first.json())
    assert (await world.mia.api.patch(address, json={"body": "5"})).status_code == 428
    for person in (world.olga, world.adam):
        current = {"body": "not mine", "version": first.json()["version"]}
        assert (await person.api.patch(address, json=current)).status_code == 403
    assert await refusals(world, "PATCH", address, json=body) == REFUSED


async def test_its_author_takes_it_away_and_so_may_an_admin(world: World) -> None:
    for person in (world.mia, world.adam, world.olga):
        comment = await a_comment(world, world.mia, "oops")
        address = f"/api/comments/{comment['id']}?version={comment['version']}"
        assert (await world.vera.api.delete(address)).status_code == 403
        async with hearing(world.tandem) as told:
            assert (await person.api.delete(address)).status_code == 204
            assert (await person.api.delete(address)).status_code == 404
        gone = {"id": comment["id"], "task_id": comment["task_id"]}
        assert [(one.type, one.data) for one in told] == [("comment.deleted", gone)]
    other = await a_comment(world, world.adam, "mine")
    address = f"/api/comments/{other['id']}?version={other['version']}"
    assert (await world.mia.api.delete(address)).status_code == 403
    assert (await world.adam.api.delete(f"/api/comments/{other['id']}?version=1")).status_code == 409


async def test_the_same_comment_sent_again_is_there_once(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    body = {"id": str(uuid4()), "body": "once"}
    path = f"/api/tasks/{task.id}/comments"
    answers = await asyncio.gather(*(world.mia.api.post(path, json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert (await world.olga.api.post(path, json=body)).status_code == 409
    other = await a_task(world.tandem, world.olga, world.workspace_id)
    taken = await world.mia.api.post(f"/api/tasks/{other.id}/comments", json=body)
    assert taken.status_code == 409
    assert len((await world.mia.api.get(path)).json()["items"]) == 1


@pytest.mark.parametrize("body", ["", " \n ", "x" * 10_001, "a\0b", "\ud800", None, 5])
async def test_what_no_comment_can_say(world: World, body: Any) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    path = f"/api/tasks/{task.id}/comments"
    content = '{"body": "\\ud800"}' if body == "\ud800" else None
    sent: dict[str, Any] = {"content": content} if content else {"json": {"body": body}}
    answer = await world.mia.api.post(path, headers={"Content-Type": "application/json"}, **sent)
    assert answer.status_code in (400, 422), answer.text
    assert "body" in answer.text
    assert (await world.mia.api.get(path)).json()["items"] == []


async def test_who_is_named_or_takes_part_is_notified_once(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id, assignee_id=world.mia.scope.user_id)
    path = f"/api/tasks/{task.id}/comments"
    await world.adam.api.post(path, json={"body": "@Vera and @mia, look; @Stan is not here"})
    assert [one["type"] for one in await told_to(world.mia)] == ["mentioned", "task_assigned"]
    assert [one["type"] for one in await told_to(world.vera)] == ["mentioned"]
    assert (await told_to(world.olga))[0]["type"] == "task_commented"
    assert await told_to(world.stan) == []
    said = (await world.mia.api.post(path, json={"body": "yes"})).json()
    assert (await told_to(world.adam))[0]["type"] == "task_commented"
    before = len(await told_to(world.vera))
    edited = {"body": "yes, @vera", "version": said["version"]}
    await world.mia.api.patch(f"/api/comments/{said['id']}", json=edited)
    assert len(await told_to(world.vera)) == before + 1


async def test_the_plain_forms_do_the_same_and_keep_what_was_refused(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    page = f"/workspaces/{world.workspace_id}/tasks/{task.id}"
    browser = world.mia.browser
    added = await browser.post(f"/tasks/{task.id}/comments", data={"body": "one <b>", "next": page})
    assert (added.status_code, added.headers["Location"]) == (303, page)
    shown = (await browser.get(page)).text
    assert "one &lt;b&gt;" in shown
    comment = (await world.mia.api.get(f"/api/tasks/{task.id}/comments")).json()["items"][0]
    address = f"/comments/{comment['id']}"
    assert "one &lt;b&gt;" in (await browser.get(f"{address}/edit")).text
    refused = await browser.post(address, data={"body": " ", "version": comment["version"]})
    assert (refused.status_code, "must not be empty" in refused.text) == (422, True)
    stale = await browser.post(address, data={"body": "mine", "version": 1})
    assert (stale.status_code, "mine" in stale.text, "take theirs" in stale.text) == (409, True, True)
    data = {"body": "two", "version": comment["version"], "next": page}
    assert (await browser.post(address, data=data)).status_code == 303
    current = (await world.mia.api.get(f"/api/tasks/{task.id}/comments")).json()["items"][0]
    gone = await browser.post(f"{address}/delete", data={"version": current["version"], "next": page})
    assert gone.status_code == 303
    assert (await world.mia.api.get(f"/api/tasks/{task.id}/comments")).json()["items"] == []


def test_names_are_found_where_they_stand_alone() -> None:
    both = [ANA, BO]
    assert mentioned("@Ana Ruiz, @bo: hello", both) == [ANA, BO]
    assert mentioned("@ana and @ANA RUIZ again", both) == [ANA]
    assert mentioned("mail ana@bo.example, @Bobby, x@Bo, @@Bo", both) == []
    second = PersonOut(id=uuid4(), name="Ana Silva")
    assert mentioned("@Ana", [ANA, second]) == []
    assert mentioned("@Ana Silva", [ANA, second]) == [second]
    assert mentioned("@Ana", []) == []


def test_markdown_shows_what_is_known_and_marks_who_is_named() -> None:
    html = shown("**bold** `@Bo` @Bo\n\n- one\n\n[x](https://a.example)", BO)
    assert "<strong>bold</strong>" in html
    assert f'<span class="mention" data-person="{BO.id}">@Bo</span>' in html
    assert html.count("mention") == 1
    assert '<a href="https://a.example" rel="noopener noreferrer nofollow">x</a>' in html


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](https://elsewhere.example/x.png)",
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    '<https://a.example/"onmouseover=alert(1)>',
    "# heading\n===",
    "<style>*{display:none}</style>",
    "[a]: javascript:alert(1)\n[a]",
    '<span class="mention" data-person="x">',
    "<svg/onload=alert(1)>",
    "`<script>`",
]


@pytest.mark.parametrize("body", HOSTILE)
def test_nothing_but_text_comes_of_what_is_hostile(body: str) -> None:
    class Seen(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag in {"p", "a", "code", "br", "hr"}
            for name, value in attrs:
                assert name in {"href", "rel"}
                assert name != "href" or (value or "").startswith(("https:", "http:", "mailto:"))

    Seen().feed(shown(body))


@pytest.mark.parametrize(
    "body", [">" * 2_000, "*[" * 5_000, "- " * 5_000, "[" * 10_000, "`" * 9_999, "**a" * 3_300, "@Bo" * 3_000]
)
def test_what_is_nested_without_end_is_shown_in_no_time(body: str) -> None:
    began = time.process_time()
    shown(body, BO)
    assert time.process_time() - began < 3


def shown(body: str, *mentions: PersonOut) -> str:
    """``body`` as HTML."""
    comment = CommentOut(
        id=uuid4(),
        task_id=uuid4(),
        author=ANA,
        body=body,
        mentions=mentions,
        version=1,
        created_at=system_clock(),
        edited_at=None,
    )
    return str(rendered(comment))


async def a_comment(world: World, person: Person, body: str, task_id: UUID | None = None) -> dict[str, Any]:
    """A comment of ``person`` on a new task of Olga's."""
    if task_id is None:
        task_id = (await a_task(world.tandem, world.olga, world.workspace_id)).id
    made = await person.api.post(f"/api/tasks/{task_id}/comments", json={"body": body})
    assert made.status_code == 201
    return dict(made.json())


async def told_to(person: Person) -> list[dict[str, Any]]:
    """What somebody has been told, newest first, but for who came by their invites."""
    items = (await person.api.get("/api/notifications?limit=200")).json()["items"]
    return [item for item in items if item["type"] != "invited"]
