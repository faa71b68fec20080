"""What the fields of a task can take, when it is added and when it is changed."""

from typing import Any

from tests.builders import a_task
from tests.conftest import World
from tests.workspaces.asking import errors_of, hearing

ROUND_TRIPS = [
    "m",
    "m" * 200,
    "🧑‍🚀" * 66,  # 198 characters
    "naïve e\N{COMBINING ACUTE ACCENT} İstanbul ẞ ﬁ ＭＩＬＫ 牛奶 حليب \N{RIGHT-TO-LEFT OVERRIDE}x",
    "<script>alert(1)</script> & \"quotes\" 'n' `ticks` \\ / % _ {{ 7*7 }}",
    "\N{ZERO WIDTH SPACE}",
    "\U0010ffff \ufffe \ufdd0 \ue000",
]
REFUSED_TITLES = ["", " \t ", "m" * 201, "a\0b", "a\nb", "a\tb", "a\x7fb", "a\x9bb"]
REFUSED_DESCRIPTIONS = ["d" * 10_001, "a\0b", "a\x1bb"]
REFUSED_DAYS = ["1899-12-31", "9999-12-31", "0001-01-01", "2026-02-30", "tomorrow", ""]
REFUSED_POSITIONS = ["", "a", "a0" + "0", "0", "é", "a!", "a0" * 101, "z", "A" + "0" * 26]


async def test_every_other_text_survives_unchanged(world: World) -> None:
    mia = world.mia.api
    for text in ROUND_TRIPS:
        made = await mia.post("/api/tasks", json={"title": text, "description": text})
        assert made.status_code == 201, made.text
        shown = (await mia.get(f"/api/tasks/{made.json()['id']}")).json()
        assert (shown["title"], shown["description"]) == (text, text)
    long = "a\tb\n" * 2_499 + "abcd"
    made = await mia.post("/api/tasks", json={"title": "long", "description": long})
    assert made.json()["description"] == long


async def test_what_a_field_cannot_take_is_refused_by_name_and_changes_nothing(world: World) -> None:
    mia = world.mia.api
    task = await a_task(world.tandem, world.mia, world.workspace_id)
    bodies: list[tuple[str, Any]] = [
        *(("title", title) for title in [*REFUSED_TITLES, None, 7]),
        *(("description", text) for text in [*REFUSED_DESCRIPTIONS, None]),
        *(("due_on", day) for day in REFUSED_DAYS),
        *(("status", status) for status in ("finished", "", None)),
        *(("priority", priority) for priority in ("asap", "", None)),
        ("assignee_id", "nobody"),
        ("colour", "red"),
        ("version", 7),
    ]
    async with hearing(world.tandem) as told:
        for field, value in bodies:
            if field != "version":
                changed = await mia.patch(
                    f"/api/tasks/{task.id}", json={"version": task.version, field: value}
                )
                assert (changed.status_code, errors_of(changed)) == (422, {field}), (field, value)
            added = await mia.post("/api/tasks", json={"title": "milk", field: value})
            assert (added.status_code, errors_of(added)) == (422, {field}), (field, value)
        for value in REFUSED_POSITIONS:
            moved = await mia.patch(
                f"/api/tasks/{task.id}", json={"version": task.version, "position": value}
            )
            assert (moved.status_code, errors_of(moved)) == (422, {"position"}), value
        lone = await mia.post("/api/tasks", content=rb'{"title": "a\ud800b"}')
        assert lone.status_code in (400, 422)
        not_json = await mia.patch(f"/api/tasks/{task.id}", content=b'{"title": ')
        assert not_json.status_code == 400
        large = await mia.post("/api/tasks", json={"title": "milk", "description": "x" * 70_000})
        assert large.status_code == 413
    assert told == []


async def test_everything_that_is_wrong_is_said_at_once(world: World) -> None:
    answer = await world.mia.api.post(
        "/api/tasks", json={"title": "", "description": "x" * 10_001, "due_on": "1800-01-01"}
    )
    assert errors_of(answer) == {"title", "description", "due_on"}


async def test_a_due_day_may_be_the_first_the_last_or_none(world: World) -> None:
    mia = world.mia.api
    task = (await mia.post("/api/tasks", json={"title": "milk", "due_on": "1900-01-01"})).json()
    assert task["due_on"] == "1900-01-01"
    for day in ("9999-12-30", None):
        task = (
            await mia.patch(f"/api/tasks/{task['id']}", json={"version": task["version"], "due_on": day})
        ).json()
        assert task["due_on"] == day


async def test_a_task_takes_a_place_between_two_others(world: World) -> None:
    mia = world.mia.api
    first, second, third = [
        await a_task(world.tandem, world.mia, world.workspace_id, title=name) for name in "abc"
    ]
    async with hearing(world.tandem) as told:
        moved = await mia.patch(
            f"/api/tasks/{third.id}", json={"version": third.version, "position": first.position + "V"}
        )
    assert moved.status_code == 200, moved.text
    [one] = told
    assert (one.type, one.changed) == ("task.updated", ["position"])
    assert one.before == {"position": third.position}
    listed = await mia.get(f"/api/workspaces/{world.workspace_id}/tasks")
    assert [task["title"] for task in listed.json()["items"]] == ["a", "c", "b"]
    assert second.position > moved.json()["position"]
