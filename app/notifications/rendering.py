"""What the pages of notifications show; their handlers are in pages."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from litestar import Request, Response

from app.core.database import Database
from app.core.errors import Invalid
from app.core.forms import html
from app.core.paging import decode_cursor
from app.core.scope import Scope
from app.core.topics import user_topic
from app.core.unit_of_work import EventLog
from app.core.views import Views, own_position
from app.notifications import queries
from app.notifications.fragments import NotificationFragments
from app.notifications.policy import ALWAYS_KEPT
from app.notifications.schemas import NotificationOut
from app.notifications.view import Centre, parse_centre

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]

SHOWN = 100
LATEST = 8


@dataclass(frozen=True, kw_only=True)
class NotificationRenderer:
    """Everything that the pages of notifications are made from."""

    database: Database
    log: EventLog
    views: Views
    fragments: NotificationFragments
    # Whether there is a mail server, so that people may choose to be mailed.
    mails: bool

    async def centre_page(self, request: AnyRequest, caller: Scope) -> AnyResponse:
        """All of the caller's own, or those that the address asks for; older ones on pages of their own."""
        parameters = list(request.query_params.multi_items())
        view, cursor = parse_centre(parameters), dict(parameters).get("cursor", "")
        topic = user_topic(caller.user_id)
        async with self.database.read() as session:
            page = await queries.notifications_page(
                session,
                caller,
                view,
                limit=SHOWN,
                cursor=decode_cursor(cursor, sort="id") if cursor else None,
            )
            seq = own_position(request, (await self.log.positions(session, [topic]))[topic])
        return self.views.page(
            request,
            "notifications/index.html",
            title="Notifications",
            page="notifications",
            notifications=page.items,
            next_cursor=page.next_cursor,
            cursor=cursor,
            view=view,
            seq=seq,
            live_url=_live_url(view, seq),
            own_line="notifications",
        )

    async def latest(self, caller: Scope) -> AnyResponse:
        """The newest few, for the menu under the bell."""
        async with self.database.read() as session:
            latest = await queries.newest(session, caller, Centre(), limit=LATEST)
        return html(self.views.render("notifications/_latest.html", latest=latest))

    async def preferences_page(
        self, request: AnyRequest, caller: Scope, *, saved: bool = False
    ) -> AnyResponse:
        """How the caller is told of what."""
        async with self.database.read() as session:
            preferences = await queries.preferences(session, caller)
        return self.views.page(
            request,
            "notifications/preferences.html",
            title="Notification preferences",
            page="preferences",
            preferences=preferences,
            always_kept=ALWAYS_KEPT,
            mails=self.mails,
            saved=saved,
        )

    def answer(self, request: AnyRequest, found: NotificationOut, unread: int) -> AnyResponse:
        """What changes on the page that asked: the row, and the bell."""
        try:
            view = parse_centre(parse_qsl(urlsplit(request.headers.get("HX-Current-URL", "")).query))
        except (Invalid, ValueError):
            view = Centre()
        return html(self.fragments.answer(view, found) + self.fragments.bell_change(unread, found.version))


def _live_url(view: Centre, seq: int) -> str:
    asked = {"since": seq, "show": "notifications"}
    if view.unread:
        asked["unread"] = "true"
    if view.type is not None:
        asked["type"] = view.type.value
    return f"/ws/personal?{urlencode(asked)}"
