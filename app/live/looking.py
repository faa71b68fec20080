"""What somebody looks at over their page, which then shows it besides its own view."""

import asyncio
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

import msgspec

from app.live.present import View


class Look(msgspec.Struct, forbid_unknown_fields=True):
    """``task`` has been opened as it was at number ``since``; none is open any more if it is None."""

    task: UUID | None
    since: Annotated[int, msgspec.Meta(ge=0)] = 0


@dataclass(frozen=True, kw_only=True)
class Looking:
    """A view to show from now on, and from ``since`` on; None for nothing but the page's own."""

    view: View | None
    since: int
    ref: str | int | None
    shown: asyncio.Event = field(default_factory=asyncio.Event)
