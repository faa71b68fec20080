"""Create the first tables: people, workspaces, tasks, notifications and the event log."""

from collections.abc import Callable

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _enum(name: str, *values: str) -> sa.Enum:
    # A type in PostgreSQL, made once below since two tables share one; a checked text in SQLite.
    checked = sa.Enum(*values, name=name, create_constraint=True)
    return checked.with_variant(postgresql.ENUM(*values, name=name, create_type=False), "postgresql")


STREAM_KIND = _enum("stream_kind", "workspace", "user")
TASK_STATUS = _enum("task_status", "todo", "doing", "done")
TASK_PRIORITY = _enum("task_priority", "none", "low", "medium", "high", "urgent")
WORKSPACE_ROLE = _enum("workspace_role", "owner", "admin", "member", "viewer")
NOTIFICATION_TYPE = _enum(
    "notification_type",
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
ENUMS = (STREAM_KIND, TASK_STATUS, TASK_PRIORITY, WORKSPACE_ROLE, NOTIFICATION_TYPE)
BINARY_STRING = sa.String().with_variant(sa.String(collation="C"), "postgresql")
BINARY_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _for_each_type(lambda kind, bind: kind.create(bind))
    op.create_table(
        "stream",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("kind", STREAM_KIND, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stream"),
    )
    op.create_table(
        "user_account",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user_account"),
        sa.UniqueConstraint("email", name="uq_user_account_email"),
    )
    op.create_table(
        "event",
        sa.Column("stream_id", GUID(length=16), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("entity_id", GUID(length=16), nullable=False),
        sa.Column("actor_id", GUID(length=16), nullable=True),
        sa.Column("actor_name", sa.String(length=80), nullable=True),
        sa.Column("at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("connection_id", sa.String(length=64), nullable=True),
        sa.Column("ends_access_of", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["stream_id"], ["stream.id"], name="fk_event_stream_id_stream", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("stream_id", "seq", name="pk_event"),
    )
    op.create_index("ix_event_entity_id", "event", ["entity_id"])
    op.create_table(
        "session",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("user_id", GUID(length=16), nullable=False),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("expires_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("ended_at", DateTimeUTC(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name="fk_session_user_id_user_account",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
    )
    op.create_index("ix_session_expires_at", "session", ["expires_at"])
    op.create_index("ix_session_user_id", "session", ["user_id"])
    op.create_table(
        "workspace",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("owner_id", GUID(length=16), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name="fk_workspace_owner_id_user_account"),
        sa.PrimaryKeyConstraint("id", name="pk_workspace"),
    )
    op.create_index("ix_workspace_owner_id_created_at", "workspace", ["owner_id", "created_at"])
    op.create_table(
        "task",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("workspace_id", GUID(length=16), nullable=True),
        sa.Column("owner_id", GUID(length=16), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("search_text", BINARY_TEXT, nullable=False),
        sa.Column("status", TASK_STATUS, nullable=False),
        sa.Column("priority", TASK_PRIORITY, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("assigned_to", GUID(length=16), nullable=True),
        sa.Column("created_by", GUID(length=16), nullable=False),
        sa.Column("position", BINARY_STRING, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("field_versions", sa.JSON(), nullable=False),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("updated_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("completed_at", DateTimeUTC(timezone=True), nullable=True),
        sa.Column("deleted_at", DateTimeUTC(timezone=True), nullable=True),
        sa.CheckConstraint("(workspace_id IS NULL) <> (owner_id IS NULL)", name="ck_task_one_home"),
        sa.ForeignKeyConstraint(
            ["assigned_to"],
            ["user_account.id"],
            name="fk_task_assigned_to_user_account",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["created_by"], ["user_account.id"], name="fk_task_created_by_user_account"),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["user_account.id"],
            name="fk_task_owner_id_user_account",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspace.id"],
            name="fk_task_workspace_id_workspace",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_task"),
    )
    op.create_index("ix_task_assigned_to_workspace_id", "task", ["assigned_to", "workspace_id"])
    op.create_index("ix_task_owner_id_position", "task", ["owner_id", "position"])
    op.create_index("ix_task_workspace_id_due_on", "task", ["workspace_id", "due_on"])
    op.create_index("ix_task_workspace_id_position", "task", ["workspace_id", "position"])
    op.create_index("ix_task_workspace_id_status", "task", ["workspace_id", "status"])
    op.create_table(
        "workspace_invite",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("workspace_id", GUID(length=16), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("role", WORKSPACE_ROLE, nullable=False),
        sa.Column("created_by", GUID(length=16), nullable=False),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("expires_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("max_uses", sa.Integer(), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("revoked_at", DateTimeUTC(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name="fk_workspace_invite_created_by_user_account"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspace.id"],
            name="fk_workspace_invite_workspace_id_workspace",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_workspace_invite"),
        sa.UniqueConstraint("token_hash", name="uq_workspace_invite_token_hash"),
    )
    op.create_index("ix_workspace_invite_workspace_id", "workspace_invite", ["workspace_id"])
    op.create_table(
        "workspace_member",
        sa.Column("workspace_id", GUID(length=16), nullable=False),
        sa.Column("user_id", GUID(length=16), nullable=False),
        sa.Column("role", WORKSPACE_ROLE, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("joined_at", DateTimeUTC(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name="fk_workspace_member_user_id_user_account",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspace.id"],
            name="fk_workspace_member_workspace_id_workspace",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", name="pk_workspace_member"),
    )
    op.create_index("ix_workspace_member_user_id", "workspace_member", ["user_id"])
    op.create_table(
        "notification",
        sa.Column("id", GUID(length=16), nullable=False),
        sa.Column("user_id", GUID(length=16), nullable=False),
        sa.Column("type", NOTIFICATION_TYPE, nullable=False),
        sa.Column("workspace_id", GUID(length=16), nullable=True),
        sa.Column("task_id", GUID(length=16), nullable=True),
        sa.Column("actor_id", GUID(length=16), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("created_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("read_at", DateTimeUTC(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["user_account.id"],
            name="fk_notification_actor_id_user_account",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name="fk_notification_task_id_task", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name="fk_notification_user_id_user_account",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspace.id"],
            name="fk_notification_workspace_id_workspace",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notification"),
    )
    op.create_index("ix_notification_task_id", "notification", ["task_id"])
    op.create_index(
        "ix_notification_user_id_read_at_created_at",
        "notification",
        ["user_id", "read_at", "created_at"],
    )
    op.create_index("ix_notification_workspace_id", "notification", ["workspace_id"])


def downgrade() -> None:
    for table in (
        "notification",
        "workspace_member",
        "workspace_invite",
        "task",
        "workspace",
        "session",
        "event",
        "user_account",
        "stream",
    ):
        op.drop_table(table)
    _for_each_type(lambda kind, bind: kind.drop(bind))


def _for_each_type(change: Callable[[postgresql.ENUM, sa.Connection], None]) -> None:
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        for enum in ENUMS:
            change(postgresql.ENUM(*enum.enums, name=enum.name), bind)
