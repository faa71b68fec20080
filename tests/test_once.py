"""A request with a key is done once, however often and at whatever moment it comes."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select

from app.comments.models import Comment
from app.core.once import KEY_MOST, RequestKey
from app.tasks.models import Task
from app.workspaces.models import Invite
from tests.builders import a_task
from tests.cast import Person
from tests.conftest import World
from tests.test_wrong_input import problem
from tests.unchanged import nothing_changes
from tests.workspaces.asking import hearing

HTMX = {"HX-Request": "true"}
AT_ONCE = 20


def with_key(key: str, **more: str) -> dict[str, str]:
    return {"Idempotency-Key": key, **more}


def is_replay(answer: httpx.Response, status: int = 204) -> bool:
    """Whether ``answer`` says that nothing was done, since it was done before."""
    return (answer.status_code, answer.text, answer.headers.get("Idempotency-Replayed")) == (
        status,
        "",
        "true",
    )


async def count(world: World, table: type[Any]) -> int:
    async with world.tandem.database.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_a_repeated_request_changes_nothing_even_after_somebody_undid_it(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    mia, address = world.mia.api, f"/api/tasks/{task.id}"
    first = await mia.post(f"{address}/complete", headers=with_key("k1"))
    assert (first.status_code, "Idempotency-Replayed" in first.headers) == (200, False)
    await world.olga.api.post(f"{address}/reopen")
    async with nothing_changes(world.tandem), hearing(world.tandem) as told:
        again = await mia.post(f"{address}/complete", headers=with_key("k1"))
    assert is_replay(again)
    assert told == []
    assert (await mia.get(address)).json()["completed"] is False


async def test_what_carries_no_id_of_its_own_is_made_once(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    workspace = f"/api/workspaces/{world.workspace_id}"
    olga = world.olga.api
    requests: list[tuple[str, dict[str, object], type[Any]]] = [
        (f"{workspace}/tasks", {"title": "bread"}, Task),
        (f"{workspace}/invites", {}, Invite),
        (f"/api/tasks/{task.id}/comments", {"body": "done?"}, Comment),
    ]
    for address, body, table in requests:
        before = await count(world, table)
        answers = [await olga.post(address, json=body, headers=with_key(address[-20:])) for _ in range(3)]
        assert answers[0].status_code == 201
        assert all(map(is_replay, answers[1:]))
        assert await count(world, table) == before + 1


async def test_a_change_that_changed_nothing_counts_as_done(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    mia, address = world.mia.api, f"/api/tasks/{task.id}"
    await mia.post(f"{address}/reopen", headers=with_key("k1"))  # it is open
    await world.olga.api.post(f"{address}/complete")
    assert is_replay(await mia.post(f"{address}/reopen", headers=with_key("k1")))
    assert (await mia.get(address)).json()["completed"] is True


async def test_a_refused_request_may_be_tried_again_with_its_key(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    mia, address = world.mia.api, f"/api/tasks/{task.id}"
    async with nothing_changes(world.tandem):
        empty = await mia.patch(address, json={"version": 1, "title": ""}, headers=with_key("k1"))
        stale = await mia.delete(f"{address}?version=0", headers=with_key("k2"))
        stranger = await world.stan.api.post(f"{address}/complete", headers=with_key("k3"))
    assert (empty.status_code, stale.status_code, stranger.status_code) == (422, 403, 404)
    body = {"version": task.version, "title": "bread"}
    assert (await mia.patch(address, json=body, headers=with_key("k1"))).status_code == 200
    assert is_replay(await mia.patch(address, json=body, headers=with_key("k1")))


async def test_several_tasks_of_which_all_were_refused_may_be_tried_again(world: World) -> None:
    task = await a_task(world.tandem, world.mia, world.workspace_id)
    browser = world.mia.browser
    form = {"task": f"{task.id}:{task.version}", "delete": ""}
    await world.olga.api.patch(f"/api/tasks/{task.id}", json={"version": task.version, "title": "bread"})
    async with nothing_changes(world.tandem):
        stale = await browser.post("/tasks/selected", data=form, headers=with_key("k1"))
    assert stale.status_code == 409
    version = (await world.mia.api.get(f"/api/tasks/{task.id}")).json()["version"]
    form["task"] = f"{task.id}:{version}"
    done = await browser.post("/tasks/selected", data=form, headers=with_key("k1", **HTMX))
    again = await browser.post("/tasks/selected", data=form, headers=with_key("k1", **HTMX))
    assert (done.status_code, is_replay(done, 200), is_replay(again, 200)) == (200, False, True)


async def test_a_page_that_was_made_for_somebody_else_changes_nothing(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    address = f"/tasks/{task.id}/complete"
    async with nothing_changes(world.tandem), hearing(world.tandem) as told:
        for viewer in (world.olga.id, "undefined", ""):
            headers = with_key("k1", **HTMX, **{"X-Viewer-Id": viewer})
            refused = await world.mia.browser.post(address, headers=headers)
            assert (refused.status_code, "Somebody else is signed in" in refused.text) == (401, True)
            assert (await world.mia.api.post(f"/api{address}", headers=headers)).status_code == 401
    assert told == []
    own = with_key("k1", **HTMX, **{"X-Viewer-Id": world.mia.id})
    assert (await world.mia.browser.post(address, headers=own)).status_code == 200


async def test_a_repetition_says_nothing_to_who_has_lost_access(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id, title="private")
    workspace = f"/api/workspaces/{world.workspace_id}"
    mia = world.mia.api
    requests: list[tuple[str, dict[str, object]]] = [
        (f"{workspace}/tasks", {"title": "private, too"}),
        (f"/api/tasks/{task.id}/comments", {"body": "private"}),
        (f"/api/tasks/{task.id}/complete", {}),
    ]
    for number, (address, body) in enumerate(requests):
        assert (await mia.post(address, json=body, headers=with_key(f"k{number}"))).status_code in (200, 201)
    assert (await world.olga.api.delete(f"{workspace}/members/{world.mia.id}")).status_code == 204
    for number, (address, body) in enumerate(requests):
        again = await mia.post(address, json=body, headers=with_key(f"k{number}"))
        assert is_replay(again)
        assert "private" not in str(again.headers)
        assert (await mia.post(address, json=body, headers=with_key(f"new{number}"))).status_code == 404
        # Somebody else's key is nobody's.
        assert not is_replay(await world.vera.api.post(address, json=body, headers=with_key(f"k{number}")))


async def test_moving_up_from_the_top_is_done_with_it(world: World) -> None:
    first = await a_task(world.tandem, world.mia, None, title="first")
    second = await a_task(world.tandem, world.mia, None, title="second")
    browser = world.mia.browser
    form = {"task": f"{first.id}:{first.version}", "move": "up", "next": "/tasks"}
    await browser.post("/tasks/selected", data=form, headers=with_key("k1", **HTMX))
    await browser.post(f"/tasks/{second.id}/move", data={"before": str(first.id)})
    again = await browser.post("/tasks/selected", data=form, headers=with_key("k1", **HTMX))
    assert is_replay(again, 200)


async def test_pages_are_told_nothing_new_or_led_back(world: World) -> None:
    browser = world.mia.browser
    form = {"title": "bread"}
    address = f"/workspaces/{world.workspace_id}/tasks"
    for key, more, status in (("k1", HTMX, 200), ("k2", {}, 303)):
        first = await browser.post(address, data=form, headers=with_key(key, **more))
        again = await browser.post(address, data=form, headers=with_key(key, **more))
        assert first.status_code == status
        assert "Idempotency-Replayed" not in first.headers
        assert is_replay(again, status)
    assert again.headers["Location"] == "/"
    assert await count(world, Task) == 2


async def test_a_key_says_nothing_about_other_people(world: World) -> None:
    address = f"/api/workspaces/{world.workspace_id}/tasks"
    people = (world.olga, world.adam, world.mia)
    answers = [
        await person.api.post(address, json={"title": "bread"}, headers=with_key("k1")) for person in people
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    await world.olga.api.post("/api/tasks", json={"title": "bread"}, headers=with_key("k2"))
    for _ in range(2):  # of which Olga's key, for something else, is neither a repetition nor in the way
        last = await world.mia.api.post(address, json={"title": "bread"}, headers=with_key("k2"))
    assert is_replay(last)
    stranger = await world.stan.api.post(address, json={"title": "bread"}, headers=with_key("k1"))
    assert stranger.status_code == 404


async def test_a_key_is_for_one_request(world: World) -> None:
    task = await a_task(world.tandem, world.mia, world.workspace_id)
    mia, address = world.mia.api, f"/api/tasks/{task.id}"
    await mia.post(f"{address}/complete", headers=with_key("k1"))
    async with nothing_changes(world.tandem):
        other_address = await mia.post(f"{address}/reopen", headers=with_key("k1"))
        other_method = await mia.delete(f"{address}?version=9", headers=with_key("k1"))
    problem(other_address, 422, "Idempotency-Key")
    problem(other_method, 422, "Idempotency-Key")
    assert (await mia.get(address)).json()["completed"] is True


@pytest.mark.parametrize(
    "key", ["", "a b", "k" * (KEY_MOST + 1), "k" * 9000, "ключ".encode(), b"\xff", "a\tb"]
)
async def test_an_impossible_key_is_refused_and_nothing_is_done(world: World, key: str | bytes) -> None:
    task = await a_task(world.tandem, world.mia, world.workspace_id)
    headers: Any = {"Idempotency-Key": key}
    async with nothing_changes(world.tandem):
        problem(await world.mia.api.post(f"/api/tasks/{task.id}/complete", headers=headers), 400)
        form = await world.mia.browser.post(f"/tasks/{task.id}/complete", headers=headers)
        piece = await world.mia.browser.post(f"/tasks/{task.id}/complete", headers={**headers, **HTMX})
    for answer in (form, piece):
        assert answer.status_code == 400
        assert "Idempotency-Key" in answer.text


async def test_two_keys_are_refused_and_every_visible_character_is_taken(world: World) -> None:
    task = await a_task(world.tandem, world.mia, world.workspace_id)
    address = f"/api/tasks/{task.id}/complete"
    two = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    problem(await world.mia.api.post(address, headers=[*world.mia.bearer.items(), *two]), 400)
    visible = "".join(map(chr, range(0x21, 0x7F)))
    for key in (visible[:KEY_MOST], visible[KEY_MOST:], str(uuid4()), f'"{uuid4()}"', "'--;%00"):
        assert (await world.mia.api.post(address, headers=with_key(key))).status_code == 200
        assert is_replay(await world.mia.api.post(address, headers=with_key(key)))


async def test_reading_needs_no_key_and_signing_in_and_out_keeps_none(world: World) -> None:
    async with nothing_changes(world.tandem):
        shown = [await world.mia.api.get("/api/me", headers=with_key("k1")) for _ in range(2)]
    assert [answer.status_code for answer in shown] == [200, 200]
    nobody = httpx.AsyncClient(base_url=world.program.address)
    async with nobody:
        account = {"email": "new@example.com", "name": "New", "password": "tandem demo"}
        made = await nobody.post("/api/auth/register", json=account, headers=with_key("k1"))
        signed_in = [
            await nobody.post(
                "/api/auth/login",
                json={"email": account["email"], "password": account["password"]},
                headers=with_key("k1"),
            )
            for _ in range(2)
        ]
    assert [made.status_code, *(answer.status_code for answer in signed_in)] == [201, 200, 200]
    assert await count(world, RequestKey) == 0


async def test_twenty_equal_requests_at_once_are_one_change(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    races: list[tuple[Person, str, dict[str, object], type[Any]]] = [
        (world.mia, f"/api/workspaces/{world.workspace_id}/tasks", {"title": "bread"}, Task),
        (world.olga, f"/api/workspaces/{world.workspace_id}/invites", {}, Invite),
        (world.mia, f"/api/tasks/{task.id}/comments", {"body": "now?"}, Comment),
    ]
    for person, address, body, table in races:
        before = await count(world, table)
        async with hearing(world.tandem) as told:
            answers = await asyncio.gather(
                *(
                    person.api.post(address, json=body, headers=with_key(address[-9:]))
                    for _ in range(AT_ONCE)
                ),
            )
        assert sorted(answer.status_code for answer in answers) == [201] + [204] * (AT_ONCE - 1)
        assert sum(map(is_replay, answers)) == AT_ONCE - 1
        assert await count(world, table) == before + 1
        assert len(told) == (0 if table is Invite else 1)


async def test_while_one_is_refused_the_other_with_its_key_goes_on(world: World) -> None:
    """The second waits for the first, and is no repetition of what was never done."""
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    mia, address = world.mia.api, f"/api/tasks/{task.id}"
    versions = (0, 0, task.version, 0, 0)
    answers = await asyncio.gather(
        *(
            mia.patch(address, json={"version": version, "title": "bread"}, headers=with_key("k1"))
            for version in versions
        )
    )
    refused = [answer for answer in answers if answer.status_code == 409]
    assert sorted(answer.status_code for answer in answers if answer not in refused)[0] == 200
    assert all(is_replay(answer) for answer in answers if answer.status_code not in (200, 409))
    assert (await mia.get(address)).json()["title"] == "bread"
