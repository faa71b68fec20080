"""Wrong input over the API: a problem that names the field, never a failure, and nothing half done."""

import json
from typing import Any
from uuid import uuid4

import httpx

from app.core.paging import Cursor, encode_cursor
from tests.builders import a_task
from tests.conftest import World
from tests.unchanged import nothing_changes

JSON = {"Content-Type": "application/json"}
DEEP = "[" * 20_000 + "]" * 20_000
OUT_OF_RANGE = "9" * 400


def problem(answer: httpx.Response, status: int | None = None, field: str | None = None) -> dict[str, Any]:
    """The problem document in ``answer``; fails unless it is one that a program can use."""
    where = (answer.request.method, answer.request.url, answer.status_code, answer.text[:300])
    assert 400 <= answer.status_code < 500, where
    assert answer.headers["Content-Type"].startswith("application/problem+json"), where
    body: dict[str, Any] = answer.json()
    assert body["status"] == answer.status_code, where
    assert {"type", "title", "detail"} <= body.keys(), where
    assert body["detail"], where
    assert status in (None, answer.status_code), where
    if field is not None:
        assert field in [error["field"] for error in body["errors"]], where
    return body


TASK_BODIES: list[tuple[str | bytes, int | None, str | None]] = [
    ('{"title": ""}', 422, "title"),
    ('{"title": "   "}', 422, "title"),
    ('{"title": "%s"}' % ("x" * 201), 422, "title"),
    ('{"title": null}', 422, "title"),
    ('{"title": 7}', 422, "title"),
    ('{"title": ["milk"]}', 422, "title"),
    ('{"title": {"a": 1}}', 422, "title"),
    ('{"title": "a\\u0000b"}', 422, "title"),
    ('{"title": "a\\nb"}', 422, "title"),
    ('{"title": "a\\u001bb"}', 422, "title"),
    ('{"title": "a\\u0085b"}', 422, "title"),
    ('{"title": "\\ud800"}', 400, None),
    ('{"title": "\\udc00\\ud800"}', 400, None),
    ('{"title": "\\ud83e"}', 400, None),
    ("{}", 422, "title"),
    ('{"description": "no title"}', 422, "title"),
    ('{"title": "milk", "description": "%s"}' % ("x" * 10_001), 422, "description"),
    ('{"title": "milk", "description": "\\u0000"}', 422, "description"),
    ('{"title": "milk", "description": null}', 422, "description"),
    ('{"title": "milk", "status": "open"}', 422, "status"),
    ('{"title": "milk", "status": "DONE"}', 422, "status"),
    ('{"title": "milk", "status": 1}', 422, "status"),
    ('{"title": "milk", "priority": "highest"}', 422, "priority"),
    ('{"title": "milk", "due_on": "2026-02-30"}', 422, "due_on"),
    ('{"title": "milk", "due_on": "soon"}', 422, "due_on"),
    ('{"title": "milk", "due_on": "0001-01-01"}', 422, "due_on"),
    ('{"title": "milk", "due_on": "9999-12-31"}', 422, "due_on"),
    ('{"title": "milk", "due_on": "10000-01-01"}', 422, "due_on"),
    ('{"title": "milk", "due_on": 20261224}', 422, "due_on"),
    ('{"title": "milk", "due_on": "2026-12-24T00:00:00Z"}', 422, "due_on"),
    ('{"title": "milk", "assignee_id": "me"}', 422, "assignee_id"),
    ('{"title": "milk", "assignee_id": "%s"}' % uuid4(), 422, "assignee_id"),  # noqa: UP031
    ('{"title": "milk", "id": "1"}', 422, "id"),
    ('{"title": "milk", "id": %s}' % OUT_OF_RANGE, 422, "id"),  # noqa: UP031
    ('{"title": "milk", "colour": "red"}', 422, "colour"),
    ('{"title": "milk", "version": 1}', 422, "version"),
    ('{"title": "milk", "seq": 1}', 422, "seq"),
    ('{"title": "milk", "creator": null}', 422, "creator"),
    ('{"title": "milk", "__proto__": {}}', 422, "__proto__"),
    ('{"title": "milk", "status": ' + DEEP + "}", None, None),
    ('{"title": "milk", "x": ' + DEEP + "}", None, None),
    (DEEP, None, None),
    ('{"a":' * 5000 + "1" + "}" * 5000, None, None),
    ("[]", 422, None),
    ('[{"title": "milk"}]', 422, None),
    ('"milk"', 422, None),
    ("7", 422, None),
    ("null", None, None),
    ("", None, None),
    (" ", None, None),
    ("{", 400, None),
    ('{"title": "milk"', 400, None),
    ('{"title": "milk"}}', 400, None),
    ('{"title": "milk",}', 400, None),
    ("{'title': 'milk'}", 400, None),
    ('{"title": NaN}', 400, None),
    (b'{"title": "\xff"}', 400, None),
    (b'{"title": "\xed\xa0\x80"}', 400, None),
    (b"\xff\xfe{", 400, None),
    (b"\xef\xbb\xbf{}", None, None),
    (b"\x00", 400, None),
]


