"""Lists of tasks: filters, orders and pages."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from app.core.paging import Cursor, decode_cursor, encode_cursor
from app.core.text import searchable
from app.tasks import queries
from app.tasks.models import Priority
from app.tasks.schemas import TaskOut
from app.tasks.view import SORTS, TaskView
from tests.builders import a_task, a_workspace
from tests.conftest import World
from tests.tasks.stock import a_stock
from tests.workspaces.asking import errors_of, refusals

Json = dict[str, Any]

COUNT, PAGE = 500, 7


async def test_pages_of_seven_are_the_sorted_whole_in_every_order(world: World) -> None:
    await _stock(world, COUNT)
    home = queries.of_workspace(world.workspace_id)
    async with world.tandem.database.read() as session:
        for sort in [*SORTS, *(f"-{sort}" for sort in SORTS)]:
            view = TaskView(sort=sort)
            whole = await queries.tasks(session, home, view)
            walked: list[object] = []
            cursor: Cursor | None = None
            while cursor is not None or not walked:
                page = await queries.tasks_page(session, home, view, limit=PAGE, cursor=cursor)
                walked += page.items
                cursor = decode_cursor(page.next_cursor, sort=sort) if page.next_cursor else None
                assert len(page.items) == PAGE or cursor is None
            assert len(whole) == COUNT
            assert walked == (whole if view.sort_attribute != "title" else _by_title(whole, view)), sort


async def test_a_program_walks_through_a_filtered_list_by_its_cursors(world: World) -> None:
    await _stock(world, 60)
    mia = world.mia.api
    address = f"/api/workspaces/{world.workspace_id}/tasks"
    asked = {"status": "todo,doing", "sort": "-due"}
    whole = (await mia.get(address, params=asked | {"limit": "200"})).json()
    assert whole["next_cursor"] is None
    assert {task["status"] for task in whole["items"]} == {"todo", "doing"}
    walked: list[Json] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await mia.get(address, params=asked | cursor | {"limit": "7"})).json()
        walked += page["items"]
        # What comes before the cursor meanwhile neither repeats nor hides anything.
        await a_task(
            world.tandem, world.olga, world.workspace_id, due_on=datetime(9999, 1, 1, tzinfo=UTC).date()
        )
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    late = [task for task in walked if task["due_on"] == "9999-01-01"]
    assert [task for task in walked if task not in late] == whole["items"]
    assert len((await mia.get(address)).json()["items"]) == 50


async def test_every_filter_shows_exactly_what_it_says(world: World) -> None:
    await _stock(world, 120)
    mia = world.mia.api
    today = datetime.now(UTC).date()
    for days in (-1, 0, 1, 6, 7):
        await a_task(world.tandem, world.olga, world.workspace_id, due_on=today + timedelta(days=days))
    own = world.mia.id

    def due(task: Json) -> str:
        return str(task["due_on"] or "")

    def assignee(task: Json) -> object:
        return task["assignee"] and task["assignee"]["id"]

    filters: dict[str, Callable[[Json], bool]] = {
        "": lambda _: True,
        "status=done": lambda task: task["completed"],
        "status=todo&status=doing": lambda task: not task["completed"],
        "priority=urgent,none": lambda task: task["priority"] in ("urgent", "none"),
        "assignee=me": lambda task: assignee(task) == own,
        f"assignee={world.adam.id}": lambda task: assignee(task) == world.adam.id,
        f"assignee={uuid4()}": lambda _: False,
        "assignee=none": lambda task: assignee(task) is None,
        "due=none": lambda task: due(task) == "",
        "due=today": lambda task: due(task) == str(today),
        "due=overdue": lambda task: "" < due(task) < str(today),
        "due=week": lambda task: str(today) <= due(task) <= str(today + timedelta(days=6)),
        "due_before=2026-01-03": lambda task: "" < due(task) < "2026-01-03",
        "due_before=0001-01-01": lambda _: False,
        "q=MILK": lambda task: "milk" in searchable(task["title"], task["description"]),
        "status=todo&assignee=me&q=a&priority=low,high,none": lambda task: (
            task["status"] == "todo"
            and assignee(task) == own
            and "a" in searchable(task["title"], task["description"])
            and task["priority"] in ("low", "high", "none")
        ),
    }
    address = f"/api/workspaces/{world.workspace_id}/tasks?limit=200"
    everything = (await mia.get(address)).json()["items"]
    assert len(everything) == 125
    for query, shown in filters.items():
        answer = await mia.get(f"{address}&{query}")
        assert answer.json()["items"] == [task for task in everything if shown(task)], query


async def test_a_page_has_its_bounds_and_a_cursor_its_list(world: World) -> None:
    mia = world.mia.api
    for number in range(3):
        await a_task(world.tandem, world.mia, None, title=str(number), priority=Priority.LOW)
    cursors = {
        sort: (await mia.get(f"/api/tasks?limit=1&sort={sort}")).json()["next_cursor"]
        for sort in [*SORTS, *(f"-{sort}" for sort in SORTS)]
    }
    for limit in ("0", "201", "-1", "1.5", "many", "9" * 30):
        answer = await mia.get(f"/api/tasks?limit={limit}")
        assert (answer.status_code, errors_of(answer)) == (422, {"limit"}), limit
    for limit in ("1", "200"):
        assert (await mia.get(f"/api/tasks?limit={limit}")).status_code == 200
    for sort, good in cursors.items():
        answer = await mia.get("/api/tasks", params={"sort": sort, "cursor": good})
        assert len(answer.json()["items"]) == 2
    unreadable = ["x", "é", "%00", "W10", "====", cursors["due"][:-3], *cursors.values()]
    for cursor in unreadable:
        answer = await mia.get("/api/tasks", params={"sort": "title", "cursor": cursor})
        if cursor != cursors["title"]:
            assert (answer.status_code, errors_of(answer)) == (422, {"cursor"}), cursor


async def test_a_cursor_that_somebody_made_up_does_no_harm(world: World) -> None:
    mia = world.mia.api
    good = str(uuid4())
    keys = ("", "x", "\0", 10**18, -1, "9" * 400, "2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00")
    for sort in SORTS:
        for key, ident in [*((key, good) for key in keys), ("1", "x"), ("1", "\0")]:
            cursor = encode_cursor(Cursor(sort=sort, key=key, id=ident))
            answer = await mia.get("/api/tasks", params={"sort": sort, "cursor": cursor})
            assert answer.status_code in (200, 422), (sort, key, ident, answer.text)


async def test_one_sees_the_lists_of_where_they_belong_and_what_is_assigned_to_them_there(
    world: World,
) -> None:
    elsewhere = await a_workspace(world.tandem, world.cast, name="Elsewhere")
    mia = world.mia.api
    me = world.mia.scope.user_id
    here = await a_task(world.tandem, world.olga, world.workspace_id, title="here", assignee_id=me)
    there = await a_task(world.tandem, world.olga, elsewhere, title="there", assignee_id=me)
    own = await a_task(world.tandem, world.mia, None, title="own", assignee_id=me)
    await a_task(world.tandem, world.mia, None, title="own, of nobody")
    others = world.adam.scope.user_id
    await a_task(world.tandem, world.olga, elsewhere, title="Adam's", assignee_id=others)
    gone = await a_task(world.tandem, world.olga, elsewhere, title="gone", assignee_id=me)
    await world.olga.api.delete(f"/api/tasks/{gone.id}?version={gone.version}")

    async def titles(query: str) -> set[str]:
        answer = await mia.get(f"/api/tasks?{query}")
        return {task["title"] for task in answer.json()["items"]}

    assert await titles("scope=assigned") == {"here", "there", "own"}
    assert await titles("scope=assigned&q=THERE") == {"there"}
    assert await titles("scope=personal") == await titles("") == {"own", "own, of nobody"}
    first = (await mia.get("/api/tasks?scope=assigned&sort=title&limit=2")).json()
    second = await mia.get(
        "/api/tasks", params={"scope": "assigned", "sort": "title", "cursor": first["next_cursor"]}
    )
    walked = [task["id"] for task in [*first["items"], *second.json()["items"]]]
    assert walked == [str(task.id) for task in (here, own, there)]
    odd = await mia.get("/api/tasks?scope=all")
    assert (odd.status_code, errors_of(odd)) == (422, {"scope"})
    await mia.delete(f"/api/workspaces/{elsewhere}/members/{world.mia.id}")
    assert await titles("scope=assigned") == {"here", "own"}
    address = f"/api/workspaces/{world.workspace_id}/tasks"
    assert await refusals(world, "GET", address) == {"vera": 200, "stan": 404, "nobody": 401}
    assert await refusals(world, "GET", "/api/tasks") == {"vera": 200, "stan": 200, "nobody": 401}


async def _stock(world: World, count: int) -> None:
    people = [world.mia.scope.user_id, world.adam.scope.user_id]
    await a_stock(world.tandem, world.workspace_id, world.olga.scope.user_id, people, count=count)


def _by_title(tasks: list[TaskOut], view: TaskView) -> list[TaskOut]:
    return sorted(
        tasks,
        key=lambda task: (searchable(task.title, task.description), str(task.id)),
        reverse=view.descending,
    )
