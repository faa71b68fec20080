"""Coming in by an invite."""

import asyncio
from typing import Any

from tests.accounts.people import MovableClock
from tests.builders import a_workspace
from tests.cast import Person, a_person
from tests.conftest import World
from tests.workspaces.asking import (
    a_client,
    another_process,
    errors_of,
    hearing,
    members_of,
    the_workspace,
)

JOIN = "/api/workspaces/join"


async def test_somebody_comes_in_once_in_the_role_of_the_invite(world: World) -> None:
    await a_workspace(world.tandem, world.cast, name="Elsewhere")
    stan = world.stan.api
    token = await _invite(world, role="viewer", max_uses=2)
    address = f"/api/workspaces/{world.workspace_id}"
    async with hearing(world.tandem) as told:
        answer = await stan.post(JOIN, json={"token": token}, headers={"X-Connection-Id": "c1"})
        again = await stan.post(JOIN, json={"token": token})
    assert (answer.status_code, again.status_code) == (200, 200)
    assert answer.json() == again.json() == (await stan.get(address)).json()
    assert (answer.json()["role"], answer.json()["member_count"]) == ("viewer", 5)
    [one] = told
    assert (one.topic, one.type, one.by) == (the_workspace(world), "member.joined", world.stan.id)
    assert (one.before, one.connection_id, answer.json()["seq"]) == (None, "c1", one.seq)
    listed = await members_of(world.vera, world.workspace_id)
    assert one.data["member"] in listed
    assert one.data["member"]["user"] == {"id": world.stan.id, "name": "Stan"}
    [invite] = (await world.olga.api.get(f"{address}/invites")).json()["items"]
    assert invite["uses"] == 1
    assert (await stan.get("/api/workspaces")).json()["items"] == [answer.json()]


async def test_for_a_member_an_invite_changes_nothing_even_when_it_is_over(world: World) -> None:
    mia = world.mia.api
    used_up = await _invite(world, role="viewer", max_uses=1)
    await world.stan.api.post(JOIN, json={"token": used_up})
    async with hearing(world.tandem) as told:
        for token in (used_up, await _invite(world, role="admin")):
            answer = await mia.post(JOIN, json={"token": token})
            assert (answer.status_code, answer.json()["role"]) == (200, "member")
    assert told == []


async def test_an_invite_that_is_not_good_any_more_says_why(world: World) -> None:
    clock = MovableClock()
    clock.now = world.tandem.clock()
    used_up = await _invite(world, max_uses=1)
    fresh = await a_person(world.tandem, "fay", address=world.program.address)
    assert (await world.stan.api.post(JOIN, json={"token": used_up})).status_code == 200
    hour = await _invite(world, expires_in=3600)
    async with hearing(world.tandem) as told, another_process(world, clock=clock) as client:
        answer = await client.post(JOIN, json={"token": used_up}, headers=fresh.bearer)
        assert (answer.status_code, "used up" in answer.json()["detail"]) == (410, True)
        page = await client.get(f"/workspaces/join/{used_up}")
        assert (page.status_code, "used up" in page.text) == (410, True)
        clock.pass_by(seconds=3602)
        answer = await client.post(JOIN, json={"token": hour}, headers=fresh.bearer)
        assert (answer.status_code, "expired" in answer.json()["detail"]) == (410, True)
        page = await client.get(f"/workspaces/join/{hour}")
        assert (page.status_code, "expired" in page.text) == (410, True)
        listed = await client.get(f"/api/workspaces/{world.workspace_id}/invites", headers=world.olga.bearer)
        assert listed.json()["items"] == []
        clock.pass_by(seconds=-10)
        for odd in ("x", "", hour + "x", hour[:-1], "é", "\0", "x" * 5000):
            answer = await client.post(JOIN, json={"token": odd}, headers=fresh.bearer)
            assert answer.status_code == 404
        nothing = await client.post(JOIN, json={}, headers=fresh.bearer)
        assert (nothing.status_code, errors_of(nothing)) == (422, {"token"})
        assert (await client.post(JOIN, json={"token": hour})).status_code == 401
    assert told == []
    assert (await world.mia.api.get("/api/workspaces")).json()["items"][0]["member_count"] == 5


