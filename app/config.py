"""Settings from the environment; the only reader of os.environ."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal, TypeVar, get_args
from urllib.parse import urlsplit

Registration = Literal["open", "invite", "closed"]
LogFormat = Literal["console", "json"]
Choice = TypeVar("Choice", bound=str)

_MAIL_FROM_TAKES = "an address to send from, as in tandem@example.com, wherever TANDEM_SMTP_URL is set"
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class SettingsError(Exception):
    """A setting has a value it cannot take; the message names it, what it got and what it takes."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that an operator can set, checked."""

    database_url: str
    redis_url: str | None
    secret_key: str
    public_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    ws_connects_per_minute: int = 10
    presence_timeout: timedelta = timedelta(seconds=60)
    heartbeat_interval: timedelta = timedelta(seconds=30)
    max_members: int = 100
    invite_ttl: timedelta = timedelta(days=7)
    access_token_ttl: timedelta = timedelta(days=14)
    log_format: LogFormat = "console"
    registration: Registration = "open"
    smtp_url: str | None = None
    mail_from: str | None = None

    @property
    def secure(self) -> bool:
        """Whether people reach the program over HTTPS, so that cookies may insist on it."""
        return self.public_url.startswith("https://")


def load_settings(environ: Mapping[str, str], *, data_folder: Path) -> Settings:
    """Read ``TANDEM_*`` from ``environ``; what is not set gets the embedded default.

    ``data_folder`` holds the SQLite file and the generated secret. Raises SettingsError.
    """
    read = _Reader(environ)
    host = read.host("127.0.0.1")
    port = read.number("PORT", 8000, least=1, most=65535)
    shown_host = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    return Settings(
        database_url=read.database_url(f"sqlite+aiosqlite:///{data_folder / 'tandem.sqlite'}"),
        redis_url=read.redis_url(),
        secret_key=read.secret(data_folder),
        public_url=read.public_url(f"http://{shown_host}:{port}"),
        host=host,
        port=port,
        ws_connects_per_minute=read.number("WS_CONNECTS_PER_MINUTE", 10, least=1, most=100_000),
        presence_timeout=read.duration("PRESENCE_TIMEOUT", "60s", least="5s", most="1h"),
        heartbeat_interval=read.duration("HEARTBEAT_INTERVAL", "30s", least="1s", most="1h"),
        max_members=read.number("MAX_MEMBERS", 100, least=1, most=100_000),
        invite_ttl=read.duration("INVITE_TTL", "7d", least="60s", most="365d"),
        access_token_ttl=read.duration("ACCESS_TOKEN_TTL", "14d", least="60s", most="365d"),
        log_format=read.choice("LOG_FORMAT", "console", get_args(LogFormat)),
        registration=read.choice("REGISTRATION", "open", get_args(Registration)),
        smtp_url=read.smtp_url(),
        mail_from=read.mail_from(),
    )


class _Reader:
    """One setting at a time, with an error that says what it takes."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, default: str) -> str:
        return self._environ.get(f"TANDEM_{name}", "").strip() or default

    def host(self, default: str) -> str:
        got = self.text("HOST", default)
        if not re.fullmatch(r"[0-9A-Za-z._:-]+", got):
            raise _refusal("HOST", got, "a host name or an IP address, as in 127.0.0.1")
        return got

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        got = self.text(name, str(default))
        if not re.fullmatch(r"[0-9]{1,9}", got) or not least <= int(got) <= most:
            raise _refusal(name, got, f"a whole number from {least} to {most}")
        return int(got)

    def duration(self, name: str, default: str, *, least: str, most: str) -> timedelta:
        got = self.text(name, default)
        found = _seconds(got)
        if found is None or not (_seconds(least) or 0) <= found <= (_seconds(most) or 0):
            raise _refusal(name, got, f"a duration from {least} to {most}, as in 30s, 5m, 2h or 7d")
        return timedelta(seconds=found)

    def choice(self, name: str, default: Choice, choices: tuple[Choice, ...]) -> Choice:
        got = self.text(name, default)
        for choice in choices:
            if choice == got:
                return choice
        raise _refusal(name, got, f"one of {', '.join(choices)}")

    def database_url(self, default: str) -> str:
        got = self.text("DATABASE_URL", default)
        plain = re.sub(r"^(postgres(ql)?)(\+psycopg)?://", "postgresql+psycopg://", got)
        plain = re.sub(r"^sqlite(\+aiosqlite)?:///(?=.)", "sqlite+aiosqlite:///", plain)
        known = plain.startswith("sqlite+aiosqlite:///") or (
            plain.startswith("postgresql+psycopg://") and _is_address(plain)
        )
        if not known:
            raise _refusal("DATABASE_URL", got, "postgresql://USER@HOST/NAME or sqlite:///FILE")
        return plain

    def redis_url(self) -> str | None:
        got = self.text("REDIS_URL", "")
        known = got.startswith(("redis://", "rediss://", "unix://")) and "," not in got
        if got and not (known and _is_address(got)):
            raise _refusal("REDIS_URL", got, "the address of one Redis, as in redis://HOST:PORT")
        return got or None

    def smtp_url(self) -> str | None:
        got = self.text("SMTP_URL", "")
        host = r"(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]+)(:[0-9]+)?"
        known = re.fullmatch(rf"smtps?://([^/?#@\s]+@)?{host}/?", got) and _is_address(got)
        if got and not known:
            raise _refusal(
                "SMTP_URL", got, "the address of a mail server, as in smtp://USER:PASSWORD@HOST:PORT"
            )
        if got and not self.text("MAIL_FROM", ""):
            raise _refusal("MAIL_FROM", "", _MAIL_FROM_TAKES)
        return got or None

    def mail_from(self) -> str | None:
        got = self.text("MAIL_FROM", "")
        if got and not re.fullmatch(r"[!-~]{1,64}@[0-9A-Za-z.-]{1,189}", got):
            raise _refusal("MAIL_FROM", got, _MAIL_FROM_TAKES)
        return got or None

    def public_url(self, default: str) -> str:
        got = self.text("PUBLIC_URL", default)
        if not re.fullmatch(r"https?://[^/?#@\s]+/?", got) or not _is_address(got):
            raise _refusal("PUBLIC_URL", got, "an address such as https://tasks.example.com, without a path")
        return got.rstrip("/").lower()

    def secret(self, data_folder: Path) -> str:
        got = self.text("SECRET_KEY", "")
        if got:
            if len(got) < 32:
                raise _refusal("SECRET_KEY", "*" * len(got), "at least 32 characters")
            return got
        return _kept_secret(data_folder / "secret")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.port is None or 0 < parts.port < 65_536
    except ValueError:  # brackets that do not close, a port that is no number
        return False


def _seconds(text: str) -> int | None:
    match = re.fullmatch(r"([1-9][0-9]{0,8})([smhd]?)", text)
    return int(match[1]) * _UNITS[match[2] or "s"] if match else None


def _kept_secret(file: Path) -> str:
    """The secret of the embedded default: made once, readable by its owner only."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = file.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        draft.replace(file)
    return file.read_text().strip()


def _refusal(name: str, got: str, takes: str) -> SettingsError:
    # An address may hold a password, and what is printed ends up in logs.
    shown = re.sub(r"(://[^/@:]*:).*@", r"\1***@", got)
    return SettingsError(f"TANDEM_{name} is {shown!r}; it takes {takes}.")
