"""The documents say what the code does: settings, numbers, routes, events, close codes and files."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar.openapi.spec import PathItem

from app import jobs
from app.accounts import commands as accounts
from app.accounts import gate, passwords, tokens
from app.config import Settings, SettingsError, load_settings
from app.core import paging, schedule
from app.core.answers import BODY_BYTES_MOST
from app.core.events import Event
from app.live import connection, language, room, rooms, socket
from app.main import SESSIONS_CHECKED_EVERY, Tandem, create_app
from app.notifications import digest, reminders
from app.sample import PASSWORD, PEOPLE
from app.sample_texts import WORKSPACES
from app.tasks import fields as tasks
from app.tasks import fragments, quick_add, search, view
from app.tasks.messages import TaskMessages
from app.workspaces import commands as workspaces
from app.workspaces import policy

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "SECURITY.md", *(ROOT / "docs").rglob("*.md")])
CODES = {
    connection.INVALID,
    connection.TOO_SLOW,
    connection.SIGNED_OUT,
    connection.ACCESS_ENDED,
    connection.NO_HEARTBEAT,
    socket.TOO_LARGE,
    socket.INTERNAL_ERROR,
    socket.NOT_FOUND,
    socket.TOO_MANY_CONNECTS,
    1012,  # of the server that runs the program
}
KIB = 1024
DEFAULTS = load_settings({"TANDEM_SECRET_KEY": "x" * 32}, data_folder=Path("var"))
HEARTBEAT = int(DEFAULTS.heartbeat_interval.total_seconds())

# What a document says with a number in it, made from the number that the code has.
NUMBERS = [
    ("README.md", f"a team with {len(WORKSPACES)} workspaces and 200 tasks"),
    ("README.md", f"password is `{PASSWORD}`"),
    (
        "docs/using.md",
        f"may have {quick_add.LINE_MOST} characters, and the title that is left of it {tasks.TITLE_MOST}",
    ),
    ("docs/using.md", f"It shows the {search.FOUND_MOST} that fit best"),
    ("SECURITY.md", f"argon2id, {passwords._MEMORY_KIB // KIB} MiB"),
    ("SECURITY.md", f"at most {passwords._AT_A_TIME} computed at a time"),
    ("SECURITY.md", f"{passwords.LEAST} to {passwords.MOST} characters"),
    ("SECURITY.md", f"every {SESSIONS_CHECKED_EVERY} seconds"),
    ("SECURITY.md", f"{gate.FAILURES_PER_ACCOUNT} for an account"),
    ("SECURITY.md", f"{gate.FAILURES_PER_ADDRESS} from an address, in {gate._QUARTER_HOUR // 60} minutes"),
    ("SECURITY.md", f"{gate.FAILURES_PER_DEVICE} from a browser"),
    ("SECURITY.md", f"{gate.REGISTRATIONS_PER_ADDRESS} from an address in an hour"),
    ("SECURITY.md", f"{DEFAULTS.ws_connects_per_minute} a minute for a person and workspace"),
    ("SECURITY.md", f"a request's body | {BODY_BYTES_MOST // KIB} KiB"),
    ("SECURITY.md", f"a socket message | {socket.MESSAGE_BYTES_MOST // KIB} KiB"),
    ("SECURITY.md", f"in a row | {socket.INVALID_IN_A_ROW}, then"),
    ("SECURITY.md", f"{connection.SEND_SECONDS} seconds, then"),
    ("SECURITY.md", f"members of a workspace | {DEFAULTS.max_members} "),
    ("SECURITY.md", f"{tokens._LONGEST:,} characters"),
    ("docs/architecture.md", f"the last {room.RECENT:,} events"),
    ("docs/architecture.md", {1.0: "every second"}[rooms.REPAIR_EVERY]),
    ("docs/architecture.md", f"{1 / rooms.REPAIR_EVERY_WITHOUT_BROKER:.0f} times a second"),
    ("docs/architecture.md", f"nothing for {connection.SEND_SECONDS} seconds"),
    ("docs/architecture.md", f"{language.PAGE_REPLAY_MOST:,} events behind"),
    ("docs/architecture.md", f"{language.ENTITIES_MOST} rows or {language.CONTENT_MOST // KIB} KiB"),
    ("docs/architecture.md", f"more than {language.PROGRAM_REPLAY_MOST:,} events behind"),
    ("docs/architecture.md", f"newest {fragments._ROWS_KEPT:,} rows"),
    ("docs/architecture.md", f"every {SESSIONS_CHECKED_EVERY} seconds"),
    ("docs/architecture.md", f"every {schedule.EVERY:.0f} seconds"),
    ("docs/architecture.md", f"notifications older than {jobs.NOTIFICATIONS_KEPT.days} days"),
    ("docs/architecture.md", f"{jobs.SESSIONS_KEPT.days} days ago"),
    ("docs/api.md", f"at most {BODY_BYTES_MOST // KIB} KiB"),
    ("docs/api.md", f"(1 to {paging.LIMIT_MOST}, default {paging.LIMIT_DEFAULT})"),
    ("docs/api.md", f"1 to {accounts.NAME_MOST} characters"),
    ("docs/api.md", f"a password {passwords.LEAST} to {passwords.MOST}"),
    ("docs/api.md", f"at most {accounts.EMAIL_MOST}."),
    ("docs/api.md", f"{policy.INVITE_SECONDS_LEAST} to {policy.INVITE_SECONDS_MOST:,} seconds"),
    ("docs/api.md", f"`max_uses` 1 to {policy.INVITE_USES_MOST:,}"),
    ("docs/api.md", f"1 to {workspaces.NAME_MOST} characters, its description at most"),
    ("docs/api.md", f"its description at most {workspaces.DESCRIPTION_MOST}."),
    ("docs/api.md", f"1 to {tasks.TITLE_MOST} characters, a description at most {tasks.DESCRIPTION_MOST:,}."),
    ("docs/api.md", f"at most {view.QUERY_MOST} characters)"),
    ("docs/api.md", f"{socket.INVALID_IN_A_ROW} invalid messages in a row"),
    ("docs/api.md", f"more than {socket.MESSAGE_BYTES_MOST // KIB} KiB"),
    ("docs/api.md", f"nothing for {connection.SEND_SECONDS} seconds"),
    ("docs/api.md", f"no heartbeat for {2 * HEARTBEAT} seconds"),
    ("docs/decisions/0013-a-row-lock-is-the-scheduler.md", f"every {schedule.EVERY:.0f} seconds"),
    ("docs/decisions/0013-a-row-lock-is-the-scheduler.md", f"takes {reminders.BATCH} of them"),
    ("docs/decisions/0006-sessions-in-the-database.md", f"every {SESSIONS_CHECKED_EVERY} seconds"),
    (
        "docs/decisions/0015-mail-is-taken-before-it-is-sent.md",
        f"after {digest.PAUSE // timedelta(minutes=1)} minutes",
    ),
    ("docs/decisions/0008-a-position-not-a-queue.md", f"nothing for {connection.SEND_SECONDS} seconds"),
]


def read(name: str) -> str:
    """A document in one line, since what it says may be broken anywhere."""
    return " ".join((ROOT / name).read_text().split())


def rows(name: str) -> list[list[str]]:
    """All rows of all tables of a document, cell by cell."""
    lines = (ROOT / name).read_text().splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]


SETTINGS = {row[0].strip("`"): row for row in rows("docs/settings.md") if row[0].startswith("`TANDEM_")}


@pytest.mark.parametrize(("document", "said"), NUMBERS, ids=[said for _, said in NUMBERS])
def test_a_number_in_a_document_is_the_one_in_the_code(document: str, said: str) -> None:
    assert said in read(document)


def test_every_setting_is_documented_and_nothing_else() -> None:
    assert set(SETTINGS) == {f"TANDEM_{name.upper()}" for name in Settings.__dataclass_fields__}


@pytest.mark.parametrize("variable", SETTINGS)
def test_a_setting_has_the_default_that_its_document_says(variable: str) -> None:
    default = SETTINGS[variable][1]
    if default == "none" or default.startswith("generated"):
        assert variable in ("TANDEM_REDIS_URL", "TANDEM_SECRET_KEY", "TANDEM_SMTP_URL", "TANDEM_MAIL_FROM")
        return
    key = {"TANDEM_SECRET_KEY": "x" * 32}
    assert load_settings(key | {variable: default.strip("`")}, data_folder=Path("var")) == DEFAULTS


@pytest.mark.parametrize("variable", [name for name in SETTINGS if name != "TANDEM_HOST"])
def test_a_setting_takes_what_its_document_says(variable: str, tmp_path: Path) -> None:
    takes = SETTINGS[variable][2]
    with pytest.raises(SettingsError, match=f"it takes {re.escape(takes)}\\.$"):
        load_settings({variable: "?"}, data_folder=tmp_path)


def test_every_route_of_the_api_is_documented_and_nothing_else(tmp_path: Path) -> None:
    paths = create_app(load_settings({}, data_folder=tmp_path)).openapi_schema.paths or {}
    real = {f"{method.upper()} {path}" for path, item in paths.items() for method in _methods(item)}
    said = set(re.findall(r"`((?:GET|POST|PUT|PATCH|DELETE) /(?:api|health)[^`]*)`", read("docs/api.md")))
    assert said == real


def test_the_description_for_machines_is_where_it_is_said_to_be(tmp_path: Path) -> None:
    config = create_app(load_settings({}, data_folder=tmp_path)).openapi_config
    assert config is not None
    addresses = [
        f"{config.path}{path}".rstrip("/") for plugin in config.render_plugins for path in plugin.paths
    ]
    assert any(f"`{address}`" in read("docs/api.md") for address in addresses)


def test_every_event_and_message_is_documented(tmp_path: Path) -> None:
    text = read("docs/api.md")
    tandem = Tandem(load_settings({}, data_folder=tmp_path))
    messages = TaskMessages(tandem.database, tandem.unit_of_work).table()
    missing = [name for name in {*_event_types(Event), *messages} if f"`{name}`" not in text]
    assert not missing


def test_every_close_code_is_documented_and_nothing_else() -> None:
    said = {int(row[0]) for row in rows("docs/api.md") if re.fullmatch(r"1\d{3}|4\d{3}", row[0])}
    assert said == CODES


def test_the_people_of_the_sample_are_those_of_the_readme() -> None:
    said = set(re.findall(r"\w+@example\.com", read("README.md")))
    assert said < {person.email for person in PEOPLE}


@pytest.mark.parametrize("document", DOCUMENTS, ids=[str(path.relative_to(ROOT)) for path in DOCUMENTS])
def test_files_links_and_commands_in_a_document_exist(document: Path) -> None:
    text = document.read_text()
    links = re.findall(r"(?<!!)\[[^]]*\]\(([^)#:]+)\)", text)
    assert [link for link in links if not (document.parent / link).exists()] == []
    named = re.findall(r"`((?:app|templates|static|tests|docs)/[\w./-]*)`", text)
    assert [name for name in named if not (ROOT / name).exists()] == []
    goals = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:`|^|\d )make ([a-z]+)", text, re.MULTILINE)) <= goals


def _methods(item: PathItem) -> list[str]:
    return [method for method in ("get", "post", "put", "patch", "delete") if getattr(item, method)]


def _event_types(kind: type[Any]) -> set[str]:
    own = {vars(kind)["type"]} if "type" in vars(kind) and kind.__module__.startswith("app.") else set()
    return own.union(*(_event_types(each) for each in kind.__subclasses__()))
