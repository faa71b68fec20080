"""Mail for whoever has not read what they want to be mailed of: at most once a day, and nothing twice.

What a mail holds is taken in a transaction that moves ``digested_at`` on; it is sent after that, and
given back where the mail server has certainly not taken it. Whatever is killed in between, nothing is
sent twice; at worst it is only in the list.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy import update

from app.accounts.models import User
from app.core.database import Database
from app.core.topics import user_topic
from app.core.unit_of_work import UnitOfWork
from app.notifications import queries
from app.notifications.mail import Refused, Unreachable
from app.notifications.schemas import NotificationOut

EVERY = timedelta(days=1)
# Whoever reads it on a page meanwhile needs no mail.
UNREAD_FOR = timedelta(hours=1)
PAUSE = timedelta(minutes=5)
SHOWN_MOST = 20

logger = structlog.get_logger()


class Post(Protocol):
    """Whoever takes mail."""

    async def send(self, message: EmailMessage, *, to: str) -> None:
        """Hand ``message`` over. Raises Unreachable or Refused."""


@dataclass(frozen=True, kw_only=True)
class Digest:
    """What one person is to be mailed, and what has to be put back if that fails."""

    user_id: UUID
    name: str
    email: str
    taken_at: datetime
    former: datetime | None
    notifications: Sequence[NotificationOut]


class Digests:
    """The job that mails. It remembers only that the mail server is away."""

    def __init__(
        self, database: Database, unit_of_work: Callable[[], UnitOfWork], post: Post, *, public_url: str
    ) -> None:
        self._database = database
        self._unit_of_work = unit_of_work
        self._post = post
        self._public_url = public_url
        self._not_before: datetime | None = None

    async def send(self) -> int:
        """Mail everybody whose turn it is; gives how many were sent."""
        now = self._unit_of_work().clock()
        if self._not_before is not None and now < self._not_before:
            return 0
        async with self._database.read() as session:
            waiting = await queries.to_be_mailed(
                session, unread_before=now - UNREAD_FOR, mailed_before=now - EVERY
            )
        sent = 0
        for user_id in waiting:
            try:
                sent += await self._send_to(user_id)
            except Unreachable as error:
                logger.warning("the mail server is away; trying again", error=str(error))
                self._not_before = now + PAUSE
                break
        return sent

    async def _send_to(self, user_id: UUID) -> bool:
        digest = await _take(self._unit_of_work(), user_id)
        if digest is None:
            return False
        try:
            await self._post.send(_message(digest, self._public_url), to=digest.email)
        except Unreachable:
            await _give_back(self._unit_of_work(), digest)
            raise
        except Refused as error:
            logger.warning("a mail was refused", user_id=str(user_id), error=str(error), again=error.again)
            if error.again:
                await _give_back(self._unit_of_work(), digest)
                self._not_before = digest.taken_at + PAUSE
            return False
        return True


async def _take(uow: UnitOfWork, user_id: UUID) -> Digest | None:
    """What ``user_id`` is to be mailed now, which nobody else will; None where another process was faster."""
    async with uow:
        await uow.hold([user_topic(user_id)])
        now = uow.clock()
        user = await uow.session.get_one(User, user_id)
        former = user.digested_at
        if former is not None and former > now - EVERY:
            return None
        found = await queries.mailed(uow.session, user_id, since=former)
        if not found:
            return None
        user.digested_at = now
    return Digest(
        user_id=user_id,
        name=user.name,
        email=user.email,
        taken_at=now,
        former=former,
        notifications=[queries.notification_out(each) for each in found],
    )


async def _give_back(uow: UnitOfWork, digest: Digest) -> None:
    """It was not sent: all of it is due again."""
    async with uow:
        await uow.hold([user_topic(digest.user_id)])
        mine = update(User).where(User.id == digest.user_id, User.digested_at == digest.taken_at)
        await uow.session.execute(mine.values(digested_at=digest.former))


def _message(digest: Digest, public_url: str) -> EmailMessage:
    count = len(digest.notifications)
    message = EmailMessage()
    message["Subject"] = f"Tandem: {count} {'thing' if count == 1 else 'things'} you have not read"
    message["Date"] = format_datetime(digest.taken_at)
    message["Message-ID"] = f"<{digest.user_id.hex}.{digest.taken_at.timestamp():.6f}@tandem>"
    message["Auto-Submitted"] = "auto-generated"
    lines = [f"Hello {digest.name},", "", "this is what you have not read yet:", ""]
    for each in digest.notifications[:SHOWN_MOST]:
        before, after = each.words
        lines.append(f"- {before}{each.title}{after}")
        lines += [f"  {public_url}{each.address}"] if each.address else []
    if count > SHOWN_MOST:
        lines.append(f"- and {count - SHOWN_MOST} more")
    lines += ["", f"All of it: {public_url}/notifications"]
    lines += [f"What you are mailed, and whether: {public_url}/notifications/preferences", ""]
    message.set_content("\n".join(lines), cte="quoted-printable")
    return message
