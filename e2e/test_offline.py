"""Without a connection what is done waits in the browser, and is done once and in order afterwards."""

import asyncio
from typing import Any

from playwright.async_api import Locator, Page, Route, expect

from e2e.pages import equals_its_reload
from e2e.people import PASSWORD, People, Person, Team, a_team
from e2e.screens import Screen
from tests.process import Process


async def a_list(people: People, *titles: str, others: tuple[str, ...] = ("mia",)) -> tuple[Team, Person]:
    """Olga's list, and Olga on it, with a browser that may lose its connection."""
    team = await a_team(people, *others)
    for title in titles:
        await team.olga.task(team.workspace_id, title)
    team.olga.allow_outage()
    await team.olga.open(team.path)
    await ready(team.olga)
    return team, team.olga


async def ready(screen: Screen) -> None:
    """What is needed without a connection is there as soon as somebody is."""
    await screen.page.keyboard.press("Shift")
    # Not wait_for_function: where it has to wait, it evaluates a text in the page, which the policy forbids.
    there = "performance.getEntriesByType('resource').filter(({ name }) => name.includes('/later/')).length"
    while await screen.page.evaluate(there) < 4:
        await screen.page.evaluate("new Promise(done => setTimeout(done, 20))")
    await screen.page.evaluate("new Promise(done => setTimeout(done))")


async def goes_offline(person: Screen) -> None:
    await person.page.context.set_offline(True)
    await expect(person.page.locator("body")).to_have_attribute("data-live", "offline")


async def comes_back(person: Screen) -> None:
    await person.page.context.set_offline(False)


def state(screen: Screen) -> Locator:
    return screen.page.locator("#live-state")


def opener(screen: Screen) -> Locator:
    return screen.page.locator("#waiting-open")


def waiting(screen: Screen) -> Locator:
    """What the list of waiting changes holds."""
    return screen.page.locator("#waiting li")


async def all_is_done(screen: Screen) -> None:
    await expect(opener(screen)).to_be_hidden(timeout=30_000)


async def write(screen: Screen, *titles: str) -> None:
    for title in titles:
        await screen.quick_add.fill(title)
        await screen.quick_add.press("Enter")


async def retitle(screen: Screen, task_id: str, title: str) -> None:
    """Open the title of a row, whatever it says now, and give it another."""
    row = screen.page.locator(f"#task-{task_id}")
    await row.locator(".icon--edit").press("Enter")
    field = row.locator("input[name=title]")
    await field.fill(title)
    await field.press("Enter")
    await expect(field).to_have_count(0)


async def give(screen: Screen, task_id: str, key: str, choice: str) -> None:
    """Choose for one row by its keys: `p` and then High."""
    await screen.page.locator(f"#task-{task_id} .task__title").focus()
    await screen.page.keyboard.press(key)
    await screen.page.locator("#selected").get_by_role("button", name=choice, exact=True).press("Enter")
    await expect(screen.page.locator("#selected[popover]")).to_have_count(0)


async def press(screen: Screen, task_id: str, key: str) -> None:
    await screen.page.locator(f"#task-{task_id} .task__title").focus()
    await screen.page.keyboard.press(key)


async def tasks_of(team: Team) -> dict[str, Any]:
    found = await team.olga.ask("GET", f"/workspaces/{team.workspace_id}/tasks?limit=200")
    return {task["title"]: task for task in found["items"]}


async def is_as_a_reload(team: Team, screen: Screen) -> None:
    seq = (await team.olga.ask("GET", f"/workspaces/{team.workspace_id}"))["seq"]
    await expect(screen.page.locator("#tasks")).to_have_attribute("data-seq", str(seq))
    await equals_its_reload(screen)


async def log_of(team: Team, since: int) -> list[dict[str, Any]]:
    """What Olga did after a number, oldest first."""
    found: list[dict[str, Any]] = []
    page = await team.olga.ask("GET", f"/workspaces/{team.workspace_id}/activity?limit=200&since={since}")
    found = [event for event in page["items"] if event["actor"]["id"] == team.olga.id]
    return found[::-1]


