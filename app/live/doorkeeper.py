"""What the engine must be told about people and pages, which it does not know itself."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import WebSocket

from app.core.scope import Scope
from app.core.topics import Topic
from app.live.connection import Admission
from app.live.present import View

AnySocket = WebSocket[Any, Any, Any]


@dataclass(frozen=True, kw_only=True)
class Doorkeeper:
    """What main tells the engine about people and pages, which it does not know itself."""

    allows_origin: Callable[[AnySocket], bool]
    authenticate: Callable[[AnySocket], Awaitable[Scope]]
    limit: Callable[[Scope, Topic], Awaitable[None]]
    admit: Callable[[Scope, Topic], Awaitable[Admission]]
    parse_view: Callable[[Sequence[tuple[str, str]], Scope], View]
    # The view of a task that somebody looks at over what a stream's page shows; raises NotFound.
    look: Callable[[Scope, Topic, UUID], Awaitable[View]]
    alive_sessions: Callable[[Sequence[UUID]], Awaitable[set[UUID]]]
    # A page that showed a view has been closed; it had been told everything up to a number.
    left: Callable[[Scope, Topic, View, int], Awaitable[None]]
