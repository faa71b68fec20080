"""Who may do what to a task: pure functions of role and task."""

from uuid import UUID

from app.core.errors import Forbidden
from app.tasks.models import Task
from app.workspaces.models import Role
from app.workspaces.policy import can_administer, can_edit, ensure_can_edit


def can_delete(role: Role, task: Task, user_id: UUID) -> bool:
    """Whether the person may put it into the trash, and take it out again."""
    return can_administer(role) or (can_edit(role) and task.created_by == user_id)


def ensure_can_delete(role: Role, task: Task, user_id: UUID) -> None:
    """Raises Forbidden unless the task is the person's own or the role stands above that."""
    ensure_can_edit(role)
    if not can_delete(role, task, user_id):
        raise Forbidden("Members can delete only the tasks that they added themselves.")
