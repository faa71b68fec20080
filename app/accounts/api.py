"""Accounts over the JSON API."""

from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import UNSET

from app.accounts import commands, tokens
from app.accounts.commands import SignedIn
from app.accounts.gate import Client, Gate
from app.accounts.schemas import LoginIn, ProfileIn, RegisterIn, SignedInOut, UserOut
from app.core.scope import Scope
from app.core.unit_of_work import UnitOfWork


@post("/api/auth/register")
async def register(
    data: JSONBody[RegisterIn],
    uow: NamedDependency[UnitOfWork],
    gate: NamedDependency[Gate],
    client: NamedDependency[Client],
) -> SignedInOut:
    """Register and sign in."""
    signed_in = await commands.register(
        uow,
        gate,
        client,
        email=data.email,
        name=data.name,
        password=data.password,
        invite=data.invite,
    )
    return _answer(gate, signed_in)


@post("/api/auth/login", status_code=200)
async def login(
    data: JSONBody[LoginIn],
    uow: NamedDependency[UnitOfWork],
    gate: NamedDependency[Gate],
    client: NamedDependency[Client],
) -> SignedInOut:
    """Sign in."""
    signed_in = await commands.sign_in(uow, gate, client, email=data.email, password=data.password)
    return _answer(gate, signed_in)


@post("/api/auth/logout", status_code=204)
async def logout(uow: NamedDependency[UnitOfWork], caller: NamedDependency[Scope]) -> None:
    """Sign out: the token is dead at once."""
    await commands.sign_out(uow, caller)


@get("/api/me")
async def me(caller: NamedDependency[Scope]) -> UserOut:
    """The user whom the token stands for."""
    return UserOut(id=caller.user_id, email=caller.email, name=caller.name)


@patch("/api/me")
async def change_me(
    data: JSONBody[ProfileIn], uow: NamedDependency[UnitOfWork], caller: NamedDependency[Scope]
) -> UserOut:
    """Change one's own name."""
    name = caller.name if data.name is UNSET else data.name
    user = await commands.rename(uow, caller, name=name)
    return UserOut(id=user.id, email=user.email, name=user.name)


HANDLERS = (register, login, logout, me, change_me)


def _answer(gate: Gate, signed_in: SignedIn) -> SignedInOut:
    user = signed_in.user
    return SignedInOut(
        user=UserOut(id=user.id, email=user.email, name=user.name),
        access_token=tokens.issue(gate.settings, signed_in.claims),
        token_type="Bearer",  # noqa: S106 - a kind, not a secret
        expires_in=int(gate.settings.access_token_ttl.total_seconds()),
    )
