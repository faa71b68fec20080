"""Questions and preferences that make no sense: refused by the name of what is wrong, and without effect."""

from typing import Any
from uuid import uuid4

import pytest

from app.notifications.models import NotificationType
from tests.conftest import World
from tests.workspaces.asking import errors_of

PATH = "/api/notifications"
RIGHT = {"type": "mentioned", "in_app": True, "toast": False, "email": False}

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("unread=maybe", "unread"),
        ("unread=1", "unread"),
        ("type=nothing", "type"),
        ("type=TASK_ASSIGNED", "type"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("cursor=nonsense", "cursor"),
        ("cursor=%00", "cursor"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(world: World, query: str, field: str) -> None:
    answer = await world.mia.api.get(f"{PATH}?{query}")
    assert answer.status_code == 422, answer.text
    assert errors_of(answer) == {field}
    if "limit" not in query:  # pages have none
        assert (await world.mia.browser.get(f"/notifications?{query}")).status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "nothing"},
        {"type": None},
        {"in_app": "yes"},
        {"toast": None},
        {"email": 2},
        {"user_id": "019e0000-0000-7000-8000-000000000000"},
        {"version": 1},
    ],
    ids=str,
)
async def test_a_preference_that_makes_no_sense_is_refused_and_changes_nothing(
    world: World, wrong: dict[str, Any]
) -> None:
    path = f"{PATH}/preferences"
    before = (await world.mia.api.get(path)).json()
    assert [each["type"] for each in before["preferences"]] == list(NotificationType)
    right = {"type": "invited", "in_app": False, "toast": False, "email": False}
    answer = await world.mia.api.put(path, json={"preferences": [right, RIGHT | wrong]})
    assert answer.status_code == 422, answer.text
    assert errors_of(answer)
    twice = await world.mia.api.put(path, json={"preferences": [RIGHT, RIGHT]})
    assert (twice.status_code, errors_of(twice)) == (422, {"preferences"})
    assert (await world.mia.api.get(path)).json() == before


async def test_an_id_that_is_none_or_nobodys_is_not_found(world: World) -> None:
    for name in (uuid4(), world.workspace_id, world.mia.id):
        assert (await world.mia.api.post(f"{PATH}/{name}/read")).status_code == 404
        for act in ("read", "open"):
            assert (await world.mia.browser.post(f"/notifications/{name}/{act}")).status_code == 404
    assert (await world.mia.api.post(f"{PATH}/1/read")).status_code == 404
