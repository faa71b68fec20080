"""The list of one's workspaces."""

from uuid import uuid4

from app.core.paging import Cursor, encode_cursor
from tests.builders import a_workspace
from tests.conftest import World
from tests.workspaces.asking import errors_of, refusals


async def test_ones_workspaces_come_in_pages_oldest_first(world: World) -> None:
    mia = world.mia.api
    names = ["Home"]
    for number in range(4):
        await a_workspace(world.tandem, world.cast, name=f"Workspace {9 - number}")
        names.append(f"Workspace {9 - number}")
    await world.stan.api.post("/api/workspaces", json={"name": "Stan's"})
    whole = (await mia.get("/api/workspaces")).json()
    assert [each["name"] for each in whole["items"]] == names
    assert {(each["role"], each["member_count"]) for each in whole["items"]} == {("member", 4)}
    for each in whole["items"]:
        assert each == (await mia.get(f"/api/workspaces/{each['id']}")).json()
    walked = []
    query = "?limit=2"
    while query:
        page = (await mia.get(f"/api/workspaces{query}")).json()
        walked += page["items"]
        query = f"?limit=2&cursor={page['next_cursor']}" if page["next_cursor"] else ""
    assert walked == whole["items"]


async def test_who_sees_a_workspace_and_what_a_list_of_them_refuses(world: World) -> None:
    olga = world.olga.api
    for path in ("/api/workspaces", f"/api/workspaces/{world.workspace_id}/members"):
        for limit in ("0", "201", "x"):
            answer = await olga.get(f"{path}?limit={limit}")
            assert (answer.status_code, errors_of(answer)) == (422, {"limit"})
        for ident in ("x", "", "\0", str(uuid4())):
            answer = await olga.get(
                path, params={"cursor": encode_cursor(Cursor(sort="id", key="", id=ident))}
            )
            assert answer.status_code in (200, 422), (path, ident, answer.text)
        answer = await olga.get(path, params={"cursor": encode_cursor(Cursor(sort="due", key="", id="x"))})
        assert (answer.status_code, errors_of(answer)) == (422, {"cursor"})
    path = f"/api/workspaces/{world.workspace_id}"
    assert await refusals(world, "GET", path) == {"vera": 200, "stan": 404, "nobody": 401}
    assert await refusals(world, "GET", "/api/workspaces") == {"vera": 200, "stan": 200, "nobody": 401}
    assert (await world.stan.api.get("/api/workspaces")).json() == {"items": [], "next_cursor": None}
    for page in ("", "/settings"):
        assert (await world.stan.browser.get(f"/workspaces/{world.workspace_id}{page}")).status_code == 404
