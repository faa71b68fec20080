"""Who may do what in a workspace, and within which bounds: pure functions."""

from app.core import text
from app.core.errors import FieldError, Forbidden, Invalid
from app.workspaces.models import Role

INVITE_USES_MOST = 10_000
INVITE_SECONDS_LEAST = 60
INVITE_SECONDS_MOST = 365 * 24 * 3600
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


def ensure_confirmed(confirmation: str | None, name: str, *, field: str) -> None:
    """Raises Invalid unless ``confirmation``, where it is asked for, is the workspace's ``name``."""
    if confirmation is not None and confirmation.strip() != name:
        raise Invalid(FieldError(field, "must be the workspace's exact name."))


def ensure_invite_bounds(expires_in: int, max_uses: int | None) -> None:
    """Raises Invalid unless an invite may be good for ``expires_in`` seconds and ``max_uses`` people."""
    errors = text.outside(
        expires_in, field="expires_in", least=INVITE_SECONDS_LEAST, most=INVITE_SECONDS_MOST, unit=" seconds"
    )
    if max_uses is not None:
        errors += text.outside(max_uses, field="max_uses", least=1, most=INVITE_USES_MOST)
    if errors:
        raise Invalid(*errors)
