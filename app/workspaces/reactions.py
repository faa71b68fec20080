"""What happens here because of what happened to a person."""

from sqlalchemy import select

from app.accounts.events import UserRenamed
from app.core.topics import workspace_topic
from app.core.unit_of_work import UnitOfWork
from app.workspaces.events import MemberUpdated
from app.workspaces.models import Member


async def when_user_renamed(uow: UnitOfWork, event: UserRenamed) -> None:
    """Everybody who shares a workspace with them sees the new name at once."""
    query = select(Member).where(Member.user_id == event.user.id).with_for_update()
    for member in await uow.session.scalars(query):
        topic = workspace_topic(member.workspace_id)
        uow.record(
            MemberUpdated(
                topic=topic,
                actor=event.actor,
                member=member,
                name=event.user.name,
                previous_name=event.previous_name,
            )
        )
