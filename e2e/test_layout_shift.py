"""In the middle of 500 tasks: what others do elsewhere moves nothing under the reader's eyes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from e2e.long_lists import delete, fill
from e2e.people import People, Team, a_team

# A pixel's rounding is no move.
MOVED_MOST = 1.0
# All of them, also those right after an act of the reader's, which browsers do not count as a fault.
WATCH = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries()) {
      const names = sources.map(({ node }) => node?.id || node?.className || node?.nodeName);
      window.shifts.push([value, ...names]);
    }
  }).observe({ type: "layout-shift" });
}"""
# Where the row in the middle of the screen is, once two more frames have been painted.
PLACE = """async (id) => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return document.getElementById(id).getBoundingClientRect().top;
}"""


@dataclass
class Reading:
    """Olga reads in the middle of the list; `near` is on her screen, `above` and `below` are not."""

    team: Team
    above: list[Any]
    near: Any
    below: list[Any]
    top: float = 0.0

    async def nothing_moved(self) -> None:
        page = self.team.olga.page
        top = await page.evaluate(PLACE, f"task-{self.near['id']}")
        assert abs(top - self.top) <= MOVED_MOST, f"the row in the middle went from {self.top} to {top}"
        assert await page.evaluate("window.shifts") == []


@pytest_asyncio.fixture(loop_scope="session")
async def reading(people: People) -> AsyncIterator[Reading]:
    team = await a_team(people, "adam", "mia")
    await fill(team)
    page = team.olga.page
    await team.olga.open(team.path)
    ids = await page.locator("#tasks > [data-v]").evaluate_all("rows => rows.map(row => row.id.slice(5))")
    tasks = [{"id": each} for each in ids]
    reading = Reading(team=team, above=tasks[100:110], near=tasks[250], below=tasks[400:410])
    row = page.locator(f"#task-{reading.near['id']}")
    await row.evaluate("row => row.scrollIntoView({ block: 'center' })")
    await expect(page.locator("#members [data-presence=online]")).to_have_count(1)
    reading.top = await page.evaluate(PLACE, f"task-{reading.near['id']}")
    await page.evaluate(WATCH)
    yield reading


Act = Callable[[Reading], Awaitable[None]]


async def a_longer_title(reading: Reading) -> None:
    title = "It takes far more than one line to say what is to be done here, " * 3
    for task in (reading.above[0], reading.below[0]):
        await reading.team.adam.change(task["id"], title=title)
    await expect(reading.team.olga.titles.filter(has_text="It takes far more")).to_have_count(2)


async def facts_come(reading: Reading) -> None:
    for task in (reading.above[0], reading.below[0]):
        await reading.team.adam.change(task["id"], priority="urgent", due_on="2026-12-24", status="doing")
    await expect(reading.team.olga.page.locator("time[datetime='2026-12-24']")).to_have_count(2)


async def rows_go(reading: Reading) -> None:
    for task in (reading.above[0], reading.below[0]):
        await delete(reading.team.adam, task["id"])
        await expect(reading.team.olga.page.locator(f"#task-{task['id']}")).to_have_count(0)


async def a_row_comes_above(reading: Reading) -> None:
    adam = reading.team.adam
    other = await adam.ask("GET", f"/tasks/{reading.above[1]['id']}")
    task = await adam.task(reading.team.workspace_id, "Just come")
    await adam.change(task["id"], position=other["position"] + "V")
    await expect(reading.team.olga.row("Just come").locator("+ li")).to_have_attribute(
        "id", f"task-{reading.above[2]['id']}"
    )


async def a_row_goes_from_above_to_below(reading: Reading) -> None:
    adam = reading.team.adam
    other = await adam.ask("GET", f"/tasks/{reading.below[1]['id']}")
    await adam.change(reading.above[3]["id"], position=other["position"] + "V")
    moved = reading.team.olga.page.locator(f"#task-{reading.above[3]['id']} + li")
    await expect(moved).to_have_attribute("id", f"task-{reading.below[2]['id']}")


async def somebody_comes(reading: Reading) -> None:
    await reading.team.mia.open(reading.team.path)
    await expect(reading.team.olga.page.locator("#members [data-presence=online]")).to_have_count(2)


async def the_reader_is_told(reading: Reading) -> None:
    """By the bell, the title and a message over the page."""
    team = reading.team
    await team.adam.change(reading.above[4]["id"], assignee_id=None)
    await team.adam.change(reading.above[4]["id"], assignee_id=team.olga.id)
    await expect(team.olga.page.locator("#toasts .toast")).to_be_visible()


async def the_workspace_is_described(reading: Reading) -> None:
    about = {"name": "Home", "description": "What is to be done, by whom, and until when. " * 10}
    await reading.team.olga.ask("PUT", f"/workspaces/{reading.team.workspace_id}", about)
    await expect(reading.team.olga.page.locator(".head__description")).to_contain_text("by whom")


ACTS: list[Act] = [
    a_longer_title,
    facts_come,
    rows_go,
    a_row_comes_above,
    a_row_goes_from_above_to_below,
    somebody_comes,
    the_reader_is_told,
    the_workspace_is_described,
]


@pytest.mark.slow
async def test_what_happens_elsewhere_moves_nothing(reading: Reading) -> None:
    for act in ACTS:
        await act(reading)
        await reading.nothing_moved()


@pytest.mark.slow
async def test_a_row_that_goes_from_the_screen_moves_those_below_it_alone(reading: Reading) -> None:
    page = reading.team.olga.page
    below = page.locator(f"#task-{reading.near['id']} + li")
    height = await below.evaluate("row => row.offsetHeight")
    after = page.locator(f"#task-{reading.near['id']} + li + li")
    identifier = await after.get_attribute("id")
    top = await page.evaluate(PLACE, identifier)
    await delete(reading.team.adam, (await below.get_attribute("id") or "").removeprefix("task-"))
    await expect(page.locator(f"#task-{reading.near['id']} + li")).to_have_attribute("id", str(identifier))
    assert await page.evaluate(PLACE, identifier) == pytest.approx(top - height, abs=MOVED_MOST)
    assert await page.evaluate(PLACE, f"task-{reading.near['id']}") == pytest.approx(
        reading.top, abs=MOVED_MOST
    )
    # And the watch that says so above does see it.
    assert await page.evaluate("window.shifts")


@pytest.mark.slow
async def test_a_page_that_does_not_keep_its_place_is_found_out(reading: Reading) -> None:
    """Planted on the rows; on the root element alone it would change nothing."""
    await reading.team.olga.page.evaluate(
        """() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(".task { overflow-anchor: none }");
            document.adoptedStyleSheets.push(sheet);
        }"""
    )
    await a_longer_title(reading)
    with pytest.raises(AssertionError, match="the row in the middle went from"):
        await reading.nothing_moved()