async def test_a_task_that_is_not_one_is_refused_and_creates_nothing(world: World) -> None:
    mia = world.mia.api
    async with nothing_changes(world.tandem):
        for path in (f"/api/workspaces/{world.workspace_id}/tasks", "/api/tasks"):
            for body, status, field in TASK_BODIES:
                problem(await mia.post(path, content=body, headers=JSON), status, field)


async def test_a_change_that_is_not_one_changes_nothing(world: World) -> None:
    mia = world.mia.api
    task = await a_task(world.tandem, world.mia, world.workspace_id)
    path = f"/api/tasks/{task.id}"
    async with nothing_changes(world.tandem):
        for body, status, field in TASK_BODIES:
            if (
                isinstance(body, str)
                and body.startswith('{"title"')
                and "version" not in body
                and field != "id"
            ):
                with_version = body.replace("{", f'{{"version": {task.version}, ', 1)
                problem(await mia.patch(path, content=with_version, headers=JSON), status)
        for body, status, field in (
            ('{"title": "x", "version": "one"}', 422, "version"),
            ('{"title": "x", "version": 1.5}', 422, "version"),
            ('{"title": "x", "version": 1e999}', 422, None),
            ('{"title": "x", "version": true}', 422, "version"),
            ('{"title": "x", "version": %s}' % OUT_OF_RANGE, None, None),  # noqa: UP031
            ('{"title": "x", "version": 99999999999999999999}', None, None),
            ('{"title": "x", "version": -99999999999999999999}', None, None),
            ('{"title": "x", "version": 9223372036854775808}', None, None),
            ('{"title": "x", "version": -1}', 409, None),
            ('{"title": "x", "version": null}', 428, None),
            ('{"title": "x"}', 428, None),
            ('{"position": "", "version": 99}', 422, "position"),
            ('{"position": "!!", "version": 99}', 422, "position"),
            ('{"position": "\\u0000", "version": 99}', 422, "position"),
            ('{"position": "a", "version": 99}', 422, "position"),
            ('{"position": "%s", "version": 99}' % ("z" * 500), 422, "position"),
            ('{"id": "%s", "version": 99}' % uuid4(), 422, "id"),  # noqa: UP031
        ):
            problem(await mia.patch(path, content=body, headers=JSON), status, field)
        for value in ('"x"', "x", '"1" "2"', "*", "9" * 30, "-1", "1.0", '"²"', "W/x"):
            headers = [(b"If-Match", value.encode("latin-1")), (b"Content-Type", b"application/json")]
            problem(await mia.patch(path, content='{"title": "x"}', headers=headers), 422, "If-Match")
            problem(await mia.delete(path, headers=headers[:1]), 422, "If-Match")
    assert (await mia.get(path)).json()["title"] == task.title


async def test_deleting_and_assigning_take_only_what_they_take(world: World) -> None:
    mia = world.mia.api
    task = await a_task(world.tandem, world.mia, world.workspace_id)
    path = f"/api/tasks/{task.id}"
    async with nothing_changes(world.tandem):
        for body, status in (
            ("{}", 428),
            ('{"version": "one"}', 422),
            ('{"version": 1, "x": 1}', 422),
            ("[]", 422),
            ("{", 400),
            (DEEP, None),
            ("", 428),
            ('{"version": 1}', 409),
            ('{"version": 99999999999999999999}', None),
        ):
            problem(await mia.request("DELETE", path, content=body, headers=JSON), status)
        for version in ("x", "1.5", "9" * 30, "%00", "-1"):
            problem(await mia.delete(f"{path}?version={version}"))
        for body, status, field in (
            ("{}", 422, "assignee_id"),
            ('{"assignee_id": 7, "version": 1}', 422, "assignee_id"),
            ('{"assignee_id": "x", "version": 1}', 422, "assignee_id"),
            ('{"assignee_id": null}', 428, None),
            ('{"assignee_id": "%s", "version": %d}' % (world.stan.id, task.version), 422, "assignee_id"),  # noqa: UP031
            ('{"assignee_id": "%s", "version": %d}' % (uuid4(), task.version), 422, "assignee_id"),  # noqa: UP031
        ):
            problem(await mia.patch(f"{path}/assign", content=body, headers=JSON), status, field)


