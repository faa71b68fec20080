"""How a comment looks on a task's page that is already open."""

from uuid import UUID

import msgspec

from app.comments.events import CommentDeleted
from app.comments.markdown import rendered
from app.comments.schemas import CommentOut
from app.core.events import RecordedEvent
from app.core.fragments import FetchAnew, gone, place
from app.core.views import Views
from app.tasks.view import OneTask
from app.workspaces.events import MemberUpdated

REGION = "#comments"


class _CommentData(msgspec.Struct):
    comment: CommentOut


class _Deleted(msgspec.Struct):
    id: UUID
    task_id: UUID


class CommentFragments:
    """Makes rows, the same for every reader."""

    def __init__(self, views: Views) -> None:
        self._views = views

    def row(self, comment: CommentOut) -> str:
        """One comment."""
        return self._views.render("comments/_comment.html", comment=comment, body=rendered(comment))

    def present(self, view: object, _first: RecordedEvent, last: RecordedEvent) -> str:
        """What changes on the page of the task to which the comment belongs."""
        if not isinstance(view, OneTask):
            return ""
        if last.type == CommentDeleted.type:
            deleted = msgspec.json.decode(last.data, type=_Deleted)
            here = deleted.task_id == view.task_id
            return place(REGION, gone("comment", deleted.id, last.seq)) if here else ""
        comment = msgspec.json.decode(last.data, type=_CommentData).comment
        return place(REGION, self.row(comment)) if comment.task_id == view.task_id else ""

    def present_member(self, view: object, first: RecordedEvent, last: RecordedEvent) -> str:
        """Comments carry the names of those who wrote them, and no event of their own tells a new one."""
        named = first is not last or (
            isinstance(first.before, msgspec.Raw) and b'"name"' in bytes(first.before)
        )
        if isinstance(view, OneTask) and last.type == MemberUpdated.type and named:
            raise FetchAnew
        return ""

    def answer(self, comment: CommentOut, *, deleted: bool = False) -> str:
        """The same for the page that asked for the change."""
        if deleted:
            # Its number is not known here; what is gone by one's own hand does not come back.
            return place(REGION, gone("comment", comment.id, comment.version + 1))
        return place(REGION, self.row(comment))
