"""Whatever somebody looks for, and whoever they are, nothing of others is found and nothing breaks."""

import pytest

from tests.builders import a_task, a_workspace
from tests.conftest import World

RUBBISH = [
    "%",
    "_",
    "\\",
    "/",
    "'",
    "\0",
    "a" * 10_000,
    "\u202eklim",
    "\ufdfa" * 200,
    "<img src=x>",
    "[",
    "*",
    "\u200d",
]
RAW = ["%ED%A0%80", "%FF", "%", "%00%25", "+", "a&q=b", "%F0%9F"]


async def test_nothing_of_others_is_found(world: World) -> None:
    abroad = await a_workspace(world.tandem, world.cast, name="Abroad")
    await a_task(world.tandem, world.olga, world.workspace_id, title="needle here")
    await a_task(world.tandem, world.olga, None, title="needle of olga")
    gone = await a_task(world.tandem, world.olga, world.workspace_id, title="needle gone")
    await world.olga.api.delete(f"/api/tasks/{gone.id}?version={gone.version}")
    assigned = await a_task(world.tandem, world.olga, abroad, title="needle for mia")
    given = {"version": assigned.version, "assignee_id": world.mia.id}
    await world.olga.api.patch(f"/api/tasks/{assigned.id}", json=given)
    await world.olga.api.delete(f"/api/workspaces/{abroad}/members/{world.mia.id}")
    found = {}
    for who in ("olga", "mia", "vera", "stan"):
        for headers in ({}, {"HX-Request": "true"}):
            page = (await world.cast[who].browser.get("/search?q=needle", headers=headers)).text
            words = ("here", "of olga", "gone", "for mia")
            found[who, len(headers)] = [each for each in words if f"needle {each}" in page]
    assert found == {
        **{("olga", each): ["here", "of olga", "for mia"] for each in (0, 1)},
        **{("mia", each): ["here"] for each in (0, 1)},
        **{("vera", each): ["here", "for mia"] for each in (0, 1)},
        **{("stan", each): [] for each in (0, 1)},
    }


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "palette"])
async def test_whatever_is_looked_for_is_answered(world: World, headers: dict[str, str]) -> None:
    await a_task(world.tandem, world.mia, None, title="milk")
    for q in RUBBISH:
        answer = await world.mia.browser.get("/search", params={"q": q}, headers=headers)
        assert answer.status_code in (200, 422), q[:9]
        assert "milk" not in answer.text
        assert "<img" not in answer.text
    for raw in RAW:
        answer = await world.mia.browser.get(f"/search?q={raw}", headers=headers)
        assert answer.status_code in (200, 400, 422), raw
