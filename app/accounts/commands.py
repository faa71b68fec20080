"""What can be done to accounts and sessions. Sessions have no events: nobody watches them."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from app.accounts import passwords, queries
from app.accounts.events import UserRenamed
from app.accounts.gate import Client, Gate, count_registration, failures_counted
from app.accounts.models import Letters, Session, User
from app.accounts.tokens import Claims
from app.core import text
from app.core.errors import FieldError, Forbidden, Invalid, NotFound, Unauthenticated
from app.core.models import new_id
from app.core.scope import Scope
from app.core.unit_of_work import UnitOfWork

EMAIL_MOST = 254
NAME_MOST = 80
USER_AGENT_MOST = 200


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Somebody, and the session that has just begun."""

    user: User
    session: Session

    @property
    def claims(self) -> Claims:
        """What the first token of the session says."""
        return Claims(
            user_id=self.user.id,
            session_id=self.session.id,
            issued_at=self.session.created_at,
            expires_at=self.session.expires_at,
        )


async def register(
    uow: UnitOfWork,
    gate: Gate,
    client: Client,
    *,
    email: str,
    name: str,
    password: str,
    invite: str = "",
) -> SignedIn:
    """A new account, signed in. ``invite`` counts where the settings ask for one."""
    await _ensure_open(gate, invite)
    email, name = _checked_profile(email, name, password)
    await count_registration(gate.limiter, client)
    password_hash = await gate.passwords.hashed(password)
    async with uow:
        user = User(id=new_id(), email=email, name=name, password_hash=password_hash, created_at=uow.clock())
        uow.session.add(user)
        try:
            await uow.session.flush()
        except IntegrityError:
            raise Invalid(FieldError("email", "belongs to an account already.")) from None
        return SignedIn(user=user, session=_begin_session(uow, gate, client, user.id))


async def sign_in(uow: UnitOfWork, gate: Gate, client: Client, *, email: str, password: str) -> SignedIn:
    """A new session for whoever knows the password; the same refusal, after the same time, else."""
    email = _folded(email)
    known = await _account_of(gate, email)
    kept = known.password_hash if known else None
    user_id = known.id if known else None
    async with failures_counted(gate.limiter, client, email=email, user_id=user_id):
        if not await gate.passwords.match(kept, password) or known is None:
            raise Unauthenticated("The e-mail address or the password is wrong.")
    outdated = gate.passwords.is_outdated(known.password_hash)
    renewed = await gate.passwords.hashed(password) if outdated else known.password_hash
    async with uow:
        user = await uow.session.get(User, known.id, with_for_update=True)
        # It took a while to check; the password may be another one by now.
        if user is None or user.password_hash != known.password_hash:
            raise Unauthenticated("The e-mail address or the password is wrong.")
        user.password_hash = renewed
        return SignedIn(user=user, session=_begin_session(uow, gate, client, user.id))


async def sign_out(uow: UnitOfWork, scope: Scope) -> None:
    """End this session: its tokens are dead from here on, and its sockets are closed."""
    async with uow:
        await uow.session.execute(
            update(Session)
            .where(Session.id == scope.session_id, Session.ended_at.is_(None))
            .values(ended_at=uow.clock())
        )


async def end_session(uow: UnitOfWork, scope: Scope, session_id: UUID) -> None:
    """End one session of the caller; doing it again changes nothing."""
    async with uow:
        session = await uow.session.get(Session, session_id, with_for_update=True)
        if session is None or session.user_id != scope.user_id:
            raise NotFound("There is no such session of yours.")
        session.ended_at = session.ended_at or uow.clock()


async def end_other_sessions(uow: UnitOfWork, scope: Scope) -> None:
    """End every session of the caller but this one."""
    async with uow:
        await _end_others(uow, scope)


async def change_password(
    uow: UnitOfWork, gate: Gate, client: Client, scope: Scope, *, old: str, new: str
) -> None:
    """Another password for whoever knows the one until now; every other session ends.

    Tries with a wrong one are counted together with those of signing in. Raises Invalid and TooMany.
    """
    passwords.ensure_acceptable(new)
    async with gate.database.read() as session:
        kept = (await queries.user(session, scope.user_id)).password_hash
    async with failures_counted(gate.limiter, client, email=scope.email, user_id=scope.user_id):
        if not await gate.passwords.match(kept, old):
            raise Invalid(FieldError("old_password", "is not your password."))
    renewed = await gate.passwords.hashed(new)
    async with uow:
        user = await uow.session.get_one(User, scope.user_id, with_for_update={"key_share": True})
        if user.password_hash != kept:
            raise Invalid(FieldError("old_password", "is not your password any more."))
        # Whoever was signed out while this was checked must not change what keeps them out.
        if scope.session_id not in await queries.alive_sessions(uow.session, [scope.session_id], uow.clock()):
            raise Unauthenticated("The session has ended. Sign in again.")
        user.password_hash = renewed
        await _end_others(uow, scope)


