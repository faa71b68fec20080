"""What people pass on their way in: how often they may try, and what the check needs."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from app.accounts.passwords import Passwords
from app.accounts.tokens import Device
from app.config import Settings
from app.core.database import Database
from app.core.limits import Limiter

_QUARTER_HOUR = 15 * 60
_HOUR = 60 * 60

FAILURES_PER_ACCOUNT = 10
FAILURES_PER_ADDRESS = 30
FAILURES_PER_DEVICE = 10
REGISTRATIONS_PER_ADDRESS = 20


# Whether a text, an address or a token, holds an invite that is good at the moment.
Invited = Callable[[str], Awaitable[bool]]


async def nobody_is_invited(_: str) -> bool:
    """The answer where there are no invites."""
    return False


@dataclass(frozen=True, kw_only=True)
class Gate:
    """The parts that signing in needs; made once."""

    settings: Settings
    database: Database
    passwords: Passwords
    limiter: Limiter
    invited: Invited = nobody_is_invited


@dataclass(frozen=True, kw_only=True)
class Client:
    """The program at the other end of a request."""

    address: str
    user_agent: str = ""
    device: Device | None = None

    def is_known_to(self, user_id: UUID | None) -> bool:
        """Whether this user has signed in on this device before."""
        return self.device is not None and self.device.user_id == user_id


@asynccontextmanager
async def failures_counted(
    limiter: Limiter, client: Client, *, email: str, user_id: UUID | None
) -> AsyncIterator[None]:
    """Count one try to sign in, and take it back when it succeeds. Raises TooMany.

    A device where this user has signed in before has a budget of its own: strangers who guess
    cannot lock somebody out of the browser that they always use.
    """
    budgets = {f"sign-in:address:{client.address}": FAILURES_PER_ADDRESS}
    budgets[f"sign-in:account:{email}"] = FAILURES_PER_ACCOUNT
    if client.device is not None and client.is_known_to(user_id):
        budgets = {f"sign-in:device:{client.device.id}": FAILURES_PER_DEVICE}
    # Before the check, not after it: tries at the same moment must not all get through.
    for key, limit in budgets.items():
        await limiter.hit(key, limit=limit, per=_QUARTER_HOUR)
    yield
    for key in budgets:
        await limiter.forgive(key)


async def count_registration(limiter: Limiter, client: Client) -> None:
    """Count one try to register. Raises TooMany."""
    key = f"register:{client.address}"
    await limiter.hit(key, limit=REGISTRATIONS_PER_ADDRESS, per=_HOUR)