async def test_twenty_at_once_by_a_link_for_one_let_one_in(world: World) -> None:
    token = await _invite(world, max_uses=1)
    crowd = await _a_crowd(world, 20)
    async with hearing(world.tandem) as told, a_client(world) as client:
        answers = await _all_at_once(client, crowd, token)
    assert sorted(answers) == [200] + [410] * 19
    assert [one.type for one in told] == ["member.joined"]
    assert (await world.olga.api.get(f"/api/workspaces/{world.workspace_id}")).json()["member_count"] == 5


async def test_the_last_place_of_a_full_workspace_is_given_once(world: World) -> None:
    tokens = [await _invite(world), await _invite(world)]
    crowd = await _a_crowd(world, 10)
    async with hearing(world.tandem) as told, another_process(world, max_members=5) as client:
        answers = await asyncio.gather(
            _all_at_once(client, crowd[:5], tokens[0]), _all_at_once(client, crowd[5:], tokens[1])
        )
        full = await client.post(JOIN, json={"token": tokens[0]}, headers=world.stan.bearer)
        member = await client.post(JOIN, json={"token": tokens[0]}, headers=world.mia.bearer)
    assert sorted(answers[0] + answers[1]) == [200] + [409] * 9
    assert (full.status_code, member.status_code) == (409, 200)
    assert "full" in full.json()["detail"]
    assert [one.type for one in told] == ["member.joined"]


async def test_the_page_of_a_full_workspace_says_so_and_the_way_out(world: World) -> None:
    token = await _invite(world)
    async with another_process(world, max_members=4) as client:
        headers = {**world.stan.bearer, "Origin": world.program.address}
        page = await client.post(f"/workspaces/join/{token}", headers=headers)
    assert page.status_code == 409
    assert "This workspace is full: it has 4 members. Ask an admin of it to make room." in page.text
    assert '<button class="button button--primary">Join' not in page.text


async def test_one_who_sends_it_ten_times_at_once_is_in_and_the_link_used_once(world: World) -> None:
    token = await _invite(world, max_uses=1)
    async with hearing(world.tandem) as told, a_client(world) as client:
        answers = await _all_at_once(client, [world.stan] * 10, token)
    assert answers == [200] * 10
    assert [one.type for one in told] == ["member.joined"]


async def test_the_page_only_looks_and_its_button_lets_in(world: World) -> None:
    token = await _invite(world)
    path = f"/workspaces/join/{token}"
    async with hearing(world.tandem) as told:
        for _ in range(2):
            page = await world.stan.browser.get(path)
            assert page.status_code == 200
            assert "Join Home" in page.text
        async with a_client(world) as client:
            page = await client.get(path)
            assert (page.status_code, "Create an account" in page.text) == (200, True)
            client.headers["Origin"] = world.program.address
            assert (await client.post(path)).status_code == 401
        unknown = await world.stan.browser.post("/workspaces/join/unknown")
        assert (unknown.status_code, "does not work" in unknown.text) == (404, True)
    assert told == []
    assert (await world.stan.api.get(f"/api/workspaces/{world.workspace_id}")).status_code == 404
    async with hearing(world.tandem) as told:
        browser = world.stan.browser
        for _ in range(2):
            answer = await browser.post(path)
            assert (answer.status_code, answer.headers["location"]) == (
                303,
                f"/workspaces/{world.workspace_id}",
            )
    assert [one.type for one in told] == ["member.joined"]


async def _invite(world: World, **body: Any) -> str:
    async with a_client(world) as client:
        answer = await client.post(
            f"/api/workspaces/{world.workspace_id}/invites", json=body, headers=world.olga.bearer
        )
    return str(answer.json()["token"])


async def _a_crowd(world: World, count: int) -> list[Person]:
    names = [f"guest{number}" for number in range(count)]
    return [await a_person(world.tandem, name, address=world.program.address) for name in names]


async def _all_at_once(client: Any, people: list[Person], token: str) -> list[int]:
    answers = await asyncio.gather(
        *(client.post(JOIN, json={"token": token}, headers=person.bearer) for person in people)
    )
    return [answer.status_code for answer in answers]
