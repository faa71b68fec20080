"""How a workspace and its members look on a page that is already open."""

import msgspec

from app.core.events import RecordedEvent
from app.core.fragments import gone, place
from app.core.views import Views
from app.workspaces.events import MemberRemoved, WorkspaceUpdated
from app.workspaces.schemas import MemberOut, WorkspaceHead

MEMBERS = "#members"
HEAD = "#workspace-head"


class _MemberData(msgspec.Struct):
    member: MemberOut


class _WorkspaceData(msgspec.Struct):
    workspace: WorkspaceHead


class WorkspaceFragments:
    """Makes the head of a workspace's page and the rows of its members."""

    def __init__(self, views: Views) -> None:
        self._views = views

    def present_workspace(self, _view: object, _first: RecordedEvent, last: RecordedEvent) -> str:
        """The name and description after ``last``; nothing for a deletion, which says goodbye itself."""
        if last.type != WorkspaceUpdated.type:
            return ""
        workspace = msgspec.json.decode(last.data, type=_WorkspaceData).workspace
        return place(HEAD, self._views.render("workspaces/_head.html", workspace=workspace))

    def present_member(self, _view: object, _first: RecordedEvent, last: RecordedEvent) -> str:
        """The member's row after ``last``, or its removal."""
        if last.type == MemberRemoved.type:
            return place(MEMBERS, gone("member", last.entity_id, last.seq))
        member = msgspec.json.decode(last.data, type=_MemberData).member
        return place(MEMBERS, self._views.render("workspaces/_member.html", member=member, people_here=None))
