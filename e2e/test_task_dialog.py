"""One task over its list: its own address, the list alive behind it, and nothing written is lost. By keys."""

import re
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from e2e.pages import equals_its_reload
from e2e.people import People, Person, Team, a_team
from e2e.screens import Screen

CONTENT = r"""selector => document.querySelector(selector).outerHTML
    .replace(/<span class="fresh.*?<\/span>\s*<\/span>/gs, "")
    .replace(/<div id="task-news".*?<\/div>/s, "").replace(/ (data-presence|data-away|title)="[^"]*"/g, "")
    .replace(/>\s+/g, ">").replace(/\s+</g, "<").replace(/></g, ">\n<")"""


async def test_enter_opens_it_and_escape_leads_back_to_where_one_was(people: People) -> None:
    team, _milk = await a_team_with_milk(people)
    mia = team.mia
    for number in range(30):
        await team.olga.task(team.workspace_id, f"Row {number}")
    await mia.open(f"{team.path}?sort=title")
    listed, title = mia.page.url, await mia.page.title()
    await mia.row("Row 7").locator("a.task__title").focus()
    before = await mia.page.evaluate("scrollY")
    assert before > 0
    await mia.page.keyboard.press("Enter")
    await expect(dialog(mia)).to_be_visible()
    await expect(dialog(mia)).to_have_accessible_name("Row 7")
    await expect(dialog(mia).get_by_role("heading", name="Row 7")).to_be_focused()
    await expect(mia.page).to_have_url(re.compile(rf"{team.path}/tasks/[0-9a-f-]+$"))
    await expect(mia.page).to_have_title("Row 7 · Tandem")
    for _ in range(40):  # the Tab key stays in it
        await mia.page.keyboard.press("Tab")
        assert await mia.page.evaluate("!document.activeElement.closest('main, aside, header, nav')")
    await mia.page.keyboard.press("Escape")
    await is_back(mia, "Row 7", listed)
    assert await mia.page.evaluate("scrollY") == before
    assert await mia.page.title() == title
    await mia.page.go_forward()
    await expect(dialog(mia).get_by_role("heading", name="Row 7")).to_be_focused()
    await mia.page.go_back()
    await is_back(mia, "Row 7", listed)
    await mia.page.keyboard.press("Enter")
    await dialog(mia).get_by_role("button", name="Close").press("Enter")
    await is_back(mia, "Row 7", listed)
    assert await mia.page.evaluate("scrollY") == before


async def test_the_address_by_itself_is_the_page_and_leads_back_to_the_list(people: People) -> None:
    team, _milk = await a_team_with_milk(people)
    mia = team.mia
    await mia.open(f"{team.path}?status=todo")
    listed = mia.page.url
    await open_by_keys(mia, "Milk")
    await mia.page.reload()
    await mia.is_live()
    await expect(dialog(mia)).to_have_count(0)
    await expect(mia.page.get_by_role("heading", name="Milk", level=1)).to_be_visible()
    await mia.page.go_back()
    await expect(mia.page).to_have_url(listed)
    await expect(mia.row("Milk")).to_be_visible()
    await mia.is_live()
    await mia.page.go_forward()
    await expect(dialog(mia).get_by_role("heading", name="Milk")).to_be_visible()
    await mia.page.keyboard.press("Escape")
    await is_back(mia, "Milk", listed)
    async with mia.context.expect_page() as other:
        await mia.row("Milk").locator("a.task__title").click(modifiers=["ControlOrMeta"])
    page = await other.value
    await expect(page.locator("body")).to_have_attribute("data-page", "task")
    await expect(dialog(mia)).to_be_hidden()
    await page.close()


