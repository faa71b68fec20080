"""Pieces of HTML for pages that are already open: what goes where, never what it looks like."""

from uuid import UUID

import msgspec


class News(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """What somebody did to one thing: "Ana" "finished Fix login". Words, not HTML."""

    actor_id: UUID
    actor: str
    words: str
    noun: str
    entity_id: UUID
    what: str
    """The thing itself, for pages that say that several people changed it."""


class FetchAnew(Exception):
    """What has changed is best shown by fetching the page again."""


def place(region: str, elements: str) -> str:
    """``elements`` put in their places in ``region`` (a selector) of an open page, or taken out of it.

    Each element has an id and ``data-v``; the page drops what is not newer than what it shows.
    """
    return f'<hx-partial hx-target="{region}" hx-swap="place">{elements}</hx-partial>'


def gone(noun: str, entity_id: UUID, version: int) -> str:
    """The element that takes the row of ``noun`` out of its region."""
    return f'<li id="{noun}-{entity_id}" data-v="{version}" data-gone></li>'
