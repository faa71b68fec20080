"""What the keys of the pages do, on a page of its own."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from app.core.keys import EVERYWHERE, LIST
from app.core.scope import Scope
from app.core.views import Views


@get("/keyboard")
async def keyboard_page(
    request: Request[Any, Any, Any],
    views: NamedDependency[Views],
    visitor: NamedDependency[Scope | None],
) -> Response[str]:
    """Every key there is, made from what binds them."""
    groups = [("In the list", LIST.values()), ("Everywhere", EVERYWHERE.values())]
    return views.page(request, "ops/keyboard.html", title="Keyboard", page="keyboard", groups=groups)


HANDLERS = (keyboard_page,)
