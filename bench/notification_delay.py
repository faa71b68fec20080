"""How soon somebody knows: from the request that assigns a task to `notification.new` on their own line.

Run it as `python -m bench.notification_delay [SECONDS]`. 50 people have the list of one workspace open,
with both of its sockets; 5 of them assign tasks to all, 1,000 a minute, at times that do not wait for
answers. Beside the delay stands what the same network, client and server took at the same time for the
shortest request there is. It fails when a notification is lost, doubled, or reaches somebody else.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from statistics import quantiles
from uuid import uuid4

import httpx

from tests.live.wire import JSON, PATIENCE, Wire, dial
from tests.process import Process

PEOPLE = 50
ACTORS = 5
CHANGES_A_MINUTE = 1_000
SECONDS = 30
PROBES_A_SECOND = 4
AT_ONCE = 4  # registrations; each computes a hash


@dataclass(frozen=True, kw_only=True)
class Worker:
    """Somebody with a page open."""

    id: str
    token: str
    api: httpx.AsyncClient


@dataclass
class Figures:
    """What was measured, in seconds, and what arrived."""

    sent: dict[str, tuple[str, float]] = field(default_factory=dict)  # for whom, and when, by title
    answered: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    arrived: Counter[tuple[str, str]] = field(default_factory=Counter)  # whom it reached, and which
    late: float = 0.0
    news: asyncio.Event = field(default_factory=asyncio.Event)


async def main(seconds: int) -> int:
    """Measure for ``seconds`` on a program of its own, and print what it took."""
    with Process() as program:
        await asyncio.to_thread(program.start)
        async with AsyncExitStack() as stack:
            people = await a_team(program.address, stack)
            workspace_id = await a_workspace(people)
            figures = Figures()
            async with asyncio.TaskGroup() as group:
                reading = await listen(people, program.address, workspace_id, figures, stack, group)
                await asyncio.sleep(1)  # connecting is not what is measured
                probing = group.create_task(probe(people[0], figures))
                await assign(people, workspace_id, seconds, figures)
                await everything_has_come(figures)
                for task in (*reading, probing):
                    task.cancel()
    return report(figures, seconds)


async def a_team(address: str, stack: AsyncExitStack) -> list[Worker]:
    """People with accounts, each from an address of their own: registrations are counted by address."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def register(number: int) -> Worker:
        transport = httpx.AsyncHTTPTransport(local_address=f"127.0.1.{number + 1}")
        api = httpx.AsyncClient(base_url=address, timeout=60, transport=transport)
        await stack.enter_async_context(api)
        body = {"email": f"{uuid4()}@example.com", "name": f"Person {number}", "password": "a long password"}
        async with turns:
            answer = (await api.post("/api/auth/register", json=body)).raise_for_status().json()
        api.headers["Authorization"] = f"Bearer {answer['access_token']}"
        return Worker(id=answer["user"]["id"], token=answer["access_token"], api=api)

    return await asyncio.gather(*(register(number) for number in range(PEOPLE)))


async def a_workspace(people: list[Worker]) -> str:
    """One that all of them belong to."""
    owner = people[0].api
    home = (await owner.post("/api/workspaces", json={"name": "Home"})).raise_for_status().json()
    path = f"/api/workspaces/{home['id']}/invites"
    invite = (await owner.post(path, json={"max_uses": PEOPLE})).raise_for_status().json()
    for worker in people[1:]:
        answer = await worker.api.post("/api/workspaces/join", json={"token": invite["token"]})
        answer.raise_for_status()
    return str(home["id"])


async def listen(
    people: list[Worker],
    address: str,
    workspace_id: str,
    figures: Figures,
    stack: AsyncExitStack,
    group: asyncio.TaskGroup,
) -> list[asyncio.Task[None]]:
    """Both sockets of everybody's page; the own one in JSON, which is what is measured."""
    reading = []
    sockets = address.replace("http", "ws", 1)
    for worker in people:
        headers = {"Authorization": f"Bearer {worker.token}"}
        own = await stack.enter_async_context(dial(f"{sockets}/ws/personal", headers=headers, protocol=JSON))
        reading.append(group.create_task(hear(own, worker, figures)))
        page = f"{sockets}/ws/workspace/{workspace_id}?show=list"
        reading.append(
            group.create_task(ignore(await stack.enter_async_context(dial(page, headers=headers))))
        )
    return reading


