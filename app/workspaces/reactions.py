"""What happens here because of what happened to a person or a workspace."""

from sqlalchemy import select

from app.accounts.events import UserRenamed
from app.core.topics import user_topic, workspace_topic
from app.core.unit_of_work import UnitOfWork
from app.workspaces.events import (
    MemberJoined,
    MemberUpdated,
    WorkspaceJoined,
    WorkspaceRenamed,
    WorkspaceUpdated,
)
from app.workspaces.models import Member, Workspace


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


async def when_member_joined(uow: UnitOfWork, event: MemberJoined) -> None:
    """Pages of theirs that show all their workspaces show this one, too."""
    workspace = await uow.session.get_one(Workspace, event.member.workspace_id)
    own = user_topic(event.member.user_id)
    uow.record(WorkspaceJoined(topic=own, actor=event.actor, workspace_id=workspace.id, name=workspace.name))


async def when_workspace_updated(uow: UnitOfWork, event: WorkspaceUpdated) -> None:
    """Each member, none of whom can leave meanwhile, sees the new name wherever they are."""
    workspace = event.workspace
    if event.previous is None or event.previous.name == workspace.name:
        return
    query = select(Member.user_id).where(Member.workspace_id == workspace.id)
    for user_id in await uow.session.scalars(query):
        own = user_topic(user_id)
        uow.record(
            WorkspaceRenamed(topic=own, actor=event.actor, workspace_id=workspace.id, name=workspace.name)
        )
