"""How a workspace and its members look on a page that is already open."""

from uuid import UUID

import msgspec

from app.core.events import RecordedEvent
from app.core.fragments import gone, place
from app.core.views import Views
from app.workspaces.events import (
    MemberRemoved,
    WorkspaceJoined,
    WorkspaceLeft,
    WorkspaceRenamed,
    WorkspaceUpdated,
)
from app.workspaces.schemas import MemberOut, WorkspaceHead

MEMBERS = "#members"
HEAD = "#workspace-head"
PLACES = "#side-workspaces"


class _MemberData(msgspec.Struct):
    member: MemberOut


class _WorkspaceData(msgspec.Struct):
    workspace: WorkspaceHead


class _Place(msgspec.Struct):
    id: UUID
    name: str


class WorkspaceFragments:
    """Makes the head of a workspace's page, the rows of its members, and its row in the navigation."""

    def __init__(self, views: Views) -> None:
        self._views = views

    def present_workspace(self, _view: object, _first: RecordedEvent, last: RecordedEvent) -> str:
        """The name and description after ``last``; nothing for a deletion, which says goodbye itself."""
        if last.type != WorkspaceUpdated.type:
            return ""
        workspace = msgspec.json.decode(last.data, type=_WorkspaceData).workspace
        return place(HEAD, self._views.render("workspaces/_head.html", workspace=workspace))

    def present_own(self, _view: object, _first: RecordedEvent, last: RecordedEvent) -> str:
        """The workspace among those of the person whose page it is, whatever the page shows."""
        if last.type == WorkspaceLeft.type:
            return place(PLACES, gone("workspace", last.entity_id, last.seq))
        if last.type not in (WorkspaceJoined.type, WorkspaceRenamed.type):
            return ""
        item = msgspec.json.decode(last.data, type=_Place)
        row = self._views.render("workspaces/_workspace.html", item=item, seq=last.seq, current="")
        return place(PLACES, row)

    def present_member(self, _view: object, _first: RecordedEvent, last: RecordedEvent) -> str:
        """The member's row after ``last``, or its removal."""
        if last.type == MemberRemoved.type:
            return place(MEMBERS, gone("member", last.entity_id, last.seq))
        member = msgspec.json.decode(last.data, type=_MemberData).member
        return place(MEMBERS, self._views.render("workspaces/_member.html", member=member, people_here=None))