async def hear(wire: Wire, worker: Worker, figures: Figures) -> None:
    """Note each notification, and how long ago it was caused."""
    while True:
        text = await wire.connection.recv()
        now = time.perf_counter()
        message = json.loads(text)
        if message["type"] == "notification.new" and message["data"]["notification"]["task_id"]:
            title = message["data"]["notification"]["title"]
            figures.arrived[worker.id, title] += 1
            figures.delays.append(now - figures.sent[title][1])
            figures.news.set()


async def ignore(wire: Wire) -> None:
    """Read what a page gets, as fast as it comes."""
    while True:
        await wire.connection.recv()


async def probe(worker: Worker, figures: Figures) -> None:
    """The shortest request there is, again and again."""
    while True:
        began = time.perf_counter()
        (await worker.api.get("/health/live")).raise_for_status()
        figures.bare.append(time.perf_counter() - began)
        await asyncio.sleep(1 / PROBES_A_SECOND)


async def assign(people: list[Worker], workspace_id: str, seconds: int, figures: Figures) -> None:
    """Assign tasks to one after the other, at the rate that was promised, whatever comes back."""
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(seconds * CHANGES_A_MINUTE // 60):
            due = began + number * 60 / CHANGES_A_MINUTE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            figures.late = max(figures.late, time.perf_counter() - due)
            actor = people[number % ACTORS]
            # Nobody is told of what they gave themselves.
            assignee = people[ACTORS + number % (PEOPLE - ACTORS)]
            group.create_task(assign_one(actor, assignee, workspace_id, f"task {number}", figures))


async def assign_one(
    actor: Worker, assignee: Worker, workspace_id: str, title: str, figures: Figures
) -> None:
    body = {"title": title, "assignee_id": assignee.id}
    began = time.perf_counter()
    figures.sent[title] = assignee.id, began
    answer = await actor.api.post(f"/api/workspaces/{workspace_id}/tasks", json=body)
    answer.raise_for_status()
    figures.answered.append(time.perf_counter() - began)


async def everything_has_come(figures: Figures) -> None:
    """Wait for the last one, for a while."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while len(figures.arrived) < len(figures.sent):
                figures.news.clear()
                await figures.news.wait()
    await asyncio.sleep(1)  # for what should not come


def report(figures: Figures, seconds: int) -> int:
    """Print the table; 1 when anything was lost, doubled or misled."""
    expected = Counter({(whom, title): 1 for title, (whom, _) in figures.sent.items()})
    rate = f"{CHANGES_A_MINUTE:,} changes a minute"
    print(f"{len(figures.sent)} assignments in {seconds} s ({rate}), {PEOPLE} people, {2 * PEOPLE} sockets")
    print(f"{'':44}{'p50':>8}{'p95':>8}{'p99':>8}  ms")
    rows = {
        "a bare request (GET /health/live)": figures.bare,
        "the answer to whoever assigned": figures.answered,
        "notification.new at the assignee": figures.delays,
    }
    middles = {}
    for name, values in rows.items():
        cuts = quantiles(values, n=100)
        middles[name] = cuts[49], cuts[94]
        print(f"{name:44}" + "".join(f"{cuts[at] * 1000:8.1f}" for at in (49, 94, 98)))
    bare, answered, told = middles.values()
    for name, other in (("a bare request", bare), ("the answer", answered)):
        ratios = [f"{mine / its:.2f}" for mine, its in zip(told, other, strict=True)]
        print(f"told / {name:37}{ratios[0]:>8}{ratios[1]:>8}")
    print(f"the client began a request at most {figures.late * 1000:.1f} ms late")
    wrong = figures.arrived != expected
    print("NOT exactly once" if wrong else "each exactly once, and to nobody else")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)))
