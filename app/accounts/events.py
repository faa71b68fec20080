"""What can happen to an account."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.core.events import Actor, Event
from app.core.topics import user_topic


@dataclass(frozen=True, kw_only=True)
class UserRenamed(Event):
    """Somebody has another name now. On their own stream; workspaces react for theirs."""

    type: ClassVar[str] = "user.renamed"
    user: Actor
    previous_name: str

    @classmethod
    def of(cls, user_id: UUID, *, name: str, previous_name: str) -> "UserRenamed":
        user = Actor(id=user_id, name=name)
        return cls(topic=user_topic(user_id), actor=user, user=user, previous_name=previous_name)

    @property
    def entity_id(self) -> UUID:
        return self.user.id

    def data(self) -> object:
        return {"user": self.user}

    def before(self) -> object:
        return {"name": self.previous_name}
