"""Comments that are none, or not for whoever asks: refused in words that name it, and without effect."""

import json
from typing import Any
from uuid import uuid4

import pytest

from app.core.paging import Cursor, encode_cursor
from tests.builders import a_task
from tests.conftest import World
from tests.test_wrong_forms import page
from tests.test_wrong_input import DEEP, JSON, OUT_OF_RANGE, problem
from tests.unchanged import nothing_changes

BODIES: list[tuple[str | bytes, int | None, str | None]] = [
    ('{"body": ""}', 422, "body"),
    ('{"body": " \\n\\t "}', 422, "body"),
    ('{"body": "%s"}' % ("x" * 10_001), 422, "body"),
    ('{"body": "%s"}' % ("\\ud83e\\udd8a" * 5_001 + "x" * 5_000), 422, "body"),
    ('{"body": null}', 422, "body"),
    ('{"body": 7}', 422, "body"),
    ('{"body": ["2 litres"]}', 422, "body"),
    ('{"body": {"a": 1}}', 422, "body"),
    ('{"body": "a\\u0000b"}', 422, "body"),
    ('{"body": "a\\u001bb"}', 422, "body"),
    ('{"body": "a\\u0085b"}', 422, "body"),
    ('{"body": "\\ud800"}', 400, None),
    ('{"body": "\\udc00\\ud800"}', 400, None),
    (b'{"body": "\xff"}', 400, None),
    (b'{"body": "\xed\xa0\x80"}', 400, None),
    ("{}", 422, "body"),
    ('{"text": "2 litres"}', 422, None),
    ('{"body": "2 litres", "author": null}', 422, "author"),
    ('{"body": "2 litres", "author_id": "%s"}' % uuid4(), 422, "author_id"),  # noqa: UP031
    ('{"body": "2 litres", "mentions": []}', 422, "mentions"),
    ('{"body": "2 litres", "task_id": null}', 422, "task_id"),
    ('{"body": "2 litres", "created_at": "2020-01-01T00:00:00Z"}', 422, "created_at"),
    ('{"body": "2 litres", "__proto__": {}}', 422, "__proto__"),
    ('{"body": ' + DEEP + "}", None, None),
    ('{"body": "2 litres", "x": ' + DEEP + "}", None, None),
    ("[]", 422, None),
    ('"2 litres"', 422, None),
    ("null", None, None),
    ("", None, None),
    ("{", 400, None),
    ('{"body": "2 litres"}}', 400, None),
]
NEW_ONLY: list[tuple[str, int | None, str | None]] = [
    ('{"body": "2 litres", "id": "1"}', 422, "id"),
    ('{"body": "2 litres", "id": %s}' % OUT_OF_RANGE, 422, "id"),  # noqa: UP031
    ('{"body": "2 litres", "version": 1}', 422, "version"),
]
VERSIONS: list[tuple[str, int | None]] = [
    ("", 428),
    (', "version": null', 428),
    (', "version": "one"', 422),
    (', "version": 1.5', 422),
    (', "version": true', 422),
    (', "version": -1', 409),
    (', "version": 0', 409),
    (', "version": 99999999', 409),
    (', "version": 9223372036854775808', None),
    (f', "version": {OUT_OF_RANGE}', None),
]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def a_comment(world: World) -> tuple[str, Any]:
    """A task of Olga's, and what Mia says of it."""
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    answer = await world.mia.api.post(f"/api/tasks/{task.id}/comments", json={"body": "2 litres"})
    return str(task.id), answer.json()


async def test_a_comment_that_is_none_is_refused_and_changes_nothing(world: World) -> None:
    mia = world.mia.api
    task_id, said = await a_comment(world)
    path, own = f"/api/tasks/{task_id}/comments", f"/api/comments/{said['id']}"
    async with nothing_changes(world.tandem):
        for body, status, field in [*BODIES, *NEW_ONLY]:
            problem(await mia.post(path, content=body, headers=JSON), status, field)
        for body, status, field in BODIES:
            based = body
            if isinstance(body, str) and body.startswith('{"body"'):
                based = body.replace("{", f'{{"version": {said["version"]}, ', 1)
            problem(await mia.patch(own, content=based, headers=JSON), status, field)
        new_id = {"body": "x", "version": said["version"], "id": str(uuid4())}
        problem(await mia.patch(own, json=new_id), 422, "id")
        problem(await mia.post(path, content="body=x", headers={"Content-Type": "text/plain"}))
        problem(await mia.post(path, json={"body": "x" * 70_000}), 413)
    assert (await mia.get(path)).json()["items"] == [said]


