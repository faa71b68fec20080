"""Let people choose their keys: where single letters work for each of them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "user_account", sa.Column("letters", sa.String(length=10), nullable=False, server_default="list")
    )


def downgrade() -> None:
    op.drop_column("user_account", "letters")
