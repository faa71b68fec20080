"""How long a page with 500 tasks is busy with one push, style and layout included.

Run it as `python -m bench.push_handling [PUSHES]`. Olga has the list of a workspace open in a real Chromium;
a program of Adam's changes titles, completes, moves, adds and deletes, one after the other. A frame is
handled from the moment when the page is given it until its last listener has been called and the page has
been laid out anew, which is asked for then and there. Once with the processor as it is and once slowed
4 times.

Beside what a clock says stands what the page's main thread itself spent, in time of the processor, which a
machine that others use, too, does not make longer: on scripts, styles and layout, and on all of its tasks,
which count in the painting, the frames of the glow and what other pushes bring to pass in the same moment.
It fails where the 95th of 100 has taken 16 ms or more of scripts, styles and layout, unslowed.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from statistics import quantiles
from typing import Any

from playwright.async_api import Browser, CDPSession, async_playwright

from e2e.long_lists import TASKS, delete, fill
from e2e.people import CHROMIUM_FLAGS, People, Person, Team, a_team
from tests.process import Process
from tests.services import chromium_path

PUSHES = 200
COLUMNS = ("clock: scripts", "and layout", "cpu: scripts", "styles", "layout", "three", "all tasks")
MOST = 16.0
# Listens before and after everything else that does: on the window, in the first and in the last phase.
MEASURE = """() => {
  window.handled = [];
  window.heard = () => {};
  let began;
  addEventListener("htmx:ws:before:message:incoming", () => { began = performance.now(); }, true);
  addEventListener("htmx:ws:after:message:incoming", ({ detail: { message: { frame } } }) => {
    // Observers of what was changed are called before this.
    queueMicrotask(() => queueMicrotask(() => {
      const worked = performance.now() - began;
      document.body.getBoundingClientRect();
      document.querySelector("#tasks").lastElementChild.getBoundingClientRect();
      if (frame.type !== "changes") return;
      window.handled.push([worked, performance.now() - began]);
      window.heard();
    }));
  });
}"""
HANDLED = """number => new Promise((done) => {
  window.heard = () => window.handled.length > number && done();
  window.heard();
})"""
SPENT = ("ScriptDuration", "RecalcStyleDuration", "LayoutDuration", "TaskDuration")

Push = Callable[[Person, str, Any, int], Awaitable[object]]
KINDS: dict[str, Push] = {
    "retitle": lambda adam, _, task, number: adam.change(task["id"], title=f"Called otherwise ({number})"),
    "turn": lambda adam, _, task, __: adam.ask("POST", f"/tasks/{task['id']}/{_turn(task)}"),
    "move": lambda adam, _, task, number: adam.change(task["id"], position="a0V" + "V" * number),
    "add": lambda adam, workspace_id, _, number: adam.task(workspace_id, f"One more ({number})"),
    "delete": lambda adam, _, task, __: delete(adam, task["id"]),
}


async def main(pushes: int) -> int:
    """Measure both and print the table."""
    with Process() as program:
        await asyncio.to_thread(program.start)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
            worst = [await measure(browser, program.url, pushes, slowed) for slowed in (1, 4)]
            await browser.close()
    return 0 if worst[0] < MOST else 1


async def measure(browser: Browser, address: str, pushes: int, slowed: int) -> float:
    """One table; the 95th of 100 of all pushes."""
    people = People(browser, address)
    team = await a_team(people, "adam", "mia", reduced_motion="no-preference")
    tasks = await fill(team)
    await team.olga.open(team.path)
    devtools = await team.olga.context.new_cdp_session(team.olga.page)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    await devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    await team.olga.page.evaluate(MEASURE)
    print(f"{TASKS} tasks, {pushes} pushes, processor slowed {slowed} times, load {os.getloadavg()[0]:.1f}")
    print(f"{'ms, p50 and p95':16}" + "".join(f"{name:>15}" for name in COLUMNS))
    found: dict[str, list[list[float]]] = {}
    for place, (kind, push) in enumerate(KINDS.items()):
        found[kind] = await _pushed(team, devtools, push, tasks[place :: len(KINDS)], pushes // len(KINDS))
        _row(kind, found[kind])
    await people.leave()
    return _row("all", [each for values in found.values() for each in values])


async def _pushed(
    team: Team, devtools: CDPSession, push: Push, tasks: list[Any], pushes: int
) -> list[list[float]]:
    """For each push what COLUMNS say of it."""
    page = team.olga.page
    await page.evaluate("window.handled = []")
    found = []
    for number in range(pushes):
        before = await _spent(devtools)
        await push(team.adam, team.workspace_id, tasks[number % len(tasks)], number)
        await page.evaluate(HANDLED, number)
        spent = [now - then for now, then in zip(await _spent(devtools), before, strict=True)]
        handled: list[float] = await page.evaluate("number => window.handled[number]", number)
        found.append([*handled, *spent[:3], sum(spent[:3]), spent[3]])
    return found


def _turn(task: dict[str, Any]) -> str:
    """What changes it: to complete what is done already is told to nobody."""
    return "reopen" if task["status"] == "done" else "complete"


async def _spent(devtools: CDPSession) -> list[float]:
    metrics = (await devtools.send("Performance.getMetrics"))["metrics"]
    values = {metric["name"]: metric["value"] * 1000 for metric in metrics}
    return [values[name] for name in SPENT]


def _row(name: str, found: list[list[float]]) -> float:
    """One line; returns the 95th of 100 of scripts, styles and layout."""
    ends = [(cuts[9], cuts[18]) for cuts in (quantiles(values, n=20) for values in zip(*found, strict=True))]
    print(f"{name:16}" + "".join(f"{f'{middle:.1f} {late:.1f}':>15}" for middle, late in ends))
    return float(ends[COLUMNS.index("three")][1])


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else PUSHES)))
