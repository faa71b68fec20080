"""The base of every table, and the types that more than one feature needs."""

import enum
from uuid import UUID

from advanced_alchemy.base import DefaultBase
from sqlalchemy import Enum, String, Text
from uuid_utils.compat import uuid7

# Order by code point in every database, as Python and the page compare: collations differ.
BINARY_STRING = String().with_variant(String(collation="C"), "postgresql")
BINARY_TEXT = Text().with_variant(Text(collation="C"), "postgresql")


class Base(DefaultBase):
    """Declarative base; one metadata for all tables."""

    __abstract__ = True


def new_id() -> UUID:
    """A fresh id: UUID version 7, so that ids sort by the time they were made (RFC 9562)."""
    return uuid7()


def value_enum(kind: type[enum.StrEnum], name: str) -> Enum:
    """A real enum in PostgreSQL, a checked text in SQLite, holding the values, not Python's names."""
    return Enum(
        kind,
        name=name,
        values_callable=lambda members: [member.value for member in members],
        create_constraint=True,
        validate_strings=True,
    )
