"""Tokens, and the many that are not ours."""

import base64
import hashlib
import hmac
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts import tokens
from app.accounts.tokens import Claims, Device
from app.config import Settings
from app.core.errors import Unauthenticated

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
START = int(NOW.timestamp())
USER, SESSION = UUID("0190a5d0-0000-7000-8000-000000000001"), UUID(int=2)
KEY = "a secret of tests, long enough to sign"
SETTINGS = Settings(
    database_url="sqlite+aiosqlite://",
    redis_url=None,
    secret_key=KEY,
    public_url="http://127.0.0.1:8000",
)
CLAIMS = Claims(user_id=USER, session_id=SESSION, issued_at=NOW, expires_at=NOW + timedelta(days=14))
HEADER: Mapping[str, object] = {"alg": "HS256", "typ": "JWT"}
PAYLOAD: Mapping[str, object] = {
    "sub": str(USER),
    "sid": str(SESSION),
    "iat": START,
    "exp": START + 14 * 86_400,
    "aud": "tandem:access",
}


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def in_json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def signed(
    header: object = HEADER,
    payload: object = PAYLOAD,
    *,
    key: str = KEY,
    digest: Callable[..., object] = hashlib.sha256,
) -> str:
    """A token made by hand, with a signature that is right for its content and ``key``."""
    head = header if isinstance(header, bytes) else in_json(header)
    body = payload if isinstance(payload, bytes) else in_json(payload)
    content = f"{encoded(head)}.{encoded(body)}"
    return f"{content}.{encoded(hmac.digest(key.encode(), content.encode(), digest))}"  # type: ignore[arg-type]


def with_header(**fields: object) -> str:
    return signed(dict(HEADER) | fields)


def with_claims(**fields: object) -> str:
    return signed(payload=dict(PAYLOAD) | fields)


def without_claim(name: str) -> str:
    return signed(payload={key: value for key, value in PAYLOAD.items() if key != name})


GOOD = signed()
HEAD, BODY, SIGNATURE = GOOD.split(".")
# The last character of a signature carries four bits; its two others are ignored when it is read.
SAME_BITS = SIGNATURE[:-1] + chr(ord(SIGNATURE[-1]) + 1)

ATTACKS = {
    "nothing": "",
    "a space": " ",
    "no dots": "x",
    "two dots": "..",
    "many dots": GOOD + ".x",
    "no signature": f"{HEAD}.{BODY}.",
    "signature cut off": f"{HEAD}.{BODY}",
    "one character of the signature": f"{HEAD}.{BODY}.{SIGNATURE[0]}",
    "signature in other case": f"{HEAD}.{BODY}.{SIGNATURE.swapcase()}",
    "signature with the same bits": f"{HEAD}.{BODY}.{SAME_BITS}",
    "padding on the signature": GOOD + "=",
    "much padding": GOOD + "==",
    "padding in the middle": f"{HEAD}=.{BODY}.{SIGNATURE}",
    "white space around": f" {GOOD}\n",
    "a line break within": f"{HEAD}.\n{BODY}.{SIGNATURE}",
    "a null byte": GOOD + "\x00",
    "not ASCII": GOOD + "é",
    "half a character": GOOD + "\ud800",
    "twice": GOOD + GOOD,
    "a megabyte": with_claims(more="x" * 1_000_000),
    "just too long": GOOD + "A" * 4_096,
    "alg none": f"{encoded(in_json(dict(HEADER) | {'alg': 'none'}))}.{BODY}.",
    "alg none with signature": with_header(alg="none"),
    "alg NONE": with_header(alg="NONE"),
    "alg hs256": with_header(alg="hs256"),
    "alg HS384 said only": with_header(alg="HS384"),
    "alg HS512 for real": signed(dict(HEADER) | {"alg": "HS512"}, digest=hashlib.sha512),
    "alg RS256": with_header(alg="RS256"),
    "alg ES256": with_header(alg="ES256"),
    "alg EdDSA": with_header(alg="EdDSA"),
    "alg null": with_header(alg=None),
    "alg a list": with_header(alg=["HS256"]),
    "alg missing": signed({"typ": "JWT"}),
    "typ missing": signed({"alg": "HS256"}),
    "typ at+jwt": with_header(typ="at+jwt"),
    "typ in small letters": with_header(typ="jwt"),
    "kid": with_header(kid="1"),
    "kid of a file": with_header(kid="../../../../dev/null"),
    "kid of a query": with_header(kid="' UNION SELECT 'x"),
    "jku": with_header(jku="https://evil.example/keys"),
    "jwk": with_header(jwk={"kty": "oct", "k": "eA"}),
    "x5u": with_header(x5u="https://evil.example/cert"),
    "x5c": with_header(x5c=["MIIB"]),
    "crit": with_header(crit=["exp"]),
    "crit unknown": with_header(crit=["b64"], b64=False),
    "cty": with_header(cty="JWT"),
    "zip": with_header(zip="DEF"),
    "header in another order": signed({"typ": "JWT", "alg": "HS256"}),
    "header with spaces": signed(b'{"alg": "HS256", "typ": "JWT"}'),
    "header with a name twice": signed(b'{"alg":"none","alg":"HS256","typ":"JWT"}'),
    "header a list": signed(["HS256"]),
    "header not JSON": signed(b"alg=HS256"),
    "header deeply nested": signed(b"[" * 900 + b"]" * 900),
    "header very deeply nested": encoded(b"[" * 2_000) + ".e30." + SIGNATURE,
    "payload empty": signed(payload=b""),
    "payload no claims": signed(payload={}),
    "payload a list": signed(payload=[PAYLOAD]),
    "payload a text": signed(payload="x"),
    "payload null": signed(payload=None),
    "payload not JSON": signed(payload=b"sub=1"),
    "payload not UTF-8": signed(payload=b'{"sub":"\xff"}'),
    "payload deeply nested": signed(payload=b"[" * 1_200 + b"]" * 1_200),
    "payload with a name twice": signed(payload=in_json(PAYLOAD)[:-1] + b',"aud":"tandem:access"}'),
    "payload in another order": signed(payload=dict(reversed(list(PAYLOAD.items())))),
    "another key": signed(key="another secret, just as long as ours"),
    "the empty key": signed(key=""),
    "another's payload": f"{HEAD}.{with_claims(sub=str(SESSION)).split('.')[1]}.{SIGNATURE}",
    "sub missing": without_claim("sub"),
    "sub null": with_claims(sub=None),
    "sub a number": with_claims(sub=1),
    "sub a name": with_claims(sub="mia@example.com"),
    "sub in braces": with_claims(sub=f"{{{USER}}}"),
    "sub without hyphens": with_claims(sub=USER.hex),
    "sub in capitals": with_claims(sub=str(USER).upper()),
    "sub a list": with_claims(sub=[str(USER)]),
    "sid missing": without_claim("sid"),
    "sid null": with_claims(sid=None),
    "sid empty": with_claims(sid=""),
    "iat missing": without_claim("iat"),
    "iat a text": with_claims(iat=str(START)),
    "iat in the future": with_claims(iat=START + 3_600),
    "exp missing": without_claim("exp"),
    "exp null": with_claims(exp=None),
    "exp a text": with_claims(exp=str(START + 86_400)),
    "exp a fraction": with_claims(exp=START + 86_400.5),
    "exp a whole fraction": with_claims(exp=float(START + 86_400)),
    "exp true": with_claims(exp=True),
    "exp endless": with_claims(exp=math.inf),
    "exp not a number": with_claims(exp=math.nan),
    "exp beyond all calendars": with_claims(exp=10**18),
    "exp beyond all integers": with_claims(exp=10**40),
    "exp at the end of calendars": with_claims(exp=253_402_300_800),
    "exp negative": with_claims(exp=-1),
    "exp now": with_claims(exp=START),
    "exp a second ago": with_claims(exp=START - 1),
    "aud missing": without_claim("aud"),
    "aud null": with_claims(aud=None),
    "aud of a device": with_claims(aud="tandem:device"),
    "aud of another program": with_claims(aud="other:access"),
    "aud a longer one": with_claims(aud="tandem:access2"),
    "aud a list": with_claims(aud=["tandem:access"]),
    "one claim too many": with_claims(role="owner"),
    "nbf": with_claims(nbf=START),
    "admin": with_claims(admin=True),
    "a device's token": tokens.issue_device(SETTINGS, Device(id=SESSION, user_id=USER)),
}  # fmt: skip