async def choose_letters(uow: UnitOfWork, scope: Scope, letters: Letters) -> None:
    """Where single letters are keys for the caller from the next page on. Tells nobody."""
    async with uow:
        user = await uow.session.get_one(User, scope.user_id, with_for_update={"key_share": True})
        user.letters = letters.value


async def renew(uow: UnitOfWork, gate: Gate, scope: Scope) -> datetime | None:
    """Give this session its full life again, and say until when; None if it has ended meanwhile."""
    async with uow:
        now = uow.clock()
        expires_at = now + gate.settings.access_token_ttl
        renewed = await uow.session.execute(
            update(Session)
            .where(Session.id == scope.session_id, Session.ended_at.is_(None))
            .where(Session.expires_at > now)
            .values(expires_at=expires_at)
            .returning(Session.id)
        )
        return expires_at if renewed.first() else None


async def delete_old_sessions(uow: UnitOfWork, *, before: datetime) -> None:
    """Delete the sessions that ran out or were ended before a moment."""
    async with uow:
        await uow.session.execute(
            delete(Session)
            .where((Session.expires_at < before) | (Session.ended_at < before))
            .execution_options(synchronize_session=False)
        )


async def rename(uow: UnitOfWork, scope: Scope, *, name: str) -> User:
    """Change one's own name."""
    name = text.line(name, field="name", most=NAME_MOST)
    async with uow:
        # key_share: whoever changes a task of this person needs to know only that they exist.
        user = await uow.session.get_one(User, scope.user_id, with_for_update={"key_share": True})
        if user.name != name:
            uow.record(UserRenamed.of(user.id, name=name, previous_name=user.name))
            user.name = name
        return user


async def _end_others(uow: UnitOfWork, scope: Scope) -> None:
    others = (Session.user_id == scope.user_id) & (Session.id != scope.session_id)
    await uow.session.execute(
        update(Session)
        .where(others, Session.ended_at.is_(None))
        .values(ended_at=uow.clock())
        .execution_options(synchronize_session=False)
    )


async def _account_of(gate: Gate, email: str) -> User | None:
    try:
        _ensure_email(email)  # a database does not take every text
    except Invalid:
        return None
    async with gate.database.read() as session:
        return await queries.user_by_email(session, email)


async def _ensure_open(gate: Gate, invite: str) -> None:
    if gate.settings.registration == "closed":
        raise Forbidden("Registration is closed. Ask whoever runs this server for an account.")
    if gate.settings.registration == "invite" and not await gate.invited(invite):
        raise Forbidden("Registration needs an invite. Open the link that you were sent.")


def _checked_profile(email: str, name: str, password: str) -> tuple[str, str]:
    """E-mail address and name as they are kept. Raises Invalid with everything that is wrong."""
    errors: list[FieldError] = []
    email = _folded(email)
    with _noting(errors):
        _ensure_email(email)
    with _noting(errors):
        name = text.line(name, field="name", most=NAME_MOST)
    with _noting(errors):
        passwords.ensure_acceptable(password)
    if errors:
        raise Invalid(*errors)
    return email, name


@contextmanager
def _noting(errors: list[FieldError]) -> Iterator[None]:
    try:
        yield
    except Invalid as refusal:
        errors.extend(refusal.errors)


def _folded(email: str) -> str:
    return email.strip().casefold()


def _ensure_email(email: str) -> None:
    before, at, after = email.partition("@")
    if not (before and at and after) or "@" in after or any(map(_is_invisible, email)):
        raise Invalid(FieldError("email", "must be an address such as mia@example.com."))
    text.ensure_length(email, field="email", least=0, most=EMAIL_MOST)


def _is_invisible(character: str) -> bool:
    return character.isspace() or unicodedata.category(character).startswith("C")


def _begin_session(uow: UnitOfWork, gate: Gate, client: Client, user_id: UUID) -> Session:
    now = uow.clock()
    session = Session(
        id=new_id(),
        user_id=user_id,
        user_agent="".join(filter(str.isprintable, client.user_agent))[:USER_AGENT_MOST],
        created_at=now,
        expires_at=now + gate.settings.access_token_ttl,
    )
    uow.session.add(session)
    return session
