"""Changing one's own name."""

import msgspec
import pytest

from app.accounts import commands, queries
from app.accounts.gate import Gate
from app.core.errors import Invalid
from app.core.events import RecordedEvent
from app.core.topics import user_topic
from tests.accounts.people import MovableClock, NewUnit, mia_registers, scope_of


async def test_the_new_name_is_trimmed_and_kept(new_unit: NewUnit, gate: Gate, clock: MovableClock) -> None:
    signed_in = await mia_registers(new_unit, gate)
    user = await commands.rename(new_unit(), scope_of(signed_in), name="  Mia M. ")
    assert user.name == "Mia M."
    async with gate.database.read() as session:
        assert (await queries.user(session, user.id)).name == "Mia M."
        found = await queries.authenticate(session, signed_in.claims, clock.now)
    assert found is not None
    assert found.scope.name == "Mia M."


async def test_the_person_alone_is_told_of_old_and_new_name(
    new_unit: NewUnit, gate: Gate, announced: list[RecordedEvent]
) -> None:
    mia = scope_of(await mia_registers(new_unit, gate))
    await commands.rename(new_unit(), mia, name="Mia M.")
    (event,) = announced
    assert (event.type, event.topic, event.seq) == ("user.renamed", user_topic(mia.user_id), 1)
    assert event.entity_id == mia.user_id
    assert event.actor is not None
    assert (event.actor.id, event.actor.name) == (mia.user_id, "Mia M.")
    assert msgspec.json.decode(event.data) == {"user": {"id": str(mia.user_id), "name": "Mia M."}}
    assert event.before is not msgspec.UNSET
    assert msgspec.json.decode(event.before) == {"name": "Mia"}


async def test_the_same_name_again_is_no_event(
    new_unit: NewUnit, gate: Gate, announced: list[RecordedEvent]
) -> None:
    mia = scope_of(await mia_registers(new_unit, gate))
    await commands.rename(new_unit(), mia, name=" Mia ")
    assert announced == []


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\x00b", "a\nb", "\ud800"])
async def test_a_name_out_of_bounds_is_refused_and_nobody_is_told(
    new_unit: NewUnit, gate: Gate, announced: list[RecordedEvent], name: str
) -> None:
    mia = scope_of(await mia_registers(new_unit, gate))
    with pytest.raises(Invalid):
        await commands.rename(new_unit(), mia, name=name)
    assert announced == []
