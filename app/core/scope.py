"""Who is asking."""

from dataclasses import dataclass
from uuid import UUID

from app.core.events import Actor


@dataclass(frozen=True, kw_only=True)
class Scope:
    """A signed-in person, as commands and queries see them: identity, never permission.

    What the person may do is read from the database inside each transaction.
    """

    user_id: UUID
    name: str
    email: str
    session_id: UUID

    @property
    def actor(self) -> Actor:
        return Actor(id=self.user_id, name=self.name)
