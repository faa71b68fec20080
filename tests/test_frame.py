"""What stands around the pages that no handler makes: addresses that lead nowhere, and wrong methods."""

import httpx
import pytest

from tests.conftest import World
from tests.workspaces.asking import a_client

NAVIGATION = '<nav class="side"'
NOWHERE = [("GET", "/nowhere", 404), ("GET", "/workspaces/x/y/z", 404), ("GET", "/logout", 405)]


@pytest.mark.parametrize(("method", "path", "status"), NOWHERE)
async def test_somebody_who_is_signed_in_finds_the_way_back(
    world: World, method: str, path: str, status: int
) -> None:
    answer = await world.mia.browser.request(method, path)
    assert answer.status_code == status
    assert NAVIGATION in answer.text
    assert f'href="/workspaces/{world.workspace_id}"' in answer.text
    assert "data-live=" in answer.text
    assert answer.headers["content-security-policy"]


@pytest.mark.parametrize(("method", "path", "status"), NOWHERE)
async def test_a_stranger_gets_the_plain_page(world: World, method: str, path: str, status: int) -> None:
    async with a_client(world) as stranger:
        await _is_plain(await stranger.request(method, path), status)
        stranger.cookies.set(world.mia.cookie_name, "not a token")
        await _is_plain(await stranger.request(method, path), status)


async def test_programs_and_pieces_of_pages_have_none(world: World) -> None:
    fragment = await world.mia.browser.get("/nowhere", headers={"HX-Request": "true"})
    assert (fragment.status_code, NAVIGATION in fragment.text) == (404, False)
    program = await world.mia.api.get("/api/nowhere")
    assert (program.status_code, program.headers["content-type"]) == (404, "application/problem+json")


async def test_an_invite_shows_whose_page_it_is(world: World) -> None:
    page = await world.stan.browser.get("/workspaces/join/unknown")
    assert NAVIGATION in page.text
    async with a_client(world) as stranger:
        await _is_plain(await stranger.get("/workspaces/join/unknown"), 404)


async def _is_plain(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status
    assert NAVIGATION not in answer.text
    assert "data-live=" not in answer.text
