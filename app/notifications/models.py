"""What somebody must know; one row for each person and cause."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
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
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    type: Mapped[NotificationType] = mapped_column(value_enum(NotificationType, "notification_type"))
    workspace_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("workspace.id", ondelete="SET NULL"), index=True
    )
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("task.id", ondelete="SET NULL"), index=True)
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    title: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