async def test_what_is_saved_is_in_its_row_and_told_to_the_others(people: People) -> None:
    team, _milk = await a_team_with_milk(people)
    mia, olga = team.mia, team.olga
    await olga.open(team.path)
    await mia.open(f"{team.path}?status=todo")
    listed = mia.page.url
    await open_by_keys(mia, "Milk")
    field = dialog(mia).get_by_label("Title")
    await field.fill("Oat milk")
    await field.press("Enter")
    await is_back(mia, "Oat milk", listed)
    await expect(olga.row("Oat milk")).to_be_visible()
    await open_by_keys(mia, "Oat milk")
    await field.fill(" ")
    mia.allow("status of 422")
    await field.press("Enter")
    await expect(field).to_be_focused()
    await expect(field).to_have_attribute("aria-invalid", "true")
    await field.fill("Soy milk")
    await dialog(mia).get_by_label("Status").select_option("doing")  # which the filter hides
    await dialog(mia).get_by_label("Assignee").select_option("Olga")
    await dialog(mia).get_by_role("button", name="Save").press("Enter")
    await expect(dialog(mia)).to_be_hidden()
    await expect(mia.page).to_have_url(listed)
    await expect(mia.titles).to_have_text(["Bread"])
    await expect(mia.row("Bread").locator("a.task__title")).to_be_focused()
    await expect(olga.row("Soy milk")).to_contain_text("Olga")
    await equals_its_reload(mia, listed)


async def test_a_conflict_shows_both_and_each_way_out_works(people: People) -> None:
    team, milk = await a_team_with_milk(people)
    mia, olga = team.mia, team.olga
    mia.allow("status of 409")
    await mia.open(team.path)
    for way in ("mine", "theirs"):
        title = (await olga.ask("GET", f"/tasks/{milk}"))["title"]
        await open_by_keys(mia, title)
        field = dialog(mia).get_by_label("Title")
        await field.fill(f"Milk as Mia wants it, {way}")
        await field.evaluate("it => it.setSelectionRange(3, 7)")
        await talk(mia).fill("Half a thought")
        await field.focus()
        await olga.change(milk, title=f"Milk as Olga wants it, {way}")
        await expect(dialog(mia).locator("#task-news")).to_contain_text("Olga changed this task")
        await expect(field).to_have_value(f"Milk as Mia wants it, {way}")
        await expect(field).to_be_focused()
        assert await field.evaluate("it => [it.selectionStart, it.selectionEnd]") == [3, 7]
        await expect(mia.row(f"Milk as Olga wants it, {way}")).to_have_count(1)
        await field.press("Enter")
        notice = dialog(mia).get_by_role("alert").filter(has_text="changed this task while")
        await expect(notice).to_be_focused()
        await expect(dialog(mia).locator(".theirs")).to_have_text(f"Milk as Olga wants it, {way}")
        await expect(field).to_have_value(f"Milk as Mia wants it, {way}")
        await expect(talk(mia)).to_have_value("Half a thought")
        if way == "mine":
            await talk(mia).fill("")
            await field.press("Enter")
            await expect(dialog(mia)).to_be_hidden()
            await expect(mia.row("Milk as Mia wants it, mine")).to_be_visible()
        else:
            await dialog(mia).get_by_role("link", name="take theirs").press("Enter")
            await expect(field).to_have_value("Milk as Olga wants it, theirs")
            await expect(notice).to_have_count(0)
            await expect(talk(mia)).to_have_value("Half a thought")
            await dialog(mia).get_by_label("Priority").select_option("high")
            await dialog(mia).get_by_role("button", name="Save").press("Enter")
            await expect(mia.page.locator("#toasts")).to_contain_text("Saved.")  # and the comment stays
            await expect(dialog(mia)).to_be_visible()
            await expect(talk(mia)).to_have_value("Half a thought")
    assert (await olga.ask("GET", f"/tasks/{milk}"))["priority"] == "high"


