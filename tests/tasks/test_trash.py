"""The trash: who sees what is in it, who brings what back, and when it goes for good."""

from datetime import timedelta

from sqlalchemy import func, select

from app.comments import commands as comments
from app.comments.models import Comment
from app.comments.schemas import CommentCreate
from app.tasks import commands as tasks
from app.tasks.models import Task
from app.tasks.schemas import TaskOut
from tests.builders import a_task
from tests.cast import Person
from tests.conftest import World
from tests.workspaces.asking import hearing


async def deleted(world: World, by: Person, title: str, *, own: bool = False) -> TaskOut:
    task = await a_task(world.tandem, by, None if own else world.workspace_id, title=title)
    return await tasks.delete_task(world.tandem.unit_of_work(), by.scope, task.id, version=task.version)


async def trash(world: World, who: Person) -> str:
    answer = await who.browser.get(f"/workspaces/{world.workspace_id}/trash")
    assert answer.status_code == 200
    return answer.text


async def test_members_see_what_was_deleted_newest_first_and_restore_what_they_may(world: World) -> None:
    for by, title in ((world.mia, "mine"), (world.olga, "hers")):
        await deleted(world, by, title)
    await a_task(world.tandem, world.olga, world.workspace_id, title="not deleted")
    seen = {
        world.olga.id: {"mine", "hers"},
        world.adam.id: {"mine", "hers"},
        world.mia.id: {"mine"},
        world.vera.id: set(),
    }
    for who in (world.olga, world.adam, world.mia, world.vera):
        page = await trash(world, who)
        assert page.index("<b>hers</b>") < page.index("<b>mine</b>")
        assert "not deleted" not in page
        offered = {title for title in ("mine", "hers") if f'aria-label="Restore {title}"' in page}
        assert offered == seen[who.id]


async def test_restoring_by_the_page_brings_it_back_for_everybody(world: World) -> None:
    task = await deleted(world, world.mia, "milk")
    fields = {"task": f"{task.id}:{task.version}", "restore": "yes", "next": "/tasks/trash"}
    async with hearing(world.tandem) as told:
        answer = await world.mia.browser.post("/tasks/selected", data=fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tasks/trash")
    assert [one.type for one in told] == ["task.created"]
    assert "milk" not in await trash(world, world.mia)
    assert (await world.vera.api.get(f"/api/tasks/{task.id}")).status_code == 200


async def test_the_own_trash_is_nobody_elses_and_others_find_none(world: World) -> None:
    await deleted(world, world.mia, "secret", own=True)
    assert "secret" in (await world.mia.browser.get("/tasks/trash")).text
    assert "secret" not in (await world.olga.browser.get("/tasks/trash")).text
    assert "secret" not in await trash(world, world.mia)
    assert (await world.stan.browser.get(f"/workspaces/{world.workspace_id}/trash")).status_code == 404


async def test_what_was_put_there_before_goes_for_good_with_its_comments(world: World) -> None:
    old = await a_task(world.tandem, world.mia, world.workspace_id, title="old")
    await comments.add_comment(world.tandem.unit_of_work(), world.mia.scope, old.id, CommentCreate(body="x"))
    old = await tasks.delete_task(world.tandem.unit_of_work(), world.mia.scope, old.id, version=old.version)
    kept = await deleted(world, world.mia, "new")
    async with hearing(world.tandem) as told:
        before = kept.updated_at - timedelta(microseconds=1)
        await tasks.empty_trash(world.tandem.unit_of_work(), before=before)
    assert told == []
    async with world.tandem.database.read() as session:
        left = (await session.scalars(select(Task.id).where(Task.id.in_([old.id, kept.id])))).all()
        assert list(left) == [kept.id]
        assert await session.scalar(select(func.count()).where(Comment.task_id == old.id)) == 0
    fields = {"task": f"{old.id}:{old.version}", "restore": "yes"}
    assert (await world.mia.browser.post("/tasks/selected", data=fields)).status_code == 404
