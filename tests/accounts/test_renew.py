"""Renewing a session."""

from app.accounts import commands, queries
from app.accounts.gate import Gate
from tests.accounts.people import MovableClock, NewUnit, mia_registers, scope_of


async def test_a_renewed_session_has_its_full_life_again(
    new_unit: NewUnit, gate: Gate, clock: MovableClock
) -> None:
    signed_in = await mia_registers(new_unit, gate)
    clock.pass_by(days=10)
    expires_at = await commands.renew(new_unit(), gate, scope_of(signed_in))
    assert expires_at == clock.now + gate.settings.access_token_ttl
    clock.pass_by(days=13)
    async with gate.database.read() as session:
        alive = await queries.alive_sessions(session, [signed_in.session.id], clock.now)
    assert alive == {signed_in.session.id}


async def test_a_session_that_ended_is_not_renewed(new_unit: NewUnit, gate: Gate) -> None:
    signed_in = await mia_registers(new_unit, gate)
    await commands.sign_out(new_unit(), scope_of(signed_in))
    assert await commands.renew(new_unit(), gate, scope_of(signed_in)) is None


async def test_a_session_that_expired_is_not_renewed(
    new_unit: NewUnit, gate: Gate, clock: MovableClock
) -> None:
    signed_in = await mia_registers(new_unit, gate)
    clock.now = signed_in.session.expires_at
    assert await commands.renew(new_unit(), gate, scope_of(signed_in)) is None
