"""A believable team for `tandem demo`: people, workspaces and tasks, made by the real commands."""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.accounts.models import User
from app.accounts.passwords import Passwords
from app.config import Settings, SettingsError
from app.core.clock import system_clock
from app.core.database import Database
from app.core.models import new_id
from app.core.scope import Scope
from app.core.unit_of_work import UnitOfWork
from app.live.log import DatabaseLog
from app.tasks.commands import complete_task, create_task, update_task
from app.tasks.models import Priority, Status
from app.tasks.schemas import TaskCreate, TaskUpdate
from app.workspaces.commands import create_workspace, invite_member, join_workspace
from app.workspaces.models import Role

Act = Callable[[], Coroutine[None, None, object]]

PASSWORD = "tandem demo"  # noqa: S105 - printed at every start; it protects nothing
WORKDAYS = 20


class Person(NamedTuple):
    """Somebody of the team, and what they are in a workspace."""

    email: str
    name: str
    role: Role


PEOPLE = (
    Person("olga@example.com", "Olga Lindholm", Role.OWNER),
    Person("adam@example.com", "Adam Okafor", Role.ADMIN),
    Person("mia@example.com", "Mia Fernandes", Role.MEMBER),
    Person("vera@example.com", "Vera Novak", Role.VIEWER),
    Person("stan@example.com", "Stan Whitlock", Role.MEMBER),
)
STAN = PEOPLE[-1]
# The only workspace that Stan has come into; to the others he is a stranger.
STANS_WORKSPACE = "Office move"


async def make_sample_team(settings: Settings) -> None:
    """Put the team into the database, unless it is there already, and print how to sign in as it."""
    if settings.max_members < len(PEOPLE):
        raise SettingsError(
            f"TANDEM_MAX_MEMBERS is '{settings.max_members}'; the sample team takes {len(PEOPLE)} or more."
        )
    database = _OneTransaction(settings.database_url)
    try:
        async with database.begun() as session:
            query = select(User.id).where(User.email.in_([person.email for person in PEOPLE]))
            if not (await session.scalars(query)).first():
                await _Story(database, settings).happen()
    finally:
        await database.close()
    print(f'The sample team signs in at {settings.public_url}/login with the password "{PASSWORD}":')
    for person in PEOPLE:
        where = f"“{STANS_WORKSPACE}” only" if person is STAN else f"all {len(WORKSPACES)} workspaces"
        print(f"  {person.email:<16}  {person.name}, {person.role} in {where}")


class _OneTransaction(Database):
    """Makes every command's transaction a part of one: the team is there as a whole, or not at all."""

    _connection: AsyncConnection

    @asynccontextmanager
    async def begun(self) -> AsyncIterator[AsyncSession]:
        """The transaction around all others; it commits unless something fails."""
        async with super().write() as session:
            self._connection = await session.connection()
            yield session
            await session.commit()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        joined = AsyncSession(self._connection, expire_on_commit=False, join_transaction_mode="rollback_only")
        async with joined as session:
            yield session


