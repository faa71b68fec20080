"""Renaming and describing a workspace."""

from uuid import uuid4

from tests.conftest import World
from tests.workspaces.asking import (
    REFUSED_TO_MEMBERS,
    errors_of,
    form_refusals,
    hearing,
    refusals,
    the_workspace,
)


async def test_owner_and_admin_rename_it_and_everybody_is_told_once(world: World) -> None:
    address = f"/api/workspaces/{world.workspace_id}"
    for person, name in ((world.olga, "Kitchen"), (world.adam, "Cellar")):
        api = person.api
        body = {"name": f" {name} ", "description": f"the {name}"}
        async with hearing(world.tandem) as told:
            answer = await api.put(address, json=body)
            again = await api.put(address, json=body)
        assert (answer.status_code, again.status_code) == (200, 200)
        assert answer.json() == again.json() == (await api.get(address)).json()
        [one] = told
        assert (one.topic, one.type, one.by) == (the_workspace(world), "workspace.updated", person.id)
        shown = {field: answer.json()[field] for field in ("id", "name", "description", "created_at")}
        assert one.data == {"workspace": shown | {"version": one.seq}}
        assert (shown["name"], answer.json()["seq"]) == (name, one.seq)


async def test_what_it_cannot_be_called(world: World) -> None:
    olga = world.olga.api
    address = f"/api/workspaces/{world.workspace_id}"
    async with hearing(world.tandem) as told:
        for field, value in (("name", ""), ("name", "n" * 101), ("description", "d" * 501), ("seq", 7)):
            answer = await olga.put(address, json={"name": "Kitchen", field: value})
            assert (answer.status_code, errors_of(answer)) == (422, {field})
        nameless = await olga.put(address, json={"description": "x"})
        assert (nameless.status_code, errors_of(nameless)) == (422, {"name"})
        form = await world.olga.browser.post(address.removeprefix("/api"), data={"name": "n" * 101})
        assert form.status_code == 422
        assert "at most 100 characters; it has 101" in form.text
    assert told == []
    assert (await olga.get(address)).json()["name"] == "Home"


async def test_who_may_not(world: World) -> None:
    address = f"/workspaces/{world.workspace_id}"
    who = tuple(REFUSED_TO_MEMBERS)
    async with hearing(world.tandem) as told:
        body = {"name": "Mine"}
        assert await refusals(world, "PUT", f"/api{address}", json=body, who=who) == REFUSED_TO_MEMBERS
        assert await form_refusals(world, address, name="Mine", who=who) == REFUSED_TO_MEMBERS
        assert (await world.olga.api.put(f"/api/workspaces/{uuid4()}", json=body)).status_code == 404
    assert told == []


async def test_the_plain_form_renames_it(world: World) -> None:
    address = f"/workspaces/{world.workspace_id}"
    async with hearing(world.tandem) as told:
        for _ in range(2):
            answer = await world.adam.browser.post(address, data={"name": "Kitchen", "description": "x"})
            assert (answer.status_code, answer.headers["location"]) == (303, f"{address}/settings")
    assert [one.data["workspace"]["name"] for one in told] == ["Kitchen"]
