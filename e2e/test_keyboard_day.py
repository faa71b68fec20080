"""Working with keys alone for a day: the focus is where one left it, and no key is lost or misunderstood."""

import asyncio

from playwright.async_api import Page, Route, expect

from e2e.people import PASSWORD, People, Person, Team, a_team

TITLES = ["Order seeds", "Mend the greenhouse", "Water the beans"]
MOST_TABS = 4


async def a_list(people: People) -> tuple[Team, Person]:
    team = await a_team(people, "mia")
    for title in TITLES:
        await team.olga.task(team.workspace_id, title)
    await team.olga.open(team.path)
    await team.olga.titles.first.focus()
    return team, team.olga


async def press(page: Page, *keys: str) -> None:
    for key in keys:
        await page.keyboard.press(key)


async def test_a_menu_opens_at_its_row_also_once_the_row_was_changed(people: People) -> None:
    team, olga = await a_list(people)
    task = (await olga.row("Order seeds").get_attribute("id") or "").removeprefix("task-")
    for change in ("mine", "somebody else's"):
        if change == "mine":
            await press(olga.page, "x")
            await expect(olga.row("Order seeds")).to_have_attribute("data-status", "done")
        else:
            await team.mia.change(task, priority="high")
            await expect(olga.row("Order seeds")).to_contain_text("High")
        await press(olga.page, "s")
        menu = await olga.page.locator("#selected").bounding_box()
        row = await olga.row("Order seeds").bounding_box()
        assert menu
        assert row
        below, above = menu["y"] - row["y"] - row["height"], row["y"] - menu["y"] - menu["height"]
        assert min(abs(below), abs(above)) < 4, (change, menu, row)
        await press(olga.page, "Escape")


async def test_the_palette_acts_on_the_row_one_comes_from_also_once_it_was_changed(people: People) -> None:
    _, olga = await a_list(people)
    await press(olga.page, "x")
    await expect(olga.row("Order seeds")).to_have_attribute("data-status", "done")
    await olga.quick_add.focus()
    await press(olga.page, "Control+k")
    await expect(olga.page.locator(".palette__target")).to_have_text("On “Order seeds”")


async def test_who_edits_or_assigns_from_the_title_is_back_on_the_title(people: People) -> None:
    _, olga = await a_list(people)
    title = olga.row("Order seeds").locator(".task__title")
    for key, field, end in (
        ("e", olga.page.get_by_label("Title", exact=True), "Escape"),
        ("e", olga.page.get_by_label("Title", exact=True), "Enter"),
        ("a", olga.page.get_by_role("combobox", name="Assign Order seeds to"), "Escape"),
    ):
        await press(olga.page, key)
        await expect(field.locator("visible=true").first).to_be_focused()
        await press(olga.page, end)
        await expect(title).to_be_focused()
    await press(olga.page, "Enter")
    await expect(olga.page.get_by_role("heading", name="Order seeds", level=1)).to_be_visible()


async def test_letters_do_nothing_while_the_field_they_are_meant_for_is_on_its_way(people: People) -> None:
    _, olga = await a_list(people)
    arrives = asyncio.Event()

    async def late(route: Route) -> None:
        await arrives.wait()
        await route.continue_()

    await olga.page.route("**/assign", late)
    await press(olga.page, "a", "m")
    arrives.set()
    await expect(olga.page.get_by_role("combobox", name="Assign Order seeds to")).to_be_focused()
    await press(olga.page, "Escape", "]")  # and then they do again
    await expect(olga.titles).to_have_text([TITLES[1], TITLES[0], TITLES[2]])
    await expect(olga.row("Order seeds").locator(".task__assignee")).to_have_count(0)


async def test_enter_before_the_script_of_the_picker_is_there_gives_it_to_who_was_meant(
    people: People,
) -> None:
    _, olga = await a_list(people)
    arrives = asyncio.Event()

    async def late(route: Route) -> None:
        await arrives.wait()
        await route.continue_()

    await olga.page.route("**/picker*.js", late)
    await press(olga.page, "a")
    await expect(olga.page.get_by_role("combobox", name="Assign Order seeds to")).to_be_focused()
    await press(olga.page, "m", "Enter")
    arrives.set()
    await expect(olga.row("Order seeds")).to_contain_text("Assigned to Mia")


async def test_the_tasks_are_three_keys_from_the_beginning_of_the_page(people: People) -> None:
    _, olga = await a_list(people)
    for path in (olga.page.url, f"{olga.address}/assigned"):
        await olga.page.goto(path)
        await press(olga.page, "Tab", "Tab", "Enter", "Tab")
        if not path.endswith("/assigned"):
            assert await olga.page.evaluate("Boolean(document.activeElement.closest('#tasks'))")
        await expect(olga.page.locator(".skip").nth(1)).to_have_text("Skip to the tasks")


async def test_after_a_wrong_password_the_next_one_can_be_typed(people: People) -> None:
    olga = await people.person("Olga")
    visitor = await people.visitor()
    visitor.allow("status of 422")
    page = visitor.page
    await page.goto("/login")
    await page.keyboard.type(olga.email)
    await press(page, "Tab")
    await page.keyboard.type("not this one")
    await press(page, "Enter")
    await expect(page.get_by_label("Password")).to_be_focused()
    await expect(page.get_by_label("Password")).to_have_accessible_description(
        "The e-mail address or the password is wrong."
    )
    await page.keyboard.type(PASSWORD)
    await press(page, "Enter")
    await expect(page.get_by_role("heading", name="Workspaces", level=1)).to_be_visible()


async def test_nothing_but_spaces_is_refused_in_words_before_it_is_sent(people: People) -> None:
    _, olga = await a_list(people)
    await olga.quick_add.focus()
    await press(olga.page, "Space", "Enter")
    assert not await olga.quick_add.evaluate("field => field.checkValidity()")
    await expect(olga.quick_add).to_have_value(" ")
    await expect(olga.page.locator("#quick-add-problems")).to_be_empty()


async def test_what_others_do_is_said_once_also_over_the_dialog_of_a_task(people: People) -> None:
    team, olga = await a_list(people)
    task = (await olga.row("Order seeds").get_attribute("id") or "").removeprefix("task-")
    await press(olga.page, "Enter")
    await expect(olga.page.get_by_role("heading", name="Order seeds", level=1)).to_be_focused()
    await team.mia.change(task, priority="high")
    # By its role: what lies behind a modal dialog has none.
    said = olga.page.get_by_role("status").filter(has_text="Mia changed the priority of Order seeds")
    await expect(said).to_have_count(1)
    await press(olga.page, "Escape")
    await team.mia.task(team.workspace_id, "Dry the onions")
    await expect(olga.page.get_by_role("status").filter(has_text="Mia added Dry the onions")).to_have_count(1)