async def test_a_change_on_a_version_that_is_none_or_stale_is_refused(world: World) -> None:
    mia = world.mia.api
    task_id, said = await a_comment(world)
    own = f"/api/comments/{said['id']}"
    stale = said["version"]
    said = (await mia.patch(own, json={"body": "3 litres", "version": stale})).json()
    async with nothing_changes(world.tandem):
        for version, status in [*VERSIONS, (f', "version": {stale}', 409)]:
            body = f'{{"body": "mine"{version}}}'
            answer = problem(await mia.patch(own, content=body, headers=JSON), status)
            if status == 409:
                assert answer["current"] == said
            alone = f"{{{version.removeprefix(', ')}}}"
            problem(await mia.request("DELETE", own, content=alone, headers=JSON), status)
        for value in ('"x"', "x", "*", "9" * 30, "-1", '"²"'):
            headers = [(b"If-Match", value.encode("latin-1")), (b"Content-Type", b"application/json")]
            problem(await mia.patch(own, content='{"body": "x"}', headers=headers), 422, "If-Match")
            problem(await mia.delete(own, headers=headers[:1]), 422, "If-Match")
        for value in ("x", "1.5", "9" * 30, "%00", "-1"):
            problem(await mia.delete(f"{own}?version={value}"))
        unknown = json.dumps({"version": said["version"], "body": "x"})
        problem(await mia.request("DELETE", own, content=unknown, headers=JSON), 422, "body")
        for form in ({"body": "mine", "version": str(stale)}, {"body": "mine", "version": "0"}):
            refused = page(await world.mia.browser.post(f"/comments/{said['id']}", data=form), 409)
            assert "It says “3 litres” now." in refused
            assert "mine</textarea>" in refused
        page(await world.mia.browser.post(f"/comments/{said['id']}/delete", data={"version": "0"}), 409)
    assert (await mia.get(f"/api/tasks/{task_id}/comments")).json()["items"] == [said]


async def test_wrong_forms_show_what_is_wrong_and_what_was_written(world: World) -> None:
    browser = world.mia.browser
    task_id, said = await a_comment(world)
    add, own = f"/tasks/{task_id}/comments", f"/comments/{said['id']}"
    version = str(said["version"])
    async with nothing_changes(world.tandem):
        for body, words in (
            ("", "must not be empty"),
            (" \r\n ", "must not be empty"),
            ("z" * 10_001, "10,000"),
            ("a\x00b", "U+0000"),
            ("a\x1bb", "U+001B"),
        ):
            for headers in ({}, {"HX-Request": "true"}):
                page(await browser.post(add, data={"body": body}, headers=headers), 422, words)
                form = {"body": body, "version": version}
                refused = page(await browser.post(own, data=form, headers=headers), 422, words)
                if body.isprintable():
                    assert f"{body}</textarea>" in refused
                assert ("<html" in refused) is (headers == {})
        page(await browser.post(add, data={}), 422, "must not be empty")
        page(await browser.post(add, data={"body": "x", "id": "x"}), 422, "must be an id")
        page(await browser.post(add, files={"body": b"2 litres"}), 400)
        page(await browser.post(own, data={"body": "x"}), 428)
        for wrong in ("x", "-1", "1.5", "9" * 30):
            page(await browser.post(own, data={"body": "x", "version": wrong}), 422, "whole number")
            page(await browser.post(f"{own}/delete", data={"version": wrong}), 422, "whole number")
        page(await browser.post(f"{own}/delete", data={}), 428)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        for content in (b"body=%ED%A0%80", b"body=%ff", b"\xff\xfe", b"%%%"):
            answer = await browser.post(own, content=content + b"&version=x", headers=kind)
            page(answer)
        large = b"body=" + b"%E6%B0%B4" * 10_000
        page(await browser.post(add, content=large, headers=kind), 413, "64 KiB")