async def test_people_talk_in_it_and_it_is_what_its_reload_is(people: People) -> None:
    team, milk = await a_team_with_milk(people)
    mia, olga = team.mia, team.olga
    first = await olga.ask("POST", f"/tasks/{milk}/comments", {"body": "Two litres"})
    await mia.open(team.path)
    await open_by_keys(mia, "Milk")
    comments = dialog(mia).locator("#comments > li .comment__body")
    await talk(mia).focus()
    await mia.page.keyboard.type("Ask @ol")
    await expect(dialog(mia).locator("#mention-list [aria-selected=true]")).to_have_text("Olga")
    await mia.page.keyboard.press("Escape")  # of the list of names
    await expect(dialog(mia)).to_be_visible()
    await mia.page.keyboard.type("g")
    await mia.page.keyboard.press("Enter")
    await expect(talk(mia)).to_have_value("Ask @Olga ")
    await dialog(mia).get_by_role("button", name="Add comment").press("Enter")
    await expect(comments).to_have_text(["Two litres", "Ask @Olga"])
    await expect(talk(mia)).to_be_focused()
    await talk(mia).fill("Half a thought")
    await olga.ask("PATCH", f"/comments/{first['id']}", {"body": "Three", "version": first["version"]})
    await olga.ask("POST", f"/tasks/{milk}/comments", {"body": "And bread"})
    await expect(comments).to_have_text(["Three", "Ask @Olga", "And bread"])
    await expect(talk(mia)).to_have_value("Half a thought")
    await expect(talk(mia)).to_be_focused()
    await expect(dialog(mia).get_by_role("heading", name="Comments 3")).to_be_visible()
    await dialog(mia).locator("summary").press("Enter")
    await expect(dialog(mia).locator("#history li").first).to_contain_text("Olga")
    own = dialog(mia).locator("#comments > li", has_text="Ask")
    await own.get_by_role("link", name="Edit").press("Enter")
    editor = dialog(mia).get_by_label("Your comment")
    await editor.fill("Ask Adam")
    await editor.press("Escape")
    await expect(editor).to_have_count(0)
    await expect(dialog(mia)).to_be_visible()
    await own.get_by_role("link", name="Edit").press("Enter")
    await editor.fill("Ask Adam")
    await dialog(mia).locator("#comments").get_by_role("button", name="Save").press("Enter")
    await expect(comments).to_have_text(["Three", "Ask Adam", "And bread"])
    await own.get_by_role("button", name="Delete").press("Enter")
    await expect(comments).to_have_text(["Three", "And bread"])
    await talk(mia).fill("")
    await olga.task(team.workspace_id, "Behind it")
    await expect(mia.row("Behind it")).to_have_count(1)
    await equals_its_reload(mia, mia.address + team.path)
    await the_comments_equal_their_reload(mia)


async def test_what_was_written_is_kept_until_it_is_opened_again(people: People) -> None:
    team, milk = await a_team_with_milk(people)
    mia, olga = team.mia, team.olga
    await mia.open(team.path)
    await open_by_keys(mia, "Milk")
    await dialog(mia).get_by_label("Description").fill("Two litres, not")
    await talk(mia).fill("Half a thought")
    await mia.page.keyboard.press("Escape")
    await expect(dialog(mia)).to_be_hidden()
    await expect(mia.page.locator("#toasts")).to_contain_text("What you wrote is kept")
    await olga.ask("POST", f"/tasks/{milk}/comments", {"body": "Meanwhile"})
    await olga.change(milk, priority="high", description="Three litres")
    await expect(mia.row("Milk").locator(".badge")).to_have_text("High")
    await open_by_keys(mia, "Bread")
    await expect(dialog(mia).get_by_label("Description")).to_have_value("")
    await mia.page.keyboard.press("Escape")
    await expect(dialog(mia)).to_be_hidden()
    await open_by_keys(mia, "Milk")
    await expect(dialog(mia).get_by_label("Description")).to_have_value("Two litres, not")
    await expect(talk(mia)).to_have_value("Half a thought")
    await expect(dialog(mia).locator("#comments > li")).to_have_count(1)
    await expect(dialog(mia).locator("#task-news")).to_contain_text("Olga changed this task")
    mia.allow("status of 409")
    await talk(mia).fill("")
    await dialog(mia).get_by_role("button", name="Save").press("Enter")
    # Its version is the one it began with; the priority, which Mia has not touched, is in nobody's way.
    await expect(dialog(mia).locator(".theirs")).to_have_text("Three litres")
    await expect(dialog(mia).get_by_label("Priority")).to_have_value("high")
    await dialog(mia).get_by_role("button", name="Save").press("Enter")
    await expect(dialog(mia)).to_be_hidden()
    now = await olga.ask("GET", f"/tasks/{milk}")
    assert (now["priority"], now["description"]) == ("high", "Two litres, not")


