"""The law of test_convergence for random histories: several people, several tabs, in any order.

Without a network: rooms and connections are real, and what the socket would send goes to the page.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from litestar.testing import RequestFactory
from sqlalchemy import event

from app.accounts import commands as accounts
from app.accounts.models import User
from app.accounts.schemas import UserOut
from app.config import Settings
from app.core.errors import NotFound, TandemError
from app.core.models import new_id
from app.core.scope import Scope
from app.core.topics import Topic, user_topic, workspace_topic
from app.core.unit_of_work import UnitOfWork
from app.live.connection import Admission, Closing, Connection
from app.live.language import HtmlLanguage
from app.main import Tandem
from app.tasks import commands as tasks
from app.tasks import queries
from app.tasks.models import Priority, Status
from app.tasks.schemas import TaskCreate, TaskOut, TaskUpdate
from app.tasks.view import DUES, SORTS, TaskView, parse_view
from app.workspaces import commands as workspaces
from app.workspaces.models import Role
from tests.builders import join
from tests.dom import NOTHING, Page

PATIENCE = 20.0
START = datetime(2026, 3, 27, 12, tzinfo=UTC)
TEXTS = ["milk", "Milk & honey", "<b>", "ärger", "Ärger", "\U0001d4b5eta", "\uffe6", "ﬀ", "50% off_", "a  b"]
DAYS = [None, *(START.date() + timedelta(days=days) for days in (-2, 0, 1, 6, 7))]
PLACES = ["a0", "a0V", "a1", "Zz", "a1", "b00"]
PEOPLE = ["Olga", "Adam", "Mia"]


@dataclass(frozen=True)
class Step:
    """``who`` does ``what`` with the task, person or tab ``which``; ``value`` chooses among values."""

    what: str
    who: int
    which: int
    value: int


@dataclass(kw_only=True)
class Tab:
    """A page that somebody has open, with a connection such as its socket would have."""

    town: "Town"
    who: int
    address: str
    topic: Topic

    async def load(self) -> None:
        """Open the page, or reload it."""
        await self.cut()
        self.answers: list[tuple[TaskOut, bool]] = []
        self.reading = asyncio.Event()
        self.reading.set()
        self.moved = asyncio.Event()
        html = await self.town.page(self.who, self.address)
        self.page = Page("".join(html) if html else "")
        await self.connect()

    async def connect(self) -> None: ...

    async def cut(self) -> None: ...
