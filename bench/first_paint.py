"""How soon a list of 500 tasks is seen, against the same HTML that has nothing beside it.

Run it as `python -m bench.first_paint [PAIRS]`. The program runs as a process of its own, and Chromium with
its processor slowed 4 times opens the list of a workspace, by turns as it is and bare:

- as it is: everything that the program sends;
- bare: the same HTML without a script, and of the styles only layout: tokens.css (sizes), reset.css,
  layout.css, and of the rows the grid that they are (`ROWS`).

Both come through the same small proxy, which asks the program for each page anew, so that the program's own
time is in both. What is measured is what the page itself says of its first and largest contentful paint,
since the navigation began: with an empty cache, and with what an earlier visit has left in it. It fails
where the median of the ratios of pairs is over 1.2.

Beside it stands how long the page's main thread itself had worked by then, in time of the processor, which
says more than the clock where others use the machine, too.
"""

import asyncio
import gzip
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx
from playwright.async_api import Browser, CDPSession, Page, async_playwright

from e2e.long_lists import TASKS, fill
from e2e.people import CHROMIUM_FLAGS, People, Person, a_team
from tests.process import Process
from tests.server import HOST
from tests.services import chromium_path

PAIRS = 31
SLOWED = 4
TRACED = ["toplevel", "loading", "blink.user_timing"]
MOST = 1.2
STYLES = Path(__file__).parent.parent / "static" / "css"
# What of tasks.css says where the parts of a row are.
ROWS = """
.task { display: grid;
  grid-template: "check text actions" auto "check facts facts" auto / auto minmax(0, 1fr) auto;
  align-items: center; column-gap: var(--s1); min-block-size: var(--row); padding-inline: var(--s1); }
.task__check { grid-area: check; } .task__text { grid-area: text; } .task__title { display: block; }
.task__facts { grid-area: facts; display: flex; flex-wrap: wrap; }
.task__actions { grid-area: actions; display: flex; }
@media (width >= 48rem) {
  .task { grid-template: "check text facts actions" auto / auto minmax(0, 1fr) auto auto; }
}
"""
TITLES = {"first": "first paint", "largest": "largest paint", "worked": "work before the first paint"}
# The largest paint is final when somebody acts; this waits until two frames after the page has loaded.
PAINTS = """async () => {
  if (document.readyState !== "complete") await new Promise((done) => addEventListener("load", done));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const last = (type) => new Promise((done) => {
    const tell = (list) => done(list.getEntries().at(-1).startTime);
    new PerformanceObserver(tell).observe({ type, buffered: true });
  });
  const [{ responseStart, responseEnd }] = performance.getEntriesByType("navigation");
  return [await last("paint"), await last("largest-contentful-paint"), responseStart, responseEnd];
}"""


