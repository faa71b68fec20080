"""One mistake is told in the same words by the page and by the API."""

from collections.abc import Mapping
from html import unescape

import pytest

from tests.conftest import World

LABELS = {
    "name": "Name",
    "description": "Description",
    "max_uses": "How many people",
    "expires_in": "Valid for",
}
MISTAKES: list[tuple[str, Mapping[str, object]]] = [
    ("", {"name": ""}),
    ("", {"name": " \t "}),
    ("", {"name": "w" * 101}),
    ("", {"name": "a\x07b"}),
    ("", {"name": "Hut", "description": "d" * 501}),
    ("", {"name": "Hut", "description": "a\x07b"}),
    ("/invites", {"max_uses": 0}),
    ("/invites", {"max_uses": -1}),
    ("/invites", {"max_uses": 10_001}),
    ("/invites", {"expires_in": 59}),
    ("/invites", {"expires_in": -60}),
    ("/invites", {"expires_in": 365 * 24 * 3600 + 1}),
]


@pytest.mark.parametrize(("path", "fields"), MISTAKES)
async def test_page_and_api_say_the_same(world: World, path: str, fields: Mapping[str, object]) -> None:
    place = f"/workspaces/{world.workspace_id}{path}"
    api = world.olga.api
    answer = await (api.post if path else api.put)(f"/api{place}", json=fields)
    [error] = answer.json()["errors"]
    page = await world.olga.browser.post(place, data={name: str(value) for name, value in fields.items()})
    assert (answer.status_code, page.status_code) == (422, 422)
    said = f'id="{error["field"]}-error">{LABELS[error["field"]]} {error["message"]}</p>'
    assert said in unescape(page.text)