async def test_completing_and_deleting_lead_back_and_deleting_can_be_undone(people: People) -> None:
    team, _milk = await a_team_with_milk(people, role="admin")
    mia = team.mia
    await mia.open(team.path)
    await open_by_keys(mia, "Milk")
    await dialog(mia).get_by_role("button", name="Complete").press("Enter")
    await expect(dialog(mia)).to_be_hidden()
    await expect(mia.row("Milk")).to_have_attribute("data-status", "done")
    await expect(mia.row("Milk").locator("a.task__title")).to_be_focused()
    await open_by_keys(mia, "Milk")
    await dialog(mia).get_by_role("button", name="Delete").press("Enter")
    await expect(dialog(mia)).to_be_hidden()
    await expect(mia.titles).to_have_text(["Bread"])
    await expect(mia.row("Bread").locator("a.task__title")).to_be_focused()
    await mia.page.locator("#toasts").get_by_role("button", name="Undo").press("Enter")
    await expect(mia.row("Milk")).to_be_visible()
    await equals_its_reload(mia, mia.page.url)


async def test_it_says_that_somebody_deleted_it_and_keeps_what_was_written(people: People) -> None:
    team, milk = await a_team_with_milk(people)
    mia, olga = team.mia, team.olga
    await mia.open(team.path)
    listed = mia.page.url
    await open_by_keys(mia, "Milk")
    await dialog(mia).get_by_label("Title").fill("Milk, and more")
    await olga.ask(
        "DELETE", f"/tasks/{milk}", {"version": (await olga.ask("GET", f"/tasks/{milk}"))["version"]}
    )
    await expect(dialog(mia).locator("#task-news")).to_contain_text("Olga deleted this task")
    await expect(dialog(mia).get_by_label("Title")).to_have_value("Milk, and more")
    await expect(dialog(mia).get_by_label("Title")).to_be_focused()
    await dialog(mia).get_by_role("link", name="Back to the list").press("Enter")
    await expect(dialog(mia)).to_be_hidden()
    await expect(mia.page).to_have_url(listed)
    await expect(mia.titles).to_have_text(["Bread"])


async def test_it_goes_when_access_ends(people: People) -> None:
    team, _milk = await a_team_with_milk(people)
    mia = team.mia
    await mia.open(team.path)
    await open_by_keys(mia, "Milk")
    await team.olga.ask("DELETE", f"/workspaces/{team.workspace_id}/members/{mia.id}")
    await expect(mia.page.get_by_text("You no longer have access to this workspace.")).to_be_visible()
    await expect(dialog(mia)).to_have_count(0)
    await expect(mia.page.get_by_text("Milk")).to_have_count(0)


async def test_others_see_who_looks_at_it_too(people: People) -> None:
    team, milk = await a_team_with_milk(people)
    mia, olga = team.mia, team.olga
    await olga.open(f"{team.path}/tasks/{milk}")
    await mia.open(team.path)
    here = olga.page.get_by_text("Mia is here, too")
    await expect(here).to_be_hidden()
    await open_by_keys(mia, "Milk")
    await expect(here).to_be_visible()
    await expect(dialog(mia).get_by_text("Olga is here, too")).to_be_visible()
    await mia.page.keyboard.press("Escape")
    await expect(here).to_be_hidden(timeout=15_000)


async def test_a_lost_connection_costs_it_nothing(people: People) -> None:
    team, milk = await a_team_with_milk(people)
    mia, olga = team.mia, team.olga
    mia.allow_outage()
    await mia.open(team.path)
    listed = mia.page.url
    await open_by_keys(mia, "Milk")
    await talk(mia).fill("Half a thought")
    await mia.page.context.set_offline(True)
    await expect(mia.page.locator("body")).to_have_attribute("data-live", "offline")
    await olga.ask("POST", f"/tasks/{milk}/comments", {"body": "Meanwhile"})
    await olga.change(milk, title="Oat milk")
    await mia.page.context.set_offline(False)
    await mia.is_live()
    await expect(dialog(mia).locator("#comments > li")).to_have_count(1)
    await expect(dialog(mia).locator("#task-news")).to_contain_text("Olga changed this task")
    await expect(mia.row("Oat milk")).to_have_count(1)
    await expect(talk(mia)).to_have_value("Half a thought")
    await olga.ask("POST", f"/tasks/{milk}/comments", {"body": "And after"})
    await expect(dialog(mia).locator("#comments > li")).to_have_count(2)
    await equals_its_reload(mia, listed)
    await the_comments_equal_their_reload(mia)


