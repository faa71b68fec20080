"""Who signs in in these tests, and with what."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from app.accounts import commands
from app.accounts.commands import SignedIn
from app.accounts.gate import Client, Gate
from app.core.scope import Scope
from app.core.unit_of_work import UnitOfWork

NewUnit = Callable[[], UnitOfWork]

ORIGIN = "http://127.0.0.1:8000"
EMAIL = "mia@example.com"
PASSWORD = "correct horse battery"
HOME = Client(address="192.0.2.7", user_agent="a browser of tests")
ELSEWHERE = Client(address="198.51.100.9", user_agent="another one")


class MovableClock:
    """The time of day, and the seconds of a limiter, as the test says."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, 0, 250_000, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()

    def pass_by(self, **duration: float) -> None:
        self.now += timedelta(**duration)


async def mia_registers(new_unit: NewUnit, gate: Gate) -> SignedIn:
    return await commands.register(new_unit(), gate, HOME, email=EMAIL, name="Mia", password=PASSWORD)


async def mia_signs_in(
    new_unit: NewUnit, gate: Gate, client: Client = HOME, *, password: str = PASSWORD
) -> SignedIn:
    return await commands.sign_in(new_unit(), gate, client, email=EMAIL, password=password)


def scope_of(signed_in: SignedIn) -> Scope:
    user = signed_in.user
    return Scope(user_id=user.id, name=user.name, email=user.email, session_id=signed_in.session.id)
