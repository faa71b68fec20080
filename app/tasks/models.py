"""Tasks, of a workspace or of one person."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.core.models import BINARY_STRING, BINARY_TEXT, Base, new_id, value_enum
from app.core.topics import Topic, user_topic, workspace_topic

TRASH_KEPT = timedelta(days=30)
_DAY = timedelta(days=1)
_MORNING = time(9, tzinfo=UTC)
_MIDNIGHT = time(0, tzinfo=UTC)


class Status(StrEnum):
    """How far a task is."""

    TODO = "todo"
    DOING = "doing"
    DONE = "done"

    @property
    def rank(self) -> int:
        return list(Status).index(self)


class Priority(StrEnum):
    """How urgent a task is; from least to most."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        return list(Priority).index(self)


class Task(Base):
    """One thing to do. It belongs to a workspace, or to one person (then ``owner_id`` is set)."""

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("(workspace_id IS NULL) <> (owner_id IS NULL)", name="one_home"),
        Index("ix_task_workspace_id_position", "workspace_id", "position"),
        Index("ix_task_owner_id_position", "owner_id", "position"),
        Index("ix_task_assigned_to_workspace_id", "assigned_to", "workspace_id"),
        Index("ix_task_workspace_id_status", "workspace_id", "status"),
        Index("ix_task_workspace_id_due_on", "workspace_id", "due_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    workspace_id: Mapped[UUID | None] = mapped_column(ForeignKey("workspace.id", ondelete="CASCADE"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    search_text: Mapped[str] = mapped_column(BINARY_TEXT)
    status: Mapped[Status] = mapped_column(value_enum(Status, "task_status"))
    priority: Mapped[Priority] = mapped_column(value_enum(Priority, "task_priority"))
    due_on: Mapped[date | None]
    assigned_to: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    created_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    position: Mapped[str] = mapped_column(BINARY_STRING)
    # The number, in the task's stream, of its last change; and for each field, of that field's.
    version: Mapped[int] = mapped_column(BigInteger, default=0)
    field_versions: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    # When somebody is to be reminded of the due date next.
    remind_at: Mapped[datetime | None] = mapped_column(index=True)

    assignee: Mapped[User | None] = relationship(foreign_keys=assigned_to, lazy="raise")
    creator: Mapped[User] = relationship(foreign_keys=created_by, lazy="raise")

    @property
    def topic(self) -> Topic:
        """The stream that hears of this task."""
        if self.workspace_id is not None:
            return workspace_topic(self.workspace_id)
        assert self.owner_id is not None, "the constraint one_home holds"  # noqa: S101
        return user_topic(self.owner_id)

    def next_reminder(self, now: datetime) -> datetime | None:
        """The next moment after ``now``: the morning before the due date, or the night after it."""
        if self.due_on is None or self.status is Status.DONE or self.deleted_at is not None:
            return None
        morning_before = datetime.combine(self.due_on - _DAY, _MORNING)
        return next((moment for moment in (morning_before, _overdue_at(self.due_on)) if moment > now), None)

    def is_overdue(self, now: datetime) -> bool:
        """Whether the due date is past."""
        return self.due_on is not None and _overdue_at(self.due_on) <= now


def _overdue_at(due_on: date) -> datetime:
    return datetime.combine(due_on + _DAY, _MIDNIGHT)
