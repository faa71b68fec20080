"""How Alembic meets the database: one transaction for each migration, on a connection that is given."""

from alembic import context
from sqlalchemy import Connection

from app.accounts import models as account_models
from app.comments import models as comment_models
from app.core import schedule
from app.core.models import Base
from app.live import log
from app.notifications import models as notification_models
from app.tasks import models as task_models
from app.workspaces import models as workspace_models

ALL_TABLES = (
    account_models,
    workspace_models,
    task_models,
    comment_models,
    notification_models,
    log,
    schedule,
)


def run(connection: Connection) -> None:
    """Bring the database at the other end of ``connection`` to the revision asked for."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transactional_ddl=True,
        transaction_per_migration=True,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
