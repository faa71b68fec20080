"""Which pages are told that the history of a task has grown."""

from uuid import uuid4

import pytest

from app.core.topics import workspace_topic
from app.tasks.view import OneTask, TaskView
from tests.builders import a_task
from tests.conftest import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_only_the_page_of_the_task_itself_fetches_its_history(world: World) -> None:
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    events = await world.tandem.log.read(workspace_topic(world.workspace_id), since=0, limit=99)
    present = world.tandem.presenters()["task"]
    pushed = {
        view: present(view, events[-1], events[-1])
        for view in (OneTask(task_id=task.id), OneTask(task_id=uuid4()), TaskView(), None)
    }
    assert [f"/tasks/{task.id}/history" in html for html in pushed.values()] == [True, False, False, False]