async def test_what_is_done_offline_shows_waits_and_is_done_when_the_line_is_back(people: People) -> None:
    team, olga = await a_list(people, "Milk", "Bread")
    await team.mia.open(team.path)
    milk, bread = [(await tasks_of(team))[title]["id"] for title in ("Milk", "Bread")]
    async with olga.stays():
        await goes_offline(olga)
        await write(olga, "Written in a tunnel")
        await expect(olga.page.locator(".task__pending")).to_have_text("Written in a tunnel")
        await expect(olga.quick_add).to_be_focused()
        await press(olga, milk, "x")
        await retitle(olga, bread, "Rye bread")
        await expect(olga.page.locator(f"#task-{bread} .task__title")).to_have_text("Rye bread")
        await expect(olga.page.locator(f"#task-{bread} .icon--edit")).to_be_focused()
        await expect(state(olga)).to_have_text("Offline: 3 changes are waiting")
        await opener(olga).press("Enter")
        await expect(waiting(olga).locator("p")).to_have_text(
            ["Add “Written in a tunnel”", "Complete Milk", "Change “Bread” to “Rye bread”"]
        )
        await olga.page.keyboard.press("Escape")
        await comes_back(olga)
        await all_is_done(olga)
        for screen in (olga, team.mia):
            await expect(screen.row("Written in a tunnel")).to_have_count(1)
            await expect(screen.row("Milk")).to_have_attribute("data-status", "done")
            await expect(screen.row("Rye bread")).to_be_visible()
        await expect(olga.page.locator("[data-waits]")).to_have_count(0)
        await olga.is_live()
        await expect(state(olga)).to_have_text("Live")
    await is_as_a_reload(team, olga)


async def test_one_that_waits_can_be_discarded(people: People) -> None:
    team, olga = await a_list(people, "Milk")
    milk = (await tasks_of(team))["Milk"]["id"]
    await goes_offline(olga)
    await retitle(olga, milk, "Not so")
    await write(olga, "Keep this")
    await opener(olga).press("Enter")
    await waiting(olga).first.get_by_role("button", name="Discard").press("Enter")
    await expect(waiting(olga)).to_have_count(1)
    await expect(waiting(olga).get_by_role("button")).to_be_focused()
    await expect(olga.page.locator(f"#task-{milk} .task__title")).to_have_text("Milk")
    await comes_back(olga)
    await all_is_done(olga)
    assert set(await tasks_of(team)) == {"Milk", "Keep this"}


async def test_fifty_changes_survive_a_restart_and_three_conflicts_are_shown(people: People) -> None:
    titles = [f"Task {number:02}" for number in range(20)]
    team, olga = await a_list(people, *titles)
    before = await tasks_of(team)
    ids = [before[title]["id"] for title in titles]
    since = (await olga.ask("GET", f"/workspaces/{team.workspace_id}"))["seq"]
    expected: list[tuple[str, str | None]] = []  # what happens, and the title that it has then
    await goes_offline(olga)
    for number in range(10):
        await write(olga, f"New {number}")
        expected.append(("task.created", None))
    for number in range(8):
        await press(olga, ids[number], "x")
        expected.append(("task.completed", ids[number]))
    for number in range(8, 16):
        await retitle(olga, ids[number], f"Mine {number}")
        if number < 13:
            expected.append(("task.updated", ids[number]))
    for number in range(3, 11):
        await give(olga, ids[number], "p", "High")
        expected.append(("task.updated", ids[number]))
    for step in range(8):
        await retitle(olga, ids[16], f"Chained {step}")
        expected.append(("task.updated", ids[16]))
    for number in (17, 18, 19):
        await press(olga, ids[number], "#")
        expected.append(("task.deleted", ids[number]))
    for number in range(3):
        await give(olga, ids[number], "s", "Doing")
        expected.append(("task.reopened", ids[number]))
    await write(olga, "Last one", "And the very last")
    expected += [("task.created", None)] * 2
    await expect(state(olga)).to_have_text("Offline: 50 changes are waiting")
    assert len(expected) == 47
    for number in (13, 14, 15):
        await team.mia.change(ids[number], title=f"Hers {number}")

    # The browser is killed, and started again.
    kept = await olga.context.storage_state()
    assert kept["origins"], "nothing would survive a restart"
    await olga.page.close()
    context = await people.browser_for(storage_state=kept)
    again = Screen(page=await context.new_page())
    await again.page.goto(f"{olga.address}{team.path}")
    await again.is_live()
    await expect(opener(again)).to_have_text("3 not made", timeout=60_000)

    happened = await log_of(team, since)
    assert [event["type"] for event in happened] == [kind for kind, _ in expected]
    assert [event["entity_id"] for event in happened if event["type"] != "task.created"] == [
        ident for kind, ident in expected if kind != "task.created"
    ]
    now = await tasks_of(team)
    added = [*(f"New {number}" for number in range(10)), "Last one", "And the very last"]
    assert [task["title"] for task in sorted(now.values(), key=lambda task: task["position"])][-12:] == added
    assert now["Chained 7"]["id"] == ids[16]
    assert not {f"Task {number}" for number in (17, 18, 19)} & set(now)

    await opener(again).press("Enter")
    await expect(waiting(again)).to_have_count(3)
    for index, number in enumerate((13, 14, 15)):
        await expect(waiting(again).nth(index)).to_contain_text(f"Change “Task {number}” to “Mine {number}”")
        await expect(waiting(again).nth(index)).to_contain_text(f"“Hers {number}”, changed by Mia")
    await waiting(again).first.get_by_role("button", name="Keep mine").press("Enter")
    await expect(waiting(again)).to_have_count(2)
    await waiting(again).first.get_by_role("button", name="Take theirs").press("Enter")
    await expect(waiting(again)).to_have_count(1)
    await waiting(again).first.get_by_role("button", name="Keep mine").press("Enter")
    await all_is_done(again)
    await expect(again.row("Mine 13")).to_be_visible()
    await expect(again.row("Hers 14")).to_be_visible()
    await expect(again.row("Mine 15")).to_be_visible()
    await is_as_a_reload(team, again)


