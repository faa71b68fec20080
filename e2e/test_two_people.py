"""What one person does, the other sees at once."""

from playwright.async_api import WebSocket, expect

from e2e.people import People, Person, a_team
from e2e.working_together import they_work_together


async def test_two_people_see_each_others_work_without_loading_anything(people: People) -> None:
    team = await a_team(people, "mia")
    await they_work_together(team, team.olga, team.mia)


async def test_a_change_shows_up_within_a_second(people: People) -> None:
    team = await a_team(people, "mia")
    await team.mia.open(team.path)
    await team.olga.task(team.workspace_id, "Quick")
    await expect(team.mia.row("Quick")).to_be_visible(timeout=1_000)


async def test_another_tab_of_the_same_person_is_told_too(people: People) -> None:
    team = await a_team(people)
    await team.olga.open(team.path)
    tab = await team.olga.new_tab()
    await tab.page.goto(team.olga.address + team.path)
    await tab.is_live()
    async with team.olga.stays():
        await tab.add("From the other tab")
        await expect(team.olga.row("From the other tab")).to_be_visible()


async def test_a_row_that_no_longer_matches_the_filter_goes_and_comes_back(people: People) -> None:
    team = await a_team(people, "mia")
    task = await team.olga.task(team.workspace_id, "Sweep")
    await team.mia.open(f"{team.path}?status=todo")
    await expect(team.mia.titles).to_have_text(["Sweep"])
    async with team.mia.stays():
        await team.olga.ask("POST", f"/tasks/{task['id']}/complete")
        await expect(team.mia.titles).to_have_count(0)
        await team.olga.ask("POST", f"/tasks/{task['id']}/reopen")
        await expect(team.mia.titles).to_have_text(["Sweep"])


async def test_nothing_is_sent_back_to_the_page_that_did_it(people: People) -> None:
    team = await a_team(people, "mia")
    olga, mia = team.olga, team.mia
    heard = {"Olga": _frames(olga), "Mia": _frames(mia)}
    await olga.open(team.path)
    await mia.open(team.path)
    await olga.add("Once")
    await mia.add("Twice")
    await expect(olga.row("Twice")).to_be_visible()
    await expect(mia.row("Once")).to_be_visible()
    assert [frame for frame in heard["Olga"] if "Once" in frame] == []
    assert [frame for frame in heard["Mia"] if "Twice" in frame] == []
    assert any("Twice" in frame for frame in heard["Olga"])


def _frames(person: Person) -> list[str]:
    """Whatever the server will say to this person's page."""
    frames: list[str] = []

    def hear(frame: str | bytes) -> None:
        frames.append(str(frame))

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", hear)

    person.page.on("websocket", listen)
    return frames
