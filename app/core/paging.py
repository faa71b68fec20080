"""Lists in pages: an opaque cursor that names the last row seen."""

import base64
import binascii
from typing import TypeVar
from uuid import UUID

import msgspec

from app.core.errors import FieldError, Invalid

Item = TypeVar("Item")

LIMIT_MOST = 200
LIMIT_DEFAULT = 50


class Page(msgspec.Struct, frozen=True):
    """One page of a list as the JSON API shows it."""

    items: list[object]
    next_cursor: str | None


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended: the sort it belongs to, the sort key and the id of its last row."""

    sort: str
    key: str | int
    id: str


def encode_cursor(cursor: Cursor) -> str:
    """``cursor`` as text for an address."""
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def decode_cursor(text: str, *, sort: str) -> Cursor:
    """The reverse; raises Invalid for anything that encode_cursor did not make for this ``sort``."""
    try:
        cursor = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=Cursor)
        UUID(cursor.id)
    except (msgspec.MsgspecError, binascii.Error, ValueError):
        cursor = None
    if cursor is None or cursor.sort != sort:
        raise Invalid(FieldError("cursor", "is not one that this list has given out."))
    return cursor


def ensure_limit(limit: int) -> int:
    """``limit`` if it is within the bounds of a page; raises Invalid otherwise."""
    if not 1 <= limit <= LIMIT_MOST:
        raise Invalid(FieldError("limit", f"must be from 1 to {LIMIT_MOST}."))
    return limit


def cut(rows: list[Item], limit: int) -> tuple[list[Item], bool]:
    """The first ``limit`` of ``rows``, and whether there are more."""
    return rows[:limit], len(rows) > limit