async def test_where_the_page_fetches_itself_list_and_task_are_right(people: People) -> None:
    team, milk = await a_team_with_milk(people)
    mia, olga = team.mia, team.olga
    await mia.open(f"{team.path}?status=todo")
    listed = mia.page.url
    await open_by_keys(mia, "Milk")
    await talk(mia).fill("Half a thought")
    await olga.ask("POST", f"/tasks/{milk}/comments", {"body": "One"})
    await expect(dialog(mia).locator("#comments > li")).to_have_count(1)
    # A name that comments carry: the page is told to fetch itself.
    async with mia.page.expect_response(lambda answer: answer.url == listed):
        await olga.ask("PATCH", "/me", {"name": "Olga Maria"})
    await expect(dialog(mia).locator("#comments > li")).to_contain_text("Olga Maria")
    await expect(mia.titles).to_have_text(["Milk", "Bread"])
    await expect(talk(mia)).to_have_value("Half a thought")
    await expect(talk(mia)).to_be_focused()
    await equals_its_reload(mia, listed)
    await the_comments_equal_their_reload(mia)


async def test_ones_own_tasks_open_likewise(people: People) -> None:
    mia = await people.person("Mia")
    task = await mia.ask("POST", "/tasks", {"title": "Call mum"})
    await mia.open("/tasks")
    listed = mia.page.url
    await open_by_keys(mia, "Call mum")
    await mia.ask("POST", f"/tasks/{task['id']}/comments", {"body": "On Sunday"})
    await expect(dialog(mia).locator("#comments > li")).to_have_count(1)
    await dialog(mia).get_by_label("Title").fill("Call dad")
    await dialog(mia).get_by_label("Title").press("Enter")
    await is_back(mia, "Call dad", listed)


async def test_with_movement_allowed_no_key_is_lost(people: People) -> None:
    team, _ = await a_team_with_milk(people, reduced_motion="no-preference")
    mia = team.mia
    await mia.open(team.path)
    await open_by_keys(mia, "Milk")
    for key in ("Escape", "ArrowDown"):  # at once, while it fades
        await mia.page.keyboard.press(key)
    await expect(mia.row("Bread").locator("a.task__title")).to_be_focused()
    await expect(dialog(mia)).to_be_hidden()


@pytest.mark.parametrize("width", [1280, 390])
async def test_a_mouse_opens_and_closes_it(people: People, width: int) -> None:
    team, _ = await a_team_with_milk(people, viewport={"width": width, "height": 800})
    mia = team.mia
    await mia.open(team.path)
    listed = mia.page.url
    await mia.row("Milk").locator("a.task__title").click()
    await expect(dialog(mia)).to_be_visible()
    box = await dialog(mia).bounding_box()
    assert box
    assert (box["width"] == 390) == (width == 390)
    await dialog(mia).get_by_role("link", name="Cancel").click()
    await is_back(mia, "Milk", listed)


async def a_team_with_milk(people: People, role: str = "member", **options: Any) -> tuple[Team, str]:
    """Olga and Mia, and two tasks of Olga's; gives the id of the first."""
    team = await a_team(people, "mia", **options)
    if role != "member":
        await team.olga.ask("PATCH", f"{team.path}/members/{team.mia.id}", {"role": role})
    milk = await team.olga.task(team.workspace_id, "Milk")
    await team.olga.task(team.workspace_id, "Bread")
    return team, str(milk["id"])


def dialog(screen: Screen) -> Locator:
    return screen.page.locator("dialog.task-dialog")


def talk(screen: Screen) -> Locator:
    return dialog(screen).get_by_label("Comment", exact=True)


async def open_by_keys(screen: Screen, title: str) -> None:
    """Open a task from its row."""
    await screen.row(title).locator("a.task__title").press("Enter")
    await expect(dialog(screen).get_by_role("heading", name=title, exact=True)).to_be_focused()


async def is_back(screen: Screen, title: str, listed: str) -> None:
    """The list is as it was, with the focus on the row from which it was left."""
    await expect(dialog(screen)).to_be_hidden()
    await expect(screen.row(title).locator("a.task__title")).to_be_focused()
    await expect(screen.page).to_have_url(listed)


async def the_comments_equal_their_reload(person: Person) -> None:
    """What is said in the dialog is what the task's own page shows."""
    fresh = await person.context.new_page()
    await fresh.goto(person.page.url)
    expected = await fresh.evaluate(CONTENT, "#comments")
    await fresh.close()
    assert await person.page.evaluate(CONTENT, "#comments") == expected
