"""The pages of activity: of a workspace, and of one task."""

from html import unescape
from uuid import uuid4

import pytest

from app.activity.rendering import PAGE_MOST
from app.tasks import commands as tasks
from app.tasks.schemas import TaskUpdate
from tests.builders import a_task
from tests.conftest import World
from tests.dom import Element, parse
from tests.test_any_text import TITLES

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_the_activity_of_a_workspace_is_a_page(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id, title="<b>milk</b>")
    gone = await a_task(world.tandem, world.olga, world.workspace_id, title="gone")
    await tasks.delete_task(world.tandem.unit_of_work(), world.olga.scope, gone.id, version=gone.version)
    path = f"/workspaces/{world.workspace_id}"
    html = (await world.vera.browser.get(f"{path}/activity")).text
    said = sentences(html)
    assert said[:3] == ["Olga deleted “gone”", "Olga added “gone”", "Olga added “<b>milk</b>”"]
    assert said[-1] == "Olga created the workspace “Home”"
    assert f'href="{path}/tasks/{task.id}"' in html
    assert f'href="{path}/tasks/{gone.id}"' not in html
    assert f'href="{path}/activity"' in (await world.vera.browser.get(path)).text


async def test_a_long_activity_comes_in_pages_that_need_no_script(world: World) -> None:
    names = [f"task {number}" for number in range(PAGE_MOST + 5)]
    for name in names:
        await a_task(world.tandem, world.olga, world.workspace_id, title=name)
    path = f"/workspaces/{world.workspace_id}/activity"
    walked, address = [], path
    while address:
        html = (await world.mia.browser.get(address)).text
        walked += sentences(html)
        older = [link for link in links(html) if link.text == "Older"]
        address = unescape(older[0].attributes["href"]) if older else ""
        assert len(walked) % PAGE_MOST == 0 or not address
    assert walked[: len(names)] == [f"Olga added “{name}”" for name in reversed(names)]
    assert len(walked) == len(set(walked)) == len(names) + 4


async def test_the_page_of_a_task_holds_its_history(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    for title in TITLES:
        update = TaskUpdate(title=title)
        task = await tasks.update_task(
            world.tandem.unit_of_work(), world.mia.scope, task.id, update, version=task.version
        )
    page = f"/workspaces/{world.workspace_id}/tasks/{task.id}"
    for address in (page, f"/tasks/{task.id}/history"):
        said = sentences((await world.vera.browser.get(address)).text)
        expected = [
            f"Mia changed the title from “{before}” to “{now}”"
            for before, now in zip(["milk", *TITLES], TITLES, strict=False)
        ]
        assert said == [*reversed(expected), "Olga added it"]
    fragment = await world.vera.browser.get(f"/tasks/{task.id}/history", headers={"HX-Request": "true"})
    assert "<html" not in fragment.text
    assert sentences(fragment.text) == said


async def test_a_personal_task_has_a_history_too(world: World) -> None:
    task = await a_task(world.tandem, world.mia, None)
    for address in (f"/tasks/{task.id}", f"/tasks/{task.id}/history"):
        assert sentences((await world.mia.browser.get(address)).text) == ["Mia added it"]
        assert (await world.olga.browser.get(address)).status_code == 404


async def test_wrong_questions_are_refused_by_name(world: World) -> None:
    mia = world.mia.browser
    path = f"/workspaces/{world.workspace_id}"
    for query in ("since=x", "since=-1", f"since={2**63}", "cursor=x", "cursor=%00"):
        answer = await mia.get(f"{path}/activity?{query}")
        assert answer.status_code in (400, 422), query
        assert query.partition("=")[0] in answer.text
    for seq in ("", "x", "-1", "1.5", "9" * 30, "999"):
        answer = await mia.post(f"{path}/seen", data={"seq": seq})
        assert (answer.status_code, "seq" in answer.text) == (422, True), seq
    assert (await mia.post(f"/workspaces/{uuid4()}/seen", data={"seq": "1"})).status_code == 404


def sentences(html: str) -> list[str]:
    """What the page says has happened, line by line."""
    words = [found for found in parse(html).all() if found.attributes.get("class") == "happening__words"]
    return [found.text.strip() for found in words]


def links(html: str) -> list[Element]:
    return [found for found in parse(html).all() if found.tag == "a"]
