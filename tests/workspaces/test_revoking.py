"""Ending an invite."""

from uuid import uuid4

from tests.builders import a_workspace
from tests.conftest import World
from tests.workspaces.asking import REFUSED_TO_MEMBERS, form_refusals, hearing, refusals


async def test_a_revoked_link_lets_nobody_in_and_revoking_again_changes_nothing(world: World) -> None:
    adam, stan = world.adam.api, world.stan.api
    address = f"/api/workspaces/{world.workspace_id}/invites"
    made = (await world.olga.api.post(address, json={})).json()
    async with hearing(world.tandem) as told:
        for _ in range(2):
            assert (await adam.delete(f"{address}/{made['id']}")).status_code == 204
        joining = await stan.post("/api/workspaces/join", json={"token": made["token"]})
        page = await world.stan.browser.get(f"/workspaces/join/{made['token']}")
    assert (joining.status_code, page.status_code) == (404, 404)
    assert "has been revoked" in page.text
    assert (await adam.get(address)).json()["items"] == []
    assert told == []


async def test_who_may_not_revoke(world: World) -> None:
    elsewhere = await a_workspace(world.tandem, world.cast, name="Elsewhere")
    olga = world.olga.api
    address = f"/workspaces/{world.workspace_id}/invites"
    made = (await olga.post(f"/api{address}", json={})).json()
    who = tuple(REFUSED_TO_MEMBERS)
    one = f"/api{address}/{made['id']}"
    assert await refusals(world, "DELETE", one, who=who) == REFUSED_TO_MEMBERS
    forms = await form_refusals(world, f"{address}/{made['id']}/revoke", who=who)
    assert forms == REFUSED_TO_MEMBERS
    for path in (f"/api{address}/{uuid4()}", f"/api/workspaces/{elsewhere}/invites/{made['id']}"):
        assert (await olga.delete(path)).status_code == 404
    joining = await world.stan.api.post("/api/workspaces/join", json={"token": made["token"]})
    assert joining.status_code == 200


async def test_the_plain_form_revokes(world: World) -> None:
    address = f"/workspaces/{world.workspace_id}"
    made = (await world.olga.api.post(f"/api{address}/invites", json={})).json()
    answer = await world.olga.browser.post(f"{address}/invites/{made['id']}/revoke")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{address}/settings")
    joining = await world.stan.api.post("/api/workspaces/join", json={"token": made["token"]})
    assert joining.status_code == 404
