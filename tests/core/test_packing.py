"""Pages are sent packed to whoever may know how long they are then."""

import gzip
from dataclasses import replace

import httpx
import pytest
from litestar import Litestar, MediaType, Response, get

from app.config import Settings
from app.core.packing import SMALL, Packing

HTTP = Settings(
    database_url="sqlite+aiosqlite://",
    redis_url=None,
    secret_key="a secret of tests, long enough to sign",
    public_url="http://127.0.0.1:8000",
)
HTTPS = replace(HTTP, public_url="https://tasks.example.com")
PAGE = "<p>milk</p>" * 1_000


@get("/page", media_type=MediaType.HTML)
async def page() -> str:
    return PAGE


@get("/piece", media_type=MediaType.HTML)
async def piece() -> Response[str]:
    return Response(PAGE, headers={"Vary": "HX-Request"})


@get("/small", media_type=MediaType.HTML)
async def small() -> str:
    return "m" * (SMALL - 1)


@get("/thing", media_type=MediaType.JSON)
async def thing() -> dict[str, str]:
    return {"page": PAGE}


async def ask(settings: Settings, path: str = "/page", **headers: str) -> httpx.Response:
    app = Litestar([page, piece, small, thing], middleware=[Packing(settings)], openapi_config=None)
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=settings.public_url) as browser:
        return await browser.get(
            path, headers={name.replace("_", "-"): each for name, each in headers.items()}
        )


def is_packed(answer: httpx.Response) -> bool:
    return "gzip" in answer.headers.get_list("content-encoding")


async def test_a_page_is_packed_and_whole() -> None:
    answer = await ask(HTTP)
    assert is_packed(answer)
    assert answer.text == PAGE
    assert int(answer.headers["content-length"]) < len(PAGE) / 50
    assert answer.headers["vary"] == "Accept-Encoding"
    # The same page is the same bytes at any time.
    assert len(gzip.compress(PAGE.encode(), 5)) == int(answer.headers["content-length"])


async def test_what_else_a_page_depends_on_is_still_said() -> None:
    answer = await ask(HTTP, "/piece")
    assert is_packed(answer)
    assert answer.headers.get_list("vary", split_commas=True) == ["HX-Request", "Accept-Encoding"]


@pytest.mark.parametrize("path", ["/small", "/thing"])
async def test_what_is_small_or_no_page_is_not(path: str) -> None:
    assert not is_packed(await ask(HTTP, path))


async def test_who_cannot_unpack_gets_it_as_it_is() -> None:
    answer = await ask(HTTP, accept_encoding="identity")
    assert not is_packed(answer)
    assert answer.text == PAGE


@pytest.mark.parametrize("settings", [HTTP, HTTPS], ids=["http", "https"])
@pytest.mark.parametrize(
    ("site", "packed"), [("same-origin", True), ("none", True), ("cross-site", False), ("same-site", False)]
)
async def test_what_another_site_has_asked_for_is_not(settings: Settings, site: str, *, packed: bool) -> None:
    assert is_packed(await ask(settings, sec_fetch_site=site)) is packed


async def test_over_https_whoever_does_not_say_from_where_gets_it_as_it_is() -> None:
    assert not is_packed(await ask(HTTPS))
