"""What can happen to a workspace and its members."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.core.events import EVERYBODY, Event
from app.workspaces.models import Member, Role, Workspace
from app.workspaces.queries import workspace_head
from app.workspaces.schemas import MemberOut, PersonOut, WorkspaceHead

_OF_A_WORKSPACE = ("name", "description")


@dataclass(frozen=True, kw_only=True)
class WorkspaceUpdated(Event):
    """Its name or description changed, or it is new."""

    type: ClassVar[str] = "workspace.updated"
    workspace: Workspace
    previous: WorkspaceHead | None = None

    @property
    def entity_id(self) -> UUID:
        return self.workspace.id

    def stamp(self, seq: int) -> None:
        self.workspace.version = seq

    def data(self) -> object:
        return {"workspace": workspace_head(self.workspace)}

    def before(self) -> object | None:
        if self.previous is None:
            return None
        changed = [name for name in _OF_A_WORKSPACE if self._was(name) != getattr(self.workspace, name)]
        return {name: self._was(name) for name in changed}

    def _was(self, name: str) -> object:
        return getattr(self.previous, name)


@dataclass(frozen=True, kw_only=True)
class WorkspaceDeleted(Event):
    """It is gone, and everybody's access to it."""

    type: ClassVar[str] = "workspace.deleted"
    workspace_id: UUID
    name: str

    @property
    def entity_id(self) -> UUID:
        return self.workspace_id

    def data(self) -> object:
        return {"id": self.workspace_id, "name": self.name}

    def ends_access_of(self) -> str | None:
        return EVERYBODY


@dataclass(frozen=True, kw_only=True)
class MemberEvent(Event):
    """Something about one member."""

    member: Member
    name: str

    @property
    def entity_id(self) -> UUID:
        return self.member.user_id

    def stamp(self, seq: int) -> None:
        self.member.version = seq

    def data(self) -> object:
        # No e-mail address: the stream is read by members who may not see one.
        member = self.member
        return {
            "member": MemberOut(
                user=PersonOut(id=member.user_id, name=self.name),
                role=member.role,
                joined_at=member.joined_at,
                version=member.version,
            )
        }


@dataclass(frozen=True, kw_only=True)
class MemberJoined(MemberEvent):
    """Somebody came in."""

    type: ClassVar[str] = "member.joined"
    # Who made the invite; None for who made the workspace. Nobody else learns of it.
    invited_by: UUID | None = None

    def stamp(self, seq: int) -> None:
        """What was before they came is no news to them."""
        super().stamp(seq)
        self.member.seen_seq = seq


@dataclass(frozen=True, kw_only=True)
class MemberUpdated(MemberEvent):
    """Somebody's role or name changed, from the one that is given."""

    type: ClassVar[str] = "member.updated"
    previous_role: Role | None = None
    previous_name: str | None = None

    def before(self) -> object | None:
        if self.previous_role is not None:
            return {"role": self.previous_role}
        return None if self.previous_name is None else {"name": self.previous_name}


@dataclass(frozen=True, kw_only=True)
class MemberRemoved(MemberEvent):
    """Somebody left or was taken out; from this number on nothing may reach them."""

    type: ClassVar[str] = "member.removed"

    def stamp(self, seq: int) -> None:
        """The row is gone; there is nothing to write the number on."""

    def ends_access_of(self) -> str | None:
        return str(self.member.user_id)


@dataclass(frozen=True, kw_only=True)
class OwnWorkspaceEvent(Event):
    """Told to a person alone: something about a workspace among those to which they belong."""

    workspace_id: UUID
    name: str

    @property
    def entity_id(self) -> UUID:
        return self.workspace_id

    def data(self) -> object:
        return {"id": self.workspace_id, "name": self.name}

    def about(self) -> UUID | None:
        return self.workspace_id


@dataclass(frozen=True, kw_only=True)
class WorkspaceJoined(OwnWorkspaceEvent):
    """They belong to it from now on."""

    type: ClassVar[str] = "workspace.joined"


@dataclass(frozen=True, kw_only=True)
class WorkspaceRenamed(OwnWorkspaceEvent):
    """It has another name now."""

    type: ClassVar[str] = "workspace.renamed"


@dataclass(frozen=True, kw_only=True)
class WorkspaceLeft(OwnWorkspaceEvent):
    """They belong to it no longer, and it leaves their stream."""

    type: ClassVar[str] = "workspace.left"

    def data(self) -> object:
        return {"id": self.workspace_id}

    def about(self) -> UUID | None:
        """Nothing that is forgotten with it."""
        return None

    def forgets(self) -> UUID | None:
        return self.workspace_id
