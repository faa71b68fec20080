"""What can be done here: say how much one has seen. It is nobody else's business, so there is no event."""

from uuid import UUID

from sqlalchemy import update

from app.core.errors import FieldError, Invalid
from app.core.scope import Scope
from app.core.topics import workspace_topic
from app.core.unit_of_work import EventLog, UnitOfWork
from app.workspaces import queries as workspace_queries
from app.workspaces.models import Member


async def mark_seen(
    uow: UnitOfWork, log: EventLog, scope: Scope, workspace_id: UUID, *, seq: int | None
) -> None:
    """The caller has seen what happened in a workspace up to ``seq``; never less than before."""
    async with uow:
        await workspace_queries.role(uow.session, scope, workspace_id)
        topic = workspace_topic(workspace_id)
        reached = (await log.positions(uow.session, [topic]))[topic]
        if seq is None or seq > reached:
            raise Invalid(FieldError("seq", "must be a number that this workspace has reached."))
        # Not read before: two pages may close at the same moment.
        await uow.session.execute(
            update(Member)
            .where(Member.workspace_id == workspace_id, Member.user_id == scope.user_id)
            .where(Member.seen_seq <= seq)
            .values(seen_seq=seq, seen_at=uow.clock())
            .execution_options(synchronize_session=False)
        )
