"""Making invite links."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.core.models import Base
from tests.conftest import World
from tests.workspaces.asking import (
    REFUSED_TO_MEMBERS,
    errors_of,
    form_refusals,
    hearing,
    refusals,
)


async def test_a_link_is_shown_once_and_only_its_hash_is_kept(world: World) -> None:
    address = f"/api/workspaces/{world.workspace_id}/invites"
    olga = world.olga.api
    async with hearing(world.tandem) as told:
        answer = await olga.post(address, json={"role": "viewer", "expires_in": 3600, "max_uses": 2})
    assert answer.status_code == 201
    made = answer.json()
    token = made.pop("token")
    assert made.pop("url") == f"{world.program.address}/workspaces/join/{token}"
    assert (made["role"], made["max_uses"], made["uses"]) == ("viewer", 2, 0)
    assert _lifetime(made) == timedelta(hours=1)
    assert len(token) >= 43
    assert (await olga.get(address)).json() == {"items": [made], "next_cursor": None}
    everything = await _everything(world)
    assert token not in everything
    assert hashlib.sha256(token.encode()).hexdigest() in everything
    # An invite changes nothing that members see.
    assert told == []


async def test_what_is_left_out_is_a_member_for_seven_days_and_any_number(world: World) -> None:
    adam = world.adam.api
    address = f"/api/workspaces/{world.workspace_id}/invites"
    made = [(await adam.post(address, json={})).json() for _ in range(2)]
    assert (made[0]["role"], made[0]["max_uses"], _lifetime(made[0])) == ("member", None, timedelta(days=7))
    assert made[0]["token"] != made[1]["token"]
    listed = (await adam.get(address)).json()["items"]
    assert [each["id"] for each in listed] == [made[1]["id"], made[0]["id"]]


async def test_the_bounds_of_an_invite(world: World) -> None:
    olga = world.olga.api
    address = f"/api/workspaces/{world.workspace_id}/invites"
    year = 365 * 24 * 3600
    for body in ({"expires_in": 60, "max_uses": 1}, {"expires_in": year, "max_uses": 10_000}):
        assert (await olga.post(address, json=body)).status_code == 201
    for field, values in {
        "expires_in": (0, 59, -1, year + 1, 10**30, "1h", 60.5),
        "max_uses": (0, -1, 10_001, 10**30, "many"),
        "role": ("boss", "", None),
        "token": ("mine",),
    }.items():
        for value in values:
            answer = await olga.post(address, json={field: value})
            assert (answer.status_code, errors_of(answer)) == (422, {field}), (field, value)
    both = await olga.post(address, json={"expires_in": 0, "max_uses": 0})
    assert errors_of(both) == {"expires_in", "max_uses"}
    assert (await olga.post(address, json={"role": "owner"})).status_code == 403
    assert len((await olga.get(address)).json()["items"]) == 2


async def test_the_list_of_invites_comes_in_pages(world: World) -> None:
    olga = world.olga.api
    address = f"/api/workspaces/{world.workspace_id}/invites"
    made = [(await olga.post(address, json={})).json()["id"] for _ in range(5)]
    walked: list[str] = []
    query = "?limit=2"
    while query:
        page = (await olga.get(address + query)).json()
        assert len(page["items"]) <= 2
        walked += [each["id"] for each in page["items"]]
        query = f"?limit=2&cursor={page['next_cursor']}" if page["next_cursor"] else ""
    assert walked == made[::-1]
    for odd in ("limit=0", "limit=201", "cursor=x"):
        answer = await olga.get(f"{address}?{odd}")
        assert (answer.status_code, errors_of(answer)) == (422, {odd.partition("=")[0]})


async def test_who_may_not_make_or_see_invites(world: World) -> None:
    address = f"/workspaces/{world.workspace_id}/invites"
    who = tuple(REFUSED_TO_MEMBERS)
    assert await refusals(world, "POST", f"/api{address}", json={}, who=who) == REFUSED_TO_MEMBERS
    assert await refusals(world, "GET", f"/api{address}", who=who) == REFUSED_TO_MEMBERS
    assert await form_refusals(world, address, role="member", who=who) == REFUSED_TO_MEMBERS
    assert (await world.olga.api.get(f"/api{address}")).json()["items"] == []


async def test_the_plain_form_shows_the_link_on_its_answer_and_never_again(world: World) -> None:
    settings = f"/workspaces/{world.workspace_id}/settings"
    browser = world.olga.browser
    fields = {"role": "viewer", "expires_in": "86400", "max_uses": ""}
    answer = await browser.post(f"/workspaces/{world.workspace_id}/invites", data=fields)
    link = f"{world.program.address}/workspaces/join/"
    assert answer.status_code in (200, 201)
    assert link in answer.text
    later = await browser.get(settings)
    assert later.status_code == 200
    assert link not in later.text
    assert "For viewers" in later.text
    assert "For viewers" not in (await world.mia.browser.get(settings)).text
    for odd in ({"max_uses": "0"}, {"max_uses": "many"}, {"expires_in": "1"}, {"role": "boss"}):
        refused = await browser.post(f"/workspaces/{world.workspace_id}/invites", data=fields | odd)
        assert refused.status_code == 422
        assert link not in refused.text


def _lifetime(invite: dict[str, Any]) -> timedelta:
    return datetime.fromisoformat(invite["expires_at"]) - datetime.fromisoformat(invite["created_at"])


async def _everything(world: World) -> str:
    """All that the database keeps."""
    async with world.tandem.database.read() as session:
        tables = Base.metadata.sorted_tables
        return "\n".join([str(list(await session.execute(select(table)))) for table in tables])
