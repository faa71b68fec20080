"""40 scenarios: what others do, and what a page says of it.

Everything that any live region says is recorded with its time, from the beginning of the page. Time is the
page's own clock, which the test moves on. The sentences are the very ones of the table; between two are 5 s.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from e2e.happenings import Line
from e2e.people import People, a_team, join
from e2e.stage import Stage
from tests.process import Process

HIDDEN = """hidden => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
Act = Callable[[Stage], Awaitable[object]]
LONG = (
    "Ask everybody who was at the summer fair whether they would like to come to the autumn fair as well, "
    * 2
)
TASKS = [f"Task {number:02}" for number in range(1, 31)]


@dataclass(frozen=True)
class Scenario:
    """What is done, and what is said; ``elsewhere`` is what other live regions say."""

    name: str
    act: Act
    says: list[str]
    elsewhere: str = ""


async def _two_people(on: Stage) -> None:
    await on.change(on.team.olga, "Task 06", priority="high")
    await on.change(on.team.adam, "Task 06", due_on="2031-05-17")


async def _three_people(on: Stage) -> None:
    await on.finish(on.team.olga, "Task 08")
    await on.finish(on.team.adam, "Task 09")
    await on.finish(on.team.vera, "Task 10")


async def _four_people(on: Stage) -> None:
    team = on.team
    for number in range(11, 23):
        who = (team.olga, team.adam, team.vera, team.stan)[number % 4]
        await on.finish(who, f"Task {number}")


async def _restores(on: Stage) -> None:
    await on.team.olga.ask("POST", f"/tasks/{on.ids['Task 01']}/restore")


async def _both(on: Stage) -> None:
    await on.change(on.mia, "Task 05", priority="low")
    await on.finish(on.team.olga, "Task 05")


async def _comes_and_goes(on: Stage) -> None:
    tab = (await on.team.adam.new_tab()).page
    await tab.goto(on.team.adam.address + on.team.path)
    await expect(on.page.locator(f"#member-{on.team.adam.id}")).to_have_attribute("data-presence", "online")
    await tab.close()


async def _comments(on: Stage) -> None:
    await on.team.olga.ask("POST", f"/tasks/{on.ids['Task 05']}/comments", {"body": "Hello"})


async def _role(on: Stage, role: str) -> None:
    await on.team.olga.ask("PATCH", f"{on.team.path}/members/{on.team.vera.id}", {"role": role})


async def _joins(on: Stage) -> None:
    await join(on.team.olga, on.team.stan, on.team.workspace_id, "member")


async def _people_and_tasks(on: Stage) -> None:
    await on.change(on.team.adam, "Task 06", priority="low")
    await _role(on, "member")


async def _told_by_a_toast(on: Stage) -> None:
    await on.change(on.team.olga, "Task 23", assignee_id=on.mia.id)
    await expect(on.page.locator("#toasts .toast--news")).to_contain_text("assigned you Task 23")


async def _one_after_the_other(on: Stage) -> None:
    await on.change(on.team.olga, "Task 24", priority="low")
    await on.arrives()
    await on.passes(1.1)
    for _ in range(3):
        await on.passes(0.5)
        await on.change(on.team.adam, "Task 24", description=f"{_}")
        await on.change(on.team.adam, "Task 25", description=f"{_}")


async def _while_writing(on: Stage) -> None:
    await on.mia.quick_add.press_sequentially("Buy")
    await on.change(on.team.olga, "Task 26", priority="low")
    await on.arrives()
    for letter in " milk":
        await on.mia.quick_add.press(letter)
        await on.passes(0.7)
    assert "Task 26" not in " ".join(await on.said())
    await on.passes(1.5)
    assert (await on.said())[-1].startswith("Olga changed the priority of Task 26")
    await on.mia.quick_add.fill("")


async def _writing_on_and_on(on: Stage) -> None:
    await on.mia.quick_add.press("a")
    await on.change(on.team.olga, "Task 26", priority="high")
    await on.arrives()
    for _ in range(7):
        await on.mia.quick_add.press("a")
        await on.passes(1)
    assert (await on.said())[-1].endswith("from Low to High")
    await on.mia.quick_add.fill("")
    await on.passes(5)


async def _muted(on: Stage) -> None:
    await on.page.get_by_role("button", name="Announcements").press("Enter")
    await expect(on.page.get_by_role("button", name="Announcements", pressed=False)).to_be_visible()
    await on.finish(on.team.olga, "Task 27")
    await on.arrives()
    await on.passes(10)
    await on.page.get_by_role("button", name="Announcements").press("Enter")
    await expect(on.page.get_by_role("button", name="Announcements", pressed=True)).to_be_visible()


async def _paused(on: Stage) -> None:
    pause = on.page.locator("#pause")
    await pause.press("Enter")
    await expect(pause).to_have_text("Paused")
    await on.finish(on.team.olga, "Task 28", "Task 29")
    await expect(pause).to_have_text("Paused: 2 changes wait")
    await on.passes(10)
    assert await on.said() == []
    await pause.press("Enter")


