"""A change shows at once, before its answer; one that is refused is taken back, with the reason."""

import asyncio
from collections.abc import Awaitable, Callable

from playwright.async_api import Locator, Route, expect

from e2e.people import People, Person, a_team

LOOK = """check => ({
    filled: getComputedStyle(check, "::before").backgroundColor !== "rgba(0, 0, 0, 0)",
    ticked: !["none", "normal"].includes(getComputedStyle(check, "::after").content),
    waiting: getComputedStyle(check.closest("li").querySelector(".task__title")).fontStyle === "italic",
})"""


async def a_row(people: People) -> tuple[Person, Locator]:
    team = await a_team(people)
    await team.olga.task(team.workspace_id, "Milk")
    await team.olga.open(team.path)
    return team.olga, team.olga.page.locator(".task__check")


async def looks(check: Locator, **expected: bool) -> None:
    async with asyncio.timeout(10):
        while True:
            found = await check.evaluate(LOOK)
            if found | expected == found:
                return
            await asyncio.sleep(0.02)


async def held_back(person: Person, answer: Callable[[Route], Awaitable[None]]) -> asyncio.Event:
    """Requests that complete a task get ``answer`` once the event is set."""
    release = asyncio.Event()

    async def handle(route: Route) -> None:
        await release.wait()
        await answer(route)

    await person.page.route("**/complete", handle)
    return release


async def test_a_task_looks_done_before_the_server_has_said_so(people: People) -> None:
    olga, check = await a_row(people)
    release = await held_back(olga, lambda route: route.continue_())
    await looks(check, filled=False, waiting=False)
    await check.get_by_role("button").press("Enter")
    await looks(check, filled=True)
    await looks(check, filled=True, waiting=True)  # after 150 ms it says that it waits
    await expect(olga.row("Milk")).to_have_attribute("data-status", "todo")
    release.set()
    await expect(olga.row("Milk")).to_have_attribute("data-status", "done")
    await looks(check, filled=True, ticked=True, waiting=False)


async def test_what_is_refused_is_taken_back_and_says_why(people: People) -> None:
    olga, check = await a_row(people)
    olga.allow("status of 403")
    refusal = "<p class=problem>Only members may do that.</p>"
    release = await held_back(
        olga, lambda route: route.fulfill(status=403, content_type="text/html", body=refusal)
    )
    await check.get_by_role("button").press("Enter")
    await looks(check, filled=True)
    release.set()
    await looks(check, filled=False, waiting=False)
    await expect(olga.page.locator("#toasts")).to_contain_text("Only members may do that.")
