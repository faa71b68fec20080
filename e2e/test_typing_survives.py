"""Nobody loses a letter, the caret or the focus because somebody else did something."""

from itertools import pairwise
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from e2e.people import People, Person, Team, a_team

CARET = """field => ({
    text: field.value, from: field.selectionStart, to: field.selectionEnd,
    focused: document.activeElement === field,
})"""


async def caret(field: Locator) -> Any:
    """What is written, what is selected, and whether the keys still go there."""
    return await field.evaluate(CARET)


async def rename(team: Team, task_id: str) -> None:
    await team.adam.change(task_id, title="Renamed by Adam")


async def complete(team: Team, task_id: str) -> None:
    await team.adam.ask("POST", f"/tasks/{task_id}/complete")


async def assign(team: Team, task_id: str) -> None:
    await team.adam.change(task_id, assignee_id=team.olga.id)


async def plan(team: Team, task_id: str) -> None:
    await team.adam.change(task_id, priority="urgent", due_on="2031-05-17", status="doing")


async def add_above(team: Team, _: str) -> None:
    for number in range(5):
        await team.adam.task(team.workspace_id, f"Above {number}")


CHANGES = [rename, complete, assign, plan, add_above]
# Newest first, and urgent first: what comes is put above the row, or moves the row itself.
ORDERS = {add_above: "?sort=-created", plan: "?sort=-priority"}


async def an_edit(people: People, query: str = "") -> tuple[Team, Person, str, Locator]:
    """Mia edits the middle one of three titles."""
    team = await a_team(people, "adam", "mia")
    tasks = [await team.olga.task(team.workspace_id, title) for title in ("One", "Two", "Three")]
    await team.mia.open(team.path + query)
    return team, team.mia, tasks[1]["id"], await team.mia.edit("Two")


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
async def test_an_edit_survives_what_others_do_to_the_row(people: People, change: Any) -> None:
    team, mia, task_id, field = await an_edit(people, ORDERS.get(change, ""))
    mia.allow("status of 409")
    node = await field.element_handle()
    async with mia.stays():
        await field.press("End")
        await mia.page.keyboard.type(" and a half")
        await mia.page.keyboard.press("Home")
        await mia.page.keyboard.press("Shift+ArrowRight")
        await mia.page.keyboard.press("Shift+ArrowRight")
        before = await caret(field)
        assert before == {"text": "Two and a half", "from": 0, "to": 2, "focused": True}

        seq = await mia.page.locator("#tasks").get_attribute("data-seq")
        await change(team, task_id)
        last = (await team.olga.ask("GET", f"/workspaces/{team.workspace_id}"))["seq"]
        assert int(seq or 0) < last
        await expect(mia.page.locator("#tasks")).to_have_attribute("data-seq", str(last))

        assert await caret(field) == before
        assert await node.evaluate("(node, now) => node === now", await field.element_handle())
        await mia.page.keyboard.type("2")
        await expect(field).to_have_value("2o and a half")
        await field.press("Enter")
        if change is rename:
            await expect(mia.page.get_by_text("It is “Renamed by Adam” now, by Adam.")).to_be_visible()
            await expect(field).to_have_value("2o and a half")
        else:
            await expect(mia.row("2o and a half")).to_be_visible()
            assert (await team.olga.ask("GET", f"/tasks/{task_id}"))["title"] == "2o and a half"


async def test_letters_typed_while_twenty_pushes_come_are_all_there(people: People) -> None:
    team, mia, task_id, field = await an_edit(people)
    text = "the quick brown fox jumps over the lazy dog"
    priorities = ["low", "medium", "high", "urgent"] * 5
    await field.fill("")
    for part, priority in zip(_parts(text, 20), priorities, strict=True):
        await mia.page.keyboard.type(part)
        await team.adam.change(task_id, priority=priority)
    await expect(mia.page.locator(f"#task-{task_id}")).to_contain_text("Urgent")
    await expect(field).to_have_value(text)
    await field.press("Enter")
    await expect(mia.row(text)).to_be_visible()
    assert (await team.olga.ask("GET", f"/tasks/{task_id}"))["title"] == text


async def test_a_new_task_is_typed_while_twenty_pushes_come(people: People) -> None:
    team = await a_team(people, "adam", "mia")
    await team.mia.open(team.path)
    text = "a title that takes its time to be written down"
    await team.mia.quick_add.focus()
    for number, part in enumerate(_parts(text, 20)):
        await team.mia.page.keyboard.type(part)
        await team.adam.task(team.workspace_id, f"Pushed {number}")
    await expect(team.mia.titles).to_have_count(20)
    await expect(team.mia.quick_add).to_be_focused()
    await expect(team.mia.quick_add).to_have_value(text)
    await team.mia.quick_add.press("Enter")
    await expect(team.mia.row(text)).to_be_visible()
    await expect(team.mia.quick_add).to_have_value("")
    await expect(team.mia.quick_add).to_be_focused()


