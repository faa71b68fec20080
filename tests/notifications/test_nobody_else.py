"""What one person is told reaches nobody else: every type, every role, every way in.

Who listens: the members in their roles, somebody outside, and somebody who was a member until now.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from app.core.events import Actor
from app.notifications import commands
from app.notifications.commands import Cause
from app.notifications.models import NotificationType
from app.workspaces import commands as workspaces
from app.workspaces.models import Role
from tests.builders import a_task, join
from tests.cast import Person, a_person
from tests.conftest import World
from tests.live.wire import Wire, listening

OUTSIDE = ["stan", "former"]
MEMBERS = ["olga", "adam", "mia", "vera"]
EVERYBODY = [*MEMBERS, *OUTSIDE]
# Of these alone one is told who does not belong to the workspace any more; they name none.
OF_NOWHERE = {NotificationType.REMOVED, NotificationType.WORKSPACE_DELETED}
LAST = "the last thing that everybody is told"
PAGES = ["/notifications", "/notifications?unread=true", "/notifications/latest"]


@dataclass(frozen=True, kw_only=True)
class Listener:
    """Everything of one person that is open or asked for again."""

    person: Person
    wires: Mapping[str, Wire]

    async def knows(self) -> dict[str, str]:
        """All that has come to them by now, by the way on which it came."""
        known = {way: repr(wire.heard) for way, wire in self.wires.items()}
        for path in PAGES:
            known[path] = (await self.person.browser.get(path)).text
        api = self.person.api
        known["api"] = "".join([(await api.get(f"/api/notifications?{q}")).text for q in ("", "limit=200")])
        for protocol in ("tandem.json.v1", None):
            query = "since=0&show=notifications" if protocol is None else "since=0"
            async with listening(self.person, None, protocol=protocol, query=query) as wire:
                await heard(wire, LAST)
                known[f"again, {protocol}"] = repr(wire.heard)
        return known


async def test_a_notification_reaches_its_person_and_nobody_else(world: World) -> None:
    people = await everybody(world)
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    async with all_listening(world, people) as listeners:
        told = {
            (kind, who): await tell(world, people[who], kind, task.id)
            for kind in NotificationType
            for who in EVERYBODY
        }
        for who in EVERYBODY:
            await tell_last(world, people[who])
        await a_task(world.tandem, world.olga, world.workspace_id, title=LAST)
        for listener in listeners.values():
            for wire in listener.wires.values():
                await heard(wire, LAST)
        known = {who: await listener.knows() for who, listener in listeners.items()}
    reached = 0
    for (kind, whom), title in told.items():
        for who, ways in known.items():
            right = who == whom and (who in MEMBERS or kind in OF_NOWHERE)
            for way, text in ways.items():
                if not right:
                    assert title not in text, (kind, whom, who, way)
            if right:
                for way in ("own program", "centre", "/notifications", "api", "again, tandem.json.v1"):
                    assert title in ways[way], (kind, whom, way)
                reached += 1
    assert reached == len(NotificationType) * len(MEMBERS) + len(OF_NOWHERE) * len(OUTSIDE)


async def test_nobody_finds_or_reads_what_somebody_else_was_told(world: World) -> None:
    people = await everybody(world)
    task = await a_task(world.tandem, world.olga, world.workspace_id)
    clients = {who: (person.api, person.browser) for who, person in people.items()}
    for whom in MEMBERS:
        for kind in NotificationType:
            await tell(world, people[whom], kind, task.id)
        items = (await clients[whom][0].get("/api/notifications?limit=200")).json()["items"]
        assert {item["type"] for item in items} == set(NotificationType)
        for item in items:
            path = f"/notifications/{item['id']}"
            for who, (api, browser) in clients.items():
                if who != whom:
                    assert (await api.post(f"/api{path}/read")).status_code == 404, (who, item)
                    assert (await browser.post(f"{path}/read")).status_code == 404, (who, item)
                    assert (await browser.post(f"{path}/open")).status_code == 404, (who, item)
        again = (await clients[whom][0].get("/api/notifications?limit=200&unread=true")).json()["items"]
        assert again == items


async def everybody(world: World) -> dict[str, Person]:
    """The cast, and somebody who was a member until now."""
    former = await a_person(world.tandem, "former", address=world.program.address)
    world.cast["former"] = former
    await join(world.tandem, world.olga.scope, former.scope, world.workspace_id, Role.MEMBER)
    await workspaces.remove_member(
        world.tandem.unit_of_work(), world.olga.scope, world.workspace_id, former.scope.user_id
    )
    return {who: world.cast[who] for who in EVERYBODY}


@asynccontextmanager
async def all_listening(world: World, people: Mapping[str, Person]) -> AsyncIterator[dict[str, Listener]]:
    """Every socket that each of them may have, in both languages."""
    async with AsyncExitStack() as stack:
        listeners: dict[str, Listener] = {}
        for who, person in people.items():
            own = {
                "own program": listening(person, None),
                "any page": listening(person, None, protocol=None, query="show=nothing"),
                "centre": listening(person, None, protocol=None, query="show=notifications"),
            }
            if who in MEMBERS:
                home = world.workspace_id
                own["program of the workspace"] = listening(person, home)
                own["page of the workspace"] = listening(person, home, protocol=None, query="show=list")
            wires = {way: await stack.enter_async_context(each) for way, each in own.items()}
            listeners[who] = Listener(person=person, wires=wires)
        yield listeners


async def tell(world: World, person: Person, kind: NotificationType, task_id: UUID) -> str:
    """Tell one person of one thing, as its cause would; gives the words by which it is found."""
    title = f"secret of {kind} for {person.scope.name}."
    nowhere = kind in OF_NOWHERE
    cause = Cause(
        user_id=person.scope.user_id,
        type=kind,
        title=title,
        actor=Actor(id=world.adam.scope.user_id, name="Adam"),
        workspace_id=None if nowhere else world.workspace_id,
        task_id=None if nowhere else task_id,
    )
    await told(world, cause)
    return title


async def tell_last(world: World, person: Person) -> None:
    """What everybody is told, and sees as a toast on any page."""
    cause = Cause(user_id=person.scope.user_id, type=NotificationType.REMOVED, title=LAST, actor=None)
    await told(world, cause)


async def told(world: World, cause: Cause) -> None:
    uow = world.tandem.unit_of_work()
    async with uow:
        await commands.tell(uow, [cause])


async def heard(wire: Wire, words: str) -> None:
    """Read until ``words`` have come."""
    said: Callable[[], bool] = lambda: any(words in str(message) for message in wire.heard)  # noqa: E731
    while not said():
        await wire.read()
