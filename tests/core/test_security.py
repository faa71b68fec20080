"""What browsers are told, and whose requests may change something."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from litestar import Litestar, Request, Response, delete, get, patch, post, put
from litestar.datastructures import State

from app.config import Settings
from app.core.errors import TandemError
from app.core.security import (
    CanonicalHost,
    OriginCheck,
    allowed_origin,
    public_origin,
    security_headers,
)

PUBLIC = "http://127.0.0.1:8000"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SETTINGS = Settings(
    database_url="sqlite+aiosqlite://",
    redis_url=None,
    secret_key="a secret of tests, long enough to sign",
    public_url=PUBLIC,
)
HTTPS = replace(SETTINGS, public_url="https://tasks.example.com")


@get(["/", "/page", "/health/live", "/api/thing"])
async def read() -> str:
    return "read"


@get("/own-policy")
async def read_with_own_policy() -> Response[str]:
    headers = {"Content-Security-Policy": "default-src 'self'", "Cache-Control": "max-age=9"}
    return Response("read", headers=headers)


@get("/broken")
async def broken() -> str:
    raise ValueError("broken")


@post(["/page", "/api/thing", "/apiary"], status_code=200)
async def change() -> str:
    return "changed"


@put("/page")
async def change_by_put() -> str:
    return "changed"


@patch("/page")
async def change_by_patch() -> str:
    return "changed"


@delete("/page", status_code=200)
async def change_by_delete() -> str:
    return "changed"


def a_browser(settings: Settings, address: str | None = None) -> httpx.AsyncClient:
    handlers = [read, read_with_own_policy, broken]
    changes = [change, change_by_put, change_by_patch, change_by_delete]
    app = Litestar(
        [*handlers, *changes],
        middleware=[OriginCheck(settings), CanonicalHost(settings)],
        before_send=[security_headers(settings)],
        exception_handlers={TandemError: _problem},
        openapi_config=None,
        logging_config=None,
    )
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),  # type: ignore[arg-type]
        base_url=address or settings.public_url,
    )


def _problem(_: Request[object, object, State], error: TandemError) -> Response[str]:
    return Response(error.detail, status_code=error.status)


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    async with a_browser(SETTINGS) as browser:
        yield browser


@pytest.mark.parametrize(
    ("method", "address"),
    [("GET", "/page"), ("GET", "/nowhere"), ("GET", "/broken"), ("POST", "/page"), ("PUT", "/")],
)
async def test_every_answer_carries_the_security_headers(
    browser: httpx.AsyncClient, method: str, address: str
) -> None:
    answer = await browser.request(method, address)
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in answer.headers


async def test_only_over_https_browsers_are_told_to_stay_with_it() -> None:
    async with a_browser(HTTPS) as browser:
        answer = await browser.get("/page")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


async def test_an_answer_may_set_its_own_policy(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/own-policy")
    assert answer.headers.get_list("content-security-policy") == ["default-src 'self'"]
    assert answer.headers.get_list("cache-control") == ["max-age=9"]
    assert answer.headers["x-content-type-options"] == "nosniff"


COOKIE = {"Cookie": "tandem=x"}
BEARER = {"Authorization": "Bearer x"}
REFUSED_HEADERS = [
    {},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "https://evil.example"},
    {"Origin": "http://127.0.0.1"},
    {"Origin": "http://127.0.0.1:8001"},
    {"Origin": "https://127.0.0.1:8000"},
    {"Origin": "http://localhost:8000"},
    {"Origin": "http://127.0.0.1:8000/"},
    {"Origin": "http://127.0.0.1:8000.evil.example"},
    {"Origin": "http://evil.example?http://127.0.0.1:8000"},
    {"Origin": "http://mia@127.0.0.1:8000"},
    {"Origin": "HTTP://127.0.0.1:8000"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "SAME-ORIGIN"},
    {"Sec-Fetch-Site": "cross-site", "Origin": PUBLIC},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost:8000"},
    {"Sec-Fetch-Site": "none", "Origin": "null"},
    {"Referer": f"{PUBLIC}/page"},
    {"X-Requested-With": "XMLHttpRequest"},
    {"X-HTTP-Method-Override": "GET"},
    {"Authorization": "Basic eDp5"},
    {"Authorization": "Digest x", "Origin": "https://evil.example"},
]
ACCEPTED_HEADERS = [
    {"Origin": PUBLIC},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": PUBLIC},
]


@pytest.mark.parametrize("address", ["/page", "/api/thing", "/apiary"])
@pytest.mark.parametrize("headers", REFUSED_HEADERS, ids=str)
async def test_a_change_with_the_cookie_from_elsewhere_is_refused(
    browser: httpx.AsyncClient, address: str, headers: dict[str, str]
) -> None:
    answer = await browser.post(address, headers=COOKIE | headers)
    assert answer.status_code == 403
    assert answer.text == f"Changes are accepted from pages of {PUBLIC} only."


@pytest.mark.parametrize("address", ["/page", "/api/thing"])
@pytest.mark.parametrize("headers", ACCEPTED_HEADERS, ids=str)
async def test_a_change_from_our_own_page_is_accepted(
    browser: httpx.AsyncClient, address: str, headers: dict[str, str]
) -> None:
    assert (await browser.post(address, headers=COOKIE | headers)).text == "changed"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_every_method_that_changes_something_is_checked(
    browser: httpx.AsyncClient, method: str
) -> None:
    answer = await browser.request(method, "/page", headers=COOKIE | {"Origin": "null"})
    assert answer.status_code == 403
    answer = await browser.request(method, "/page", headers=COOKIE | {"Origin": PUBLIC})
    assert answer.text == "changed"


@pytest.mark.parametrize("headers", REFUSED_HEADERS, ids=str)
async def test_reading_is_open_to_whoever_may_read(
    browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    assert (await browser.get("/page", headers=COOKIE | headers)).text == "read"


@pytest.mark.parametrize("token", ["Bearer x", "bearer x", "BEARER x"])
async def test_a_program_with_a_bearer_token_needs_no_origin(browser: httpx.AsyncClient, token: str) -> None:
    headers = {"Authorization": token, "Origin": "https://other.example"}
    assert (await browser.post("/api/thing", headers=headers)).text == "changed"


async def test_a_program_without_cookie_needs_no_origin_in_the_api_only(
    browser: httpx.AsyncClient,
) -> None:
    assert (await browser.post("/api/thing")).text == "changed"
    assert (await browser.post("/page")).status_code == 403
    assert (await browser.post("/apiary")).status_code == 403


async def test_another_site_cannot_sign_a_browser_in_through_the_api(
    browser: httpx.AsyncClient,
) -> None:
    answer = await browser.post("/api/thing", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


async def test_two_origins_are_no_origin(browser: httpx.AsyncClient) -> None:
    headers = [("Cookie", "tandem=x"), ("Origin", PUBLIC), ("Origin", "https://evil.example")]
    assert (await browser.post("/page", headers=headers)).status_code == 403


async def test_the_cookie_is_found_among_others_and_under_its_secure_name() -> None:
    async with a_browser(HTTPS) as browser:
        for cookie, status in (("a=b; __Host-tandem=x; c=d", 403), ("tandem=x", 200)):
            answer = await browser.post("/api/thing", headers={"Cookie": cookie})
            assert answer.status_code == status


@pytest.mark.parametrize(
    "origin",
    [None, "", "null", "https://tasks.example.com/", "https://tasks.example.com:443", "https://TASKS.example.com",
     "http://tasks.example.com", "https://tasks.example.com.", "https://tasks.example.com.evil.example",
     "https://evil.example#tasks.example.com", "https://eviltasks.example.com", "https://example.com",
     "wss://tasks.example.com", " https://tasks.example.com", "https://tasks.example.com, https://evil.example",
     "*", "file://", "https://x@tasks.example.com", "https://tаsks.example.com"],
)  # fmt: skip
def test_only_exactly_the_public_origin_may_open_sockets(origin: str | None) -> None:
    assert not allowed_origin(HTTPS, origin)
    assert allowed_origin(HTTPS, "https://tasks.example.com")


@pytest.mark.parametrize(
    ("public_url", "origin"),
    [
        ("https://a.example:443", "https://a.example"),
        ("http://a.example:80", "http://a.example"),
        ("http://a.example:443", "http://a.example:443"),
        ("http://a.example:8080", "http://a.example:8080"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_the_public_origin_is_written_as_browsers_write_it(public_url: str, origin: str) -> None:
    assert public_origin(replace(SETTINGS, public_url=public_url)) == origin


@pytest.mark.parametrize("host", ["localhost:8000", "LOCALHOST:8000", "[::1]:8000"])
async def test_a_page_asked_of_another_name_of_this_machine_is_at_the_public_one(host: str) -> None:
    async with a_browser(SETTINGS, f"http://{host}") as browser:
        answer = await browser.get("/page?q=a%2Fb&status=todo")
    assert answer.status_code == 307
    assert answer.headers["location"] == f"{PUBLIC}/page?q=a%2Fb&status=todo"
    assert answer.headers["content-security-policy"] == POLICY


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "localhost:9000", "localhost", "evil.example:8000", "localhost:x"]
)
async def test_every_other_host_is_answered_where_it_is(host: str) -> None:
    async with a_browser(SETTINGS) as browser:
        assert (await browser.get("/page", headers={"Host": host})).status_code == 200


async def test_programs_are_answered_under_any_name() -> None:
    async with a_browser(SETTINGS, "http://localhost:8000") as browser:
        assert (await browser.get("/health/live")).status_code == 200
        assert (await browser.get("/api/thing")).status_code == 200
        assert (await browser.post("/page", headers=BEARER)).status_code == 200


async def test_a_public_host_elsewhere_is_not_taken_for_this_machine() -> None:
    async with a_browser(HTTPS, "https://localhost") as browser:
        assert (await browser.get("/page")).status_code == 200


async def test_the_way_to_the_public_address_cannot_lead_to_another_host() -> None:
    async with a_browser(SETTINGS, "http://localhost:8000") as browser:
        answer = await browser.get("http://localhost:8000//evil.example/%0d%0aX: y")
    location = answer.headers.get("location", PUBLIC)
    assert httpx.URL(location).netloc == b"127.0.0.1:8000"
