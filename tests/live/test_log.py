"""The log read backwards: newest first, in pages, of one thing and its parts."""

from typing import Any
from uuid import uuid4

from msgspec.structs import replace
from sqlalchemy import event, text

from tests.live.ears import a_topic, an_event
from tests.live.followers import Ledger

THING = uuid4()


async def test_the_newest_come_first_and_in_pages(ledger: Ledger) -> None:
    await ledger.write(7)
    await ledger.write(3, a_topic())
    async with ledger.database.read() as session:
        first = await ledger.log.newest(session, ledger.topic, limit=3)
        second = await ledger.log.newest(session, ledger.topic, limit=3, before=first[-1].seq)
        rest = await ledger.log.newest(session, ledger.topic, limit=3, before=second[-1].seq)
        recent = await ledger.log.newest(session, ledger.topic, limit=50, since=5)
    assert [event.seq for event in [*first, *second, *rest]] == [7, 6, 5, 4, 3, 2, 1]
    assert [event.seq for event in recent] == [7, 6]


async def test_the_history_of_a_thing_holds_that_of_its_parts(ledger: Ledger) -> None:
    await ledger.write(4)
    own = replace(an_event(ledger.topic, 5), entity_id=THING)
    part = replace(an_event(ledger.topic, 6), part_of=THING)
    async with ledger.database.write() as session:
        await ledger.log.reserve(session, ledger.topic, 2)
        await ledger.log.append(session, [own, part])
        await session.commit()
    await ledger.write(2)
    async with ledger.database.read() as session:
        assert await ledger.log.newest(session, ledger.topic, limit=9, of=THING) == [part, own]
        assert await ledger.log.newest(session, ledger.topic, limit=9, of=THING, before=6) == [own]
        assert await ledger.log.newest(session, a_topic(), limit=9, of=THING) == []


async def test_a_history_is_found_by_index_in_a_long_stream(ledger: Ledger) -> None:
    await ledger.write(1_500)
    asked: list[tuple[str, Any]] = []
    engine = ledger.database.engine.sync_engine
    if not ledger.database.is_sqlite:
        async with ledger.database.write() as session:
            await session.execute(text("ANALYZE event"))
            await session.commit()
    async with ledger.database.read() as session:

        @event.listens_for(engine, "before_cursor_execute")
        def note(_connection: object, _cursor: object, statement: str, given: Any, *_: object) -> None:
            asked.append((statement, given))

        await ledger.log.newest(session, ledger.topic, limit=50, of=THING)
        event.remove(engine, "before_cursor_execute", note)
        statement, given = asked[0]
        explain = "EXPLAIN QUERY PLAN " if ledger.database.is_sqlite else "EXPLAIN "
        connection = await session.connection()
        plan = "\n".join(str(row) for row in await connection.exec_driver_sql(explain + statement, given))
    assert "ix_event_entity_id" in plan
    assert "ix_event_part_of_id" in plan
    assert "Seq Scan" not in plan