async def _hidden(on: Stage) -> None:
    await on.page.evaluate(HIDDEN, True)
    for title in ("Task 06", "Task 07"):
        await on.change(on.team.olga, title, description="Hidden")
        await on.arrives()
        await on.passes(10)
    assert await on.said() == []
    await on.page.evaluate(HIDDEN, False)


async def _comment_edited(on: Stage) -> None:
    items = (await on.team.olga.ask("GET", f"/tasks/{on.ids['Task 01']}/comments"))["items"]
    await on.team.olga.ask("PATCH", f"/comments/{items[0]['id']}", {"body": "Other"})


async def _comment(on: Stage, title: str = "Task 02", times: int = 1) -> None:
    for _ in range(times):
        await on.team.olga.ask("POST", f"/tasks/{on.ids[title]}/comments", {"body": "Hello"})


async def _fetched_anew(on: Stage) -> None:
    line: Line = on.kept["line"]
    line.deaf = True
    await on.change(on.team.olga, "Task 30", title="Task 30, done")
    await on.delete(on.team.olga, "Task 29")
    line.resync((await on.team.olga.ask("GET", on.team.path))["seq"])
    await on.arrives()
    line.deaf = False


ON_THE_LIST = [
    Scenario("a task is added", lambda on: on.add("Fix login"), ["Olga added Fix login"]),
    Scenario("it is finished", lambda on: on.finish(on.team.olga, "Task 01"), ["Olga finished Task 01"]),
    Scenario(
        "it is reopened", lambda on: on.do(on.team.adam, "Task 01", "reopen"), ["Adam reopened Task 01"]
    ),
    Scenario(
        "it is renamed",
        lambda on: on.change(on.team.olga, "Fix login", title="Fix sign-in"),
        ["Olga renamed Fix login to Fix sign-in"],
    ),
    Scenario(
        "its priority",
        lambda on: on.change(on.team.olga, "Task 02", priority="high"),
        ["Olga changed the priority of Task 02 from None to High"],
    ),
    Scenario(
        "its due date",
        lambda on: on.change(on.team.adam, "Task 02", due_on="2031-05-17"),
        ["Adam set the due date of Task 02 to 17 May 2031"],
    ),
    Scenario(
        "its status",
        lambda on: on.change(on.team.adam, "Task 02", status="doing"),
        ["Adam changed the status of Task 02 from To do to Doing"],
    ),
    Scenario(
        "it is given to somebody",
        lambda on: on.change(on.team.olga, "Task 02", assignee_id=on.team.adam.id),
        ["Olga assigned Task 02 to Adam"],
    ),
    Scenario(
        "and to nobody",
        lambda on: on.change(on.team.olga, "Task 02", assignee_id=None),
        ["Olga assigned Task 02 to nobody"],
    ),
    Scenario(
        "it is moved",
        lambda on: on.change(on.team.olga, "Task 02", position="a5"),
        ["Olga moved Task 02 in the list"],
    ),
    Scenario("it is deleted", lambda on: on.delete(on.team.olga, "Task 01"), ["Olga deleted Task 01"]),
    Scenario("it is restored", _restores, ["Olga restored Task 01"]),
    Scenario(
        "several fields at once",
        lambda on: on.change(on.team.olga, "Task 03", title="Task 3", priority="low"),
        ["Olga changed Task 3"],
    ),
    Scenario(
        "three tasks by one person",
        lambda on: on.finish(on.team.adam, "Task 03", "Task 04", "Task 07"),
        ["Adam changed 3 tasks"],
    ),
    Scenario(
        "one task by two people",
        _two_people,
        ["Olga and Adam changed Task 06"],
    ),
    Scenario("three people", _three_people, ["Olga, Adam and Vera changed 3 tasks"]),
    Scenario("somebody joins", _joins, ["Stan joined"]),
    Scenario("four people and twelve tasks", _four_people, ["Stan, Olga and 2 others changed 12 tasks"]),
    Scenario("a long title", lambda on: on.add(LONG[:200].strip()), [f"Olga added {LONG[:103].rstrip()}…"]),
    Scenario(
        "a hostile title", lambda on: on.add("<b onclick=x>milk</b>"), ["Olga added <b onclick=x>milk</b>"]
    ),
    Scenario("one's own, with a program", lambda on: on.change(on.mia, "Task 05", title="Mine"), []),
    Scenario("one's own and another's", _both, ["Olga finished Mine"]),
    Scenario("somebody comes and goes", _comes_and_goes, []),
    Scenario("a comment, which no row shows", _comments, []),
    Scenario(
        "an invite is made",
        lambda on: on.team.olga.ask("POST", f"{on.team.path}/invites", {"role": "viewer"}),
        [],
    ),
    Scenario("a role", lambda on: _role(on, "admin"), ["Olga made Vera an admin"]),
    Scenario(
        "people and tasks",
        _people_and_tasks,
        ["Adam changed the priority of Task 06 from High to Low, and Olga made Vera a member"],
    ),
    Scenario(
        "somebody is removed",
        lambda on: on.team.olga.ask("DELETE", f"{on.team.path}/members/{on.team.stan.id}"),
        ["Olga removed Stan"],
    ),
    Scenario(
        "the workspace",
        lambda on: on.team.olga.ask("PUT", on.team.path, {"name": "Garden", "description": ""}),
        ["Olga renamed the workspace to Garden"],
    ),
    Scenario("what a toast says", _told_by_a_toast, [], elsewhere="Olga assigned you Task 23"),
    Scenario(
        "one after the other",
        _one_after_the_other,
        ["Olga changed the priority of Task 24 from None to Low", "Adam changed 2 tasks"],
    ),
    Scenario(
        "while somebody writes", _while_writing, ["Olga changed the priority of Task 26 from None to Low"]
    ),
    Scenario(
        "writing on and on", _writing_on_and_on, ["Olga changed the priority of Task 26 from Low to High"]
    ),
    Scenario("muted", _muted, []),
    Scenario("paused, until one goes on", _paused, ["Olga changed 2 tasks"]),
    Scenario("a page that nobody sees", _hidden, ["Olga changed 2 tasks"]),
]
FILTERED = [
    Scenario("what the filter hides", lambda on: on.change(on.team.olga, "Task 01", due_on="2031-05-17"), []),
    Scenario("another order", lambda on: on.change(on.team.olga, "Task 30", position="a6"), []),
    Scenario("the page anew", _fetched_anew, ["Caught up: 2 tasks changed"]),
]
OF_ONE_TASK = [
    Scenario("two comments", lambda on: _comment(on, times=2), ["Olga commented 2 times"]),
]
SCENARIOS = {"list": ON_THE_LIST, "filtered": FILTERED, "task": OF_ONE_TASK}


