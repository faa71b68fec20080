"""The keys of the list: each does what the page about the keyboard says, for one row or for all selected."""

from playwright.async_api import expect

from app.core.keys import EVERYWHERE, LIST
from e2e.pages import equals_its_reload
from e2e.people import People, Person, Team, a_team

TITLES = ["Order seeds", "Mend the greenhouse", "Water the beans", "Read about snails"]
FOCUS = "document.activeElement.textContent.trim()"


async def a_list(people: People) -> tuple[Team, Person]:
    team = await a_team(people, "mia", "vera")
    for title in TITLES:
        await team.olga.task(team.workspace_id, title)
    await team.olga.open(team.path)
    await team.olga.page.locator(".task__title").first.focus()
    return team, team.olga


async def press(person: Person, *keys: str) -> None:
    for key in keys:
        await person.page.keyboard.press(key)


async def focus(person: Person) -> object:
    return await person.page.evaluate(FOCUS)


async def test_arrows_and_letters_walk_and_tab_leaves_the_list(people: People) -> None:
    _, olga = await a_list(people)
    for key, title in [
        ("j", 1),
        ("ArrowDown", 2),
        ("k", 1),
        ("End", 3),
        ("j", 3),
        ("Home", 0),
        ("ArrowUp", 0),
    ]:
        await press(olga, key)
        assert await focus(olga) == TITLES[title], key
    await press(olga, "j", "Shift+Tab")
    assert await olga.page.evaluate("document.activeElement.ariaLabel") == "Complete Mend the greenhouse"
    await press(olga, "Shift+Tab")
    assert await focus(olga) == "Apply"
    await press(olga, "Tab", "Tab")
    assert await focus(olga) == "Mend the greenhouse"  # where one was


async def test_the_commonest_actions_take_three_keys_at_most(people: People) -> None:
    team, olga = await a_list(people)
    await team.mia.open(team.path)
    mia, row = team.mia, olga.row("Order seeds")

    await press(olga, "x")
    await expect(mia.row("Order seeds")).to_have_attribute("data-status", "done")
    await expect(row).to_have_attribute("data-status", "done")
    await press(olga, "x")
    await expect(mia.row("Order seeds")).to_have_attribute("data-status", "todo")
    await expect(row).to_have_attribute("data-status", "todo")
    await press(olga, "s", "ArrowRight", "Enter")
    await expect(mia.row("Order seeds")).to_have_attribute("data-status", "doing")
    assert await focus(olga) == "Order seeds"
    await press(olga, "p", "ArrowRight", "Enter")
    await expect(mia.row("Order seeds")).to_contain_text("Low")
    await press(olga, "d", "ArrowRight", "Enter")
    await expect(mia.row("Order seeds").locator("time")).to_have_count(1)
    await press(olga, "m")
    await expect(mia.row("Order seeds")).to_contain_text("Assigned to Olga")
    await press(olga, "]")
    await expect(mia.titles).to_have_text([TITLES[1], TITLES[0], *TITLES[2:]])
    await expect(olga.titles).to_have_text([TITLES[1], TITLES[0], *TITLES[2:]])
    assert await focus(olga) == "Order seeds"  # it went with its row
    await press(olga, "[")
    await expect(mia.titles).to_have_text(TITLES)
    await press(olga, "e")
    await expect(olga.page.locator(".task__edit input[name=title]")).to_be_focused()
    await olga.page.keyboard.type(" now")
    await press(olga, "Enter")
    await expect(mia.titles.first).to_have_text("Order seeds now")
    await expect(olga.row("Order seeds now").locator(".task__title")).to_be_focused()
    await press(olga, "#")
    await expect(mia.titles).to_have_text(TITLES[1:])
    await expect(olga.titles).to_have_text(TITLES[1:])
    await press(olga, "u")
    await expect(mia.titles).to_have_text(["Order seeds now", *TITLES[1:]])
    await press(olga, "c")
    await expect(olga.quick_add).to_be_focused()
    await equals_its_reload(olga)


async def test_what_is_selected_is_changed_together(people: People) -> None:
    _, olga = await a_list(people)
    await press(olga, "Space", "j", "j", "Space")
    bar = olga.page.get_by_role("form", name="Change selected tasks")
    await expect(bar).to_be_visible()
    await press(olga, "p", "ArrowLeft")
    await expect(bar.get_by_role("button", name="In progress")).to_have_count(0)
    await press(olga, "Escape")
    await expect(olga.page.locator(".task__select:checked")).to_have_count(2)  # one level back
    await press(olga, "x")
    for title in TITLES[::2]:
        await expect(olga.row(title)).to_have_attribute("data-status", "done")
    for title in TITLES[1::2]:
        await expect(olga.row(title)).to_have_attribute("data-status", "todo")
    await expect(olga.page.locator(".task__select:checked")).to_have_count(0)
    await expect(bar).to_be_hidden()
    await press(olga, "Space", "k", "Space", "#")
    await expect(olga.titles).to_have_text([TITLES[0], TITLES[3]])
    await expect(olga.page.get_by_text("Deleted 2 tasks.")).to_be_visible()
    await press(olga, "Home", "u")
    await expect(olga.titles).to_have_text(TITLES)
    await expect(olga.page.get_by_text("Deleted 2 tasks.")).to_have_count(0)
    await press(olga, "Space", "Escape")
    await expect(olga.page.locator(".task__select:checked")).to_have_count(0)


