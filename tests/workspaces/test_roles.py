"""Changing what a member may do, and handing a workspace over."""

import asyncio
from uuid import uuid4

from tests.cast import Person
from tests.conftest import World
from tests.workspaces.asking import (
    REFUSED_TO_MEMBERS,
    errors_of,
    form_refusals,
    hearing,
    members_of,
    refusals,
    the_workspace,
)


async def test_a_member_gets_another_role_at_once_and_everybody_is_told(world: World) -> None:
    adam, mia = world.adam.api, world.mia.api
    for role in ("viewer", "admin", "member"):
        async with hearing(world.tandem) as told:
            answer = await adam.patch(_member(world, world.mia), json={"role": role})
            again = await adam.patch(_member(world, world.mia), json={"role": role})
        assert (answer.status_code, again.status_code) == (200, 200)
        assert answer.json() == again.json()
        assert answer.json()["email"] == "mia@example.com"
        [one] = told
        assert (one.topic, one.type, one.by) == (the_workspace(world), "member.updated", world.adam.id)
        shown = await _people(world, world.vera)
        assert one.data == {"member": shown["Mia"]}
        assert (shown["Mia"]["role"], shown["Mia"]["version"]) == (role, one.seq)
        added = await mia.post(f"/api/workspaces/{world.workspace_id}/tasks", json={"title": role})
        assert added.status_code == (403 if role == "viewer" else 201)
        invited = await mia.post(f"/api/workspaces/{world.workspace_id}/invites", json={})
        assert invited.status_code == (201 if role == "admin" else 403)


async def test_the_owner_hands_over_and_stays_as_admin(world: World) -> None:
    olga = world.olga.api
    async with hearing(world.tandem) as told:
        answer = await olga.patch(_member(world, world.mia), json={"role": "owner"})
        again = await olga.patch(_member(world, world.mia), json={"role": "owner"})
    assert (answer.status_code, again.status_code) == (200, 200)
    shown = await _people(world, world.vera)
    assert {name: each["role"] for name, each in shown.items()} == {
        "Olga": "admin", "Adam": "admin", "Mia": "owner", "Vera": "viewer",
    }  # fmt: skip
    assert [one.type for one in told] == ["member.updated", "member.updated"]
    assert [one.data["member"] for one in told] == [shown["Olga"], shown["Mia"]]
    assert {one.by for one in told} == {world.olga.id}
    address = f"/api/workspaces/{world.workspace_id}"
    assert (await olga.delete(address)).status_code == 403
    assert (await olga.patch(_member(world, world.adam), json={"role": "owner"})).status_code == 403
    assert (await world.mia.api.delete(address)).status_code == 204


async def test_of_two_hand_overs_at_once_one_is_done(world: World) -> None:
    olga = world.olga.api
    async with hearing(world.tandem) as told:
        answers = await asyncio.gather(
            olga.patch(_member(world, world.adam), json={"role": "owner"}),
            olga.patch(_member(world, world.mia), json={"role": "owner"}),
        )
    assert sorted(answer.status_code for answer in answers) == [200, 403]
    assert [one.type for one in told] == ["member.updated"] * 2
    roles = [each["role"] for each in (await _people(world, world.vera)).values()]
    assert roles.count("owner") == 1


async def test_nobody_takes_the_owners_role_and_admins_give_none_above_their_own(world: World) -> None:
    adam = world.adam.api
    async with hearing(world.tandem) as told:
        for role in ("admin", "member", "viewer"):
            assert (await adam.patch(_member(world, world.olga), json={"role": role})).status_code == 403
        assert (
            await world.olga.api.patch(_member(world, world.olga), json={"role": "admin"})
        ).status_code == 403
        for person in (world.adam, world.mia):
            assert (await adam.patch(_member(world, person), json={"role": "owner"})).status_code == 403
    assert told == []


