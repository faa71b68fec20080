"""Who may do what to a task: pure functions of role and task."""

from uuid import UUID

from app.core.errors import Forbidden
from app.tasks.models import Task
from app.workspaces.models import Role
from app.workspaces.policy import can_administer, ensure_can_edit


def ensure_can_delete(role: Role, task: Task, user_id: UUID) -> None:
    """Raises Forbidden unless the task is the person's own or the role stands above that."""
    ensure_can_edit(role)
    if not can_administer(role) and task.created_by != user_id:
        raise Forbidden("Members can delete only the tasks that they added themselves.")
