"""The people of every test: Olga owns, Adam is admin, Mia is member, Vera only views, Stan is a stranger."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import httpx

from app.accounts import tokens
from app.accounts.models import Session, User
from app.accounts.tokens import Claims
from app.core.models import new_id
from app.core.scope import Scope
from app.core.security import session_cookie_name
from app.main import Tandem
from app.workspaces.models import Role

NAMES = {
    "olga": Role.OWNER,
    "adam": Role.ADMIN,
    "mia": Role.MEMBER,
    "vera": Role.VIEWER,
    "stan": None,
}


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who is signed in, on a program and in a browser."""

    scope: Scope
    token: str
    address: str
    cookie_name: str
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.scope.user_id)

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def api(self) -> httpx.AsyncClient:
        """A program of theirs."""
        return self._client(headers=self.bearer)

    @property
    def browser(self) -> httpx.AsyncClient:
        """A browser of theirs, without scripts."""
        return self._client(cookies={self.cookie_name: self.token}, headers={"Origin": self.address})

    def _client(self, **options: dict[str, str]) -> httpx.AsyncClient:
        client = httpx.AsyncClient(base_url=self.address, timeout=20, **options)  # type: ignore[arg-type]
        self.clients.append(client)
        return client

    async def leave(self) -> None:
        """Close what was opened."""
        for client in self.clients:
            await client.aclose()


async def another_session(tandem: Tandem, person: Person, user_agent: str = "") -> UUID:
    """``person`` signs in once more, elsewhere."""
    now = tandem.clock()
    session = Session(
        id=new_id(),
        user_id=person.scope.user_id,
        user_agent=user_agent,
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    async with tandem.database.write() as transaction:
        transaction.add(session)
        await transaction.commit()
    return session.id


async def a_person(tandem: Tandem, name: str, *, address: str) -> Person:
    """``name``, registered and signed in. Not by the command: hashing a password takes 70 ms."""
    now = tandem.clock()
    user = User(
        id=new_id(),
        email=f"{name.lower()}@example.com",
        name=name.capitalize(),
        password_hash="",
        created_at=now,
    )
    session = Session(
        id=new_id(),
        user_id=user.id,
        user_agent="test",
        created_at=now,
        expires_at=now + timedelta(days=14),
    )
    async with tandem.database.write() as transaction:
        transaction.add(user)
        await transaction.flush()
        transaction.add(session)
        await transaction.commit()
    claims = Claims(user_id=user.id, session_id=session.id, issued_at=now, expires_at=session.expires_at)
    return Person(
        scope=Scope(user_id=user.id, name=user.name, email=user.email, session_id=session.id),
        token=tokens.issue(tandem.settings, claims),
        address=address,
        cookie_name=session_cookie_name(tandem.settings),
    )
