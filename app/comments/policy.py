"""Who may do what to a comment: pure functions of role and comment."""

from uuid import UUID

from app.comments.models import Comment
from app.core.errors import Forbidden
from app.workspaces.models import Role
from app.workspaces.policy import can_administer, ensure_can_edit


def ensure_can_edit_comment(role: Role, comment: Comment, user_id: UUID) -> None:
    """Raises Forbidden unless the comment is the person's own: nobody puts words into others' mouths."""
    ensure_can_edit(role)
    if comment.author_id != user_id:
        raise Forbidden("Only who wrote a comment can change it.")


def ensure_can_delete_comment(role: Role, comment: Comment, user_id: UUID) -> None:
    """Raises Forbidden unless the comment is the person's own or the role stands above that."""
    ensure_can_edit(role)
    if not can_administer(role) and comment.author_id != user_id:
        raise Forbidden("Members can delete only the comments that they wrote themselves.")