async def lose_the_answer(page: Page, pattern: str) -> None:
    """The server does the first such request, and its answer is lost."""

    async def handle(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await page.route(pattern, handle, times=1)


async def test_what_was_done_although_the_answer_was_lost_is_done_once(people: People) -> None:
    team, olga = await a_list(people, "Milk", "Bread", "Rice")
    ids = {title: task["id"] for title, task in (await tasks_of(team)).items()}
    since = (await olga.ask("GET", f"/workspaces/{team.workspace_id}"))["seq"]
    place = f"{olga.address}{team.path}"
    async with olga.stays():
        await lose_the_answer(olga.page, f"{place}/tasks")
        await write(olga, "Once")
        await expect(olga.row("Once")).to_have_count(1)
        await lose_the_answer(olga.page, f"**/tasks/{ids['Milk']}/complete")
        await press(olga, ids["Milk"], "x")
        await expect(olga.row("Milk")).to_have_attribute("data-status", "done")
        await lose_the_answer(olga.page, f"**/tasks/{ids['Bread']}")
        await retitle(olga, ids["Bread"], "Rye")
        await expect(olga.row("Rye")).to_be_visible()
        await lose_the_answer(olga.page, "**/tasks/selected")
        await press(olga, ids["Rice"], "#")
        await olga.quick_add.focus()
        await expect(olga.row("Rice")).to_have_count(0)
        await all_is_done(olga)
        await expect(olga.page.locator(".problem")).to_have_count(0)
    kinds = [event["type"] for event in await log_of(team, since)]
    assert kinds == ["task.created", "task.completed", "task.updated", "task.deleted"]
    await is_as_a_reload(team, olga)


async def test_two_tabs_send_each_change_once(people: People) -> None:
    _, olga = await a_list(people)
    other = await olga.new_tab()
    other.allow_outage()
    await other.page.goto(olga.page.url)
    await other.is_live()
    await ready(other)
    sent: list[str] = []
    for screen in (olga, other):
        screen.page.on(
            "request",
            lambda request: (
                sent.append(request.headers["idempotency-key"]) if request.method == "POST" else None
            ),
        )
    await goes_offline(olga)
    titles = [f"From tab {number % 2}, {number}" for number in range(8)]
    for number, title in enumerate(titles):
        await write((olga, other)[number % 2], title)
    await expect(state(other)).to_have_text("Offline: 8 changes are waiting")
    await expect(state(olga)).to_have_text("Offline: 8 changes are waiting")
    sent.clear()
    await comes_back(olga)
    for screen in (olga, other):
        await all_is_done(screen)
        await expect(screen.titles).to_have_text(titles)
    assert len(sent) == len(set(sent)) == 8


async def test_somebody_else_in_the_same_browser_sends_nothing_of_it(people: People) -> None:
    team, olga = await a_list(people)
    await goes_offline(olga)
    await write(olga, "Only Olga’s")
    await expect(state(olga)).to_have_text("Offline: 1 change is waiting")
    # Her session is over, and Mia signs in: in another tab, while Olga's page is still open.
    await olga.context.add_cookies([{"name": "tandem", "value": team.mia.token, "url": olga.address}])
    mia = await olga.new_tab()
    mia.allow_outage()
    async with olga.page.expect_event("requestfinished", lambda request: request.url.endswith("/api/me")):
        await comes_back(olga)
    await mia.page.goto(f"{olga.address}{team.path}")
    await mia.is_live()
    await ready(mia)
    await mia.add("Mia’s own")
    await expect(opener(mia)).to_be_hidden()
    await mia.page.reload()
    await mia.is_live()
    assert set(await tasks_of(team)) == {"Mia’s own"}
    # As Olga again it is sent.
    await olga.context.add_cookies([{"name": "tandem", "value": olga.token, "url": olga.address}])
    await olga.open(team.path)
    await expect(olga.row("Only Olga’s")).to_be_visible()


async def test_signing_out_asks_and_throws_away_what_waits(people: People) -> None:
    team, olga = await a_list(people)
    olga.allow("dialog: 2 waiting: signing out throws that away")
    await olga.page.route("**/api/me", lambda route: route.abort())
    await goes_offline(olga)
    await write(olga, "Never", "Sent")
    await expect(state(olga)).to_have_text("Offline: 2 changes are waiting")
    await comes_back(olga)
    await olga.page.get_by_role("button", name="Sign out").click()
    await expect(opener(olga)).to_have_text("2 waiting")
    olga.page.remove_listener("dialog", olga._dialog)
    olga.page.once("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
    await olga.page.get_by_role("button", name="Sign out").click()
    await expect(olga.page).to_have_url(f"{olga.address}/login")
    assert await olga.page.evaluate("Object.keys(localStorage).filter(name => name.includes('/'))") == []
    await olga.page.get_by_label("E-mail").fill(olga.email)
    await olga.page.get_by_label("Password").fill(PASSWORD)
    await olga.page.get_by_role("button", name="Sign in").click()
    await olga.is_live()
    found = await team.mia.ask("GET", f"/workspaces/{team.workspace_id}/tasks")
    assert found["items"] == []


async def test_errors_of_the_server_wait_and_refusals_say_why(people: People) -> None:
    team, olga = await a_list(people, "Milk")
    milk = (await tasks_of(team))["Milk"]
    olga.allow("status of (401|403|429|503)")
    answers = [503, 401, 429, 503]

    async def fail(route: Route) -> None:
        if route.request.method == "POST" and answers:
            headers = {"Retry-After": "1"}
            await route.fulfill(status=answers.pop(0), headers=headers, body="<p class=problem>No.</p>")
        else:
            await route.fallback()

    await olga.page.route(f"**{team.path}/tasks", fail)
    await write(olga, "In the end")
    await expect(opener(olga)).to_have_text("1 waiting")
    await expect(olga.row("In the end")).to_be_visible(timeout=30_000)
    assert answers == []
    await all_is_done(olga)

    await goes_offline(olga)
    await press(olga, milk["id"], "x")
    await retitle(olga, milk["id"], "Oat milk")
    await olga.page.route(
        f"**/tasks/{milk['id']}",
        lambda route: route.fulfill(status=403, body="<p class=problem>Viewers may not change tasks.</p>"),
    )
    await comes_back(olga)
    await expect(opener(olga)).to_have_text("1 not made", timeout=30_000)
    await expect(olga.row("Milk")).to_have_attribute("data-status", "done")
    await opener(olga).press("Enter")
    await expect(waiting(olga)).to_contain_text("Change “Milk” to “Oat milk”")
    await expect(waiting(olga)).to_contain_text("Viewers may not change tasks.")
    await waiting(olga).get_by_role("button", name="Dismiss").press("Enter")
    await all_is_done(olga)


async def test_a_killed_server_loses_nothing_that_was_done_meanwhile(
    people: People, program: Process
) -> None:
    team, olga = await a_list(people, "Milk")
    try:
        program.kill()
        await expect(olga.page.locator("body")).to_have_attribute("data-live", "offline")
        await write(olga, "While it was away")
        await expect(state(olga)).to_have_text("Offline: 1 change is waiting")
    finally:
        program.start()
    await expect(olga.row("While it was away")).to_be_visible(timeout=30_000)
    await all_is_done(olga)
    await olga.is_live()
    await is_as_a_reload(team, olga)


async def test_who_leaves_before_the_answer_has_lost_nothing(people: People) -> None:
    team, olga = await a_list(people)

    async def hang(_route: Route) -> None:
        """No answer comes as long as the page is there."""

    await olga.page.route(f"**{team.path}/tasks", hang)
    await write(olga, "First", "Second")
    await expect(olga.page.locator(".task__pending")).to_have_count(1)
    await olga.page.goto(f"{olga.address}/keyboard")
    await olga.page.unroute(f"**{team.path}/tasks", hang)
    await olga.open(team.path)
    await all_is_done(olga)
    assert list(await tasks_of(team)) == ["First", "Second"]
