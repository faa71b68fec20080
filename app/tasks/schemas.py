"""Tasks as the JSON API takes and gives them."""

from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from app.tasks.models import Priority, Status
from app.workspaces.schemas import PersonOut

# Sorts after every date that a task can have.
NO_DUE_DATE = "9999-12-31"


class TaskOut(msgspec.Struct, frozen=True):
    """A task's public state. Rows, events and API answers are all made from this alone."""

    id: UUID
    workspace_id: UUID | None
    title: str
    description: str
    status: Status
    completed: bool
    priority: Priority
    due_on: date | None
    assignee: PersonOut | None
    creator: PersonOut
    position: str
    version: int
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None

    @property
    def sort_keys(self) -> dict[str, str]:
        """For each sort, the text by which rows are put in order, in Python and on the page."""
        return {
            "position": self.position,
            "due": self.due_on.isoformat() if self.due_on else NO_DUE_DATE,
            "priority": str(self.priority.rank),
            "created": timestamp_key(self.created_at),
            "updated": timestamp_key(self.updated_at),
            "title": self.title.casefold(),
            "home": f"{self.workspace_id or ''} {self.due_on or NO_DUE_DATE}",
        }


class TaskCreate(msgspec.Struct, forbid_unknown_fields=True):
    """A client may send an ``id`` of its own: sent again, the same create creates nothing."""

    title: str
    id: UUID | None = None
    description: str = ""
    status: Status = Status.TODO
    priority: Priority = Priority.NONE
    due_on: date | None = None
    assignee_id: UUID | None = None


class TaskUpdate(msgspec.Struct, forbid_unknown_fields=True):
    """What is left out stays; ``version`` is the one that the change is based on."""

    version: int | None = None
    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    due_on: date | None | UnsetType = UNSET
    assignee_id: UUID | None | UnsetType = UNSET
    position: str | UnsetType = UNSET


class TaskAssign(msgspec.Struct, forbid_unknown_fields=True):
    assignee_id: UUID | None
    version: int | None = None


class TaskVersion(msgspec.Struct, forbid_unknown_fields=True):
    version: int | None = None


def timestamp_key(moment: datetime) -> str:
    """``moment`` as text that sorts by time, to the microsecond."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")
