"""Tasks of all lists of a person that hold what they look for: a page, and a piece of one for the palette."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency

from app.core.database import Database
from app.core.errors import Invalid
from app.core.forms import field_errors, html, is_htmx
from app.core.scope import Scope
from app.core.text import text
from app.core.views import Views
from app.tasks import queries
from app.tasks.schemas import TaskOut
from app.tasks.view import QUERY_MOST
from app.workspaces import queries as workspace_queries

AnyRequest = Request[Any, Any, Any]

FOUND_MOST = 50
FOUND_IN_PALETTE = 8


@dataclass(frozen=True)
class Place:
    """What was found in one list; without an id it is the person's own."""

    id: UUID | None
    name: str
    tasks: Sequence[TaskOut]


@dataclass(frozen=True, kw_only=True)
class Search:
    """Finds them, for whoever may see them."""

    database: Database
    views: Views

    async def page(self, request: AnyRequest, caller: Scope, q: str) -> Response[str]:
        """The page; it says what is wrong with ``q`` where nothing can hold that."""
        places: list[Place] = []
        refusal = None
        try:
            places, more = await self._places(caller, q, FOUND_MOST)
        except Invalid as error:
            refusal, more = error, False
        return self.views.page(
            request,
            "tasks/search.html",
            title=f"Search: {q[:QUERY_MOST]}" if q and not refusal else "Search",
            page="search",
            status_code=refusal.status if refusal else 200,
            q=q.strip(),
            places=places,
            more=more,
            most=FOUND_MOST,
            query_most=QUERY_MOST,
            errors=field_errors(refusal),
        )

    async def fragment(self, caller: Scope, q: str) -> Response[str]:
        """The first of them, as options to choose from. Raises Invalid."""
        places, more = await self._places(caller, q, FOUND_IN_PALETTE)
        return html(self.views.render("tasks/_found.html", q=q.strip(), places=places, more=more))

    async def _places(self, caller: Scope, q: str, most: int) -> tuple[list[Place], bool]:
        asked = text(q, field="q", most=QUERY_MOST)
        if not asked:
            return [], False
        async with self.database.read() as session:
            tasks = await queries.found(session, caller, asked, limit=most + 1)
            homes = await workspace_queries.memberships(session, caller)
        names = {None: "Personal"} | {each.workspace.id: each.workspace.name for each in homes}
        by_home = {home: [task for task in tasks[:most] if task.workspace_id == home] for home in names}
        places = [Place(home, names[home], found) for home, found in by_home.items() if found]
        return places, len(tasks) > most


@get("/search")
async def search_page(
    request: AnyRequest, search: NamedDependency[Search], caller: NamedDependency[Scope]
) -> Response[str]:
    """What holds `q`, in every workspace of the caller and among their own tasks."""
    q = request.query_params.get("q", "")
    return await (search.fragment(caller, q) if is_htmx(request) else search.page(request, caller, q))


HANDLERS = (search_page,)