async def test_there_are_forty_of_them() -> None:
    assert sum(map(len, SCENARIOS.values())) == 40


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stage(chromium: Browser) -> AsyncIterator[Stage]:
    """A program whose lines may be silent while a page's clock runs ahead, and everybody there."""
    with Process(heartbeat_interval="10m", presence_timeout="20m") as program:
        program.start()
        people = People(chromium, program.url)
        team = await a_team(people, "adam", "mia", "vera")
        await team.olga.ask("PATCH", f"{team.path}/members/{team.vera.id}", {"role": "member"})
        on = Stage(team=replace(team, members={**team.members, "stan": await people.person("Stan")}))
        await on.add(*TASKS)
        await on.listen()
        await on.kept.setdefault("line", Line()).lay(on.page)
        yield on
        assert await people.leave() == []


@pytest.mark.parametrize("where", SCENARIOS)
async def test_the_page_says_what_others_did_and_nothing_else(stage: Stage, where: str) -> None:
    path = stage.team.path
    at = {
        "list": path,
        "filtered": f"{path}?status=doing&sort=title",
        "task": f"{path}/tasks/{stage.ids['Task 02']}",
    }
    for title in ("Task 29", "Task 30") if where == "filtered" else ():
        await stage.change(stage.team.adam, title, status="doing")
    stage.seq_at = "#live" if where == "task" else "#tasks"
    stage.kept["times"] = []
    await stage.mia.open(at[where])
    await stage.holds_time()
    known = await stage.page.evaluate_handle("document.getElementById('said')")
    found = {scenario.name: await a_scene(stage, scenario) for scenario in SCENARIOS[where]}
    wrong = [f"{name}: {problem}" for name, problem in found.items() if problem]
    times = stage.kept["times"]
    wrong += [f"{later - at} ms apart" for at, later in pairwise(times) if later - at < 5000]
    assert await stage.page.evaluate("known => known === document.getElementById('said')", known)
    assert wrong == [], "\n".join(wrong)


async def a_scene(on: Stage, scenario: Scenario) -> str:
    """What is not as it should be."""
    await on.passes(6)
    await on.page.evaluate("window.spoken = []")
    await scenario.act(on)
    await on.arrives()
    await on.passes(1.2)
    await on.passes(12)
    spoken = await on.spoken()
    on.kept["times"] += [each["at"] for each in spoken if each["region"] == "said"]
    said = [each["text"] for each in spoken if each["region"] == "said"]
    others = [each for each in spoken if each["region"] not in ("said", "quick-add-understood")]
    if said != scenario.says:
        return f"it said {said}"
    if any(len(text) > 120 for text in said):
        return "it said too much"
    if any(each["text"] != scenario.elsewhere for each in others):
        return f"elsewhere it said {json.dumps(others)}"
    return "" if others or not scenario.elsewhere else "it was not said elsewhere"