async def test_many_tasks_typed_without_waiting_are_all_added_in_order(people: People) -> None:
    team = await a_team(people, "mia")
    await team.olga.open(team.path)
    await team.mia.open(team.path)
    titles = [f"Thing {number}" for number in range(12)]
    await team.mia.quick_add.focus()
    for title in titles:
        await team.mia.page.keyboard.type(title)
        await team.mia.page.keyboard.press("Enter")
    await expect(team.mia.titles).to_have_text(titles)
    await expect(team.olga.titles).to_have_text(titles)


async def test_two_who_change_the_same_title_lose_nothing(people: People) -> None:
    team, mia, task_id, field = await an_edit(people)
    mia.allow("status of 409")
    await field.fill("Two, as Mia wants it")
    await team.adam.change(task_id, title="Two, as Adam wants it")
    row = mia.page.locator(f"#task-{task_id}")
    await expect(row).to_have_attribute(
        "data-v", str((await team.adam.ask("GET", f"/tasks/{task_id}"))["version"])
    )
    await field.press("Enter")

    problem = row.get_by_role("alert")
    await expect(problem).to_contain_text("It is “Two, as Adam wants it” now, by Adam.")
    await expect(field).to_have_value("Two, as Mia wants it")
    await expect(field).to_be_focused()
    assert (await team.olga.ask("GET", f"/tasks/{task_id}"))["title"] == "Two, as Adam wants it"

    await field.press("Enter")
    await expect(mia.row("Two, as Mia wants it")).to_be_visible()
    await expect(field).to_have_count(0)
    assert (await team.olga.ask("GET", f"/tasks/{task_id}"))["title"] == "Two, as Mia wants it"


async def test_whoever_gives_in_sees_what_the_other_wrote(people: People) -> None:
    team, mia, task_id, field = await an_edit(people)
    mia.allow("status of 409")
    await field.fill("Two, as Mia wants it")
    await team.adam.change(task_id, title="Two, as Adam wants it")
    await field.press("Enter")
    await expect(mia.page.get_by_text("It is “Two, as Adam wants it” now, by Adam.")).to_be_visible()
    await field.press("Escape")
    await expect(mia.row("Two, as Adam wants it")).to_be_visible()
    await expect(mia.row("Two, as Adam wants it").get_by_role("link", name="Edit")).to_be_focused()


async def test_what_was_typed_in_a_row_that_somebody_deletes_is_still_there_to_read(people: People) -> None:
    team, mia, task_id, field = await an_edit(people)
    await field.fill("Half a sentence")
    version = (await team.adam.ask("GET", f"/tasks/{task_id}"))["version"]
    await team.adam.ask("DELETE", f"/tasks/{task_id}", {"version": version})
    words = mia.page.get_by_text("You had written: “Half a sentence”")
    await expect(words).to_be_visible()
    await expect(words).to_be_focused()
    await expect(mia.titles).to_have_text(["One", "Three"])


async def test_the_first_click_after_a_row_went_away_is_not_lost(people: People) -> None:
    # The placeholder went as soon as the button was down, and the rows moved up from under the pointer.
    team, mia, task_id, _ = await an_edit(people)
    version = (await team.adam.ask("GET", f"/tasks/{task_id}"))["version"]
    await team.adam.ask("DELETE", f"/tasks/{task_id}", {"version": version})
    words = mia.page.get_by_text("“Two” is no longer in this list.")
    await expect(words).to_be_focused()
    await mia.page.get_by_role("button", name="Complete Three").click()
    await expect(mia.row("Three")).to_have_attribute("data-status", "done")
    await expect(words).to_have_count(0)


async def test_the_task_page_puts_both_versions_side_by_side(people: People) -> None:
    team = await a_team(people, "adam", "mia")
    mia = team.mia
    mia.allow("status of 409")
    task = await team.olga.task(team.workspace_id, "Plan")
    await mia.open(f"{team.path}/tasks/{task['id']}")
    await mia.page.get_by_label("Description").fill("What Mia wrote\nin two lines")
    await mia.page.get_by_label("Priority").select_option("High")
    await team.adam.change(task["id"], description="What Adam wrote", status="doing")
    await mia.page.get_by_role("button", name="Save").click()

    await expect(mia.page.get_by_role("alert").filter(has_text="Adam changed this task")).to_be_visible()
    await expect(mia.page.get_by_text("What Adam wrote")).to_be_visible()
    await expect(mia.page.get_by_label("Description")).to_have_value("What Mia wrote\nin two lines")
    await expect(mia.page.get_by_label("Priority")).to_have_value("high")
    await mia.page.get_by_role("button", name="Save").click()
    await expect(mia.row("Plan")).to_be_visible()
    kept = await team.olga.ask("GET", f"/tasks/{task['id']}")
    assert (kept["description"], kept["priority"]) == ("What Mia wrote\nin two lines", "high")


def _parts(text: str, count: int) -> list[str]:
    """``text`` in ``count`` pieces of nearly the same length."""
    ends = [len(text) * number // count for number in range(count + 1)]
    return [text[start:end] for start, end in pairwise(ends)]
