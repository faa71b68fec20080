"""What somebody must know; one row for each person and cause."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import Base, new_id, value_enum


class NotificationType(StrEnum):
    """Why somebody is told."""

    TASK_ASSIGNED = "task_assigned"
    TASK_UNASSIGNED = "task_unassigned"
    TASK_COMPLETED = "task_completed"
    TASK_CHANGED = "task_changed"
    TASK_COMMENTED = "task_commented"
    MENTIONED = "mentioned"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    INVITED = "invited"
    ROLE_CHANGED = "role_changed"
    REMOVED = "removed"
    WORKSPACE_DELETED = "workspace_deleted"


class Notification(Base):
    """One thing that one person is told."""

    __tablename__ = "notification"
    __table_args__ = (
        Index("ix_notification_user_id_read_at_created_at", "user_id", "read_at", "created_at"),
        Index("ix_notification_user_id_id", "user_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    type: Mapped[NotificationType] = mapped_column(value_enum(NotificationType, "notification_type"))
    # No foreign key: when a workspace is deleted, each member's own are found by it, and deleted.
    workspace_id: Mapped[UUID | None] = mapped_column(index=True)
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("task.id", ondelete="SET NULL"), index=True)
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    # As they were called then, as in the event: a page shows both, and they must agree.
    actor_name: Mapped[str | None] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(300))
    # The number, in the person's own stream, of its last change.
    version: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(index=True)
    read_at: Mapped[datetime | None]


class Preference(Base):
    """How one person wants to be told of one type; without a row, as everybody is."""

    __tablename__ = "notification_preference"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    type: Mapped[NotificationType] = mapped_column(
        value_enum(NotificationType, "notification_type"), primary_key=True
    )
    in_app: Mapped[bool]
    toast: Mapped[bool]
    email: Mapped[bool]