async def test_ids_of_others_and_of_nothing_lead_nowhere(world: World) -> None:
    mia = world.mia.api
    olga = world.olga.api
    stans = await a_task(world.tandem, world.stan, None)
    async with nothing_changes(world.tandem):
        for task_id in (stans.id, uuid4(), "x", "%00", "%ff", "1" * 500, f"{stans.id}x"):
            path = f"/api/tasks/{task_id}"
            problem(await mia.get(path), 404)
            problem(await mia.patch(path, json={"title": "x", "version": 1}), 404)
            problem(await mia.delete(f"{path}?version=1"), 404)
            for action in ("complete", "reopen", "restore"):
                problem(await mia.post(f"{path}/{action}"), 404)
        problem(await mia.post("/api/tasks", json={"title": "x", "id": str(stans.id)}), 409)
        for workspace_id in (uuid4(), "x"):
            path = f"/api/workspaces/{workspace_id}"
            for method in ("GET", "DELETE"):
                problem(await mia.request(method, path), 404)
            for suffix in ("/tasks", "/members"):
                problem(await mia.get(path + suffix), 404)
            problem(await mia.post(f"{path}/tasks", json={"title": "x"}), 404)
            problem(await mia.post(f"{path}/invites", json={}), 404)
        member = f"/api/workspaces/{world.workspace_id}/members/{world.stan.id}"
        problem(await olga.patch(member, json={"role": "admin"}), 404)
        problem(await olga.delete(member), 404)
        problem(await olga.post(f"/api/workspaces/{world.workspace_id}"), 405)
        problem(await olga.get("/api/nothing/here"), 404)


async def test_workspaces_members_and_invites_take_only_what_they_take(world: World) -> None:
    mia = world.mia.api
    olga = world.olga.api
    stan = world.stan.api
    path = f"/api/workspaces/{world.workspace_id}"
    async with nothing_changes(world.tandem):
        wrong_names: list[object] = ["", " ", "x" * 101, "a\x00b", "a\tb", "\u009f", None, 7, [], {}]
        for name in wrong_names:
            for method, where in (("POST", "/api/workspaces"), ("PUT", path)):
                problem(await olga.request(method, where, json={"name": name}), 422, "name")
        long = {"name": "x", "description": "x" * 501}
        problem(await olga.put(path, json=long), 422, "description")
        problem(await olga.put(path, json={"name": "x", "role": "owner"}), 422, "role")
        for role in ("boss", "", None, 7):
            member = f"{path}/members/{world.mia.id}"
            problem(await olga.patch(member, json={"role": role}), 422, "role")
            problem(await olga.post(f"{path}/invites", json={"role": role}), 422, "role")
        for field in ("expires_in", "max_uses"):
            wrong_numbers: list[object] = [0, -1, 10**9, 10**30, -(10**30), "one", 1.5, [], True]
            for value in wrong_numbers:
                problem(await olga.post(f"{path}/invites", json={field: value}), 422, field)
        problem(await olga.delete(f"{path}/invites/{uuid4()}"), 404)
        for token in ("", "x", "\x00", "😀", "x" * 5000):
            problem(await stan.post("/api/workspaces/join", json={"token": token}), 404)
        problem(await stan.post("/api/workspaces/join", json={"token": None}), 422, "token")
        problem(await mia.patch("/api/me", json={"name": ""}), 422, "name")
        problem(await mia.patch("/api/me", json={"email": "x@example.com"}), 422, "email")


