"""People and their sessions."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import Base, new_id


class Letters(StrEnum):
    """Where single letters are keys for somebody (WCAG 2.1.4)."""

    LIST = "list"
    EVERYWHERE = "everywhere"
    OFF = "off"


class User(Base):
    """A person with an account."""

    __tablename__ = "user_account"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    # Folded, so that one address is one account whatever its case.
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    # Up to when they have been told by mail what they missed.
    digested_at: Mapped[datetime | None]
    letters: Mapped[str] = mapped_column(String(10), default=Letters.LIST, server_default=Letters.LIST)


class Session(Base):
    """One sign-in on one device. Tokens name it; ending it ends them all at once."""

    __tablename__ = "session"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    user_agent: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
