"""Two processes behind one list: a Redis between them, a PostgreSQL below."""

import pytest
from playwright.async_api import Browser, expect

from e2e.conftest import Pair
from e2e.people import People, a_team
from e2e.working_together import they_work_together

pytestmark = [pytest.mark.redis, pytest.mark.postgres]


async def test_two_people_on_two_processes_see_each_others_work(chromium: Browser, pair: Pair) -> None:
    people = People(chromium, pair.first.url)
    team = await a_team(people, "mia", addresses={"mia": pair.second.url})
    assert team.mia.address != team.olga.address
    await they_work_together(team, team.olga, team.mia)
    assert await people.leave() == []


async def test_a_process_dies_and_its_people_catch_up(chromium: Browser, pair: Pair) -> None:
    people = People(chromium, pair.first.url)
    team = await a_team(people, "mia", addresses={"mia": pair.second.url})
    olga, mia = team.olga, team.mia
    mia.allow_outage()
    await olga.open(team.path)
    await mia.open(team.path)
    async with mia.stays():
        pair.second.kill()
        await expect(mia.page.locator("body")).to_have_attribute("data-live", "offline")
        await olga.add("While one was away", "And another")
        pair.second.start()
        await mia.is_live()
        await expect(mia.titles).to_have_text(["While one was away", "And another"])
        await mia.add("Back again")
        await expect(olga.row("Back again")).to_be_visible()
    assert await people.leave() == []
