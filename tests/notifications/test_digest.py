"""Mail of what somebody has not read: what it says, at most once a day, and never twice."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from uuid import UUID

import pytest

from app.config import Settings
from app.core import schedule
from app.jobs import mail_jobs
from app.main import Tandem, create_app
from app.notifications import commands, queries
from app.notifications.digest import EVERY, PAUSE, SHOWN_MOST, UNREAD_FOR, Digests
from app.notifications.mail import MailServer, Unreachable, mail_server
from app.notifications.models import NotificationType
from app.notifications.schemas import PreferenceOut
from app.notifications.view import Centre
from app.workspaces import commands as workspaces
from tests.builders import a_task, a_workspace
from tests.cast import NAMES, Person, a_person
from tests.conftest import World
from tests.dom import parse
from tests.notifications.post_office import HUNG_UP, PostOffice, post_office
from tests.workspaces.asking import another_process

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
MOMENT = timedelta(seconds=1)
PATIENCE = 20.0
ASSIGNED = NotificationType.TASK_ASSIGNED
only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Desk:
    """The cast, a clock that is set by hand, and a mail server."""

    def __init__(self, settings: Settings, office: PostOffice) -> None:
        self.now = NOW
        self.office = office
        self.settings = with_mail(settings, office)
        self.app = create_app(self.settings, lambda: self.now)
        self.tandem: Tandem = self.app.state.tandem
        self.cast: dict[str, Person] = {}
        self.workspace_id: UUID
        self.digests = self.another_process()

    def __getattr__(self, name: str) -> Person:
        return self.cast[name]

    def another_process(self) -> Digests:
        server = mail_server(self.settings)
        assert server is not None
        return Digests(
            self.tandem.database, self.tandem.unit_of_work, server, public_url=self.settings.public_url
        )

    async def wants_mail(self, person: Person, *kinds: NotificationType) -> None:
        wanted = [PreferenceOut(type=kind, in_app=True, toast=False, email=True) for kind in kinds]
        await commands.save_preferences(self.tandem.unit_of_work(), person.scope, wanted)

    async def assign(self, person: Person, *titles: str) -> None:
        for title in titles:
            task = await a_task(
                self.tandem, self.olga, self.workspace_id, title=title, assignee_id=person.scope.user_id
            )
            assert task.assignee

    async def send_often(self, during: timedelta) -> None:
        """What all the rounds of the clock do within some time."""
        end = self.now + during
        while self.now < end:
            self.now += min(timedelta(minutes=20), end - self.now)
            await self.digests.send()


def with_mail(settings: Settings, office: PostOffice) -> Settings:
    return replace(settings, smtp_url=f"smtp://127.0.0.1:{office.port}", mail_from="tandem@example.com")


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with post_office() as office:
        yield office


@pytest.fixture
async def desk(settings: Settings, office: PostOffice) -> AsyncIterator[Desk]:
    desk = Desk(settings, office)
    desk.cast = {name: await a_person(desk.tandem, name, address="http://localhost") for name in NAMES}
    desk.workspace_id = await a_workspace(desk.tandem, desk.cast)
    yield desk
    await desk.tandem.database.close()


async def test_mail_comes_once_a_day_of_what_was_not_read_and_is_wanted(desk: Desk) -> None:
    await desk.wants_mail(desk.mia, ASSIGNED, NotificationType.TASK_CHANGED)
    await desk.assign(desk.mia, "milk", "bread & “butter”", "read by then")
    await desk.assign(desk.adam, "nobody asked for mail")
    await read(desk, desk.mia, "read by then")
    desk.now += UNREAD_FOR - MOMENT
    assert await desk.digests.send() == 0  # it may still be read on a page
    desk.now += MOMENT
    assert await desk.digests.send() == 1
    await desk.send_often(EVERY - MOMENT)
    [mail] = desk.office.taken
    assert (mail["To"], mail["From"], mail["Subject"]) == (
        "mia@example.com",
        "Tandem <tandem@example.com>",
        "Tandem: 2 things you have not read",
    )
    [text] = desk.office.to("mia@example.com")
    assert "Hello Mia," in text
    assert "- Olga assigned you milk\n" in text
    assert "- Olga assigned you bread & “butter”\n" in text
    assert f"{desk.settings.public_url}/workspaces/{desk.workspace_id}/tasks/" in text
    assert "read by then" not in text
    assert mail.get_content_type() == "text/plain"
    await desk.assign(desk.mia, "cheese")
    await desk.send_often(2 * EVERY)
    [_, later] = desk.office.to("mia@example.com")
    assert "cheese" in later
    assert "milk" not in later


@only_sqlite
async def test_a_mail_has_a_bound(desk: Desk) -> None:
    await desk.wants_mail(desk.mia, ASSIGNED)
    await desk.assign(desk.mia, *(f"task {number}" for number in range(SHOWN_MOST + 3)))
    desk.now += UNREAD_FOR
    assert await desk.digests.send() == 1
    [text] = desk.office.to("mia@example.com")
    assert text.count("assigned you") == SHOWN_MOST
    assert "- and 3 more" in text


@only_sqlite
async def test_nothing_is_mailed_of_a_workspace_that_was_left(desk: Desk) -> None:
    await desk.wants_mail(desk.mia, ASSIGNED, NotificationType.REMOVED)
    await desk.assign(desk.mia, "secret")
    mia = desk.mia.scope.user_id
    await workspaces.remove_member(desk.tandem.unit_of_work(), desk.olga.scope, desk.workspace_id, mia)
    desk.now += UNREAD_FOR
    assert await desk.digests.send() == 1
    [text] = desk.office.to("mia@example.com")
    assert "Olga removed you from Home" in text
    assert "secret" not in text


async def test_two_processes_send_one_mail(desk: Desk) -> None:
    for person in (desk.mia, desk.adam, desk.vera):
        await desk.wants_mail(person, ASSIGNED)
        await desk.assign(person, "milk")
    desk.now += UNREAD_FOR
    processes = [desk.another_process() for _ in range(4)]
    sent = await asyncio.gather(*(process.send() for process in processes))
    assert sum(sent) == 3
    assert sorted(mail["To"] for mail in desk.office.taken) == [
        f"{name}@example.com" for name in ("adam", "mia", "vera")
    ]


@only_sqlite
async def test_a_mail_server_that_is_away_is_tried_again_and_nothing_is_lost(desk: Desk) -> None:
    await desk.wants_mail(desk.mia, ASSIGNED)
    await desk.assign(desk.mia, "milk")
    desk.now += UNREAD_FOR
    await desk.office.close()
    assert await desk.digests.send() == 0
    await desk.office.open()
    desk.now += PAUSE - MOMENT
    assert await desk.digests.send() == 0
    assert desk.office.asked == 0  # it is left alone for a while
    desk.now += MOMENT
    assert await desk.digests.send() == 1
    await desk.send_often(EVERY)
    assert len(desk.office.to("mia@example.com")) == 1


@pytest.mark.parametrize(
    ("answer", "taken"), [("451 later", 1), ("550 nobody of that name", 0), (HUNG_UP, 1)]
)
@only_sqlite
async def test_what_is_refused_comes_once_at_most_and_holds_up_nobody(
    desk: Desk, answer: str, taken: int
) -> None:
    for person in (desk.adam, desk.mia, desk.vera):
        await desk.wants_mail(person, ASSIGNED)
        await desk.assign(person, "milk")
    desk.office.refused["mia@example.com"] = answer
    desk.now += UNREAD_FOR
    assert await desk.digests.send() == 2
    desk.office.refused.clear()
    await desk.send_often(2 * EVERY)
    assert len(desk.office.to("mia@example.com")) == taken
    assert len(desk.office.to("adam@example.com")) == len(desk.office.to("vera@example.com")) == 1


@only_sqlite
async def test_what_was_being_sent_when_the_process_ended_is_not_sent_again(desk: Desk) -> None:
    await desk.wants_mail(desk.mia, ASSIGNED)
    await desk.assign(desk.mia, "milk")
    desk.now += UNREAD_FOR

    class Ending:
        async def send(self, message: EmailMessage, *, to: str) -> None:
            assert "milk" in message.get_content()
            raise asyncio.CancelledError

    ending = Digests(desk.tandem.database, desk.tandem.unit_of_work, Ending(), public_url="http://localhost")
    with pytest.raises(asyncio.CancelledError):
        await ending.send()
    await desk.send_often(2 * EVERY)
    assert desk.office.taken == []


@only_sqlite
async def test_a_password_is_not_said_in_the_clear(settings: Settings, office: PostOffice) -> None:
    # Not one of the names of this machine, which alone are trusted, but the same office.
    server = MailServer(
        host="0.0.0.0",  # noqa: S104 - reached, not bound
        port=office.port,
        secure=False,
        user="olga",
        password="geheim",
        sender="tandem@example.com",
    )
    with pytest.raises(Unreachable, match="STARTTLS"):
        await server.send(EmailMessage(), to="mia@example.com")
    assert office.asked == 1
    assert office.taken == []


@only_sqlite
async def test_a_program_that_runs_sends_its_mail(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mail_jobs(settings, desk.tandem.database, desk.tandem.unit_of_work) == []
    monkeypatch.setattr(schedule.keep_schedule, "__kwdefaults__", {"every": 0.01})
    await desk.wants_mail(desk.mia, ASSIGNED)
    await desk.assign(desk.mia, "milk")
    async with desk.tandem.running(desk.app):
        desk.now += UNREAD_FOR
        async with asyncio.timeout(PATIENCE):
            while not desk.office.taken:  # noqa: ASYNC110 - there is no event to wait for
                await asyncio.sleep(0.01)
    assert len(desk.office.to("mia@example.com")) == 1


@only_sqlite
async def test_mail_can_be_chosen_only_where_there_is_a_mail_server(world: World) -> None:
    path = "/notifications/preferences"
    chosen = [{"type": "mentioned", "in_app": True, "toast": True, "email": True}]
    answer = await world.mia.api.put(f"/api{path}", json={"preferences": chosen})
    assert answer.status_code == 200
    page = parse((await world.mia.browser.get(path)).text)
    boxes = [found.attributes for found in page.all() if found.tag == "input"]
    mail = [box for box in boxes if box.get("name", "").endswith(".email")]
    assert [(box["name"], box["type"]) for box in mail] == [("mentioned.email", "hidden")]
    form = {box["name"]: box["value"] for box in boxes if "name" in box and (box in mail or "checked" in box)}
    assert (await world.mia.browser.post(path, data=form)).status_code == 303
    kept = (await world.mia.api.get(f"/api{path}")).json()["preferences"]
    assert [each["type"] for each in kept if each["email"]] == ["mentioned"]
    server, sender = "smtp://127.0.0.1:25", "tandem@example.com"
    async with another_process(world, smtp_url=server, mail_from=sender) as client:
        client.cookies.set(world.mia.cookie_name, world.mia.token)
        page = parse((await client.get(path)).text)
    labels = [found.attributes.get("aria-label", "") for found in page.all() if found.tag == "input"]
    assert len([label for label in labels if label.endswith(": by mail")]) == len(NotificationType)


async def read(desk: Desk, person: Person, title: str) -> None:
    """``person`` reads what they were told of ``title``."""
    async with desk.tandem.database.read() as session:
        told = await queries.newest(session, person.scope, Centre(unread=True), limit=100)
    [found] = [each for each in told if each.title == title]
    await commands.mark_read(desk.tandem.unit_of_work(), person.scope, found.id)
