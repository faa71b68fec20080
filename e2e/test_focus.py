"""Whatever comes to a page leaves the focus, the selection, what is written and what is seen where it was.

252 cases: what happens (14) x where the focus is (6) x how it comes to the page (3).

It comes as a push, because Adam does it with a program; as the answer to a request of Mia's own page; or
with the whole page fetched anew, because pushes were lost. What a page of a list has no request for (people,
the workspace), Mia does with a program that names no connection: then it comes as any push, but is her own.
"Joined" is somebody else's doing by nature; of her own doing, somebody whom she removes goes.

The same element has the focus, but for one: where the row goes that has it. If others took it away, the
words that say so have the focus, and keep what was written; if she did, the row below has it.
What is on the screen stays where it is: the row above the one looked at, and that one, unless it moves.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser
from playwright.async_api import TimeoutError as Late

from e2e.focus import IN_THE_ROW, OVER_THE_LIST, PLACES, TYPED, Found, Gaze
from e2e.happenings import KINDS, Kind, Line, List, this_deleted, this_moved
from e2e.people import People, Person, join
from tests.process import Process

WAYS = ("push", "own", "resync")
ROWS = range(10, 70)
# One row for each kind, every other one, so that the row above it is nobody's.
FIRST_ROW = 25


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def cast(chromium: Browser, program: Process) -> AsyncIterator[dict[str, Person]]:
    """Who takes part, for all cases."""
    people = People(chromium, program.url)
    yield {who: await people.person(who.capitalize()) for who in ("adam", "mia", "vera", "nora")}
    assert await people.leave() == []


async def a_list(cast: dict[str, Person], way: str) -> List:
    """A new workspace with sixty tasks, sorted by title, and Mia at it."""
    adam, mia = cast["adam"], cast["mia"]
    workspace = await adam.ask("POST", "/workspaces", {"name": "Home"})
    on = List(
        way=way,
        adam=adam,
        mia=mia,
        vera=cast["vera"],
        nora=cast["nora"],
        workspace_id=workspace["id"],
        line=Line(),
    )
    await join(adam, mia, on.workspace_id, "admin")
    await join(adam, cast["vera"], on.workspace_id, "member")
    made = await asyncio.gather(*(adam.task(on.workspace_id, f"Row {number}") for number in ROWS))
    on.ids = {task["title"]: task["id"] for task in made}
    await mia.ask("POST", "/notifications/read-all")
    if way == "own":
        await join(adam, cast["nora"], on.workspace_id, "member")
        await on.assign(68, mia, by=adam)
    await mia.page.unroute_all()
    await on.line.lay(mia.page)
    await mia.open(f"{on.path}?sort=title")
    on.line.deaf = way == "resync"
    return on


async def a_case(on: List, kind: Kind, place: str, row: int) -> str:
    """Tell what is wrong after it happened; nothing, if all is well."""
    above = f"task-{on.ids[f'Row {row - 1}']}"
    gaze = Gaze(on.mia.page, place, f"task-{on.ids[f'Row {row}']}", above)
    try:
        await gaze.settle()
        arrived = await kind(on, row)
        await on.fetches_itself()
        await arrived()
        return wrong(on, kind, place, row, await gaze.found())
    except Late as error:
        return f"it did not come to the page: {error.message.splitlines()[0]}"
    finally:
        await gaze.leave()


def wrong(on: List, kind: Kind, place: str, row: int, found: Found) -> str:
    """What is not as it should be."""
    goes = kind is this_deleted and place in IN_THE_ROW
    problems = []
    if goes and on.way == "own":
        if not found.below:
            problems.append(f"the focus is on {found.is_}, not in the row below")
    elif goes:
        words = f"“Row {row}” is no longer in this list."
        if words not in found.gone or (place == "dirty_field" and TYPED not in found.gone):
            problems.append(f"the focus is on {found.is_} ({found.gone}), not on what says that it is gone")
    else:
        if not found.same:
            problems.append(f"the focus is on {found.is_}")
        if found.field != found.field_before:
            problems.append(f"the field has {found.field}, and had {found.field_before}")
    if place in OVER_THE_LIST and not found.open:
        problems.append("what was open is closed")
    if abs(found.others_moved) > 1:
        problems.append(f"what is seen moved by {found.others_moved}")
    if kind is not this_moved and found.row_moved is not None and abs(found.row_moved) > 1:
        problems.append(f"the row moved by {found.row_moved}")
    return "; ".join(problems)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("way", WAYS)
async def test_nothing_that_comes_takes_the_focus(cast: dict[str, Person], way: str, place: str) -> None:
    on = await a_list(cast, way)
    wrongs = []
    if (way, place) == ("resync", "dialog"):
        on.mia.allow("404")  # the page asks for a task that is no longer there
    # The dialog has an address of its own, to which its page goes without being loaded.
    async with on.mia.stays(below=f"{on.path}/tasks/" if place == "dialog" else None):
        for number, kind in enumerate(KINDS):
            if problem := await a_case(on, kind, place, FIRST_ROW + 2 * number):
                wrongs.append(f"{kind.__name__} x {place} x {way}: {problem}")
    if wrongs:
        pytest.fail("\n".join(wrongs), pytrace=False)
