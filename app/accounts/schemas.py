"""What comes in and goes out of the JSON API for accounts."""

from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType


class RegisterIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A new account. ``invite`` is the token or the address of an invite, where one is needed."""

    email: str
    name: str
    password: str
    invite: str = ""


class LoginIn(msgspec.Struct, forbid_unknown_fields=True):
    """Who wants to sign in."""

    email: str
    password: str


class ProfileIn(msgspec.Struct, forbid_unknown_fields=True):
    """What people may change about themselves; what is left out stays."""

    name: str | UnsetType = UNSET


class UserOut(msgspec.Struct, frozen=True):
    """A user as that user sees it."""

    id: UUID
    email: str
    name: str


class SignedInOut(msgspec.Struct, frozen=True):
    """A user, and the token that signs requests in for ``expires_in`` seconds."""

    user: UserOut
    access_token: str
    token_type: str
    expires_in: int
