"""The keys of requests that were carried out, by which a repeated one is known and not done again."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core.errors import DoneBefore, FieldError, Invalid, Malformed
from app.core.models import Base

HEADER = "Idempotency-Key"
KEY_MOST = 64
_KEY = re.compile(rf"[\x21-\x7e]{{1,{KEY_MOST}}}")
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

AnyRequest = Request[Any, Any, Any]


class RequestKey(Base):
    """The key of a change that was committed, and for which request it was."""

    __tablename__ = "request_key"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(KEY_MOST), primary_key=True)
    request: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, kw_only=True)
class GivenKey:
    """The key that a request carries, and a hash of what it asks for."""

    user_id: UUID
    key: str
    request: str


def given_key(request: AnyRequest, user_id: UUID) -> GivenKey | None:
    """The key of a changing request of ``user_id``; None where there is none. Raises Malformed."""
    given = request.headers.getall(HEADER, [])
    if not given or request.method in _SAFE_METHODS:
        return None
    if len(given) > 1 or not _KEY.fullmatch(given[0]):
        raise Malformed(f"{HEADER}: must be one of 1 to {KEY_MOST} visible ASCII characters.")
    asked = hashlib.sha256(f"{request.method} {request.url.path}".encode()).hexdigest()
    return GivenKey(user_id=user_id, key=given[0], request=asked)


async def take(session: AsyncSession, given: GivenKey, *, at: datetime) -> None:
    """Keep ``given`` with what the transaction of ``session`` does.

    Waits for another transaction that has the same key. Raises DoneBefore if that one, or one
    before it, was committed, and Invalid if it did something else.
    """
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgres_insert
    row = {"user_id": given.user_id, "key": given.key, "request": given.request, "at": at}
    statement = insert(RequestKey).values(row).on_conflict_do_nothing().returning(RequestKey.key)
    if (await session.execute(statement)).first() is not None:
        return
    same = (RequestKey.user_id == given.user_id) & (RequestKey.key == given.key)
    if await session.scalar(select(RequestKey.request).where(same)) != given.request:
        raise Invalid(FieldError(HEADER, "was used for another request."))
    raise DoneBefore


async def delete_old(session: AsyncSession, *, before: datetime) -> None:
    """Delete the keys of what was done before a moment: nobody repeats it any more."""
    await session.execute(delete(RequestKey).where(RequestKey.at < before))
