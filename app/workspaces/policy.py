"""Who may do what in a workspace: pure functions of roles."""

from app.core.errors import Forbidden
from app.workspaces.models import Role

_EDITORS = {Role.OWNER, Role.ADMIN, Role.MEMBER}
_ADMINS = {Role.OWNER, Role.ADMIN}


def can_edit(role: Role) -> bool:
    """Whether ``role`` may change what the workspace holds."""
    return role in _EDITORS


def can_administer(role: Role) -> bool:
    """Whether ``role`` may change the workspace itself, its invites and its members."""
    return role in _ADMINS


def ensure_can_edit(role: Role) -> None:
    """Raises Forbidden for those who only look."""
    if not can_edit(role):
        raise Forbidden("Viewers can look at this workspace, but not change it.")


def ensure_can_administer(role: Role) -> None:
    """Raises Forbidden for members and viewers."""
    if not can_administer(role):
        raise Forbidden("Only owners and admins of this workspace can do that.")


def ensure_is_owner(role: Role) -> None:
    """Raises Forbidden for everybody but the owner."""
    if role is not Role.OWNER:
        raise Forbidden("Only the owner of this workspace can do that.")


def ensure_can_invite(role: Role, invited: Role) -> None:
    """Raises Forbidden unless ``role`` may let somebody in as ``invited``."""
    ensure_can_administer(role)
    if invited is Role.OWNER:
        raise Forbidden("A workspace has one owner; invite somebody as admin and hand it over.")


def ensure_can_set_role(role: Role, *, target: Role, new: Role) -> None:
    """Raises Forbidden unless ``role`` may turn a member who is ``target`` into ``new``."""
    ensure_can_administer(role)
    if new is Role.OWNER:
        ensure_is_owner(role)
    if target is Role.OWNER:
        raise Forbidden("The owner keeps that role until the workspace is handed over.")


def ensure_can_remove(role: Role, *, target: Role, oneself: bool) -> None:
    """Raises Forbidden unless ``role`` may take ``target`` out; everybody but the owner may leave."""
    if target is Role.OWNER:
        raise Forbidden("The owner stays until the workspace is handed over to somebody else.")
    if not oneself:
        ensure_can_administer(role)
