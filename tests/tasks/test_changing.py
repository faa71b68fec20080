"""Changing fields of a task."""

import re
from typing import Any

from sqlalchemy import delete

from app.live.log import LoggedEvent
from app.tasks.models import Priority, Status
from tests.builders import a_task
from tests.conftest import World
from tests.workspaces.asking import (
    REFUSED,
    errors_of,
    form_refusals,
    hearing,
    refusals,
    the_workspace,
)


async def test_a_change_is_told_with_its_fields_and_what_they_were(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id, priority=Priority.LOW)
    mia = world.mia.api
    body = {"version": task.version, "title": "bread", "description": "brown", "priority": "low"}
    async with hearing(world.tandem) as told:
        answer = await mia.patch(f"/api/tasks/{task.id}", json=body, headers={"X-Connection-Id": "c1"})
    assert answer.status_code == 200
    [one] = told
    assert (one.topic, one.type, one.by) == (the_workspace(world), "task.updated", world.mia.id)
    assert one.changed == ["title", "description"]
    assert one.before == {"title": "milk", "description": ""}
    assert one.connection_id == "c1"
    shown = await mia.get(f"/api/tasks/{task.id}")
    assert one.data["task"] == shown.json() == answer.json()
    assert shown.json()["version"] == one.seq
    assert shown.headers["etag"] == answer.headers["etag"] == f'"{one.seq}"'
    assert shown.json()["updated_at"] > shown.json()["created_at"]


async def test_one_change_is_told_once_as_the_most_specific_that_fits(world: World) -> None:
    mia = world.mia.api
    done = ["status", "completed", "completed_at"]
    changes: list[tuple[dict[str, Any], str, list[str]]] = [
        ({"status": "doing"}, "task.updated", ["status"]),
        ({"status": "done"}, "task.completed", done),
        ({"status": "doing"}, "task.reopened", done),
        ({"assignee_id": world.vera.id}, "task.assigned", ["assignee"]),
        ({"assignee_id": None}, "task.assigned", ["assignee"]),
        ({"assignee_id": world.mia.id, "status": "todo"}, "task.updated", ["status", "assignee"]),
        ({"title": "bread", "status": "done"}, "task.updated", ["title", *done]),
        (
            {"due_on": "2026-01-01", "priority": "urgent"},
            "task.updated",
            ["priority", "due_on"],
        ),
    ]
    task = (await a_task(world.tandem, world.olga, world.workspace_id)).version
    address = f"/api/tasks/{(await mia.get(_list(world))).json()['items'][0]['id']}"
    for change, kind, fields in changes:
        earlier = (await mia.get(address)).json()
        async with hearing(world.tandem) as told:
            answer = await mia.patch(address, json={"version": task, **change})
        [one] = told
        assert (one.type, one.changed) == (kind, fields)
        assert one.data["task"] == answer.json() == (await mia.get(address)).json()
        assert one.before == {field: earlier[field] for field in fields}
        task = one.seq


