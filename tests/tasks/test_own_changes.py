"""What one has changed oneself stands in nobody's way, and hides nothing that others have changed.

Each case is a story of one task: what happens after Mia has read it, and what becomes of what she sends
late, based on the version that she read.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from app.tasks.schemas import TaskOut
from tests.builders import a_task
from tests.cast import Person
from tests.conftest import World

Step = tuple[str, str, dict[str, Any]]  # who, what, and with what

LATE_TITLE: Step = ("mia", "change", {"title": "mine, from the train"})
LATE_DELETION: Step = ("mia", "delete", {})


async def do(world: World, task: TaskOut, step: Step, *, version: int | None = None) -> int:
    """One step, based on what the task is at the moment, or on ``version``; its status code."""
    who, what, fields = step
    person: Person = world.cast[who]
    address = f"/api/tasks/{task.id}"
    if version is None:
        known = await person.api.get(address)
        version = known.json()["version"] if known.status_code == 200 else 0
    key = {"Idempotency-Key": str(uuid4())}  # without one a stale deletion is refused, whoever made it stale
    ways: dict[str, Callable[[], Awaitable[Any]]] = {
        "change": lambda: person.api.patch(address, json={"version": version, **fields}),
        "delete": lambda: person.api.delete(f"{address}?version={version}", headers=key),
        "complete": lambda: person.api.post(f"{address}/complete"),
        "reopen": lambda: person.api.post(f"{address}/reopen"),
        "restore": lambda: person.api.post(f"{address}/restore"),
        "move": lambda: person.browser.post(f"/tasks/{task.id}/move", data={"before": fields["before"]}),
        "comment": lambda: person.api.post(f"{address}/comments", json={"body": "hm"}),
    }
    return int((await ways[what]()).status_code)


def change(who: str, **fields: Any) -> Step:
    return who, "change", fields


CASES: dict[str, tuple[list[Step], Step, bool]] = {
    "only mine, on the same field": ([change("mia", title="a"), change("mia", title="b")], LATE_TITLE, True),
    "theirs on the same field": ([change("olga", title="a")], LATE_TITLE, False),
    "theirs, then mine in the knowledge of it": (
        [change("olga", title="a"), change("mia", title="b")],
        LATE_TITLE,
        True,
    ),
    "theirs on the field, then mine on another": (
        [change("olga", title="a"), change("mia", description="b")],
        LATE_TITLE,
        False,
    ),
    "mine on the field, then theirs on another": (
        [change("mia", title="a"), change("olga", description="b")],
        LATE_TITLE,
        True,
    ),
    "mine, then theirs on the field": (
        [change("mia", title="a"), change("olga", title="b")],
        LATE_TITLE,
        False,
    ),
    "theirs on the field, and mine at once on two others": (
        [change("olga", title="a"), change("mia", description="b", priority="high")],
        LATE_TITLE,
        False,
    ),
    "theirs, then I move it": ([change("olga", title="a"), ("mia", "move", {})], LATE_TITLE, False),
    "theirs, then I complete it": ([change("olga", title="a"), ("mia", "complete", {})], LATE_TITLE, False),
    "they move and comment": ([("olga", "move", {}), ("olga", "comment", {})], LATE_TITLE, True),
    "theirs, then I delete and restore it": (
        [change("olga", title="a"), ("mia", "delete", {}), ("mia", "restore", {})],
        LATE_TITLE,
        False,
    ),
    "theirs, they delete it, I restore it": (
        [change("olga", title="a"), ("olga", "delete", {}), ("mia", "restore", {})],
        LATE_TITLE,
        False,
    ),
    "theirs, I delete, they restore": (
        [change("olga", title="a"), ("mia", "delete", {}), ("olga", "restore", {})],
        LATE_TITLE,
        False,
    ),
    "I delete and restore it": ([("mia", "delete", {}), ("mia", "restore", {})], LATE_TITLE, True),
    "they delete and restore it": ([("olga", "delete", {}), ("olga", "restore", {})], LATE_TITLE, False),
    "deletion after only mine": ([change("mia", title="a"), ("mia", "complete", {})], LATE_DELETION, True),
    "deletion after theirs": ([change("olga", title="a")], LATE_DELETION, False),
    "deletion after theirs, then mine": (
        [change("olga", title="a"), change("mia", title="b")],
        LATE_DELETION,
        False,
    ),
    "deletion after mine, theirs, mine": (
        [change("mia", title="a"), ("olga", "complete", {}), ("mia", "reopen", {})],
        LATE_DELETION,
        False,
    ),
    "deletion after they moved it": ([("olga", "move", {})], LATE_DELETION, False),
    "deletion after I moved it": ([("mia", "move", {})], LATE_DELETION, True),
    "deletion after theirs, deleted and restored by me": (
        [change("olga", title="a"), ("mia", "delete", {}), ("mia", "restore", {})],
        LATE_DELETION,
        False,
    ),
}


async def test_a_late_change_goes_through_only_where_it_loses_nobody_elses(world: World) -> None:
    found = {case: await tell(world, between, late) for case, (between, late, _) in CASES.items()}
    assert found == {case: goes_through for case, (_, _, goes_through) in CASES.items()}


async def tell(world: World, between: list[Step], late: Step) -> bool:
    """One story; whether the late change went through. A refused one has changed nothing."""
    neighbour = await a_task(world.tandem, world.mia, world.workspace_id, title="first")
    task = await a_task(world.tandem, world.mia, world.workspace_id)
    for who, what, fields in between:
        place = {"before": str(neighbour.id)} if what == "move" else {}
        assert await do(world, task, (who, what, fields | place)) < 400, (who, what)
    before = (await world.mia.api.get(f"/api/tasks/{task.id}")).json()
    status = await do(world, task, late, version=task.version)
    assert status in (200, 204, 409)
    assert status != 409 or (await world.mia.api.get(f"/api/tasks/{task.id}")).json() == before
    return status != 409
