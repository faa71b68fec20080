"""Registering."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from app.accounts import commands
from app.accounts.gate import REGISTRATIONS_PER_ADDRESS, Client, Gate
from app.accounts.models import Session, User
from app.core.errors import Forbidden, Invalid, TooMany
from app.core.events import RecordedEvent
from tests.accounts.people import (
    ELSEWHERE,
    EMAIL,
    HOME,
    PASSWORD,
    MovableClock,
    NewUnit,
    mia_registers,
)


async def refusals(new_unit: NewUnit, gate: Gate, **fields: str) -> dict[str, str]:
    given = {"email": EMAIL, "name": "Mia", "password": PASSWORD} | fields
    with pytest.raises(Invalid) as refusal:
        await commands.register(new_unit(), gate, HOME, **given)
    return {error.field: error.message for error in refusal.value.errors}


async def count_of(gate: Gate, model: type[User] | type[Session]) -> int:
    async with gate.database.read() as session:
        return (await session.execute(select(func.count()).select_from(model))).scalar_one()


async def test_registering_makes_an_account_and_signs_in(new_unit: NewUnit, gate: Gate) -> None:
    signed_in = await mia_registers(new_unit, gate)
    assert (signed_in.user.email, signed_in.user.name) == (EMAIL, "Mia")
    assert signed_in.session.user_id == signed_in.user.id
    assert signed_in.session.user_agent == HOME.user_agent
    life = signed_in.session.expires_at - signed_in.session.created_at
    assert life == gate.settings.access_token_ttl
    assert await count_of(gate, User) == await count_of(gate, Session) == 1


async def test_the_password_is_kept_as_a_hash_only(new_unit: NewUnit, gate: Gate) -> None:
    kept = (await mia_registers(new_unit, gate)).user.password_hash
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept
    assert len(kept) < 200


async def test_nobody_is_told(new_unit: NewUnit, gate: Gate, announced: list[RecordedEvent]) -> None:
    await mia_registers(new_unit, gate)
    assert announced == []


async def test_an_address_is_one_account_whatever_its_case(new_unit: NewUnit, gate: Gate) -> None:
    await mia_registers(new_unit, gate)
    for again in (EMAIL, "MIA@Example.COM", f"  {EMAIL}\n"):
        wrong = await refusals(new_unit, gate, email=again)
        assert wrong == {"email": "belongs to an account already."}
    assert await count_of(gate, User) == 1


async def test_of_many_who_register_one_address_at_the_same_moment_one_gets_it(
    new_unit: NewUnit, gate: Gate
) -> None:
    answers = await asyncio.gather(*(mia_registers(new_unit, gate) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(answer, Invalid) for answer in answers) == 7
    assert await count_of(gate, User) == await count_of(gate, Session) == 1


@pytest.mark.parametrize(
    "email",
    ["a@b", "mia+tandem@example.com", "mia@[::1]", "用户@例子.中国", '"m\'a"@x', "a" * 250 + "@b.c"],
)
async def test_an_address_with_something_on_both_sides_is_accepted(
    new_unit: NewUnit, gate: Gate, email: str
) -> None:
    signed_in = await commands.register(
        new_unit(), gate, HOME, email=f" {email} ", name="Mia", password=PASSWORD
    )
    assert signed_in.user.email == email


@pytest.mark.parametrize(
    "email",
    [
        "",
        "mia",
        "@",
        "mia@",
        "@example.com",
        "a@b@c",
        "mia @example.com",
        "mia@exa mple.com",
        "mia@\u00a0x",
        "mia\x00@example.com",
        "mia\n@example.com",
        "mia@example.com\x7f",
        "mia@exam\u200bple.com",
        "mia\ud800@x",
        "\u202emia@example.com",
        "a" * 251 + "@b.c",
        "ß" * 200 + "@b.c",
    ],
)
async def test_what_cannot_be_an_address_is_refused(new_unit: NewUnit, gate: Gate, email: str) -> None:
    assert list(await refusals(new_unit, gate, email=email)) == ["email"]


@pytest.mark.parametrize("password", ["", "short", "123456789", "x" * 257, "half \ud800 a character"])
async def test_a_password_out_of_bounds_is_refused(new_unit: NewUnit, gate: Gate, password: str) -> None:
    wrong = await refusals(new_unit, gate, password=password)
    assert list(wrong) == ["password"]
    assert not password or password not in wrong["password"]


@pytest.mark.parametrize(
    "password", ["1234567890", "x" * 256, " " * 10, "  spaces around  ", "密码" * 5, "\x00" * 10]
)
async def test_any_other_password_is_accepted_as_it_is_typed(
    new_unit: NewUnit, gate: Gate, password: str
) -> None:
    signed_in = await commands.register(new_unit(), gate, HOME, email=EMAIL, name="Mia", password=password)
    assert await gate.passwords.match(signed_in.user.password_hash, password)
    assert not await gate.passwords.match(signed_in.user.password_hash, password + " ")


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\x00b", "a\nb", "\ud800"])
async def test_a_name_out_of_bounds_is_refused(new_unit: NewUnit, gate: Gate, name: str) -> None:
    assert list(await refusals(new_unit, gate, name=name)) == ["name"]


async def test_everything_that_is_wrong_is_said_at_once(new_unit: NewUnit, gate: Gate) -> None:
    wrong = await refusals(new_unit, gate, email="", name="", password="")
    assert list(wrong) == ["email", "name", "password"]
    assert await count_of(gate, User) == 0


async def test_where_registration_is_closed_nobody_registers(new_unit: NewUnit, gate: Gate) -> None:
    closed = replace(gate, settings=replace(gate.settings, registration="closed"))
    with pytest.raises(Forbidden):
        await mia_registers(new_unit, closed)
    assert await count_of(gate, User) == 0


async def test_where_it_takes_an_invite_only_the_invited_register(new_unit: NewUnit, gate: Gate) -> None:
    async def invited(text: str) -> bool:
        return text == "/workspaces/join/good"

    by_invite = replace(gate.settings, registration="invite")
    guarded = replace(gate, settings=by_invite, invited=invited)
    given = {"email": EMAIL, "name": "Mia", "password": PASSWORD}
    for invite in ("", "/workspaces/join/bad"):
        with pytest.raises(Forbidden):
            await commands.register(new_unit(), guarded, HOME, **given, invite=invite)
    with pytest.raises(Forbidden):
        await mia_registers(new_unit, replace(gate, settings=by_invite))
    invite = "/workspaces/join/good"
    await commands.register(new_unit(), guarded, HOME, **given, invite=invite)
    assert await count_of(gate, User) == 1


async def test_one_address_registers_so_many_an_hour(
    new_unit: NewUnit, gate: Gate, clock: MovableClock
) -> None:
    async def somebody_registers(number: int, client: Client = HOME) -> None:
        email = f"somebody{number}@example.com"
        await commands.register(new_unit(), gate, client, email=email, name="Somebody", password=PASSWORD)

    for number in range(REGISTRATIONS_PER_ADDRESS):
        await somebody_registers(number)
    with pytest.raises(TooMany):
        await somebody_registers(100)
    await somebody_registers(101, ELSEWHERE)
    clock.pass_by(hours=1, seconds=1)
    await somebody_registers(100)


async def test_a_program_with_an_odd_name_can_register(new_unit: NewUnit, gate: Gate) -> None:
    client = Client(address="192.0.2.1", user_agent="odd\x00\x1b[0m" + "x" * 5_000)
    signed_in = await commands.register(new_unit(), gate, client, email=EMAIL, name="Mia", password=PASSWORD)
    assert signed_in.session.user_agent == ("odd[0m" + "x" * 5_000)[:200]