async def test_a_selection_survives_what_others_do(people: People) -> None:
    team, olga = await a_list(people)
    await press(olga, "Space", "j", "Space")
    listed = await team.mia.ask("GET", f"/workspaces/{team.workspace_id}/tasks")
    await team.mia.change(listed["items"][0]["id"], title="Order more seeds")
    await expect(olga.titles.first).to_have_text("Order more seeds")
    await expect(olga.page.locator(".task__select:checked")).to_have_count(2)
    await press(olga, "p", "ArrowLeft", "ArrowRight", "ArrowRight", "Enter")
    await expect(olga.row("Order more seeds")).to_contain_text("Low")
    await expect(olga.row(TITLES[1])).to_contain_text("Low")


async def test_in_groups_a_task_moves_from_one_into_the_next(people: People) -> None:
    team, olga = await a_list(people)
    await olga.open(f"{team.path}?group=status")
    await olga.page.locator(".task__title").first.focus()
    await press(olga, "x")
    await expect(olga.row(TITLES[0])).to_have_attribute("data-status", "done")
    await expect(olga.titles).to_have_text([*TITLES[1:], TITLES[0]])
    assert await focus(olga) == TITLES[0]
    await press(olga, "[")
    await expect(olga.row(TITLES[0])).to_have_attribute("data-status", "todo")
    await press(olga, "]")
    await expect(olga.row(TITLES[0])).to_have_attribute("data-status", "todo")
    await equals_its_reload(olga)


async def test_letters_do_nothing_outside_of_the_list_and_in_fields(people: People) -> None:
    _, olga = await a_list(people)
    await olga.page.locator(".bar__brand").focus()
    await press(olga, "c", "x", "j")
    assert await focus(olga) == "Tandem"
    await olga.quick_add.focus()
    await olga.page.keyboard.type("x # j u")
    await expect(olga.quick_add).to_have_value("x # j u")
    await expect(olga.titles).to_have_text(TITLES)


async def test_a_menu_of_the_filters_closes_by_escape_and_when_one_leaves_it(people: People) -> None:
    _, olga = await a_list(people)
    summary = olga.page.locator(".filter summary").first
    await summary.focus()
    await press(olga, "Enter", "Tab")
    await expect(olga.page.get_by_label("To do", exact=True)).to_be_focused()
    await press(olga, "Escape")
    await expect(summary).to_be_focused()
    await expect(olga.page.locator(".filter[open]")).to_have_count(0)
    await press(olga, "Enter", "Shift+Tab")
    await expect(olga.page.locator(".filter[open]")).to_have_count(0)


async def test_only_a_list_that_is_sorted_by_hand_has_places(people: People) -> None:
    team, olga = await a_list(people)
    olga.allow("status of 409")
    await olga.open(f"{team.path}?sort=title")
    await olga.page.locator(".task__title").first.focus()
    await press(olga, "]")
    await expect(olga.page.locator("#toasts")).to_contain_text("sorted by hand")
    await expect(olga.titles).to_have_text(sorted(TITLES))


async def test_two_keys_lead_elsewhere_and_one_to_all_of_them(people: People) -> None:
    team, olga = await a_list(people)
    await press(olga, "g", "m")
    await expect(olga.page).to_have_url(f"{olga.address}/assigned")
    await olga.is_live()
    await olga.open(team.path)
    await olga.page.locator(".task__title").first.focus()
    await press(olga, "?")
    await expect(olga.page.get_by_role("dialog", name="The keys of this page")).to_be_visible()
    await press(olga, "Tab", "Tab", "Enter")
    await expect(olga.page.get_by_role("heading", name="Keyboard", exact=True)).to_be_visible()
    await olga.is_live()
    told = await olga.page.locator("main dd").all_text_contents()
    assert told == [each.words for each in [*LIST.values(), *EVERYWHERE.values()]]


async def test_who_only_views_changes_nothing_by_keys(people: People) -> None:
    team, _ = await a_list(people)
    vera = team.vera
    vera.allow("status of 403")
    await vera.open(team.path)
    await vera.page.locator(".task__title").first.focus()
    await press(vera, "x", "m", "#", "Space", "]", "e")
    await vera.page.wait_for_load_state("networkidle")
    await expect(vera.titles).to_have_text(TITLES)
    listed = await vera.ask("GET", f"/workspaces/{team.workspace_id}/tasks")
    assert {(task["status"], task["assignee"]) for task in listed["items"]} == {("todo", None)}
