"""Who is shown as here, while processes come, go and die: with a clock that the test moves."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from app.core.errors import Unavailable
from app.core.presence import UNKNOWN
from app.core.topics import Topic, workspace_topic
from app.live.language import COMINGS_MOST, HtmlLanguage, JsonLanguage
from app.live.presence import GRACE, Presence
from app.live.presence_memory import MemoryPresence
from app.live.presence_store import LEASE, Sighting

HERE = workspace_topic(uuid4())
OLGA, MIA = uuid4(), uuid4()
TIMEOUT = 60.0


class Time:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 31, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass(eq=False)
class Socket:
    """One of somebody's tabs."""

    user_id: UUID
    task_id: UUID | None = None
    away: bool = False
    silent_for: float = 0.0
    woken: int = 0

    def wake(self) -> None:
        self.woken += 1


class Store(MemoryPresence):
    """Shared by several processes; may be lost, or away."""

    down = False

    async def exchange(
        self, topic: Topic, *, here: Collection[Sighting], gone: Collection[Sighting]
    ) -> Collection[Sighting]:
        if self.down:
            raise Unavailable("away")
        return await super().exchange(topic, here=here, gone=gone)

    def flush(self) -> None:
        self._until.clear()
        self._last_seen.clear()


class Town:
    """Several processes on one store."""

    def __init__(self, processes: int = 2) -> None:
        self.time = Time()
        self.store = Store(self.time)
        self.processes = [
            Presence(self.store, self._members, timeout=TIMEOUT, clock=self.time) for _ in range(processes)
        ]

    async def _members(self, _: Topic) -> Mapping[UUID, datetime | None]:
        return {OLGA: None, MIA: None}

    async def passes(self, seconds: int, *, alive: Collection[int] | None = None) -> None:
        """Let time pass second by second, as the processes that are ``alive`` see it."""
        for _ in range(seconds):
            self.time.passes(1)
            for index, process in enumerate(self.processes):
                if alive is None or index in alive:
                    await process.exchange_all()

    def shown(self, process: int = 0) -> set[UUID]:
        snapshot = self.processes[process].snapshot(HERE)
        assert snapshot.known
        return set(snapshot.people)


async def test_whoever_comes_is_shown_at_once_here_and_within_a_second_elsewhere() -> None:
    town = Town()
    watching = Socket(OLGA)
    await town.processes[1].enter(HERE, watching)
    await town.processes[0].enter(HERE, Socket(MIA))
    assert town.shown(0) == {OLGA, MIA}
    woken = watching.woken
    await town.passes(1)
    assert town.shown(1) == {OLGA, MIA}
    assert watching.woken == woken + 1


async def test_a_reload_is_seen_by_nobody() -> None:
    town = Town()
    watching, tab = Socket(OLGA), Socket(MIA)
    await town.processes[1].enter(HERE, watching)
    await town.processes[0].enter(HERE, tab)
    await town.passes(2)
    woken, before = watching.woken, town.processes[1].snapshot(HERE)
    town.processes[0].leave(HERE, tab)
    await town.passes(int(GRACE) - 1)
    await town.processes[1].enter(HERE, Socket(MIA))
    await town.passes(20)
    assert town.processes[1].snapshot(HERE) is before
    assert watching.woken == woken


async def test_whoever_goes_is_gone_after_the_grace() -> None:
    town = Town()
    tab = Socket(MIA)
    await town.processes[1].enter(HERE, Socket(OLGA))
    await town.processes[0].enter(HERE, tab)
    await town.passes(2)
    town.processes[0].leave(HERE, tab)
    await town.passes(int(GRACE) - 1)
    assert town.shown(1) == {OLGA, MIA}
    await town.passes(2)
    assert town.shown(1) == {OLGA}


async def test_several_tabs_are_one_person_until_the_last_is_closed() -> None:
    town = Town()
    tabs = [Socket(MIA), Socket(MIA), Socket(MIA)]
    await town.processes[1].enter(HERE, Socket(OLGA))
    for process, tab in zip((0, 0, 1), tabs, strict=True):
        await town.processes[process].enter(HERE, tab)
    for process, tab in zip((0, 1), (tabs[0], tabs[2]), strict=True):
        town.processes[process].leave(HERE, tab)
    await town.passes(20)
    assert town.shown(1) == {OLGA, MIA}
    town.processes[0].leave(HERE, tabs[1])
    await town.passes(int(GRACE) + 2)
    assert town.shown(1) == {OLGA}


async def test_the_people_of_a_process_that_died_go_within_15_seconds_and_nobody_else_flickers() -> None:
    town = Town(3)
    people = [uuid4() for _ in range(200)]
    watching = Socket(OLGA)
    await town.processes[0].enter(HERE, watching)
    for index, user_id in enumerate(people):
        await town.processes[index % 3].enter(HERE, Socket(user_id))
    await town.passes(4)
    assert town.shown(0) == {OLGA, *people}
    lost = {user_id for index, user_id in enumerate(people) if index % 3 == 2}
    for second in range(15):
        await town.passes(1, alive=[0, 1])
        shown = town.shown(0)
        assert {OLGA, *people} - lost <= shown, second
    assert shown == {OLGA, *people} - lost
    assert LEASE + GRACE + 2 <= 15