async def test_a_stale_change_of_another_field_is_merged(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    olga, mia = world.olga.api, world.mia.api
    address = f"/api/tasks/{task.id}"
    await olga.patch(address, json={"version": task.version, "title": "bread", "status": "done"})
    async with hearing(world.tandem) as told:
        answer = await mia.patch(address, json={"version": task.version, "due_on": "2026-12-24"})
    assert answer.status_code == 200
    merged = answer.json()
    assert (merged["title"], merged["status"], merged["due_on"]) == ("bread", "done", "2026-12-24")
    [one] = told
    assert (one.changed, one.before, one.data["task"]) == (["due_on"], {"due_on": None}, merged)


async def test_a_stale_change_of_the_same_field_is_refused_with_both_sides(world: World) -> None:
    cases: list[tuple[dict[str, str], dict[str, str], list[str]]] = [
        ({"title": "bread"}, {"title": "beer", "description": "cold"}, ["title"]),
        ({"status": "done"}, {"status": "doing"}, ["status"]),
        ({"assignee_id": world.mia.id}, {"assignee_id": world.adam.id}, ["assignee"]),
        ({"description": "white"}, {"description": "brown"}, ["description"]),
        ({"position": "a5"}, {"position": "a6"}, ["position"]),
        (
            {"title": "bread", "priority": "low", "due_on": "2026-01-01"},
            {"due_on": "2026-01-02", "priority": "high", "description": "cold"},
            ["priority", "due_on"],
        ),
    ]
    olga, mia = world.olga.api, world.mia.api
    for theirs, mine, conflicts in cases:
        task = await a_task(world.tandem, world.olga, world.workspace_id)
        address = f"/api/tasks/{task.id}"
        first = await olga.patch(address, json={"version": task.version, **theirs})
        async with hearing(world.tandem) as told:
            answer = await mia.patch(address, json={"version": task.version, **mine})
        assert (first.status_code, answer.status_code) == (200, 409)
        problem = answer.json()
        assert problem["conflicts"] == conflicts
        assert problem["current"] == first.json() == (await mia.get(address)).json()
        assert (problem["status"], problem["title"]) == (409, "Conflict")
        assert told == []
        # With the number from the answer, the same change goes through.
        again = await mia.patch(address, json={"version": problem["current"]["version"], **mine})
        assert again.status_code == 200


async def test_a_chain_of_ones_own_changes_from_one_version_goes_through(world: World) -> None:
    """As it is sent by a page that was offline: each change knows only what the page once showed."""
    for home in (world.workspace_id, None):
        task = await a_task(world.tandem, world.mia, home)
        mia, address = world.mia.api, f"/api/tasks/{task.id}"
        for change in ({"title": "beer"}, {"status": "done"}, {"title": "bread"}, {"status": "doing"}):
            answer = await mia.patch(address, json={"version": task.version, **change})
            assert answer.status_code == 200
        assert (answer.json()["title"], answer.json()["status"]) == ("bread", "doing")


async def test_somebody_elses_change_in_such_a_chain_is_not_overwritten(world: World) -> None:
    task = await a_task(world.tandem, world.mia, world.workspace_id)
    mia, olga, address = world.mia.api, world.olga.api, f"/api/tasks/{task.id}"
    await mia.patch(address, json={"version": task.version, "title": "beer", "priority": "low"})
    version = (await mia.get(address)).json()["version"]
    theirs = await olga.patch(address, json={"version": version, "title": "wine"})
    async with hearing(world.tandem) as told:
        both = await mia.patch(address, json={"version": task.version, "title": "ale", "priority": "high"})
    assert (both.status_code, both.json()["conflicts"]) == (409, ["title"])  # the priority is one's own
    assert both.json()["changed_by"] == {"id": world.olga.id, "name": "Olga"}
    assert both.json()["current"] == theirs.json()
    assert told == []
    alone = await mia.patch(address, json={"version": task.version, "priority": "high"})
    assert (alone.status_code, alone.json()["title"]) == (200, "wine")


async def test_what_the_log_has_forgotten_was_somebody_elses(world: World) -> None:
    task = await a_task(world.tandem, world.mia, world.workspace_id)
    mia, address = world.mia.api, f"/api/tasks/{task.id}"
    await mia.patch(address, json={"version": task.version, "title": "beer"})
    async with world.tandem.database.write() as session:
        await session.execute(delete(LoggedEvent).where(LoggedEvent.entity_id == task.id))
        await session.commit()
    answer = await mia.patch(address, json={"version": task.version, "title": "bread"})
    assert (answer.status_code, answer.json()["conflicts"]) == (409, ["title"])
    assert answer.json()["changed_by"] is None
    assert (await mia.delete(f"{address}?version={task.version}")).status_code == 409


async def test_the_same_change_again_changes_nothing_and_tells_nobody(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    mia = world.mia.api
    address = f"/api/tasks/{task.id}"
    body = {"version": task.version, "title": "bread", "priority": "high", "assignee_id": world.vera.id}
    first = await mia.patch(address, json=body)
    async with hearing(world.tandem) as told:
        again = await mia.patch(address, json=body)
        empty = await mia.patch(address, json={"version": task.version})
        by_another = await world.olga.api.patch(address, json=body | {"title": " bread "})
    assert [answer.status_code for answer in (first, again, empty, by_another)] == [200] * 4
    assert first.json() == again.json() == empty.json() == by_another.json()
    assert told == []


async def test_a_change_says_which_version_it_is_based_on(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    mia = world.mia.api
    address, title = f"/api/tasks/{task.id}", {"title": "bread"}
    async with hearing(world.tandem) as told:
        without = await mia.patch(address, json=title)
        unread = [
            await mia.patch(address, json=title, headers={"If-Match": text})
            for text in ("*", '"latest"', "", "-1", "1e3", "9" * 19)
        ]
        above = await mia.patch(address, json=title | {"version": task.version + 1})
        far_above = await mia.patch(address, json=title | {"version": 10**30})
    assert without.status_code == 428
    assert [(answer.status_code, errors_of(answer)) for answer in unread] == [(422, {"If-Match"})] * 6
    assert (above.status_code, far_above.status_code) == (409, 409)
    assert above.json()["conflicts"] == ["title"]
    assert told == []
    for number, form in enumerate(('"{}"', "{}", 'W/"{}"')):
        version = (await mia.get(address)).json()["version"]
        given = {"If-Match": form.format(version)}
        answer = await mia.patch(address, json={"title": f"bread {number}"}, headers=given)
        assert answer.status_code == 200
        assert answer.json()["title"] == f"bread {number}"
    stale = await world.olga.api.patch(address, json=title, headers={"If-Match": f'"{task.version}"'})
    assert stale.status_code == 409


async def test_who_may_not_change(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    body = {"version": task.version, "title": "bread"}
    async with hearing(world.tandem) as told:
        assert await refusals(world, "PATCH", f"/api/tasks/{task.id}", json=body) == REFUSED
        version = str(task.version)
        assert await form_refusals(world, f"/tasks/{task.id}", title="bread", version=version) == REFUSED
    assert told == []


async def test_the_plain_form_changes_all_its_fields(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    browser = world.mia.browser
    fields = {
        "version": str(task.version),
        "title": "bread",
        "description": "brown\r\nand white",
        "status": "doing",
        "priority": "low",
        "due_on": "2026-12-24",
        "assignee": world.adam.id,
        "next": f"/workspaces/{world.workspace_id}?q=bread",
    }
    async with hearing(world.tandem) as told:
        answer = await browser.post(f"/tasks/{task.id}", data=fields)
        again = await browser.post(f"/tasks/{task.id}", data=fields)
    assert [answer.status_code, again.status_code] == [303, 303]
    assert answer.headers["location"] == fields["next"]
    [one] = told
    assert one.changed == ["title", "description", "status", "priority", "due_on", "assignee"]
    assert one.data["task"]["description"] == "brown\nand white"
    emptied = {"version": str(one.seq), "description": "", "due_on": "", "assignee": ""}
    async with hearing(world.tandem) as told:
        await browser.post(f"/tasks/{task.id}", data=emptied)
    [one] = told
    assert one.changed == ["description", "due_on", "assignee"]
    assert one.data["task"]["assignee"] is None


async def test_the_plain_form_shows_both_sides_of_a_conflict_and_can_be_sent_again(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    browser = world.mia.browser
    stale = {"version": str(task.version), "title": "my beer"}
    current = await world.olga.api.patch(
        f"/api/tasks/{task.id}", json={"version": task.version, "title": "their bread"}
    )
    assert current.status_code == 200
    async with hearing(world.tandem) as told:
        page = await browser.post(f"/tasks/{task.id}", data=stale)
        piece = await browser.post(f"/tasks/{task.id}", data=stale, headers={"HX-Request": "true"})
        bad = await browser.post(f"/tasks/{task.id}", data=stale | {"title": "", "priority": "low"})
        none = await browser.post(f"/tasks/{task.id}", data={"title": "beer"})
        odd = await browser.post(f"/tasks/{task.id}", data=stale | {"status": "finished"})
    assert (page.status_code, piece.status_code, bad.status_code) == (409, 409, 422)
    assert (none.status_code, odd.status_code) == (428, 422)
    for answer in (page, piece):
        assert "my beer" in answer.text
        assert "their bread" in answer.text
        assert "Olga" in answer.text
        assert f'name="version" value="{current.json()["version"]}"' in answer.text
    assert "It is “their bread” now, by Olga." in piece.text
    assert "Olga changed this task" in page.text
    assert "<html" not in piece.text
    assert told == []
    kept = await browser.post(f"/tasks/{task.id}", data=stale | {"version": str(current.json()["version"])})
    assert kept.status_code == 303


async def test_what_the_form_shows_and_nobody_touched_is_in_nobodys_way(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id, title="milk")
    mia, page = world.mia.browser, f"/workspaces/{world.workspace_id}/tasks/{task.id}"
    await world.olga.api.patch(f"/api/tasks/{task.id}", json={"version": task.version, "description": "a\nb"})
    shown = (await mia.get(page)).text
    form = dict(re.findall(r'<input type="hidden" name="(was_\w+|version)" value="(.*?)">', shown))
    assert len(form) == 7
    # As a browser sends them: every field, with the ends of lines that HTML has.
    form |= {"title": "oat milk", "description": "a\r\nb", "status": "todo", "priority": "none", "due_on": ""}
    current = (await world.olga.api.get(f"/api/tasks/{task.id}")).json()
    theirs = {
        "version": current["version"],
        "status": "doing",
        "description": "c",
        "assignee_id": str(world.adam.id),
    }
    assert (await world.olga.api.patch(f"/api/tasks/{task.id}", json=theirs)).status_code == 200
    assert (await mia.post(f"/tasks/{task.id}", data=form | {"assignee": ""})).status_code == 303
    merged = (await world.olga.api.get(f"/api/tasks/{task.id}")).json()
    assert (merged["title"], merged["status"], merged["description"]) == ("oat milk", "doing", "c")
    assert merged["assignee"]["name"] == "Adam"
    # Of what both have touched she is shown both, and of the rest what it is now.
    await world.olga.api.patch(
        f"/api/tasks/{task.id}", json={"version": merged["version"], "title": "soy milk"}
    )
    refused = await mia.post(f"/tasks/{task.id}", data=form | {"title": "rice milk", "assignee": ""})
    assert refused.status_code == 409
    assert re.findall(r"<strong>(.*?) is now:</strong>", refused.text) == ["Title"]
    assert 'value="rice milk"' in refused.text
    assert '<option value="doing" selected>' in refused.text


async def test_a_change_of_a_task_in_the_trash_finds_nothing(world: World) -> None:
    task = await a_task(world.tandem, world.mia, world.workspace_id, status=Status.DOING)
    mia = world.mia.api
    await mia.delete(f"/api/tasks/{task.id}?version={task.version}")
    async with hearing(world.tandem) as told:
        answer = await mia.patch(f"/api/tasks/{task.id}", json={"version": task.version, "title": "x"})
        page = await world.mia.browser.post(f"/tasks/{task.id}", data={"version": "1", "title": "x"})
    assert (answer.status_code, page.status_code) == (404, 404)
    assert told == []


def _list(world: World) -> str:
    return f"/api/workspaces/{world.workspace_id}/tasks"