class _Story:
    """Four weeks of work in the order in which it happened; the same every time it is told."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._log = DatabaseLog(database)
        self._settings = settings
        self._random = Random(4)  # noqa: S311 - the same team every time; nothing here is secret
        today = system_clock().replace(hour=8, minute=0, second=0, microsecond=0)
        before = [today - timedelta(days=days) for days in range(2 * WORKDAYS, 0, -1)]
        self._days = [day for day in before if day.weekday() < 5][-WORKDAYS:]
        self._now = self._days[0]
        self._people: dict[Person, Scope] = {}
        self._steps: list[tuple[datetime, int, Act]] = []
        self._order = count()  # two steps of the same minute happen in the order of their planning

    async def happen(self) -> None:
        """Everything, step by step."""
        await self._register_people()
        for name, (description, text) in WORKSPACES.items():
            members = [person for person in PEOPLE if person is not STAN or name == STANS_WORKSPACE]
            workspace_id = await self._open_workspace(name, description, members)
            editors = [person for person in members if person.role is not Role.VIEWER]
            self._plan(workspace_id, text, editors)
        for person, text in zip(PEOPLE, PERSONAL, strict=True):
            self._plan(None, text, [person])
        while self._steps:
            self._now, _, act = heappop(self._steps)
            await act()

    async def _register_people(self) -> None:
        # Not by the command, which hashes once for each of them and begins a session.
        password_hash = await Passwords().hashed(PASSWORD)
        async with self._uow() as uow:
            for person in PEOPLE:
                scope = Scope(user_id=new_id(), name=person.name, email=person.email, session_id=new_id())
                self._people[person] = scope
                user = User(id=scope.user_id, email=scope.email, name=scope.name)
                user.password_hash, user.created_at = password_hash, self._now
                uow.session.add(user)

    async def _open_workspace(self, name: str, description: str, members: Sequence[Person]) -> UUID:
        owner = self._people[members[0]]
        made, _ = await create_workspace(self._uow(), owner, name=name, description=description)
        for person in members[1:]:
            invite = await invite_member(
                self._uow(),
                owner,
                made.workspace.id,
                role=person.role,
                expires_in=3600,
                max_uses=1,
                settings=self._settings,
            )
            token = invite.token or ""
            await join_workspace(self._uow(), self._people[person], token=token, settings=self._settings)
        return made.workspace.id

    def _plan(self, workspace_id: UUID | None, text: str, editors: Sequence[Person]) -> None:
        """Let the tasks in ``text`` be added over the weeks; what was added early is mostly done."""
        titles = [title.strip() for title in text.replace("\n", " / ").split(" / ") if title.strip()]
        for index, title in enumerate(titles):
            share = index / len(titles)
            done = self._random.random() < 0.85 * (1 - share)
            add = partial(self._add, workspace_id, title, editors, done=done)
            self._later(self._days[int(share * WORKDAYS)], add)

    async def _add(
        self, workspace_id: UUID | None, text: str, editors: Sequence[Person], *, done: bool
    ) -> None:
        choose = self._random.choice
        author, worker = choose(editors), choose(editors)
        new = _task(text, usual=choose([Priority.NONE, Priority.NONE, Priority.LOW, Priority.MEDIUM]))
        new.due_on = choose([None, (self._now + timedelta(days=self._random.randint(2, 30))).date()])
        if done or self._random.random() < 0.6:
            new.assignee_id = self._people[worker].user_id
        task, _ = await create_task(self._uow(), self._people[author], workspace_id, new)
        scope = self._people[worker]
        day = choose([day for day in self._days if day > self._now] or self._days[-1:])
        if done:
            self._later(day, lambda: complete_task(self._uow(), scope, task.id))
        elif new.assignee_id and self._random.random() < 0.4:
            begun = TaskUpdate(status=Status.DOING)
            self._later(day, lambda: update_task(self._uow(), scope, task.id, begun, version=task.version))

    def _later(self, day: datetime, act: Act) -> None:
        """Let it happen at some time of a working day, and never before what has happened already."""
        at = max(self._now, day + timedelta(minutes=self._random.randrange(9 * 60)))
        heappush(self._steps, (at, next(self._order), act))

    def _uow(self) -> UnitOfWork:
        return UnitOfWork(self._database, self._log, lambda _: None, lambda: self._now)


def _task(text: str, *, usual: Priority) -> TaskCreate:
    """The task written as ``title > description``, with ``!!`` before it if urgent, ``!`` if high."""
    title, _, description = text.partition(" > ")
    marks = {"!!": Priority.URGENT, "!": Priority.HIGH}
    mark, _, rest = title.partition(" ")
    if mark in marks:
        return TaskCreate(title=rest, description=description, priority=marks[mark])
    return TaskCreate(title=title, description=description, priority=usual)


# Titles stand in the order in which the tasks were added, with " / " between them on a line.
WORKSPACES = {
    "Website relaunch": (
        "The new public site: texts, design, the shop, and the day we switch over.",
        """
        ! Agree on the goals of the relaunch > Three goals at most, each with a number to check.
        List all pages of the old site / Find out which pages nobody reads / Ask five customers what they miss
        Choose the content system > Compare two candidates with our longest page and our largest table.
        ! Book the photographer / Write the style guide for texts / Draw the new navigation
        Test the navigation with three people > On paper is fine. Ask them to find the return policy.
        Choose the typeface / Check contrast of the new colours / Draw the home page / Draw the product page
        Draw the checkout / ! Review the drafts with sales / Set up the test server / Import the old articles
        Fix broken links in old articles / Move product pictures to the new sizes / Write the home page text
        Write “About us” / Write the shipping page / Rewrite the return policy > Legal must read it first.
        Collect quotes from customers / Ask for permission to show customer logos / Build the product page
        Build the search > Typing errors of one letter must still find the product.
        Build the basket / !! Connect the payment provider > Test cards are in the folder of the provider.
        Test paying with a refused card / Send order mails in plain text too / Build the contact form
        Stop spam in the contact form / Translate the shop into German / Translate the shop into French
        ! Have translations read by native speakers / Add alternative texts to all pictures
        Walk through the shop with the keyboard only / Walk through the shop with a screen reader
        Make pictures smaller on phones / Measure loading time on a slow phone > Goal: under two seconds.
        Plan redirects from old addresses / Write down who answers which mail / Train the support team
        ! Ask the privacy officer for a review / Update the cookie notice / Write the press release
        Prepare the newsletter / Choose the day of the switch > Not a Friday, not before a holiday.
        !! Rehearse the switch / Write the way back if the switch fails / Tell the big customers in advance
        Lower the lifetime of DNS records / Take a last backup of the old site / Watch errors on the first day
        Check orders of the first day by hand / Switch off the old server / Collect feedback after a week
        Fix the three worst complaints / Thank everybody with cake / Look back together: what to keep
        Plan the next quarter of the site / Say goodbye to the old home page / Tidy up the pictures folder
        """,
    ),
    "Office move": (
        "From Mill Street to the old harbour, without a day on which nobody can work.",
        """
        !! Sign the lease > The landlord wants the original on paper.
        Measure the new rooms / Draw a plan of desks / Ask who needs a quiet place
        Decide on meeting rooms
        ! Order the internet line > Delivery takes six weeks, so it has to be early.
        Cancel the old internet line / Compare three moving companies / Book the moving company
        Insure the move / Choose chairs / Try the chairs for a week / Order 12 desks / Order 14 chairs
        Find a new home for the old sofa / Sell the old printer / ! Plan power and network sockets
        Hire an electrician / Check the fire alarm with the landlord / Draw the escape plan
        Order locks and keys / Decide who gets a key / Set up the door phone / Choose lamps for the long room
        Order blinds for the south side / Paint the meeting room / Find plants that like shade
        Check that a wheelchair gets everywhere > Door of the small kitchen looks narrow: 78 cm?
        Order the coffee machine / Choose dishes / Book cleaning / Register the new address with the city
        ! Tell the bank / Tell the insurance / Tell the tax office / Tell customers and suppliers
        Change the address on the website / Change the address in mail signatures / Order new letterheads
        Redirect the post for a year / Label all boxes by room and colour / Hand out boxes
        Sort out the archive > Keep ten years of invoices; the rest may go.
        Shred old papers / Pack the library / Pack the server > Only after the backup was read back once.
        !! Test the backup before the server moves / Label all cables / Photograph the old rooms
        Rent a van for the plants / Reserve parking for the moving van / Order lunch for moving day
        Make a list of who helps when / Read the meters in the old office / Repair the scratch in the hall
        Hand the old keys back / Ask for the deposit / ! Test the network at every desk
        Hang up the whiteboards / Put up the sign at the door
        Write down how the heating works / Invite the neighbours for a drink
        """,
    ),
    "Customer support": (
        "What customers ask for, what is broken, and what we answer.",
        """
        !! Orders with two vouchers fail at checkout > Happens when both give a percentage.
        Invoice shows the wrong address / Reset mail goes to spam / Write an answer for late parcels
        Call Mrs. Haddad about the missing lamp / ! Refund order 20417 / Replace the shade of order 20388
        Ask the carrier about lost parcels / Photo upload fails on old phones
        Explain the warranty in simple words / Sort the inbox by topic for a month / Count questions by topic
        Write an answer about spare parts / List spare parts out of stock / ! Order hinges for model K
        Update the manual of model K / Make a short film: how to hang the lamp / Answer reviews of the week
        Thank the ten most helpful reviewers / Ask why people return the floor lamp
        Offer a longer cable for the floor lamp / Newsletter link leads nowhere
        Customer cannot delete their account
        !! Two customers see each other's order status > Same address, perhaps? Check this first.
        Answer the question about dimmers / Test dimmers of three makers / Write a page about dimmers
        Price on the label differs from the shop / Check opening hours on the map / Set up the holiday answer
        Plan who is on call / Read the complaint of the week together / Gift wrapping: do we want it?
        Ask the warehouse about wet boxes / ! Claim the damage with the carrier
        Find a second carrier for islands / Old customers get two newsletters / Measure how fast we answer
        Goal: first answer within four hours > Working hours only. We look at it again in three months.
        Write answers for the ten most common questions / Put those answers on the website
        Let Vera read the answers as a customer would / Learn what the new return form breaks
        Try the return form on a phone / Prepare labels for returns / Explain customs to customers abroad
        Ask accounting about refunds abroad / Check refunds older than ten days / Visit the warehouse together
        Replace the headset at desk 3 / Collect ideas for next year / Thank the warehouse
        """,
    ),
}
PERSONAL = (
    """
    Prepare the talk with the bank / Book the train / Read Mia's draft / Renew the passport
    ! Write the yearly reviews / Choose a present for the team
    """,
    "Back up the laptop / Learn the new phone system / Buy a birthday card for Stan / Ask for a day off",
    "Sketch ideas for the next page / Return the library books / Call the dentist / Sort last year's photos",
    "Read last month's reports / Note questions for Olga / Water the plants / Order new glasses",
    "Send the bill / Bring the drill back / Ask Adam about the sockets / Buy cable ties",
)