async def test_a_store_that_lost_everything_is_right_again_before_anybody_is_missed() -> None:
    town = Town(3)
    people = [uuid4() for _ in range(30)]
    for index, user_id in enumerate(people):
        await town.processes[index % 3].enter(HERE, Socket(user_id))
    await town.passes(4)
    town.store.flush()
    for _ in range(25):
        await town.passes(1)
        for process in range(3):
            assert town.shown(process) == set(people)


async def test_without_the_store_nobody_knows_and_nobody_is_gone() -> None:
    town = Town()
    await town.processes[0].enter(HERE, Socket(OLGA))
    await town.processes[1].enter(HERE, Socket(MIA))
    await town.passes(2)
    town.store.down = True
    await town.passes(2)
    assert town.shown(0) == {OLGA, MIA}  # a short silence is not worth a word
    await town.passes(60)
    assert town.processes[0].snapshot(HERE) is UNKNOWN
    assert {each.online for each in await town.processes[0].members(HERE)} == {None}
    town.store.down = False
    town.store.flush()
    await town.passes(1, alive=[0])
    assert town.shown(0) == {OLGA, MIA}  # the other one has not said it again yet
    await town.passes(20)
    assert town.shown(0) == town.shown(1) == {OLGA, MIA}


async def test_a_client_that_says_nothing_for_a_minute_is_not_seen() -> None:
    town = Town()
    silent = Socket(MIA)
    await town.processes[1].enter(HERE, Socket(OLGA))
    await town.processes[0].enter(HERE, silent)
    silent.silent_for = TIMEOUT - 1
    await town.passes(10)
    assert town.shown(1) == {OLGA, MIA}
    silent.silent_for = TIMEOUT
    await town.passes(int(GRACE) + 2)
    assert town.shown(1) == {OLGA}


async def test_who_looks_away_everywhere_is_away_and_what_is_open_is_known() -> None:
    town = Town()
    task_id = uuid4()
    list_tab, task_tab = Socket(MIA, away=True), Socket(MIA, task_id=task_id)
    await town.processes[0].enter(HERE, list_tab)
    await town.processes[1].enter(HERE, task_tab)
    await town.passes(1)
    here = town.processes[0].snapshot(HERE).people[MIA]
    assert not here.away
    assert here.tasks == {task_id}
    task_tab.away = True
    await town.passes(2)
    assert town.processes[0].snapshot(HERE).people[MIA].away


async def test_a_process_that_ends_well_takes_its_people_along() -> None:
    town = Town()
    await town.processes[1].enter(HERE, Socket(OLGA))
    await town.processes[0].enter(HERE, Socket(MIA))
    await town.passes(1)
    await town.processes[0].stop()
    await town.passes(int(GRACE) + 1, alive=[1])
    assert town.shown(1) == {OLGA}


async def test_programs_hear_of_each_and_of_all_where_that_says_more() -> None:
    town = Town(1)
    language = JsonLanguage()
    await town.processes[0].enter(HERE, Socket(OLGA))
    alone = town.processes[0].snapshot(HERE)
    tab = Socket(MIA)
    await town.processes[0].enter(HERE, tab)
    both = town.processes[0].snapshot(HERE)
    [(kind, data)] = language.presence(alone, both) or []
    assert (kind, data["user_id"], data["online"]) == ("presence.user_joined", MIA, True)
    [(kind, data)] = language.presence(both, alone) or []
    assert (kind, data["user_id"], data["online"]) == ("presence.user_left", MIA, False)
    tab.away = True
    await town.passes(1)
    assert language.presence(both, town.processes[0].snapshot(HERE)) is None
    assert language.presence(both, UNKNOWN) is None
    for _ in range(COMINGS_MOST + 1):
        await town.processes[0].enter(HERE, Socket(uuid4()))
    assert language.presence(alone, town.processes[0].snapshot(HERE)) is None


async def test_a_page_gets_everything_first_and_then_what_changes() -> None:
    town = Town(1)
    language = HtmlLanguage({})
    await town.processes[0].enter(HERE, Socket(OLGA))
    alone = town.processes[0].snapshot(HERE)
    [(kind, data)] = language.presence(None, alone) or []
    shown = {str(OLGA): {"away": False, "tasks": frozenset()}}
    assert (kind, data) == ("presence", {"known": True, "all": True, "people": shown})
    await town.processes[0].enter(HERE, Socket(MIA))
    both = town.processes[0].snapshot(HERE)
    [(_, data)] = language.presence(alone, both) or []
    assert data == {"known": True, "all": False, "people": {str(MIA): {"away": False, "tasks": frozenset()}}}
    [(_, data)] = language.presence(both, alone) or []
    assert data["people"] == {str(MIA): None}
    [(_, data)] = language.presence(both, UNKNOWN) or []
    assert data == {"known": False, "all": True, "people": {}}
