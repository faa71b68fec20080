"""Everything but the live part works in a browser that runs no scripts."""

import re
import sqlite3
from contextlib import closing
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from e2e.people import PASSWORD, People, Person, a_team
from e2e.screens import Screen
from tests.process import Process


async def without_scripts(people: People) -> Screen:
    """A visitor whose browser runs no scripts."""
    return await people.visitor(java_script_enabled=False)


async def sign_up(page: Page, name: str) -> str:
    """Fill in the form for a new account; returns the e-mail address."""
    email = f"{name.lower()}.{uuid4().hex[:12]}@example.com"
    await page.get_by_label("Your name").fill(name)
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()
    return email


async def test_a_team_works_a_whole_day_without_scripts(people: People) -> None:
    page = (await without_scripts(people)).page
    await page.goto("/")
    await page.get_by_role("link", name="Create an account").click()
    email = await sign_up(page, "Nora")
    await expect(page).to_have_url(re.compile("/workspaces$"))

    await page.get_by_label("Name").fill("Garden")
    await page.get_by_label("Description").fill("All that grows")
    await page.get_by_role("button", name="Create workspace").click()
    await expect(page.get_by_role("heading", name="Garden")).to_be_visible()
    workspace = page.url

    for title in ("Dig", "Sow", "Rake"):
        await page.get_by_label("Add a task").fill(title)
        await page.get_by_role("button", name="Add").click()
        await expect(page.locator("#tasks").get_by_role("link", name=title, exact=True)).to_be_visible()
    titles = page.locator("#tasks .task__title")
    await expect(titles).to_have_text(["Dig", "Sow", "Rake"])
    await expect(page.get_by_label("Add a task")).to_have_value("")

    await page.get_by_role("button", name="Complete Dig").click()
    await expect(page.get_by_role("button", name="Reopen Dig")).to_be_visible()
    await page.get_by_role("button", name="Reopen Dig").click()
    await page.get_by_role("button", name="Complete Dig").click()

    await page.get_by_role("link", name="Edit Sow").click()
    await page.get_by_label("Title").fill("Sow the beans")
    await page.get_by_label("Description").fill("In rows")
    await page.get_by_label("Status").select_option("Doing")
    await page.get_by_label("Priority").select_option("High")
    await page.get_by_label("Due date").fill("2031-05-17")
    await page.get_by_label("Assignee").select_option("Nora")
    await page.get_by_role("button", name="Save").click()
    await expect(page).to_have_url(workspace)
    row = page.locator("#tasks > li").filter(has_text="Sow the beans")
    await expect(row).to_contain_text("High")
    await expect(row).to_contain_text("Nora")
    await expect(row.locator("time")).to_have_attribute("datetime", "2031-05-17")

    await page.locator("summary").filter(has_text="Status").click()
    await page.get_by_label("To do").check()
    await page.get_by_role("button", name="Apply").click()
    await expect(titles).to_have_text(["Rake"])
    await page.get_by_role("button", name="Complete Rake").click()
    await expect(page.get_by_text("No task matches these filters.")).to_be_visible()
    await expect(page).to_have_url(re.compile("status=todo"))
    await page.get_by_role("link", name="Show all").click()
    await page.get_by_label("Search").fill("beans")
    await page.get_by_role("button", name="Apply").click()
    await expect(titles).to_have_text(["Sow the beans"])
    await page.get_by_role("link", name="Clear").click()

    await page.get_by_role("button", name="Delete Dig").click()
    await expect(titles).to_have_text(["Sow the beans", "Rake"])

    await page.get_by_role("link", name="Settings").click()
    await page.get_by_label("Role", exact=True).select_option("Member")
    await page.get_by_role("button", name="Make invite link").click()
    link = await page.get_by_label("New invite link").input_value()
    await _tom_joins(people, link)

    await page.goto(workspace)
    await expect(page.locator("#members")).to_contain_text("Tom")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page).to_have_url(re.compile("/login$"))
    await page.goto(workspace)
    await expect(page).to_have_url(re.compile("/login"))
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page).to_have_url(workspace)


async def _tom_joins(people: People, link: str) -> None:
    """He has no account; the link survives the making of one."""
    page = (await without_scripts(people)).page
    await page.goto(link)
    await expect(page.get_by_role("heading", name="Join Garden")).to_be_visible()
    await page.get_by_role("link", name="Create an account").click()
    await sign_up(page, "Tom")
    await page.get_by_role("button", name="Join as Tom").click()
    await expect(page.get_by_role("heading", name="Garden")).to_be_visible()
    await page.get_by_label("Add a task").fill("From Tom")
    await page.get_by_role("button", name="Add").click()
    await expect(page.locator("#tasks")).to_contain_text("From Tom")
    await page.get_by_role("button", name="Delete From Tom").click()
    await expect(page.locator("#tasks")).not_to_contain_text("From Tom")


async def signed_in_without_scripts(people: People) -> Person:
    person = await people.person("Nora", java_script_enabled=False)
    person.allow("status of 422")
    return person


