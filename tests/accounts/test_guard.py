"""Who counts as one client."""

from dataclasses import dataclass, field

import pytest

from app.accounts.gate import Gate
from app.accounts.guard import WebRequest, provide_client
from app.accounts.tokens import Device, issue_device
from app.core.models import new_id


@dataclass
class Peer:
    host: str


@dataclass
class FakeRequest:
    """As much of a request as says who the client is."""

    client: Peer | None
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)


async def address_of(gate: Gate, host: str | None) -> str:
    request = FakeRequest(Peer(host) if host else None, {"x-forwarded-for": "203.0.113.1"})
    return (await provide_client(as_request(request), gate)).address


def as_request(request: FakeRequest) -> WebRequest:
    return request  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::1", "::/64"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.7"),
        ("testclient", "testclient"),
        (None, "local"),
    ],
)
async def test_an_address_is_that_of_the_connection(gate: Gate, host: str | None, address: str) -> None:
    assert await address_of(gate, host) == address


async def test_a_device_is_known_by_its_cookie_if_we_made_it(gate: Gate) -> None:
    device = Device(id=new_id(), user_id=new_id())
    token = issue_device(gate.settings, device)
    for value, known in ((token, device), (token + "x", None), ("", None)):
        request = FakeRequest(None, {}, {"tandem-device": value})
        assert (await provide_client(as_request(request), gate)).device == known