def test_a_token_says_what_it_was_issued_for() -> None:
    assert tokens.read(SETTINGS, tokens.issue(SETTINGS, CLAIMS), now=NOW) == CLAIMS


def test_the_hand_made_token_is_the_one_that_is_issued() -> None:
    assert tokens.issue(SETTINGS, CLAIMS) == GOOD
    assert len(GOOD) < 400


@pytest.mark.parametrize("token", ATTACKS.values(), ids=ATTACKS.keys())
def test_anything_else_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens.read(SETTINGS, token, now=NOW)


def test_there_are_enough_attacks_in_the_list() -> None:
    assert len(set(ATTACKS.values())) == len(ATTACKS) >= 30


@given(st.text() | st.binary().map(encoded))
def test_no_text_is_more_than_refused(text: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens.read(SETTINGS, text, now=NOW)


@given(st.integers(0, len(GOOD) - 1), st.characters(codec="ascii"))
def test_a_token_with_one_other_character_is_refused(place: int, character: str) -> None:
    changed = GOOD[:place] + character + GOOD[place + 1 :]
    if changed != GOOD:
        with pytest.raises(Unauthenticated):
            tokens.read(SETTINGS, changed, now=NOW)


def test_a_token_is_good_to_the_last_second_and_not_after_it() -> None:
    end = CLAIMS.expires_at
    assert tokens.read(SETTINGS, GOOD, now=end - timedelta(seconds=1)) == CLAIMS
    for late in (end, end + timedelta(seconds=1)):
        with pytest.raises(Unauthenticated):
            tokens.read(SETTINGS, GOOD, now=late)


def test_a_clock_that_is_a_little_behind_does_not_matter() -> None:
    assert tokens.read(SETTINGS, GOOD, now=NOW - timedelta(seconds=30)) == CLAIMS


def test_the_injected_clock_decides_and_no_other() -> None:
    long_ago = replace(CLAIMS, issued_at=NOW - timedelta(days=9999), expires_at=NOW)
    token = tokens.issue(SETTINGS, long_ago)
    assert tokens.read(SETTINGS, token, now=NOW - timedelta(days=1)) == long_ago


def test_a_device_is_known_by_its_own_token_only() -> None:
    device = Device(id=SESSION, user_id=USER)
    token = tokens.issue_device(SETTINGS, device)
    assert tokens.read_device(SETTINGS, token) == device
    forged = tokens.issue_device(replace(SETTINGS, secret_key="x" * 40), device)
    for other in (GOOD, "", token + "=", forged):
        assert tokens.read_device(SETTINGS, other) is None


def test_another_secret_ends_all_tokens() -> None:
    with pytest.raises(Unauthenticated):
        tokens.read(replace(SETTINGS, secret_key="y" * 40), GOOD, now=NOW)
