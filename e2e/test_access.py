"""Who loses access loses it at once, and the page says so in words and shows nothing any more."""

import re
import sqlite3
from contextlib import closing
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from e2e.people import People, Person, a_team, join
from tests.process import Process

WITHIN_A_SECOND = 1_000
NO_ACCESS = "You no longer have access to this workspace."


async def _shows_nothing_private(page: Page, *secrets: str) -> None:
    content = await page.content()
    assert [secret for secret in secrets if secret in content] == []
    await expect(page.locator("#tasks")).to_have_count(0)
    await expect(page.locator("#members")).to_have_count(0)


async def test_the_page_of_somebody_who_is_removed_says_so(people: People) -> None:
    team = await a_team(people, "adam", "mia", name="Secret garden")
    mia = team.mia
    await team.olga.task(team.workspace_id, "Hide the key")
    await mia.open(team.path)
    await expect(mia.row("Hide the key")).to_be_visible()
    async with mia.stays():
        await team.olga.ask("DELETE", f"/workspaces/{team.workspace_id}/members/{mia.id}")
        await expect(mia.page.get_by_text(NO_ACCESS)).to_be_visible(timeout=WITHIN_A_SECOND)
        await team.olga.task(team.workspace_id, "Change the lock")
        await _shows_nothing_private(mia.page, "Hide the key", "Change the lock", "Adam")
    mia.allow("status of 404")
    await mia.page.reload()
    await expect(mia.page.get_by_text("404")).to_be_visible()
    assert "Secret garden" not in await mia.page.content()


async def test_somebody_who_is_removed_while_away_sees_nothing_when_back(people: People) -> None:
    team = await a_team(people, "mia")
    mia = team.mia
    mia.allow_outage()
    await mia.open(team.path)
    await mia.context.set_offline(True)
    await team.olga.ask("DELETE", f"/workspaces/{team.workspace_id}/members/{mia.id}")
    await team.olga.task(team.workspace_id, "Not for Mia")
    await mia.context.set_offline(False)
    await expect(mia.page.get_by_text(NO_ACCESS)).to_be_visible()
    await _shows_nothing_private(mia.page, "Not for Mia")


async def test_everybody_sees_that_somebody_is_gone(people: People) -> None:
    team = await a_team(people, "adam", "mia")
    await team.adam.open(team.path)
    await expect(team.adam.page.locator("#members")).to_contain_text("Mia")
    async with team.adam.stays():
        await team.olga.ask("DELETE", f"/workspaces/{team.workspace_id}/members/{team.mia.id}")
        await expect(team.adam.page.locator("#members")).not_to_contain_text("Mia")
        await expect(team.adam.page.locator("#people-title")).to_have_text("People 2")


async def test_signing_out_in_one_tab_is_said_in_the_other(people: People) -> None:
    team = await a_team(people, "mia")
    mia = team.mia
    await mia.open(team.path)
    tab = await mia.new_tab()
    await tab.page.goto(mia.address + "/workspaces")
    async with mia.stays():
        await tab.page.get_by_role("button", name="Sign out").click()
        notice = mia.page.get_by_text("You are signed out.")
        await expect(notice).to_be_visible(timeout=2 * WITHIN_A_SECOND)
    await mia.page.get_by_role("link", name="Sign in again").click()
    await expect(mia.page).to_have_url(re.compile(r"/login\?next=.*workspaces"))


async def test_who_only_views_has_nothing_to_edit_with(people: People) -> None:
    team = await a_team(people, "vera")
    vera = team.vera
    task = await team.olga.task(team.workspace_id, "Look, do not touch")
    await vera.open(team.path)
    await expect(vera.row("Look, do not touch")).to_be_visible()
    await expect(vera.quick_add).to_be_hidden()
    for name in ("Complete", "Edit", "Delete", "Add"):
        for role in ("button", "link"):
            await expect(vera.page.locator("main").get_by_role(role, name=name)).to_have_count(0)
    await vera.open(f"{team.path}/tasks/{task['id']}")
    for name in ("Save", "Complete", "Delete"):
        await expect(vera.page.get_by_role("button", name=name)).to_have_count(0)
    await vera.open(f"{team.path}/settings")
    await expect(vera.page.get_by_role("button", name="Leave workspace")).to_be_visible()
    for name in ("Save", "Make invite link", "Remove", "Delete workspace"):
        await expect(vera.page.get_by_role("button", name=name)).to_have_count(0)
    await team.olga.open(team.path)
    refused = await vera.context.request.post(
        f"{vera.address}/tasks/{task['id']}/complete", headers={"Origin": vera.address}
    )
    assert refused.status == 403
    assert (await team.olga.ask("GET", f"/tasks/{task['id']}"))["completed"] is False


async def test_a_new_role_changes_the_page_that_is_open(people: People) -> None:
    team = await a_team(people, "mia")
    mia, member = team.mia, f"/workspaces/{team.workspace_id}/members/{team.mia.id}"
    await team.olga.task(team.workspace_id, "Olga's own")
    await mia.open(team.path)
    edit = mia.page.get_by_role("link", name="Edit Olga's own")
    delete = mia.page.get_by_role("button", name="Delete Olga's own")
    async with mia.stays():
        await expect(edit).to_be_visible()
        await expect(delete).to_be_hidden()
        await team.olga.ask("PATCH", member, {"role": "viewer"})
        await expect(mia.quick_add).to_be_hidden(timeout=WITHIN_A_SECOND)
        await expect(edit).to_be_hidden()
        await expect(mia.page.locator(f"#member-{mia.id}")).to_contain_text("viewer")
        await team.olga.ask("PATCH", member, {"role": "admin"})
        await expect(mia.quick_add).to_be_visible(timeout=WITHIN_A_SECOND)
        await expect(delete).to_be_visible()