async def test_a_refused_sign_up_keeps_what_was_typed(people: People) -> None:
    taken = await people.person("Nora")
    visitor = await without_scripts(people)
    visitor.allow("status of 422")
    page = visitor.page
    await page.goto("/register?next=/tasks")
    await page.get_by_label("Your name").fill("Nora the second")
    await page.get_by_label("E-mail").fill(taken.email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_label("E-mail")).to_have_value(taken.email)
    await expect(page.get_by_label("Your name")).to_have_value("Nora the second")
    await _is_next_to(page, "E-mail")
    await page.get_by_label("E-mail").fill(f"other.{taken.email}")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()
    await expect(page).to_have_url(re.compile("/tasks$"))


async def test_a_wrong_password_is_said_and_the_address_stays(people: People) -> None:
    visitor = await without_scripts(people)
    visitor.allow("status of 422")
    page = visitor.page
    await page.goto("/login?next=/tasks")
    await page.get_by_label("E-mail").fill("nobody@example.com")
    await page.get_by_label("Password").fill("not the password")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert").filter(has_text="password")).to_be_visible()
    await expect(page.get_by_label("E-mail")).to_have_value("nobody@example.com")
    await expect(page.get_by_label("Password")).to_have_value("")


async def test_a_task_without_a_title_is_refused_next_to_the_field(people: People) -> None:
    nora = await signed_in_without_scripts(people)
    page = nora.page
    await nora.open("/tasks")
    # A line of spaces the browser refuses itself; this is more than a title may be.
    await page.get_by_label("Add a task").fill("long " * 45)
    await page.get_by_role("button", name="Add").click()
    await _is_next_to(page, "Add a task", "must have at most 200 characters")
    task = await nora.ask("POST", "/tasks", {"title": "Mine"})
    await nora.open(f"/tasks/{task['id']}")
    await page.get_by_label("Title").fill("   ")
    await page.get_by_label("Description").fill("kept")
    await page.get_by_role("button", name="Save").click()
    await _is_next_to(page, "Title")
    await expect(page.get_by_label("Description")).to_have_value("kept")


async def test_a_workspace_without_a_name_is_refused_next_to_the_field(people: People) -> None:
    nora = await signed_in_without_scripts(people)
    page = nora.page
    await nora.open("/workspaces")
    await page.get_by_label("Name").fill("   ")
    await page.get_by_label("Description").fill("kept")
    await page.get_by_role("button", name="Create workspace").click()
    await _is_next_to(page, "Name")
    await expect(page.get_by_label("Description")).to_have_value("kept")


async def test_settings_are_refused_next_to_the_field(people: People) -> None:
    team = await a_team(people, java_script_enabled=False)
    page = team.olga.page
    team.olga.allow("status of 422")
    await team.olga.open(f"{team.path}/settings")
    await page.get_by_label("Name", exact=True).fill("   ")
    await page.get_by_role("button", name="Save").click()
    await _is_next_to(page, "Name")
    await team.olga.open(f"{team.path}/settings")
    await page.get_by_label("Name of the workspace").fill("Hom")
    await page.get_by_role("button", name="Delete workspace").click()
    await _is_next_to(page, "Name of the workspace")
    await expect(page.get_by_label("Name of the workspace")).to_have_value("Hom")
    await page.get_by_label("Name of the workspace").fill("Home")
    await page.get_by_role("button", name="Delete workspace").click()
    await expect(page).to_have_url(re.compile("/workspaces$"))


@pytest.mark.parametrize("what", ["Change role of Mia", "Remove Mia"])
async def test_people_are_managed_without_scripts(people: People, what: str) -> None:
    team = await a_team(people, "mia", java_script_enabled=False)
    page = team.olga.page
    await team.olga.open(f"{team.path}/settings")
    await page.get_by_label("Role of Mia", exact=True).select_option("viewer")
    await page.get_by_role("button", name=what).click()
    members = {
        member["user"]["name"]: member["role"]
        for member in (await team.olga.ask("GET", f"/workspaces/{team.workspace_id}/members"))["items"]
    }
    assert members == {"Olga": "owner"} | ({"Mia": "viewer"} if "role" in what else {})


async def _is_next_to(page: Page, label: str, words: str = "") -> None:
    """The field says that it is wrong, and names the message that says why."""
    field = page.get_by_label(label, exact=True)
    await expect(field).to_have_attribute("aria-invalid", "true")
    described = (await field.get_attribute("aria-describedby") or "").split()
    messages = [await page.locator(f"[id='{ident}']").inner_text() for ident in described]
    assert any(message.strip() and words in message for message in messages), messages


