"""What a browser really loads for each page, before anybody does anything there."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, Request, expect

from e2e.people import People, a_team

SCRIPT_BYTES_MOST = 22 * 1024
STYLE_BYTES_MOST = 15 * 1024
# The last leads nowhere, which is a page as well.
PAGES = (
    "/workspaces/{workspace}",
    "/workspaces/{workspace}?status=todo&sort=due&group=status",
    "/workspaces/{workspace}/tasks/{task}",
    "/workspaces/{workspace}/settings",
    "/workspaces/{workspace}/activity",
    "/workspaces/{workspace}/trash",
    "/tasks/{task}/history",
    "/workspaces",
    "/tasks",
    "/assigned",
    "/notifications",
    "/notifications/preferences",
    "/keyboard",
    "/nowhere",
)
FOR_STRANGERS = ("/login", "/register")


async def loaded(page: Page, path: str) -> Sequence[Request]:
    """Everything that came over the line for the page at ``path``, packed as it came."""
    found: list[Request] = []

    def keep(request: Request) -> None:
        found.append(request)

    page.on("requestfinished", keep)
    await page.goto(path, wait_until="networkidle")
    page.remove_listener("requestfinished", keep)
    return found


async def judge(page: Page, path: str) -> None:
    found = await loaded(page, path)
    assert {each.resource_type for each in found} <= {"document", "script", "stylesheet"}, path
    assert len({urlsplit(each.url).netloc for each in found}) == 1, path
    weights = {"document": 0, "script": 0, "stylesheet": 0}
    for each in found:
        answer = await each.response()
        assert answer
        headers = await answer.all_headers()
        # As sent: what is in the browser's cache already says so, too.
        weights[each.resource_type] += int(headers["content-length"])
        if answer.status != 404:  # no part of the program has it in hand there
            assert headers.get("content-encoding") == "gzip", each.url
        kept = "no-store" if each.resource_type == "document" else "public, max-age=31536000, immutable"
        assert headers["cache-control"] == kept, each.url
    assert 0 < weights["stylesheet"] <= STYLE_BYTES_MOST, (path, weights)
    assert weights["script"] <= SCRIPT_BYTES_MOST, (path, weights)


@pytest.mark.slow
async def test_a_page_loads_little_from_here_alone_and_everything_packed(people: People) -> None:
    team = await a_team(people, "adam")
    task = await team.olga.task(team.workspace_id, "milk")
    team.olga.allow(r"404|WebSocket")
    for path in PAGES:
        await judge(team.olga.page, path.format(workspace=team.workspace_id, task=task["id"]))
    stranger = await people.visitor()
    for path in FOR_STRANGERS:
        await judge(stranger.page, path)


async def test_what_somebody_saw_is_not_there_any_more_once_they_are_signed_out(people: People) -> None:
    """Not by the browser's way back either: no page is kept."""
    team = await a_team(people, "adam")
    olga = team.olga
    olga.allow("WebSocket")
    await olga.task(team.workspace_id, "secret")
    await olga.open(team.path)
    await expect(olga.row("secret")).to_be_visible()
    await olga.page.get_by_role("button", name="Sign out").click()
    await expect(olga.page.get_by_label("Password")).to_be_visible()
    await olga.page.go_back()
    await expect(olga.page.get_by_label("Password")).to_be_visible()
    await expect(olga.page.get_by_text("secret")).to_have_count(0)
