"""What happened, as the JSON API gives it."""

from datetime import datetime
from uuid import UUID

import msgspec

from app.core.events import Actor


class ChangeOut(msgspec.Struct, frozen=True):
    """One field, before and after."""

    field: str
    was: object = msgspec.field(name="from")
    to: object


class ActivityOut(msgspec.Struct, frozen=True):
    """One event as people read it."""

    seq: int
    type: str
    at: datetime
    actor: Actor | None
    entity_id: UUID
    task_id: UUID | None
    text: str
    changed: list[ChangeOut]
