"""Somebody comes back and sees what others did; and what happened can be read later."""

from playwright.async_api import Locator, expect

from e2e.pages import equals_its_reload
from e2e.people import People, Person, Team, a_team
from e2e.screens import Screen


async def test_whoever_comes_back_sees_what_others_did_until_they_have_read_it(people: People) -> None:
    team = await a_team(people, "mia")
    mia, olga = team.mia, team.olga
    milk = await they_worked_while_mia_was_away(team)
    await mia.open(team.path)
    digest = away(mia)
    await expect(digest).to_contain_text("Olga changed 2 tasks.")
    await expect(digest.get_by_role("listitem")).to_have_text(
        [
            "Olga completed “Bread” just now",
            "Olga changed the title of “Oat milk” from “Milk” to “Oat milk” just now",
        ]
    )
    await expect(mark(mia, "Bread")).to_have_text("New Changed while you were away")
    await expect(mark(mia, "Oat milk")).to_be_visible()
    await expect(mark(mia, "Eggs")).to_have_count(0)
    async with mia.stays():
        await digest.get_by_role("button", name="Got it").press("Enter")
        await expect(mia.page.locator("#away")).to_have_text("You have seen everything.")
        await expect(mia.page.locator("#away")).to_be_focused()
        await expect(mark(mia, "Bread")).to_have_count(0)
        await olga.change(milk, title="Soy milk")
        await expect(mia.row("Soy milk")).to_be_visible()
    await equals_its_reload(mia)
    await mia.page.reload()
    await mia.is_live()
    await expect(mia.row("Soy milk")).to_be_visible()
    await expect(digest).to_have_count(0)


async def test_leaving_the_page_is_having_seen_it(people: People) -> None:
    team = await a_team(people, "mia")
    mia = team.mia
    await they_worked_while_mia_was_away(team)
    await mia.open(team.path)
    await expect(away(mia)).to_be_visible()
    await mia.page.reload()
    await mia.is_live()
    await expect(away(mia)).to_have_count(0)


async def test_it_works_without_scripts(people: People) -> None:
    team = await a_team(people, "mia", java_script_enabled=False)
    mia = team.mia
    await they_worked_while_mia_was_away(team)
    for _ in range(2):
        await mia.open(team.path)
        await expect(away(mia)).to_contain_text("Olga changed 2 tasks.")
    await away(mia).get_by_role("link", name="All that happened").click()
    await expect(mia.page.locator(".happening")).to_have_count(3)
    await expect(mia.page.locator(".happening time").first).to_contain_text("UTC")
    await mia.open(team.path)
    await away(mia).get_by_role("button", name="Got it").click()
    await expect(mia.row("Bread")).to_be_visible()
    await expect(away(mia)).to_have_count(0)
    await mia.page.get_by_role("link", name="Activity").click()
    await expect(mia.page.locator(".happening").first).to_contain_text("Olga completed “Bread”")


async def test_times_are_told_in_the_readers_own_zone(people: People) -> None:
    team = await a_team(people, timezone_id="Pacific/Auckland")
    olga = team.olga
    await olga.task(team.workspace_id, "Milk")
    await olga.open(f"{team.path}/activity")
    moment = olga.page.locator(".happening time").first
    await expect(moment).to_have_text("just now")
    await moment.evaluate("time => time.dateTime = new Date(Date.now() - 3 * 3600e3 - 9e4).toISOString()")
    await moment.evaluate("time => document.body.append(document.createElement('p'))")
    await expect(moment).to_have_text("3 hours ago")
    await moment.evaluate("time => time.dateTime = '2020-06-30T23:30:00Z'")
    await moment.evaluate("time => document.body.append(document.createElement('p'))")
    await expect(moment).to_have_text("1 Jul 2020")
    await expect(moment).to_have_attribute("title", "1 Jul 2020, 11:30")


async def test_the_history_of_a_task_grows_while_its_page_is_open(people: People) -> None:
    team = await a_team(people, "mia")
    mia, olga = team.mia, team.olga
    milk = (await olga.task(team.workspace_id, "Milk"))["id"]
    await mia.open(f"{team.path}/tasks/{milk}")
    await mia.page.get_by_text("History").click()
    lines = mia.page.locator("#history .happening__words")
    await expect(lines).to_have_text(["Olga added it"])
    await mia.page.get_by_label("Title").fill("My own draft")
    async with mia.stays():
        await olga.change(milk, title="Oat milk", priority="high")
        await olga.change(milk, title="Soy milk")
        await olga.ask("POST", f"/tasks/{milk}/complete")
        await expect(lines).to_have_text(
            [
                "Olga completed it",
                "Olga changed the title from “Oat milk” to “Soy milk”",
                "Olga changed the title from “Milk” to “Oat milk” and changed the priority from None to High",
                "Olga added it",
            ]
        )
        await expect(mia.page.get_by_label("Title")).to_have_value("My own draft")
    shown = await lines.all_inner_texts()
    await mia.page.reload()
    await mia.page.get_by_text("History").click()
    assert await lines.all_inner_texts() == shown


async def they_worked_while_mia_was_away(team: Team) -> str:
    """Mia has seen the list; then Olga renames a task, and adds and completes another. Gives the first."""
    olga, mia = team.olga, team.mia
    milk: str = (await olga.task(team.workspace_id, "Milk"))["id"]
    await olga.task(team.workspace_id, "Eggs")
    await see_everything(mia, team)
    await olga.change(milk, title="Oat milk")
    bread = (await olga.task(team.workspace_id, "Bread"))["id"]
    await olga.ask("POST", f"/tasks/{bread}/complete")
    return milk


async def see_everything(person: Person, team: Team) -> None:
    """What the button does, without a browser."""
    seq = (await person.ask("GET", f"/workspaces/{team.workspace_id}"))["seq"]
    headers = {"Origin": person.address, "Cookie": f"tandem={person.token}"}
    answer = await person.api.post(f"{team.path}/seen", data={"seq": seq}, headers=headers)
    assert answer.status_code == 303, answer.text


def away(screen: Screen) -> Locator:
    return screen.page.get_by_role("region", name="While you were away")


def mark(screen: Screen, title: str) -> Locator:
    return screen.row(title).locator(".fresh")