async def test_wrong_questions_are_answered_with_what_is_wrong(world: World) -> None:
    mia = world.mia.api
    olga = world.olga.api
    tasks = f"/api/workspaces/{world.workspace_id}/tasks"
    for _ in range(2):
        await a_task(world.tandem, world.olga, world.workspace_id)
    cursor = (await olga.get(tasks, params={"limit": 1})).json()["next_cursor"]
    garbage = ["x", "%", "=", "\x00", "😀", "x" * 3000, "bnVsbA", "WzEsMiwzXQ", cursor[:-3], cursor + "AAAA"]
    workspace = f"/api/workspaces/{world.workspace_id}"
    history = f"/api/tasks/{(await olga.get(tasks)).json()['items'][0]['id']}/history"
    lists = (tasks, "/api/tasks", "/api/workspaces", f"{workspace}/members", f"{workspace}/activity", history)
    for path in lists:
        for limit in ("0", "-1", "201", "x", "1.5", "9" * 30, "%00"):
            problem(await mia.get(f"{path}?limit={limit}"), None, "limit")
        for text in garbage:
            problem(await mia.get(path, params={"cursor": text}), 422, "cursor")
    for since in ("-1", "x", "1.5", str(2**63), "9" * 400):
        problem(await mia.get(f"{workspace}/activity?since={since}"), None, "since")
    for key in ("sort", "due", "status", "priority", "assignee", "due_before"):
        for text in ("nonsense", "\x00", "😀", "position; DROP TABLE task", "-", "x" * 3000):
            problem(await mia.get(tasks, params={key: text}), 422, key)
    for path in ("/api/tasks?scope=everything", f"{tasks}?q={'x' * 201}", f"{tasks}?due_before=2026-02-30"):
        problem(await mia.get(path), 422)
    for query in (
        "q=%00",
        "q=%FF",
        "q=%ED%A0%80",
        "q=%25_%5C",
        "due_before=0001-01-01",
        "status=todo,",
        "&&=&",
    ):
        answer = await mia.get(f"{tasks}?{query}")
        assert answer.status_code < 500, (query, answer.text[:300])


async def test_a_cursor_forged_for_any_sort_is_refused(world: World) -> None:
    """A cursor is only encoded, not signed: whatever stands in it must do no harm."""
    mia = world.mia.api
    tasks = f"/api/workspaces/{world.workspace_id}/tasks"
    keys: list[str | int] = [
        "",
        "x",
        "\x00",
        7,
        -1,
        10**15,
        2**63,
        10**30,
        "2026-11-23",
        "2026-11-23T00:00:00",
        "😀",
    ]
    for sort in ("position", "due", "priority", "created", "-updated", "title"):
        for key in keys:
            for ident in (str(uuid4()), "x", ""):
                forged = encode_cursor(Cursor(sort=sort, key=key, id=ident))
                answer = await mia.get(tasks, params={"sort": sort, "cursor": forged})
                assert answer.status_code in (200, 422), (sort, key, ident, answer.text[:300])
                if answer.status_code == 422:
                    problem(answer, 422, "cursor")
    for path in ("/api/workspaces", f"/api/workspaces/{world.workspace_id}/members"):
        for ident in ("x", "", "\x00", "9" * 50):
            forged = encode_cursor(Cursor(sort="id", key="", id=ident))
            problem(await mia.get(path, params={"cursor": forged}), 422, "cursor")
    for key in [0, *keys]:
        for ident in (str(world.workspace_id), str(uuid4()), "x"):
            forged = encode_cursor(Cursor(sort="seq", key=key, id=ident))
            path = f"/api/workspaces/{world.workspace_id}/activity"
            answer = await mia.get(path, params={"cursor": forged})
            if ident != str(world.workspace_id) or key not in (7, 10**15):
                problem(answer, 422, "cursor")
            assert answer.status_code in (200, 422), (key, answer.text[:300])


async def test_bodies_of_a_wrong_kind_or_size_are_refused(world: World) -> None:
    mia = world.mia.api
    path = f"/api/workspaces/{world.workspace_id}/tasks"
    async with nothing_changes(world.tandem):
        megabyte = json.dumps({"title": "milk", "description": "x" * 1_000_000})
        problem(await mia.post(path, content=megabyte, headers=JSON), 413)

        async def in_pieces() -> Any:
            for _ in range(100):
                yield b" " * 10_000

        problem(await mia.post(path, content=in_pieces(), headers=JSON), 413)
        for kind in (
            "text/plain",
            "application/xml",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        ):
            problem(await mia.post(path, content="title=milk", headers={"Content-Type": kind}))
        problem(await mia.post(path))
        problem(await mia.post(path, data={"title": "milk"}))
        problem(await mia.post(path, files={"title": b"milk"}))
        for path in ("/api/auth/register", "/api/auth/login", "/api/workspaces/join"):
            for body in ("", "[]", "{", "null", DEEP, b'{"email": "\xff"}'):
                problem(await mia.post(path, content=body, headers=JSON))


async def test_wrong_headers_are_no_failure(world: World) -> None:
    mia = world.mia.api
    path = f"/api/workspaces/{world.workspace_id}/tasks"
    for name in (
        b"Authorization",
        b"X-Connection-Id",
        b"HX-Current-URL",
        b"Referer",
        b"User-Agent",
        b"Cookie",
    ):
        for value in (b"\xff\xfe", b"x" * 5000, b"", b"http://[", b"=;=", b"Bearer \xc3\x28"):
            answer = await mia.post(path, json={"title": "milk"}, headers=[(name, value)])
            assert answer.status_code in (201, 401, 403), (name, value, answer.text[:200])
