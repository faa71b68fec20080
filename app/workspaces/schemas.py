"""Workspaces, members and invites as the JSON API takes and gives them."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from app.core.presence import MemberPresence
from app.workspaces.models import Role


class PersonOut(msgspec.Struct, frozen=True):
    """Somebody, as everybody in the workspace may know them."""

    id: UUID
    name: str


class WorkspaceOut(msgspec.Struct, frozen=True):
    """A workspace as one of its members sees it; ``seq`` is the number of its last change."""

    id: UUID
    name: str
    description: str
    role: Role
    member_count: int
    seq: int
    created_at: datetime


class MemberOut(msgspec.Struct, frozen=True, omit_defaults=True):
    """A member; ``email`` only where the reader may see it."""

    user: PersonOut
    role: Role
    joined_at: datetime
    version: int
    email: str | None = None
    # What no event says, since it is kept nowhere.
    online: bool | None | UnsetType = UNSET
    last_seen_at: datetime | None | UnsetType = UNSET


class InviteOut(msgspec.Struct, frozen=True, omit_defaults=True):
    """An invite; ``token`` and ``url`` only in the answer that creates it."""

    id: UUID
    role: Role
    created_at: datetime
    expires_at: datetime
    uses: int
    max_uses: int | None
    token: str | None = None
    url: str | None = None


class WorkspaceCreate(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    description: str = ""
    id: UUID | None = None


class WorkspaceUpdate(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    description: str = ""


class InviteCreate(msgspec.Struct, forbid_unknown_fields=True):
    """``expires_in`` is in seconds."""

    role: Role = Role.MEMBER
    expires_in: int | None = None
    max_uses: int | None = None


class JoinIn(msgspec.Struct, forbid_unknown_fields=True):
    token: str


class MemberUpdate(msgspec.Struct, forbid_unknown_fields=True):
    role: Role


class WorkspaceHead(msgspec.Struct, frozen=True):
    """What stands at the top of a workspace's page, the same for everybody."""

    id: UUID
    name: str
    description: str
    version: int
    created_at: datetime


class WorkspacePage(msgspec.Struct, frozen=True):
    """A workspace as the frame of its pages needs it."""

    id: UUID
    name: str
    description: str
    version: int
    role: Role
    member_count: int


class InvitePage(msgspec.Struct, frozen=True):
    """What somebody who holds an invite may know before they accept it."""

    workspace_name: str
    role: Role


class PresenceOut(msgspec.Struct, frozen=True):
    """Who is in a workspace now; while ``known`` is false, nobody can tell."""

    known: bool
    online: list[UUID]
    members: list[MemberPresence]
