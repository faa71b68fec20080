"""Let people know of each other: comments, what a person wants to be told, and what each has seen."""

from datetime import UTC, datetime, time, timedelta

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TYPES = (
    "task_assigned",
    "task_unassigned",
    "task_completed",
    "task_changed",
    "task_commented",
    "mentioned",
    "due_soon",
    "overdue",
    "invited",
    "role_changed",
    "removed",
    "workspace_deleted",
)
# Made by the migration before this one.
NOTIFICATION_TYPE = sa.Enum(*TYPES, name="notification_type", create_constraint=True).with_variant(
    postgresql.ENUM(*TYPES, name="notification_type", create_type=False), "postgresql"
)
MORNING = time(9, tzinfo=UTC)


def upgrade() -> None:
    op.create_table(
        "comment",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("task_id", GUID(length=16), nullable=False),
        sa.Column("author_id", GUID(length=16), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("mentions", sa.JSON(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("edited_at", DateTimeUTC(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name="fk_comment_author_id_user_account"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_comment_task_id_task", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_comment"),
    )
    op.create_index("ix_comment_task_id", "comment", ["task_id"])
    op.create_index("ix_comment_author_id", "comment", ["author_id"])
    op.create_table(
        "notification_preference",
        sa.Column("user_id", GUID(length=16), nullable=False),
        sa.Column("type", NOTIFICATION_TYPE, nullable=False),
        sa.Column("in_app", sa.Boolean(), nullable=False),
        sa.Column("toast", sa.Boolean(), nullable=False),
        sa.Column("email", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name="fk_notification_preference_user_id_user_account",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "type", name="pk_notification_preference"),
    )
    op.create_table(
        "appointment",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("due_at", DateTimeUTC(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_appointment"),
    )
    op.add_column("notification", sa.Column("version", sa.BigInteger(), nullable=False, server_default="0"))
    # What was told outlives what it was told of, until it is forgotten by those who left.
    with op.batch_alter_table("notification") as notification:
        notification.drop_constraint("fk_notification_workspace_id_workspace", type_="foreignkey")
    op.add_column("notification", sa.Column("actor_name", sa.String(length=80), nullable=True))
    op.create_index("ix_notification_user_id_id", "notification", ["user_id", "id"])
    op.create_index("ix_notification_created_at", "notification", ["created_at"])
    op.add_column("event", sa.Column("about_id", GUID(length=16), nullable=True))
    op.add_column("event", sa.Column("forgets_id", GUID(length=16), nullable=True))
    op.create_index("ix_event_stream_id_about_id", "event", ["stream_id", "about_id"])
    op.add_column("event", sa.Column("part_of_id", GUID(length=16), nullable=True))
    op.create_index("ix_event_part_of_id", "event", ["part_of_id"])
    op.add_column("user_account", sa.Column("digested_at", DateTimeUTC(timezone=True), nullable=True))
    op.add_column(
        "workspace_member", sa.Column("seen_seq", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.add_column("workspace_member", sa.Column("seen_at", DateTimeUTC(timezone=True), nullable=True))
    op.add_column("task", sa.Column("remind_at", DateTimeUTC(timezone=True), nullable=True))
    op.create_index("ix_task_remind_at", "task", ["remind_at"])
    _know_of_what_was_there()


def downgrade() -> None:
    op.drop_index("ix_task_remind_at", "task")
    op.drop_column("task", "remind_at")
    op.drop_column("workspace_member", "seen_at")
    op.drop_column("workspace_member", "seen_seq")
    op.drop_column("user_account", "digested_at")
    op.drop_index("ix_event_stream_id_about_id", "event")
    op.drop_column("event", "forgets_id")
    op.drop_column("event", "about_id")
    op.drop_index("ix_event_part_of_id", "event")
    op.drop_column("event", "part_of_id")
    op.drop_index("ix_notification_created_at", "notification")
    op.drop_index("ix_notification_user_id_id", "notification")
    op.drop_column("notification", "actor_name")
    op.drop_column("notification", "version")
    op.execute(
        "UPDATE notification SET workspace_id = NULL WHERE workspace_id NOT IN (SELECT id FROM workspace)"
    )
    with op.batch_alter_table("notification") as notification:
        notification.create_foreign_key(
            "fk_notification_workspace_id_workspace",
            "workspace",
            ["workspace_id"],
            ["id"],
            ondelete="SET NULL",
        )
    op.drop_table("appointment")
    op.drop_table("notification_preference")
    op.drop_table("comment")


def _know_of_what_was_there() -> None:
    """Nobody is shown the whole past as news, and the due dates of open tasks wake up."""
    op.execute(
        "UPDATE workspace_member SET seen_seq ="
        " COALESCE((SELECT seq FROM stream WHERE stream.id = workspace_member.workspace_id), 0)"
    )
    task = sa.table(
        "task",
        sa.column("id", GUID(length=16)),
        sa.column("due_on", sa.Date()),
        sa.column("status", sa.String()),
        sa.column("deleted_at", DateTimeUTC(timezone=True)),
        sa.column("remind_at", DateTimeUTC(timezone=True)),
    )
    status = sa.cast(task.c.status, sa.String())
    waiting = (
        sa.select(task.c.due_on)
        .distinct()
        .where(task.c.due_on >= datetime.now(UTC).date(), status != "done", task.c.deleted_at.is_(None))
    )
    for due_on in list(op.get_bind().scalars(waiting)):
        day_before = datetime.combine(due_on - timedelta(days=1), MORNING)
        op.execute(
            task.update()
            .where(task.c.due_on == due_on, status != "done", task.c.deleted_at.is_(None))
            .values(remind_at=day_before)
        )