async def test_somebody_whose_role_ends_in_mid_sentence_is_told_why(people: People) -> None:
    team = await a_team(people, "mia")
    mia = team.mia
    mia.allow("status of 403")
    await team.olga.task(team.workspace_id, "Ours")
    await mia.open(team.path)
    await mia.context.set_offline(True)
    mia.allow_outage()
    await team.olga.ask("PATCH", f"/workspaces/{team.workspace_id}/members/{mia.id}", {"role": "viewer"})
    # Her page does not know yet.
    await expect(mia.page.get_by_role("button", name="Complete Ours")).to_be_visible()
    await mia.context.set_offline(False)
    await mia.is_live()
    await expect(mia.page.get_by_role("button", name="Complete Ours")).to_be_hidden()


async def test_a_deleted_workspace_says_so_on_every_open_page(people: People) -> None:
    team = await a_team(people, "mia", name="Short-lived")
    await team.olga.task(team.workspace_id, "Soon gone")
    for person in (team.olga, team.mia):
        await person.open(team.path)
    async with team.mia.stays(), team.olga.stays():
        await team.olga.ask("DELETE", f"/workspaces/{team.workspace_id}")
        for person in (team.olga, team.mia):
            await expect(person.page.get_by_text(NO_ACCESS)).to_be_visible(timeout=WITHIN_A_SECOND)
            await _shows_nothing_private(person.page, "Soon gone")


async def test_an_invite_says_what_it_is_for_and_changes_nothing_until_accepted(people: People) -> None:
    team = await a_team(people, name="Book club")
    stan = await people.person("Stan")
    invite = await team.olga.ask("POST", f"/workspaces/{team.workspace_id}/invites", {"role": "viewer"})
    await stan.page.goto(invite["url"])
    await expect(
        stan.page.get_by_text("You are invited to the workspace Book club as viewer.")
    ).to_be_visible()
    assert await _count(team.olga, team.workspace_id) == 1
    await team.olga.open(team.path)
    await stan.page.get_by_role("button", name="Join as Stan").click()
    await stan.is_live()
    await expect(team.olga.page.locator("#members")).to_contain_text("Stan")
    assert await _count(team.olga, team.workspace_id) == 2


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("unknown", 404, "no invite"),
        ("revoked", 404, "been revoked"),
        ("used up", 410, "used"),
        ("expired", 410, "expired"),
        ("damaged", 404, "no invite"),
    ],
)
async def test_an_invite_that_does_not_work_says_why(
    people: People, program: Process, kind: str, status: int, words: str
) -> None:
    team = await a_team(people, "mia", name="Book club")
    stan = await people.person("Stan")
    stan.allow(f"status of {status}")
    place = f"/workspaces/{team.workspace_id}/invites"
    invite = await team.olga.ask("POST", place, {"max_uses": 1})
    url = invite["url"]
    match kind:
        case "unknown":
            url = re.sub("[^/]+$", uuid4().hex, url)
        case "damaged":
            url += "%00%ff"
        case "revoked":
            await team.olga.ask("DELETE", f"{place}/{invite['id']}")
        case "used up":
            friend = await people.person("Fritz")
            await friend.ask("POST", "/workspaces/join", {"token": invite["token"]})
        case "expired":
            # No invite is valid for less than a minute; time is turned back behind the program's back.
            with closing(sqlite3.connect(program.folder / "tandem.sqlite")) as database, database:
                database.execute("UPDATE workspace_invite SET expires_at = created_at")
    answer = await stan.page.goto(url)
    assert answer is not None
    assert answer.status == status
    await expect(stan.page.get_by_role("heading", name="This invite does not work")).to_be_visible()
    await expect(stan.page.locator("main")).to_contain_text(re.compile(words))
    await expect(stan.page.get_by_role("button", name="Join")).to_have_count(0)
    assert "Book club" not in await stan.page.content()


async def test_an_invite_that_ends_while_it_is_read_says_so(people: People) -> None:
    team = await a_team(people)
    stan = await people.person("Stan")
    stan.allow("status of 404")
    place = f"/workspaces/{team.workspace_id}/invites"
    invite = await team.olga.ask("POST", place, {})
    await stan.page.goto(invite["url"])
    await team.olga.ask("DELETE", f"{place}/{invite['id']}")
    await stan.page.get_by_role("button", name="Join as Stan").click()
    await expect(stan.page.get_by_role("heading", name="This invite does not work")).to_be_visible()


async def test_whoever_comes_back_is_let_in_again(people: People) -> None:
    team = await a_team(people, "mia")
    await team.mia.open(team.path)
    await team.olga.ask("DELETE", f"/workspaces/{team.workspace_id}/members/{team.mia.id}")
    await expect(team.mia.page.get_by_text(NO_ACCESS)).to_be_visible()
    await join(team.olga, team.mia, team.workspace_id, "member")
    await team.mia.open(team.path)
    await team.mia.add("Back")


async def test_somebody_elses_workspace_looks_like_none(people: People) -> None:
    team = await a_team(people)
    stan = await people.person("Stan")
    stan.allow("status of 404")
    await stan.page.goto(team.olga.address + team.path)
    theirs = await stan.page.locator("main").inner_text()
    await stan.page.goto(f"{stan.address}/workspaces/{uuid4()}")
    assert await stan.page.locator("main").inner_text() == theirs


async def _count(person: Person, workspace_id: str) -> int:
    return len((await person.ask("GET", f"/workspaces/{workspace_id}/members"))["items"])
