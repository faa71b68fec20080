"""Settings: what they are when nobody sets them, and one line of words for a value they cannot take."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from app import cli
from app.config import Settings, SettingsError, load_settings
from tests.process import Process

PATIENCE = 60
SECRET = "x" * 32

WRONG = [
    ("DATABASE_URL", "mysql://localhost/tandem", "postgresql://USER@HOST/NAME or sqlite:///FILE"),
    ("DATABASE_URL", "tandem.sqlite", "sqlite:///FILE"),
    ("REDIS_URL", "localhost:6379", "redis://HOST:PORT"),
    ("REDIS_URL", "http://localhost", "redis://HOST:PORT"),
    ("SECRET_KEY", "short", "at least 32 characters"),
    ("SECRET_KEY", "x" * 31, "at least 32 characters"),
    ("PUBLIC_URL", "tasks.example.com", "https://tasks.example.com"),
    ("PUBLIC_URL", "ftp://tasks.example.com", "https://tasks.example.com"),
    ("PUBLIC_URL", "https://", "https://tasks.example.com"),
    ("PUBLIC_URL", "https://example.com/tasks", "without a path"),
    ("SMTP_URL", "mail.example.com:25", "smtp://USER:PASSWORD@HOST:PORT"),
    ("SMTP_URL", "http://mail.example.com", "smtp://USER:PASSWORD@HOST:PORT"),
    ("MAIL_FROM", "tandem", "tandem@example.com"),
    ("MAIL_FROM", "Tandem <tandem@example.com>", "tandem@example.com"),
    ("PORT", "0", "1 to 65535"),
    ("PORT", "65536", "1 to 65535"),
    ("PORT", "80a", "1 to 65535"),
    ("PORT", "-1", "1 to 65535"),
    ("PORT", "²", "1 to 65535"),
    ("PORT", "٣", "1 to 65535"),
    ("PORT", "9" * 40, "1 to 65535"),
    ("WS_CONNECTS_PER_MINUTE", "0", "a whole number from 1"),
    ("WS_CONNECTS_PER_MINUTE", "many", "a whole number from 1"),
    ("MAX_MEMBERS", "0", "a whole number from 1"),
    ("MAX_MEMBERS", "1.5", "a whole number from 1"),
    ("LOG_FORMAT", "xml", "console, json"),
    ("LOG_FORMAT", "JSON", "console, json"),
    ("REGISTRATION", "yes", "open, invite, closed"),
    *(
        (name, value, "as in 30s, 5m, 2h or 7d")
        for name in ("PRESENCE_TIMEOUT", "HEARTBEAT_INTERVAL", "INVITE_TTL", "ACCESS_TOKEN_TTL")
        for value in ("0", "0s", "-5", "soon", "1.5h", "10 m", "7w", "366d", "999999999d", "9" * 5000)
    ),
]
# Values that stop the start, if at all, with a trace and no name; see the report.
BROKEN = [
    ("PORT", "9" * 5000),
    ("DATABASE_URL", "postgresql://localhost:port/tandem"),
    ("DATABASE_URL", "sqlite://"),
    ("REDIS_URL", "redis://["),
    ("REDIS_URL", "redis://localhost:port/0"),
    ("PUBLIC_URL", "http://["),
    ("PUBLIC_URL", "http://localhost:99999"),
    ("PUBLIC_URL", "https://olga:secret@example.com"),
    ("PUBLIC_URL", "https://example.com?x=1"),
    ("PUBLIC_URL", "https://exa mple.com"),
    ("HOST", "not a host"),
    ("SMTP_URL", "smtp://["),
    ("SMTP_URL", "smtp://:25"),
    ("SMTP_URL", "smtp://localhost:99999"),
    ("SMTP_URL", "smtp://localhost:port"),
    ("SMTP_URL", "smtp://localhost/path"),
]
Case = tuple[str, str, str]


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of whoever runs the tests, and no file of theirs."""
    for name in [name for name in os.environ if name.startswith("TANDEM_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def load(folder: Path, **environment: str) -> Settings:
    return load_settings({f"TANDEM_{name}": value for name, value in environment.items()}, data_folder=folder)


@pytest.mark.parametrize("case", WRONG, ids=lambda case: f"{case[0]}={case[1][:20]}")
def test_a_wrong_value_stops_the_start_with_one_line_about_it(
    case: Case, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name, value, takes = case
    monkeypatch.setenv(f"TANDEM_{name}", value)
    assert cli.main(["run"]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert said.err.startswith(f"TANDEM_{name} is ")
    shown = "*" * len(value) if name == "SECRET_KEY" else value
    assert repr(shown) in said.err
    assert takes in said.err.partition("; it takes ")[2]


@pytest.mark.parametrize(("name", "value"), BROKEN)
def test_a_value_that_cannot_work_is_refused_by_its_name(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"TANDEM_{name}"):
        load(tmp_path, **{name: value})


def test_a_refused_address_does_not_show_its_password(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refusal:
        load(tmp_path, DATABASE_URL="mysql://olga:geheim@db.example.com/tandem")
    assert "mysql://olga:***@db.example.com/tandem" in str(refusal.value)
    assert "geheim" not in str(refusal.value)


def test_the_program_itself_exits_with_2(tmp_path: Path) -> None:
    environment = {**os.environ, "TANDEM_PORT": "eighty"}
    result = subprocess.run(
        [sys.executable, "-m", "app.cli", "run"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    expected = "TANDEM_PORT is 'eighty'; it takes a whole number from 1 to 65535.\n"
    assert (result.returncode, result.stdout, result.stderr) == (2, "", expected)


def test_without_any_setting_the_embedded_defaults_hold(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path / 'tandem.sqlite'}"
    assert settings.redis_url is None
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert not settings.secure
    assert settings.ws_connects_per_minute == 10
    assert settings.presence_timeout == timedelta(seconds=60)
    assert settings.heartbeat_interval == timedelta(seconds=30)
    assert settings.max_members == 100
    assert settings.invite_ttl == timedelta(days=7)
    assert settings.access_token_ttl == timedelta(days=14)
    assert (settings.log_format, settings.registration) == ("console", "open")


def test_an_empty_value_is_as_good_as_none(tmp_path: Path) -> None:
    names = ("PORT", "HOST", "REDIS_URL", "DATABASE_URL", "PUBLIC_URL", "LOG_FORMAT", "INVITE_TTL")
    settings = load(tmp_path, SECRET_KEY=SECRET)
    assert load(tmp_path, SECRET_KEY=SECRET, **dict.fromkeys(names, "")) == settings
    assert load(tmp_path, SECRET_KEY=SECRET, **dict.fromkeys(names, "  ")) == settings


def test_the_generated_secret_is_kept_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    secret = load(folder).secret_key
    assert len(secret) >= 32
    assert load(folder).secret_key == secret
    assert (folder / "secret").stat().st_mode & 0o077 == 0
    assert load(tmp_path / "other").secret_key != secret


@pytest.mark.parametrize(
    ("given", "meant"),
    [("90", 90), ("90s", 90), ("5m", 300), ("2h", 7_200), ("7d", 604_800)],
)
def test_a_duration_has_a_unit_or_is_in_seconds(given: str, meant: int, tmp_path: Path) -> None:
    assert load(tmp_path, INVITE_TTL=given).invite_ttl == timedelta(seconds=meant)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("postgres://olga@db/tandem", "postgresql+psycopg://olga@db/tandem"),
        ("postgresql://olga@db/tandem", "postgresql+psycopg://olga@db/tandem"),
        ("postgresql+psycopg://olga@db/tandem", "postgresql+psycopg://olga@db/tandem"),
        ("sqlite:////data/x.sqlite", "sqlite+aiosqlite:////data/x.sqlite"),
        ("sqlite+aiosqlite:///x.sqlite", "sqlite+aiosqlite:///x.sqlite"),
    ],
)
def test_an_address_of_a_database_gets_the_driver_that_is_there(
    given: str, meant: str, tmp_path: Path
) -> None:
    assert load(tmp_path, DATABASE_URL=given).database_url == meant


def test_the_public_address_follows_host_and_port_unless_it_is_set(tmp_path: Path) -> None:
    assert load(tmp_path, PORT="8123").public_url == "http://127.0.0.1:8123"
    assert load(tmp_path, HOST="::", PORT="80").public_url == "http://127.0.0.1:80"
    settings = load(tmp_path, PUBLIC_URL="https://Tasks.Example.com/")
    assert (settings.public_url, settings.secure) == ("https://tasks.example.com", True)


@pytest.mark.parametrize(
    "kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], ids=["sqlite", "postgres"]
)
def test_a_second_process_without_redis_says_why_it_does_not_start(
    kind: str, request: pytest.FixtureRequest
) -> None:
    shared = {}
    if kind == "postgres":
        server = request.getfixturevalue("postgres")
        shared = {"database_url": server.create_database(f"second_{os.getpid()}")}
    with Process(**shared) as first:
        first.start()
        second = Process(database_url=first.settings["TANDEM_DATABASE_URL"])
        refused = subprocess.run(
            second.command(), cwd=second.folder, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert refused.returncode == 2
        assert refused.stderr.count("\n") == 1
        assert re.match("TANDEM_REDIS_URL is not set, and another Tandem process", refused.stderr)
        assert first.answers()
        first.kill()  # which gives the database free, too
        second.start()
        assert second.answers()
        second.stop()