async def test_a_list_is_sorted_grouped_and_changed_together(people: People) -> None:
    team = await a_team(people, "mia", java_script_enabled=False)
    olga, page = team.olga, team.olga.page
    for title in ("Rake", "Dig", "Sow"):
        await olga.task(team.workspace_id, title)
    await olga.open(team.path)
    await page.locator("[name=sort]").select_option("Sort by title")
    await page.get_by_role("button", name="Apply").click()
    await expect(olga.titles).to_have_text(["Dig", "Rake", "Sow"])
    await page.get_by_role("link", name="Clear").click()
    bar = page.get_by_role("form", name="Change selected tasks")
    for said, shown in (("In a week", None), ("Urgent", "Urgent"), ("Me", "Assigned to Olga")):
        for title in ("Rake", "Sow"):
            await page.get_by_label(f"Select {title}").check()
        await bar.get_by_role("button", name=said, exact=True).click()
        for title in ("Rake", "Sow"):
            await expect(olga.row(title)).to_contain_text(shown or "Due")
    await page.get_by_label("Select Sow").check()
    await bar.get_by_label("Somebody").select_option("Mia")
    await bar.get_by_role("button", name="Give").click()
    await expect(olga.row("Sow")).to_contain_text("Assigned to Mia")
    await page.get_by_label("Select Sow").check()
    await bar.get_by_role("button", name="Move up").click()
    await expect(olga.titles).to_have_text(["Rake", "Sow", "Dig"])
    await page.locator("[name=group]").select_option("Group by status")
    await page.get_by_role("button", name="Apply").click()
    await page.get_by_label("Select Rake").check()
    await bar.get_by_role("button", name="Doing").click()
    await expect(page).to_have_url(re.compile("group=status"))  # one is where one was
    await expect(olga.titles).to_have_text(["Sow", "Dig", "Rake"])


async def test_what_was_deleted_is_brought_back(people: People) -> None:
    team = await a_team(people, java_script_enabled=False)
    olga, page = team.olga, team.olga.page
    for title in ("Rake", "Dig"):
        await olga.task(team.workspace_id, title)
    await olga.open(team.path)
    await page.get_by_label("Select Rake").check()
    await page.get_by_label("Select Dig").check()
    bar = page.get_by_role("form", name="Change selected tasks")
    await bar.get_by_role("button", name="Delete").click()
    await expect(olga.titles).to_have_count(0)
    await page.get_by_role("link", name="Trash").click()
    await page.get_by_role("button", name="Restore Dig").click()
    await expect(page.get_by_role("button", name="Restore Dig")).to_have_count(0)
    await expect(page.get_by_role("button", name="Restore Rake")).to_be_visible()
    await page.get_by_role("link", name="Home").first.click()
    await expect(olga.titles).to_have_text(["Dig"])


async def test_an_invite_that_lets_nobody_in_says_why(people: People, program: Process) -> None:
    team = await a_team(people)
    stan = await people.person("Stan", java_script_enabled=False)
    stan.allow("status of 4(04|10)")
    place = f"/workspaces/{team.workspace_id}/invites"
    revoked, used_up, expired = [await team.olga.ask("POST", place, {"max_uses": 1}) for _ in range(3)]
    await team.olga.ask("DELETE", f"{place}/{revoked['id']}")
    friend = await people.person("Fritz")
    await friend.ask("POST", "/workspaces/join", {"token": used_up["token"]})
    # No invite is valid for less than a minute; time is turned back behind the program's back.
    with closing(sqlite3.connect(program.folder / "tandem.sqlite")) as database, database:
        database.execute(
            "UPDATE workspace_invite SET expires_at = created_at"
            " WHERE id = (SELECT id FROM workspace_invite ORDER BY id DESC LIMIT 1)"
        )
    for token, words in (
        ("unknown", "no invite"),
        (revoked["token"], "been revoked"),
        (used_up["token"], "used up"),
        (expired["token"], "expired"),
    ):
        await stan.page.goto(f"/workspaces/join/{token}")
        await expect(stan.page.get_by_role("heading", name="This invite does not work")).to_be_visible()
        await expect(stan.page.locator("main")).to_contain_text(words)
        await expect(stan.page.get_by_role("button", name="Join")).to_have_count(0)


async def test_a_full_workspace_says_who_can_make_room(people: People, program: Process) -> None:
    team = await a_team(people, name="Full")
    stan = await people.person("Stan", java_script_enabled=False)
    stan.allow("status of 409")
    invite = await team.olga.ask("POST", f"/workspaces/{team.workspace_id}/invites", {})
    # The people who fill it are written behind the program's back: there would be hundreds to register.
    with closing(sqlite3.connect(program.folder / "tandem.sqlite")) as database, database:
        _fill(database)
    await stan.page.goto(invite["url"])
    await stan.page.get_by_role("button", name="Join as Stan").click()
    await expect(stan.page.locator("main")).to_contain_text("This workspace is full")
    await expect(stan.page.locator("main")).to_contain_text("Ask an admin of it to make room.")


def _fill(database: sqlite3.Connection) -> None:
    """Let 99 more be members of the newest workspace."""
    database.row_factory = sqlite3.Row
    newest = "SELECT * FROM workspace_member ORDER BY workspace_id DESC LIMIT 1"
    member = dict(database.execute(newest).fetchone())
    places = ", ".join(f":{column}" for column in member)
    for _ in range(99):
        member["user_id"] = uuid4().bytes if isinstance(member["user_id"], bytes) else uuid4().hex
        database.execute(f"INSERT INTO workspace_member ({', '.join(member)}) VALUES ({places})", member)  # noqa: S608
