"""Who is still signed in."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.accounts import queries
from app.accounts.gate import Gate
from app.core.errors import NotFound
from app.core.models import new_id
from tests.accounts.people import (
    EMAIL,
    MovableClock,
    NewUnit,
    mia_registers,
    mia_signs_in,
    scope_of,
)


async def test_a_session_stands_for_its_user(new_unit: NewUnit, gate: Gate, clock: MovableClock) -> None:
    signed_in = await mia_registers(new_unit, gate)
    async with gate.database.read() as session:
        found = await queries.authenticate(session, signed_in.claims, clock.now)
    assert found is not None
    assert found.scope == scope_of(signed_in)
    assert found.expires_at == signed_in.session.expires_at


async def test_it_does_so_until_the_moment_it_expires(
    new_unit: NewUnit, gate: Gate, clock: MovableClock
) -> None:
    signed_in = await mia_registers(new_unit, gate)
    end = signed_in.session.expires_at
    async with gate.database.read() as session:
        before = await queries.authenticate(session, signed_in.claims, end - timedelta(seconds=1))
        assert before is not None
        assert await queries.authenticate(session, signed_in.claims, end) is None


async def test_a_token_that_ends_before_its_session_says_when(
    new_unit: NewUnit, gate: Gate, clock: MovableClock
) -> None:
    signed_in = await mia_registers(new_unit, gate)
    sooner = replace(signed_in.claims, expires_at=clock.now + timedelta(hours=1))
    async with gate.database.read() as session:
        found = await queries.authenticate(session, sooner, clock.now)
    assert found is not None
    assert found.expires_at == sooner.expires_at


async def test_a_session_stands_for_nobody_else(new_unit: NewUnit, gate: Gate, clock: MovableClock) -> None:
    claims = (await mia_registers(new_unit, gate)).claims
    async with gate.database.read() as session:
        for other in (replace(claims, user_id=new_id()), replace(claims, session_id=new_id())):
            assert await queries.authenticate(session, other, clock.now) is None


async def test_of_many_sessions_those_alive_are_told(
    new_unit: NewUnit, gate: Gate, clock: MovableClock
) -> None:
    first = (await mia_registers(new_unit, gate)).session
    clock.pass_by(days=1)
    second = (await mia_signs_in(new_unit, gate)).session
    async with gate.database.read() as session:
        ids = [first.id, second.id, new_id()]
        assert await queries.alive_sessions(session, ids, clock.now) == {first.id, second.id}
        assert await queries.alive_sessions(session, ids, first.expires_at) == {second.id}
        assert await queries.alive_sessions(session, [], clock.now) == set()


async def test_a_user_is_found_by_id_and_by_address(new_unit: NewUnit, gate: Gate) -> None:
    mia = (await mia_registers(new_unit, gate)).user
    async with gate.database.read() as session:
        assert (await queries.user(session, mia.id)).email == EMAIL
        assert await queries.user_by_email(session, EMAIL) is not None
        assert await queries.user_by_email(session, "nobody@example.com") is None
        with pytest.raises(NotFound):
            await queries.user(session, new_id())