async def test_who_may_not_and_what_cannot_be(world: World) -> None:
    olga = world.olga.api
    who = tuple(REFUSED_TO_MEMBERS)
    path = _member(world, world.mia)
    async with hearing(world.tandem) as told:
        for role in ("admin", "member"):
            body = {"role": role}
            assert await refusals(world, "PATCH", path, json=body, who=who) == REFUSED_TO_MEMBERS
        forms = await form_refusals(world, path.removeprefix("/api"), role="admin", who=who)
        assert forms == REFUSED_TO_MEMBERS
        for user_id in (world.stan.id, str(uuid4())):
            address = f"/api/workspaces/{world.workspace_id}/members/{user_id}"
            assert (await olga.patch(address, json={"role": "viewer"})).status_code == 404
        for value in ("boss", "", None, 7):
            answer = await olga.patch(path, json={"role": value})
            assert (answer.status_code, errors_of(answer)) == (422, {"role"})
        for odd in ({}, {"role": ""}, {"role": "boss"}):
            assert (await world.olga.browser.post(path.removeprefix("/api"), data=odd)).status_code == 422
    assert told == []


async def test_only_admins_and_owners_see_addresses(world: World) -> None:
    for person, sees in ((world.olga, True), (world.adam, True), (world.mia, False), (world.vera, False)):
        shown = await _people(world, person)
        assert sorted(shown) == ["Adam", "Mia", "Olga", "Vera"]
        assert {"email" in each for each in shown.values()} == {sees}
        page = await person.browser.get(f"/workspaces/{world.workspace_id}/settings")
        assert ("vera@example.com" in page.text) == sees or person is world.vera
    path = f"/api/workspaces/{world.workspace_id}/members"
    assert await refusals(world, "GET", path) == {"vera": 200, "stan": 404, "nobody": 401}


async def test_the_list_of_members_comes_in_pages(world: World) -> None:
    vera = world.vera.api
    address = f"/api/workspaces/{world.workspace_id}/members"
    whole = (await vera.get(address)).json()
    assert whole["next_cursor"] is None
    first = (await vera.get(f"{address}?limit=3")).json()
    second = (await vera.get(f"{address}?limit=3&cursor={first['next_cursor']}")).json()
    assert first["items"] + second["items"] == whole["items"]
    assert (len(first["items"]), second["next_cursor"]) == (3, None)
    for odd in ("limit=0", "limit=201", "cursor=x"):
        answer = await vera.get(f"{address}?{odd}")
        assert (answer.status_code, errors_of(answer)) == (422, {odd.partition("=")[0]})


async def test_the_plain_form_changes_a_role_and_hands_over(world: World) -> None:
    settings = f"/workspaces/{world.workspace_id}/settings"
    browser = world.olga.browser
    path = _member(world, world.mia).removeprefix("/api")
    async with hearing(world.tandem) as told:
        for role in ("viewer", "viewer"):
            answer = await browser.post(path, data={"role": role})
            assert (answer.status_code, answer.headers["location"]) == (303, settings)
        form = {"new_owner": world.mia.id, "hand_over": "Home"}
        answer = await browser.post(f"/workspaces/{world.workspace_id}/hand-over", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, settings)
    assert [one.data["member"]["role"] for one in told] == ["viewer", "admin", "owner"]


def _member(world: World, person: Person) -> str:
    return f"/api/workspaces/{world.workspace_id}/members/{person.id}"


async def _people(world: World, viewer: Person) -> dict[str, dict[str, object]]:
    return {each["user"]["name"]: each for each in await members_of(viewer, world.workspace_id)}


async def test_a_change_leads_to_the_settings_wherever_the_form_stood(world: World) -> None:
    settings = f"/workspaces/{world.workspace_id}/settings"
    # The page that shows a fresh invite stands at an address that takes no GET.
    referer = {"Referer": f"{world.olga.address}/workspaces/{world.workspace_id}/invites"}
    member = f"/workspaces/{world.workspace_id}/members/{world.vera.id}"
    for path in (member, f"{member}/remove"):
        answer = await world.olga.browser.post(path, data={"role": "member"}, headers=referer)
        assert (answer.status_code, answer.headers["Location"]) == (303, settings)
