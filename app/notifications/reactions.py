"""Whom a transaction concerns, and what leaves with whoever leaves."""

from collections.abc import Sequence
from uuid import UUID

from app.comments.events import CommentEvent
from app.core.events import Event
from app.core.topics import StreamKind
from app.core.unit_of_work import UnitOfWork
from app.notifications import commands
from app.notifications.commands import Cause, Leaving
from app.notifications.models import NotificationType
from app.notifications.policy import recipients
from app.tasks.events import TaskEvent
from app.workspaces.events import WorkspaceDeleted, WorkspaceLeft
from app.workspaces.models import Workspace


async def conclude(uow: UnitOfWork, events: Sequence[Event]) -> None:
    """Notify everybody whom ``events``, all of one transaction, concern."""
    left = [event for event in events if isinstance(event, WorkspaceLeft)]
    deleted = {event.workspace_id for event in events if isinstance(event, WorkspaceDeleted)}
    causes: list[Cause] = []
    for event in events:
        for user_id, kind in recipients(event, deleted=deleted).items():
            causes.append(await _cause(uow, event, user_id, kind))
    if causes or left:
        leaving = [Leaving(user_id=each.topic.id, workspace_id=each.workspace_id) for each in left]
        await commands.tell(uow, causes, leaving=leaving)


async def _cause(uow: UnitOfWork, event: Event, user_id: UUID, kind: NotificationType) -> Cause:
    if isinstance(event, WorkspaceLeft):
        # Nothing leads back to where one does not belong any more.
        return Cause(user_id=user_id, type=kind, title=event.name, actor=event.actor)
    home = event.topic.id if event.topic.kind is StreamKind.WORKSPACE else None
    if isinstance(event, TaskEvent | CommentEvent):
        return Cause(
            user_id=user_id,
            type=kind,
            title=event.task.title,
            actor=event.actor,
            workspace_id=home,
            task_id=event.task.id,
        )
    workspace = await uow.session.get_one(Workspace, home)
    return Cause(user_id=user_id, type=kind, title=workspace.name, actor=event.actor, workspace_id=home)
