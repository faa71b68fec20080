"""Signing in."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from app.accounts import commands
from app.accounts.gate import (
    FAILURES_PER_ACCOUNT,
    FAILURES_PER_ADDRESS,
    FAILURES_PER_DEVICE,
    Client,
    Gate,
)
from app.accounts.models import Session, User
from app.accounts.passwords import Passwords
from app.accounts.tokens import Device
from app.core.errors import TooMany, Unauthenticated
from app.core.events import RecordedEvent
from app.core.models import new_id
from tests.accounts.people import (
    ELSEWHERE,
    EMAIL,
    HOME,
    PASSWORD,
    MovableClock,
    NewUnit,
    mia_registers,
    mia_signs_in,
)


async def guess(new_unit: NewUnit, gate: Gate, client: Client, email: str = EMAIL) -> None:
    with pytest.raises(Unauthenticated):
        await commands.sign_in(new_unit(), gate, client, email=email, password="wrong guess")


async def test_the_right_password_begins_a_session(
    new_unit: NewUnit, gate: Gate, clock: MovableClock, announced: list[RecordedEvent]
) -> None:
    registered = await mia_registers(new_unit, gate)
    clock.pass_by(days=1)
    signed_in = await mia_signs_in(new_unit, gate, ELSEWHERE)
    assert signed_in.user.id == registered.user.id
    assert signed_in.session.id != registered.session.id
    assert signed_in.session.created_at == clock.now
    assert signed_in.session.user_agent == ELSEWHERE.user_agent
    assert announced == []


@pytest.mark.parametrize("email", [EMAIL, "MIA@EXAMPLE.COM", f" {EMAIL} "])
async def test_the_address_is_found_whatever_its_case(new_unit: NewUnit, gate: Gate, email: str) -> None:
    await mia_registers(new_unit, gate)
    await commands.sign_in(new_unit(), gate, HOME, email=email, password=PASSWORD)


async def test_wrong_ones_get_the_same_answer_whether_or_not_there_is_an_account(
    new_unit: NewUnit, gate: Gate
) -> None:
    await mia_registers(new_unit, gate)
    answers = set()
    for email, password in [
        (EMAIL, "wrong guess"),
        (EMAIL, ""),
        (EMAIL, PASSWORD.upper()),
        (EMAIL, PASSWORD + " "),
        (EMAIL, "x" * 60_000),
        (EMAIL, "half \ud800 a character"),
        ("nobody@example.com", PASSWORD),
        ("", ""),
        ("\x00", "\x00"),
        ("not an address", PASSWORD),
        ("half \ud800 a character", PASSWORD),
    ]:
        with pytest.raises(Unauthenticated) as refusal:
            await commands.sign_in(new_unit(), gate, HOME, email=email, password=password)
        answers.add((refusal.value.status, refusal.value.detail))
    assert answers == {(401, "The e-mail address or the password is wrong.")}


async def test_somebody_unknown_costs_one_check_too(
    new_unit: NewUnit, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str | None] = []

    async def match(_: Passwords, kept: str | None, password: str) -> bool:
        checked.append(kept)
        return False

    await mia_registers(new_unit, gate)
    monkeypatch.setattr(Passwords, "match", match)
    await guess(new_unit, gate, HOME)
    await guess(new_unit, gate, HOME, "nobody@example.com")
    assert len(checked) == 2
    assert checked[1] is None


async def test_a_failed_try_begins_no_session(new_unit: NewUnit, gate: Gate) -> None:
    await mia_registers(new_unit, gate)
    await guess(new_unit, gate, HOME)
    async with gate.database.read() as session:
        assert (await session.execute(select(func.count(Session.id)))).scalar_one() == 1


async def test_after_so_many_failures_the_account_waits_and_is_told_how_long(
    new_unit: NewUnit, gate: Gate, clock: MovableClock
) -> None:
    await mia_registers(new_unit, gate)
    for number in range(FAILURES_PER_ACCOUNT):
        await guess(new_unit, gate, replace(ELSEWHERE, address=f"198.51.100.{number}"))
    clock.pass_by(minutes=5)
    with pytest.raises(TooMany) as refusal:
        await mia_signs_in(new_unit, gate)
    assert refusal.value.retry_after == 600
    clock.pass_by(minutes=10, seconds=1)
    await mia_signs_in(new_unit, gate)


async def test_the_wait_is_the_same_where_there_is_no_account(new_unit: NewUnit, gate: Gate) -> None:
    for _ in range(FAILURES_PER_ACCOUNT):
        await guess(new_unit, gate, HOME, "nobody@example.com")
    with pytest.raises(TooMany):
        await guess(new_unit, gate, HOME, " NOBODY@example.com")


async def test_one_address_cannot_try_many_accounts(new_unit: NewUnit, gate: Gate) -> None:
    await mia_registers(new_unit, gate)
    for number in range(FAILURES_PER_ADDRESS):
        await guess(new_unit, gate, ELSEWHERE, f"somebody{number}@example.com")
    with pytest.raises(TooMany):
        await guess(new_unit, gate, ELSEWHERE, "anybody@example.com")
    await mia_signs_in(new_unit, gate, HOME)


async def test_signing_in_uses_nothing_up(new_unit: NewUnit, gate: Gate) -> None:
    await mia_registers(new_unit, gate)
    for _ in range(FAILURES_PER_ADDRESS + 5):
        await mia_signs_in(new_unit, gate)


async def test_signing_in_gives_an_attacker_no_further_guesses(new_unit: NewUnit, gate: Gate) -> None:
    await mia_registers(new_unit, gate)
    for _ in range(FAILURES_PER_ACCOUNT - 1):
        await guess(new_unit, gate, ELSEWHERE)
    await mia_signs_in(new_unit, gate)
    await guess(new_unit, gate, ELSEWHERE)
    with pytest.raises(TooMany):
        await mia_signs_in(new_unit, gate, ELSEWHERE)


async def test_somebody_signs_in_on_a_known_device_while_strangers_guess(
    new_unit: NewUnit, gate: Gate
) -> None:
    mia = (await mia_registers(new_unit, gate)).user
    known = replace(HOME, device=Device(id=new_id(), user_id=mia.id))
    for _ in range(FAILURES_PER_ACCOUNT):
        await guess(new_unit, gate, HOME)
    with pytest.raises(TooMany):
        await mia_signs_in(new_unit, gate, HOME)
    await mia_signs_in(new_unit, gate, known)


async def test_a_known_device_has_so_many_tries_too(new_unit: NewUnit, gate: Gate) -> None:
    mia = (await mia_registers(new_unit, gate)).user
    known = replace(HOME, device=Device(id=new_id(), user_id=mia.id))
    for _ in range(FAILURES_PER_DEVICE):
        await guess(new_unit, gate, known)
    with pytest.raises(TooMany):
        await mia_signs_in(new_unit, gate, known)


async def test_a_device_known_to_one_person_is_a_stranger_to_another(new_unit: NewUnit, gate: Gate) -> None:
    await mia_registers(new_unit, gate)
    for number in range(FAILURES_PER_ACCOUNT):
        device = Device(id=new_id(), user_id=new_id())
        client = Client(address=f"198.51.100.{number}", device=device)
        await guess(new_unit, gate, client)
    with pytest.raises(TooMany):
        await guess(new_unit, gate, Client(address="198.51.100.99", device=device))


async def test_guesses_at_the_same_moment_are_all_counted(new_unit: NewUnit, gate: Gate) -> None:
    await mia_registers(new_unit, gate)
    tries = [mia_signs_in(new_unit, gate, password=f"wrong guess {n}") for n in range(50)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(answer, Unauthenticated) for answer in answers) == FAILURES_PER_ACCOUNT


async def test_a_hash_of_other_parameters_is_made_anew(new_unit: NewUnit, gate: Gate) -> None:
    before = (await mia_registers(new_unit, gate)).user.password_hash
    stronger = replace(gate, passwords=Passwords(memory_kib=128))
    after = (await mia_signs_in(new_unit, stronger)).user.password_hash
    assert "m=64," in before
    assert "m=128," in after
    assert (await mia_signs_in(new_unit, stronger)).user.password_hash == after


async def test_a_password_that_changes_during_the_check_is_not_the_old_one(
    new_unit: NewUnit, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    await mia_registers(new_unit, gate)
    match = Passwords.match

    async def match_and_change(passwords: Passwords, kept: str | None, password: str) -> bool:
        same = await match(passwords, kept, password)
        async with gate.database.write() as session:
            await session.execute(update(User).values(password_hash="another"))
            await session.commit()
        return same

    monkeypatch.setattr(Passwords, "match", match_and_change)
    with pytest.raises(Unauthenticated):
        await mia_signs_in(new_unit, gate)