async def test_ids_of_others_and_of_nothing_lead_nowhere(world: World) -> None:
    mia, stan = world.mia, world.stan
    task_id, said = await a_comment(world)
    stans_task = await a_task(world.tandem, stan, None)
    stans = (await stan.api.post(f"/api/tasks/{stans_task.id}/comments", json={"body": "secret"})).json()
    change = {"body": "x", "version": 1}
    async with nothing_changes(world.tandem):
        for person, comment_id in (
            (mia, stans["id"]),
            (stan, said["id"]),
            *((mia, name) for name in (uuid4(), task_id, "x", "%00", "%ff", "1" * 500, f"{said['id']}x")),
        ):
            path = f"/comments/{comment_id}"
            problem(await person.api.patch(f"/api{path}", json=change), 404)
            problem(await person.api.delete(f"/api{path}?version=1"), 404)
            page(await person.browser.get(f"{path}/edit"), 404)
            page(await person.browser.post(path, data={"body": "x", "version": "1"}), 404)
            page(await person.browser.post(path, data={"body": " ", "version": "1"}), 404)
            page(await person.browser.post(f"{path}/delete", data={"version": "1"}), 404)
        for person, name in ((mia, stans_task.id), (stan, task_id), (mia, uuid4()), (mia, "x")):
            path = f"/tasks/{name}/comments"
            problem(await person.api.get(f"/api{path}"), 404)
            problem(await person.api.post(f"/api{path}", json={"body": "x"}), 404)
            page(await person.browser.post(path, data={"body": "x"}), 404)
        # An id that somebody else's comment has says only that it is taken, and nothing of theirs.
        taken = await mia.api.post(f"/api/tasks/{task_id}/comments", json={"body": "x", "id": stans["id"]})
        assert problem(taken, 409)["detail"] == "This id is taken."
        assert "secret" not in taken.text
        page(await mia.browser.post(f"/tasks/{task_id}/comments", data={"body": "x", "id": stans["id"]}), 409)


async def test_viewers_and_those_whose_it_is_not_change_nothing(world: World) -> None:
    task_id, said = await a_comment(world)
    version = said["version"]
    own = f"/comments/{said['id']}"
    change = {"body": "Mia never said this", "version": version}
    form = {"body": "Mia never said this", "version": str(version)}
    async with nothing_changes(world.tandem):
        # Not even somebody above her puts words into her mouth.
        for person in (world.olga, world.adam, world.vera):
            problem(await person.api.patch(f"/api{own}", json=change), 403)
            for headers in ({}, {"HX-Request": "true"}):
                assert said["body"] not in page(await person.browser.get(f"{own}/edit", headers=headers), 403)
                page(await person.browser.post(own, data=form, headers=headers), 403)
                page(await person.browser.post(own, data=form | {"body": ""}, headers=headers), 403)
        vera = world.vera
        problem(await vera.api.post(f"/api/tasks/{task_id}/comments", json={"body": "x"}), 403)
        problem(await vera.api.delete(f"/api{own}?version={version}"), 403)
        page(await vera.browser.post(f"/tasks/{task_id}/comments", data={"body": "x"}), 403)
        page(await vera.browser.post(f"{own}/delete", data={"version": str(version)}), 403)
    # Who became a viewer changes nothing any more, not even what is their own.
    role = f"/api/workspaces/{world.workspace_id}/members/{world.mia.id}"
    assert (await world.olga.api.patch(role, json={"role": "viewer"})).status_code == 200
    async with nothing_changes(world.tandem):
        problem(await world.mia.api.patch(f"/api{own}", json=change), 403)
        problem(await world.mia.api.delete(f"/api{own}?version={version}"), 403)
        page(await world.mia.browser.get(f"{own}/edit"), 403)
    assert (await vera.api.get(f"/api/tasks/{task_id}/comments")).json()["items"] == [said]


async def test_wrong_questions_are_answered_with_what_is_wrong(world: World) -> None:
    task_id, said = await a_comment(world)
    path = f"/api/tasks/{task_id}/comments"
    for limit in ("0", "-1", "201", "x", "1.5", "9" * 30, "%00"):
        problem(await world.mia.api.get(f"{path}?limit={limit}"), None, "limit")
    for cursor in ("x", "%", "\x00", "😀", "x" * 3000, "bnVsbA"):
        problem(await world.mia.api.get(path, params={"cursor": cursor}), 422, "cursor")
    keys: list[str | int] = ["", "x", 7, 10**30]
    for key in keys:
        for ident in ("x", "", "\x00", "9" * 50):
            forged = encode_cursor(Cursor(sort="id", key=key, id=ident))
            problem(await world.mia.api.get(path, params={"cursor": forged}), 422, "cursor")
    last = encode_cursor(Cursor(sort="id", key="", id=said["id"]))
    assert (await world.mia.api.get(path, params={"cursor": last})).json()["items"] == []
