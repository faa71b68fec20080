"""Many tasks of every kind at once, for tests of lists. Not by the command: it takes one at a time."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID

from app.core.models import new_id
from app.core.text import searchable
from app.main import Tandem
from app.tasks.models import Priority, Status, Task

Choice = TypeVar("Choice")

BEGINNING = datetime(2026, 1, 1, 12, tzinfo=UTC)
# Folded, normalised and wild: ß and STRASSE, dotted and dotless i, full width, marks, LIKE's own signs.
WORDS = (
    "milk", "Milk", "MILK", "straße", "STRASSE", "İstanbul", "istanbul", "ıssız", "Zoë", "Zoe\u0308",
    "résumé", "re\u0301sume\u0301", "ＭＩＬＫ", "ﬁne", "fine", "100%", "100x", "a_b", "axb", "a/b",
    "//", "\\", "ΑΣ", "ας", "牛奶", "🧑‍🚀", "\uffff", "\U00010400", "zebra", "äpfel", "apfel", "b", "B",
    "a b", "a-b", "[x]",
)  # fmt: skip


def a_row(
    home: UUID | None,
    creator: UUID,
    *,
    title: str,
    description: str = "",
    status: Status = Status.TODO,
    priority: Priority = Priority.NONE,
    due_on: date | None = None,
    assigned_to: UUID | None = None,
    position: str = "a0",
    created_at: datetime = BEGINNING,
    updated_at: datetime = BEGINNING,
    version: int = 1,
) -> Task:
    """One task as the database keeps it; without ``home`` it is the creator's own."""
    return Task(
        id=new_id(),
        workspace_id=home,
        owner_id=creator if home is None else None,
        title=title,
        description=description,
        search_text=searchable(title, description),
        status=status,
        priority=priority,
        due_on=due_on,
        assigned_to=assigned_to,
        created_by=creator,
        position=position,
        version=version,
        field_versions={},
        created_at=created_at,
        updated_at=updated_at,
        completed_at=None,
        deleted_at=None,
    )


async def a_stock(
    tandem: Tandem, home: UUID | None, creator: UUID, people: list[UUID], *, count: int
) -> None:
    """``count`` tasks with few different values in each field, so that every order has ties."""
    random = Random(count)
    around = BEGINNING.date()

    def some(choices: list[Choice]) -> Choice:
        return random.choice(choices)

    def moment() -> datetime:
        return BEGINNING + timedelta(microseconds=some([0, 1, 10, 999_999, 86_400_000_000]))

    rows = [
        a_row(
            home,
            creator,
            title=" ".join(some(list(WORDS)) for _ in range(some([1, 1, 2]))),
            description=some(["", "", *WORDS]),
            status=some(list(Status)),
            priority=some(list(Priority)),
            due_on=some([None, *(around + timedelta(days=days) for days in range(-3, 10))]),
            assigned_to=some([None, *people]),
            position=some(["a0", "a1", "aV", "Zz", "b00", "a0V"]),
            created_at=moment(),
            updated_at=moment(),
            version=number,
        )
        for number in range(1, count + 1)
    ]
    random.shuffle(rows)
    async with tandem.database.write() as session:
        session.add_all(rows)
        await session.commit()
