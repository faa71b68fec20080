"""What waits without a connection where storage, clocks, tabs and sign-ins play tricks on it."""

import asyncio

from playwright.async_api import Route, expect

from e2e.people import People
from e2e.test_offline import (
    a_list,
    all_is_done,
    comes_back,
    goes_offline,
    is_as_a_reload,
    lose_the_answer,
    opener,
    press,
    ready,
    state,
    tasks_of,
    waiting,
    write,
)

NO_STORAGE = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("The operation is insecure.", "SecurityError"); },
});"""
FILL = """() => {
  for (let size = 4_000_000; size >= 1; size = Math.floor(size / 2)) {
    for (let number = 0; number < 9; number++) {
      try { localStorage[`filler ${size} ${number}`] = "x".repeat(size); } catch { break; }
    }
  }
  for (let number = 0; ; number++) try { localStorage[number] = ""; } catch { break; }
}"""


async def test_nothing_is_sent_by_who_signs_in_while_it_is_being_sent(people: People) -> None:
    team, olga = await a_list(people)
    olga.allow("status of 401")
    await goes_offline(olga)
    await write(olga, "Only Olga\u2019s", "Hers, too")

    async def switch(route: Route) -> None:
        answer = await route.fetch()
        await olga.context.add_cookies([{"name": "tandem", "value": team.mia.token, "url": olga.address}])
        await route.fulfill(response=answer)

    await olga.page.route("**/api/me", switch, times=1)
    async with olga.page.expect_response(lambda answer: answer.url.endswith("/tasks")) as sent:
        await comes_back(olga)
    assert (await sent.value).status == 401
    await expect(opener(olga)).to_have_text("2 waiting")
    assert set(await tasks_of(team)) == set()
    await olga.context.add_cookies([{"name": "tandem", "value": olga.token, "url": olga.address}])
    await olga.open(team.path)
    await all_is_done(olga)
    assert set(await tasks_of(team)) == {"Only Olga\u2019s", "Hers, too"}


async def test_a_page_of_one_does_not_act_as_another_who_has_signed_in_since(people: People) -> None:
    team, olga = await a_list(people, "Milk")
    olga.allow("status of 401")
    milk = (await tasks_of(team))["Milk"]["id"]
    await olga.context.add_cookies([{"name": "tandem", "value": team.mia.token, "url": olga.address}])
    await press(olga, milk, "x")
    await expect(olga.page.locator("#toasts")).to_contain_text("Somebody else is signed in here")
    assert (await tasks_of(team))["Milk"]["completed"] is False


async def test_what_waits_is_sent_also_where_storage_is_full(people: People) -> None:
    team, olga = await a_list(people)
    olga.allow("Quota|exceeded")
    await goes_offline(olga)
    await write(olga, "First", "Second")
    await olga.page.evaluate(FILL)
    await write(olga, "No room")
    await expect(olga.quick_add).to_have_value("No room")
    await comes_back(olga)
    await all_is_done(olga)
    assert set(await tasks_of(team)) == {"First", "Second"}
    await is_as_a_reload(team, olga)


async def test_without_storage_a_page_lives_and_what_is_not_sent_is_said(people: People) -> None:
    team, olga = await a_list(people)
    olga.allow("insecure|SecurityError")
    await olga.context.add_init_script(NO_STORAGE)
    await olga.open(team.path)
    await write(olga, "Sent")
    await expect(olga.row("Sent")).to_be_visible()
    await team.mia.task(team.workspace_id, "Pushed")
    await expect(olga.row("Pushed")).to_be_visible()
    await goes_offline(olga)
    await write(olga, "Not sent")
    await expect(olga.quick_add).to_have_value("Not sent")
    await comes_back(olga)


async def test_a_tab_learns_that_another_one_has_found_its_change_done(people: People) -> None:
    team, olga = await a_list(people, "Milk")
    milk = (await tasks_of(team))["Milk"]["id"]
    other = await olga.new_tab()
    await other.page.goto(olga.page.url)
    await other.is_live()
    await ready(other)
    await olga.page.route("**/api/me", lambda route: route.abort())
    await lose_the_answer(olga.page, f"**/tasks/{milk}/complete")
    await press(olga, milk, "x")
    for screen in (other, olga):
        await all_is_done(screen)
        await expect(screen.row("Milk")).to_have_attribute("data-status", "done")
    await is_as_a_reload(team, olga)


async def test_a_tab_that_dies_while_it_sends_is_followed_by_another(people: People) -> None:
    team, olga = await a_list(people)
    other = await olga.new_tab()
    other.allow_outage()
    await other.page.goto(olga.page.url)
    await other.is_live()
    await ready(other)
    reached = asyncio.Event()

    async def never(route: Route) -> None:
        await route.fetch()
        reached.set()

    await goes_offline(olga)
    await write(olga, "First", "Second")
    await expect(state(other)).to_have_text("Offline: 2 changes are waiting")
    await olga.page.route(f"**{team.path}/tasks", never)
    await other.page.route("**/api/me", lambda route: route.abort())
    await comes_back(olga)
    await reached.wait()
    await olga.page.close()
    await other.page.unroute("**/api/me")
    await all_is_done(other)
    await expect(other.titles).to_have_text(["First", "Second"])
    assert len(await tasks_of(team)) == 2


async def test_a_clock_that_is_set_back_neither_stops_nor_turns_what_waits(people: People) -> None:
    team, olga = await a_list(people)
    other = await olga.new_tab()
    other.allow_outage()
    await other.page.goto(olga.page.url)
    await other.is_live()
    await ready(other)
    await goes_offline(olga)
    await write(olga, "First")
    await expect(state(other)).to_have_text("Offline: 1 change is waiting")
    await other.page.evaluate("{ const now = Date.now; Date.now = () => now() - 3_600_000; }")
    await write(other, "Second")
    await expect(state(olga)).to_have_text("Offline: 2 changes are waiting")
    # Left by a tab that died before the clock was set back.
    lease = "localStorage['sender/' + document.body.dataset.viewer] = `dead ${Date.now() + 3_600_000}`"
    await olga.page.evaluate(lease)
    await comes_back(olga)
    await all_is_done(olga)
    tasks = sorted((await tasks_of(team)).values(), key=lambda task: str(task["position"]))
    assert [task["title"] for task in tasks] == ["First", "Second"]


async def test_what_cannot_be_read_is_in_the_way_of_nothing(people: People) -> None:
    _, olga = await a_list(people)
    await goes_offline(olga)
    for kind in ("waiting", "refused"):
        await olga.page.evaluate("name => { localStorage[name] = '{'; }", f"{kind}/{olga.id}/0")
    await write(olga, "Milk")
    await comes_back(olga)
    await expect(olga.row("Milk")).to_be_visible()
    await expect(opener(olga)).to_have_text("1 not made")
    await opener(olga).press("Enter")
    await expect(waiting(olga)).to_contain_text("cannot be read")
    await waiting(olga).get_by_role("button").press("Enter")
    await all_is_done(olga)
