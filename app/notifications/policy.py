"""Who is told of what: pure functions of an event."""

from collections.abc import Mapping
from uuid import UUID

from app.comments.events import CommentCreated, CommentUpdated
from app.core.events import Event
from app.notifications.models import NotificationType
from app.tasks.events import AssigneeRenamed, TaskCreated, TaskDeleted, TaskEvent
from app.workspaces.events import MemberJoined, MemberUpdated, WorkspaceLeft

# Changes of a task that are nobody's news: where it stands, and what follows from other changes.
_QUIET = {"position", "assignee", "completed", "completed_at"}
# What is always kept, since there is no other place to learn of it.
ALWAYS_KEPT = {NotificationType.REMOVED, NotificationType.WORKSPACE_DELETED}
# What appears on the page for a moment unless somebody prefers otherwise.
TOASTED = {
    NotificationType.TASK_ASSIGNED,
    NotificationType.TASK_COMMENTED,
    NotificationType.MENTIONED,
    NotificationType.DUE_SOON,
    NotificationType.OVERDUE,
    NotificationType.REMOVED,
    NotificationType.WORKSPACE_DELETED,
}


def recipients(event: Event, *, deleted: set[UUID]) -> Mapping[UUID, NotificationType]:
    """Who is told of ``event``, and as what: the most that it is to them, never their own act.

    ``deleted`` are the workspaces that the same transaction deletes.
    """
    match event:
        case AssigneeRenamed() | TaskDeleted():
            told: dict[UUID, NotificationType] = {}
        case TaskEvent():
            told = _of_task(event)
        case CommentCreated():
            told = _of_comment(event)
        case CommentUpdated():
            told = dict.fromkeys(event.newly_mentioned, NotificationType.MENTIONED)
        case MemberUpdated():
            told = {event.member.user_id: NotificationType.ROLE_CHANGED}
        case MemberJoined() if event.invited_by is not None:
            told = {event.invited_by: NotificationType.INVITED}
        case WorkspaceLeft():
            gone = event.workspace_id in deleted
            kind = NotificationType.WORKSPACE_DELETED if gone else NotificationType.REMOVED
            told = {event.topic.id: kind}
        case _:
            told = {}
    actor = event.actor.id if event.actor else None
    return {user_id: kind for user_id, kind in told.items() if user_id != actor}


def _of_comment(event: CommentCreated) -> dict[UUID, NotificationType]:
    task = event.task
    concerned = {task.created_by, *event.participants, *([task.assigned_to] if task.assigned_to else [])}
    named = [UUID(each["id"]) for each in event.comment.mentions]
    return dict.fromkeys(concerned, NotificationType.TASK_COMMENTED) | dict.fromkeys(
        named, NotificationType.MENTIONED
    )


def _of_task(event: TaskEvent) -> dict[UUID, NotificationType]:
    task, previous = event.task, event.previous
    told: dict[UUID, NotificationType] = {}
    if previous is None:
        # Whoever takes it out of the trash gives it to nobody anew.
        new = isinstance(event, TaskCreated) and task.version == 0
        return {task.assigned_to: NotificationType.TASK_ASSIGNED} if new and task.assigned_to else told
    changed = set(event.changed())
    concerned = {task.created_by, *([task.assigned_to] if task.assigned_to else [])}
    if changed - _QUIET:
        told |= dict.fromkeys(concerned, NotificationType.TASK_CHANGED)
    if "completed" in changed and not previous.completed:
        told |= dict.fromkeys(concerned, NotificationType.TASK_COMPLETED)
    if "assignee" in changed:
        if previous.assignee is not None:
            told[previous.assignee.id] = NotificationType.TASK_UNASSIGNED
        if task.assigned_to is not None:
            told[task.assigned_to] = NotificationType.TASK_ASSIGNED
    return told
