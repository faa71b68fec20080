"""Signing out."""

from app.accounts import commands, queries
from app.accounts.gate import Gate
from app.core.events import RecordedEvent
from tests.accounts.people import MovableClock, NewUnit, mia_registers, mia_signs_in, scope_of


async def test_the_session_is_over_at_once(
    new_unit: NewUnit, gate: Gate, clock: MovableClock, announced: list[RecordedEvent]
) -> None:
    signed_in = await mia_registers(new_unit, gate)
    await commands.sign_out(new_unit(), scope_of(signed_in))
    async with gate.database.read() as session:
        assert await queries.authenticate(session, signed_in.claims, clock.now) is None
        assert await queries.alive_sessions(session, [signed_in.session.id], clock.now) == set()
    assert announced == []


async def test_other_sessions_go_on(new_unit: NewUnit, gate: Gate, clock: MovableClock) -> None:
    first = await mia_registers(new_unit, gate)
    second = await mia_signs_in(new_unit, gate)
    await commands.sign_out(new_unit(), scope_of(first))
    async with gate.database.read() as session:
        assert await queries.authenticate(session, second.claims, clock.now) is not None


async def test_signing_out_again_changes_nothing(new_unit: NewUnit, gate: Gate, clock: MovableClock) -> None:
    signed_in = await mia_registers(new_unit, gate)
    await commands.sign_out(new_unit(), scope_of(signed_in))
    ended_at = clock.now
    clock.pass_by(hours=1)
    await commands.sign_out(new_unit(), scope_of(signed_in))
    async with gate.database.read() as session:
        kept = await session.get_one(type(signed_in.session), signed_in.session.id)
    assert kept.ended_at == ended_at
