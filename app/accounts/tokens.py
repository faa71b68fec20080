"""Signed tokens, and the only user of jwt. A token says who somebody is, never what they may do."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, TypeVar
from uuid import UUID

import jwt
import msgspec

from app.config import Settings
from app.core.errors import Unauthenticated

_ALGORITHM = "HS256"
_LONGEST = 4096
_ACCESS = "tandem:access"
_DEVICE = "tandem:device"
# Our own clocks may differ by so much, from process to process.
_CLOCK_SKEW = 60


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What an access token says: which session of whom, and from when to when."""

    user_id: UUID
    session_id: UUID
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Device:
    """A browser in which this person has signed in before."""

    id: UUID
    user_id: UUID


# Up to the end of the year 9999, as far as calendars go.
_Seconds = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799)]


class _Access(msgspec.Struct, forbid_unknown_fields=True):
    sub: UUID
    sid: UUID
    iat: _Seconds
    exp: _Seconds
    aud: str = _ACCESS


class _Device(msgspec.Struct, forbid_unknown_fields=True):
    sub: UUID
    did: UUID
    aud: str = _DEVICE


_Payload = TypeVar("_Payload", _Access, _Device)


def issue(settings: Settings, claims: Claims) -> str:
    """The access token that says ``claims``. It keeps whole seconds; the session is exact."""
    payload = _Access(
        sub=claims.user_id,
        sid=claims.session_id,
        iat=int(claims.issued_at.timestamp()),
        exp=math.ceil(claims.expires_at.timestamp()),
    )
    return _encode(settings, payload)


def read(settings: Settings, token: str, *, now: datetime) -> Claims:
    """What an access token says; raises Unauthenticated unless we issued exactly this one."""
    payload = _decode(settings, token, _ACCESS, _Access)
    if payload is None or not payload.iat - _CLOCK_SKEW <= now.timestamp() < payload.exp:
        raise Unauthenticated("The token is not valid, or no longer.")
    return Claims(
        user_id=payload.sub,
        session_id=payload.sid,
        issued_at=datetime.fromtimestamp(payload.iat, UTC),
        expires_at=datetime.fromtimestamp(payload.exp, UTC),
    )


def issue_device(settings: Settings, device: Device) -> str:
    """The token by which ``device`` is known again. It opens nothing."""
    return _encode(settings, _Device(sub=device.user_id, did=device.id))


def read_device(settings: Settings, token: str) -> Device | None:
    """The device that a token names; None unless we issued exactly this one."""
    payload = _decode(settings, token, _DEVICE, _Device)
    return None if payload is None else Device(id=payload.did, user_id=payload.sub)


def _encode(settings: Settings, payload: _Payload) -> str:
    claims: dict[str, object] = msgspec.to_builtins(payload)
    return jwt.encode(claims, settings.secret_key, _ALGORITHM)


def _decode(settings: Settings, token: str, audience: str, kind: type[_Payload]) -> _Payload | None:
    if len(token) > _LONGEST:
        return None
    try:
        claims = jwt.decode(
            token,
            settings.secret_key,
            algorithms=[_ALGORITHM],
            audience=audience,
            # Times are compared with the injected clock, by the caller.
            options={"strict_aud": True, "verify_exp": False, "verify_iat": False},
        )
        payload = msgspec.convert(claims, kind)
    except (jwt.PyJWTError, msgspec.MsgspecError, ValueError, RecursionError):
        return None
    # Only in the form in which we write it: no other header, no claim too many, no padding.
    return payload if _encode(settings, payload) == token else None
