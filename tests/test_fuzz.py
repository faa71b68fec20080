"""Bodies that look almost right, by the hundreds: each is taken or refused in words, none is a failure."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.builders import a_task
from tests.conftest import World

pytestmark = pytest.mark.slow

TEXTS = st.one_of(
    st.text(max_size=300),
    st.sampled_from(
        ["", " ", "\x00", "a\x00", "\u202e", "<script>", "9" * 400, "true", "null", "x" * 10_001]
    ),
)
NUMBERS = st.one_of(
    st.integers(-5, 5), st.integers(), st.sampled_from([2**31, 2**63, -(2**63) - 1, 10**400]), st.floats()
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
IDS = st.one_of(st.uuids().map(str), TEXTS)
KNOWN_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "title": TEXTS,
    "name": TEXTS,
    "description": TEXTS,
    "status": st.sampled_from(["todo", "doing", "done", "Done", ""]),
    "priority": st.sampled_from(["none", "low", "urgent", "URGENT"]),
    "due_on": st.one_of(st.dates().map(str), st.sampled_from(["0000-00-00", "2026-02-30", "2026-12-24"])),
    "assignee_id": IDS,
    "position": st.sampled_from(["a0", "a1", "Zz", "a", "", "a0V", "z" * 30]),
    "version": st.integers(-1, 12),
    "id": IDS,
    "role": st.sampled_from(["owner", "admin", "member", "viewer", "boss"]),
    "expires_in": NUMBERS,
    "max_uses": NUMBERS,
    "token": TEXTS,
    "email": TEXTS,
    "password": TEXTS,
    "body": TEXTS,
}
FIELDS = st.sampled_from([*KNOWN_VALUES, "colour", "", "__class__"])


def _of(fields: dict[str, None]) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies with exactly these fields, each with a value that suits it or with any other."""
    return st.fixed_dictionaries({name: KNOWN_VALUES.get(name, ANYTHING) | ANYTHING for name in fields})


BODIES = st.dictionaries(FIELDS, st.none(), max_size=5).flatmap(_of)
ADDRESSES = [
    ("POST", "/api/tasks"),
    ("POST", "/api/workspaces/{workspace}/tasks"),
    ("PATCH", "/api/tasks/{task}"),
    ("PATCH", "/api/tasks/{task}/assign"),
    ("DELETE", "/api/tasks/{task}"),
    ("POST", "/api/workspaces"),
    ("PUT", "/api/workspaces/{workspace}"),
    ("POST", "/api/workspaces/{workspace}/invites"),
    ("PATCH", "/api/workspaces/{workspace}/members/{member}"),
    ("POST", "/api/workspaces/join"),
    ("PATCH", "/api/me"),
    ("POST", "/api/tasks/{task}/comments"),
    ("PATCH", "/api/comments/{comment}"),
    ("DELETE", "/api/comments/{comment}"),
]


def encoded(body: object) -> bytes:
    """JSON, with lone surrogates and what is no number in JSON as they come."""
    return json.dumps(body).encode()


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
async def test_almost_right_bodies_are_taken_or_refused_in_words(
    world: World, method: str, address: str
) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    client = world.olga.api
    comment = (await client.post(f"/api/tasks/{task.id}/comments", json={"body": "2 litres"})).json()
    path = address.format(
        workspace=world.workspace_id, task=task.id, member=world.mia.id, comment=comment["id"]
    )
    loop = asyncio.get_running_loop()

    async def sent(body: object) -> httpx.Response:
        headers = {"Content-Type": "application/json"}
        return await client.request(method, path, content=encoded(body), headers=headers)

    @seed(20261123)
    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(body=BODIES | ANYTHING)
    def each(body: object) -> None:
        answer = asyncio.run_coroutine_threadsafe(sent(body), loop).result(30)
        assert answer.status_code < 500, (body, answer.text[:300])
        if answer.status_code >= 400:
            assert answer.headers["Content-Type"].startswith("application/problem+json")
            assert answer.json()["detail"]

    await asyncio.to_thread(each)