@dataclass
class Figures:
    """What one kind of page took, in milliseconds."""

    first: list[float] = field(default_factory=list)
    largest: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    received: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """Stands before the program, and takes from a page what is more than HTML and layout."""

    program: httpx.AsyncClient
    layout: bytes
    # What never changes is packed once, as the program does it.
    packed: dict[str, bytes] = field(default_factory=dict)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection, one after the other."""
        try:
            while line := await reader.readline():
                path = line.decode().split(" ")[1]
                headers = {}
                while header := (await reader.readline()).decode().strip():
                    name, _, value = header.partition(": ")
                    headers[name.lower()] = value
                writer.write(await self._answer(path, headers))
                await writer.drain()
        except ConnectionError:
            pass  # the browser has gone on to another page
        finally:
            writer.close()

    async def _answer(self, path: str, headers: dict[str, str]) -> bytes:
        if headers.get("upgrade"):  # no line to the server: all of this is before there is one
            return b"HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n"
        if path in self.packed:
            return self.packed[path]
        if path == "/layout.css":
            self.packed[path] = _message("text/css", self.layout, "public, max-age=31536000, immutable")
            return self.packed[path]
        bare = "bare" in headers.get("cookie", "")
        kept = {name: each for name, each in headers.items() if name in ("cookie", "accept")}
        answer = await self.program.get(path, headers=kept)
        body = answer.content
        if bare and answer.headers["content-type"].startswith("text/html"):
            body = _bare(body)
        message = _message(answer.headers["content-type"], body, answer.headers["cache-control"])
        if "immutable" in answer.headers["cache-control"]:
            self.packed[path] = message
        return message


def _message(kind: str, body: bytes, cache: str) -> bytes:
    packed = gzip.compress(body, compresslevel=6)
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Encoding: gzip\r\n"
        f"Cache-Control: {cache}\r\nContent-Length: {len(packed)}\r\n\r\n"
    )
    return head.encode() + packed


def _bare(page: bytes) -> bytes:
    page = re.sub(rb"<script [^>]*></script>", b"", page)
    return re.sub(rb'(<link rel="stylesheet" href=")[^"]*', rb"\1/layout.css", page)


@asynccontextmanager
async def proxy(program: Process) -> AsyncIterator[str]:
    """The proxy on a free port; gives its address."""
    layout = "".join((STYLES / f"{name}.css").read_text() for name in ("tokens", "reset", "layout")) + ROWS
    async with httpx.AsyncClient(base_url=program.url, timeout=30) as client:
        server = await asyncio.start_server(Proxy(program=client, layout=layout.encode()).serve, HOST, 0)
        yield f"http://{HOST}:{server.sockets[0].getsockname()[1]}"
        server.close()


async def main(pairs: int) -> int:
    """Measure ``pairs`` pairs with an empty cache and as many with a warm one, and print the ratios."""
    with Process() as program:
        await asyncio.to_thread(program.start)
        async with async_playwright() as playwright, proxy(program) as address:
            browser = await playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
            people = People(browser, program.url)
            team = await a_team(people, "adam", "mia", "vera")
            await fill(team)
            print(f"{TASKS} tasks, {pairs} pairs, slowed {SLOWED} times, load {os.getloadavg()[0]:.1f}")
            columns = "".join(f"{name:>13}" for name in vars(Figures()))
            print(f"{'ms, medians':24}{columns}")
            passed = [
                await measure(browser, team.olga, address + team.path, pairs, kept=kept)
                for kept in (False, True)
            ]
            await people.leave()
            await browser.close()
    return 0 if all(passed) else 1


async def measure(browser: Browser, olga: Person, address: str, pairs: int, *, kept: bool) -> bool:
    """One table; whether the page as it is keeps to the limit."""
    found = {"as it is": Figures(), "bare": Figures()}
    pages = {name: await _reader(browser, olga, address, bare=name == "bare") for name in found}
    for number in range(-1, pairs):  # the first pair is thrown away
        for name in sorted(found, reverse=bool(number % 2)):
            figures = await visit(browser, *pages[name], address, kept=kept)
            if number >= 0:
                for values, value in zip(vars(found[name]).values(), figures, strict=True):
                    values.append(value)
    for page, _ in pages.values():
        await page.context.close()
    return _report("warm cache" if kept else "empty cache", found["as it is"], found["bare"])


async def _reader(browser: Browser, olga: Person, address: str, *, bare: bool) -> tuple[Page, CDPSession]:
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    cookies = {"tandem": olga.token} | ({"bare": "yes"} if bare else {})
    await context.add_cookies(
        [{"name": name, "value": value, "url": address} for name, value in cookies.items()]
    )
    page = await context.new_page()
    devtools = await context.new_cdp_session(page)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    return page, devtools


async def visit(
    browser: Browser, page: Page, devtools: CDPSession, address: str, *, kept: bool
) -> list[float]:
    """Open the page from an empty one and return what it says of itself."""
    await page.goto("about:blank")
    if not kept:
        await devtools.send("Network.clearBrowserCache")
    await page.bring_to_front()
    await browser.start_tracing(page=page, categories=TRACED)
    await page.goto(address)
    figures: list[float] = await page.evaluate(PAINTS)
    return [*figures, _worked(json.loads(await browser.stop_tracing())["traceEvents"], address)]


def _worked(events: list[Any], address: str) -> float:
    """Time of the processor that the main thread of the page at ``address`` had spent by its first paint."""
    [began] = [
        event
        for event in events
        if event["name"] == "navigationStart" and event["args"]["data"]["documentLoaderURL"] == address
    ]
    thread, start = (began["pid"], began["tid"]), began["ts"]
    end = min(
        event["ts"]
        for event in events
        if event["name"] == "firstContentfulPaint"
        and (event["pid"], event["tid"]) == thread
        and event["ts"] > start
    )
    spent = [
        event.get("tdur", 0)
        for event in events
        if event["name"] == "ThreadControllerImpl::RunTask"
        and (event["pid"], event["tid"]) == thread
        and start <= event["ts"] < end
    ]
    return float(sum(spent) / 1000)


def _report(title: str, as_it_is: Figures, bare: Figures) -> bool:
    for name, figures in (("as it is", as_it_is), ("bare", bare)):
        print(
            f"{title + ', ' + name:24}" + "".join(f"{median(each):13.0f}" for each in vars(figures).values())
        )
    middle = 0.0
    for name in ("first", "largest", "worked"):
        ratios = [mine / its for mine, its in zip(getattr(as_it_is, name), getattr(bare, name), strict=True)]
        low, middle_here, high = quantiles(ratios, n=4)
        middle = middle or middle_here
        print(f"  {TITLES[name]}: {middle_here:.2f} times (quartiles {low:.2f} to {high:.2f})")
    return middle <= MOST


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS)))
