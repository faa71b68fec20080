"""Rows are dragged to another place, and from one group into another."""

import re

from playwright.async_api import expect

from e2e.pages import equals_its_reload
from e2e.people import People, Person, Team, a_team

TITLES = ["One", "Two", "Three", "Four"]


async def a_list(people: People, query: str = "") -> tuple[Team, Person]:
    # All of the list is to be seen: nothing scrolls under the mouse.
    team = await a_team(people, "mia", "vera", viewport={"width": 1280, "height": 1000})
    for title in TITLES:
        await team.olga.task(team.workspace_id, title)
    await team.mia.open(team.path)
    await team.olga.open(team.path + query)
    return team, team.olga


async def drag(person: Person, title: str, to: str, *, below: bool, goes: bool = True) -> None:
    """Drag the row ``title`` to the upper or the lower edge of the row, or heading, ``to``.

    Where it ``goes`` the page shows that before the row is let go, as it does to a hand.
    """
    page, mouse = person.page, person.page.mouse
    goal = page.locator("#tasks > li").filter(has_text=re.compile(f"^\\s*{to}")).first
    here, there = await person.row(title).bounding_box(), await goal.bounding_box()
    assert here is not None
    assert there is not None
    y = there["y"] + (there["height"] - 4 if below else 4)
    await mouse.move(here["x"] + 300, here["y"] + 18)
    await mouse.down()
    await mouse.move(here["x"] + 310, here["y"] + 22)
    await expect(page.locator("[data-dragged]")).to_have_count(1)
    for nudge in range(100 if goes else 5):
        await mouse.move(there["x"] + 200 + nudge % 2, y)
        if await page.locator("[data-drop]").count():
            break
    assert await page.locator("[data-drop]").count() == (1 if goes else 0)
    await mouse.up()
    await expect(page.locator("[data-dragged], [data-drop]")).to_have_count(0)


async def test_a_row_goes_where_it_is_dropped_and_everybody_sees_it(people: People) -> None:
    team, olga = await a_list(people)
    await drag(olga, "Four", "One", below=False)
    for person in (olga, team.mia):
        await expect(person.titles).to_have_text(["Four", "One", "Two", "Three"])
    await drag(olga, "Four", "Two", below=True)
    for person in (olga, team.mia):
        await expect(person.titles).to_have_text(["One", "Two", "Four", "Three"])
    await equals_its_reload(olga)


async def test_a_row_that_is_dragged_into_another_group_takes_its_status(people: People) -> None:
    team, olga = await a_list(people, "?group=status")
    await drag(olga, "One", "Doing", below=True)  # an empty group
    await expect(olga.row("One")).to_have_attribute("data-status", "doing")
    await drag(olga, "Three", "One", below=False)
    for person in (olga, team.mia):
        await expect(person.row("Three")).to_have_attribute("data-status", "doing")
    await expect(olga.titles).to_have_text(["Two", "Four", "Three", "One"])
    await drag(olga, "One", "To do", below=True)
    await expect(olga.titles).to_have_text(["One", "Two", "Four", "Three"])
    await equals_its_reload(olga)


async def test_what_is_not_sorted_by_hand_has_no_places(people: People) -> None:
    _, olga = await a_list(people, "?sort=title")
    before = await olga.titles.all_text_contents()
    await drag(olga, before[3], before[0], below=False, goes=False)
    await expect(olga.titles).to_have_text(before)


async def test_who_only_views_moves_nothing(people: People) -> None:
    team, _ = await a_list(people)
    await team.vera.open(team.path)
    await drag(team.vera, "Four", "One", below=False, goes=False)
    await drag(team.vera, "Two", "Four", below=True, goes=False)  # the script is there now
    await team.vera.page.wait_for_load_state("networkidle")
    await expect(team.vera.page.locator("#toasts > *")).to_have_count(0)
    await expect(team.mia.titles).to_have_text(TITLES)
