"""Who is here: told in words and by a mark, gone only after a while, and never a word about a reload."""

import re

from playwright.async_api import Locator, expect

from e2e.people import People, Person, Team, a_team
from e2e.screens import Screen

# What a browser does when another window covers it; half a minute of it is enough here.
HIDING = """(() => {
    let hidden = false;
    Object.defineProperty(Document.prototype, "hidden", { get: () => hidden });
    window.hide = (now) => { hidden = now; document.dispatchEvent(new Event("visibilitychange")); };
    const later = window.setTimeout;
    window.setTimeout = (call, time, ...rest) => later(call, time === 30_000 ? 300 : time, ...rest);
})()"""
# Every other value that a presence takes, and every other word that is said of it, from here on.
WATCH = """who => {
    window.seen = [];
    const words = (it) => it.querySelector(".presence")?.textContent;
    const said = (it) => [it.dataset.presence, "away" in it.dataset, words(it)].join();
    for (const it of document.querySelectorAll(`[data-person="${who}"]`)) {
        let last = said(it);
        const look = () => said(it) !== last && window.seen.push(last = said(it));
        new MutationObserver(look).observe(it, { attributes: true, childList: true, subtree: true });
    }
}"""
MARK = "it => getComputedStyle(it.querySelector('.mark'), '::after').content"


async def test_who_comes_is_here_in_words_and_by_a_mark_wherever_they_are_named(people: People) -> None:
    team = await a_team(people, "mia", "vera")
    olga, mia = team.olga, team.mia
    milk = await team.olga.task(team.workspace_id, "Milk")
    await olga.change(milk["id"], assignee_id=mia.id)
    await olga.open(team.path)
    await is_offline(olga, mia, "Offline")
    await is_online(olga, olga)
    assignee = olga.row("Milk").locator(".task__assignee")
    await expect(assignee).to_have_attribute("data-presence", "offline")
    assert await assignee.evaluate(MARK) == "none"
    async with olga.stays():
        await mia.open(team.path)
        await is_online(olga, mia)
        await is_offline(olga, team.vera, "Offline")
        await expect(assignee).to_have_attribute("data-presence", "online")
        assert await assignee.evaluate(MARK) != "none"
        # A push knows nothing of presence, and takes nothing of it away.
        await olga.change(milk["id"], title="Oat milk")
        assignee = olga.row("Oat milk").locator(".task__assignee")
        await expect(assignee).to_have_attribute("data-presence", "online")
        await mia.ask("PATCH", "/me", {"name": "Mia Meadow"})
        await expect(member(olga, mia)).to_contain_text("Mia Meadow")
        await is_online(olga, mia)
        bread = await olga.task(team.workspace_id, "Bread")
        await olga.change(bread["id"], assignee_id=mia.id)
        assignee = olga.row("Bread").locator(".task__assignee")
        await expect(assignee).to_have_attribute("data-presence", "online")
    await mia.open(team.path)
    await is_online(mia, olga)
    await is_online(mia, mia)


async def test_whoever_looks_at_the_same_task_is_here_too(people: People) -> None:
    team = await a_team(people, "mia", "vera")
    olga, mia = team.olga, team.mia
    milk, bread = [await address(team, title) for title in ("Milk", "Bread")]
    await olga.open(milk)
    await mia.open(bread)
    here = olga.page.get_by_role("list", name="Also looking at this")
    await expect(here).to_be_hidden()
    async with olga.stays():
        await mia.open(milk)
        await expect(here.get_by_role("listitem")).to_have_text([re.compile("Mia is here, too$")])
        await team.vera.open(milk)
        await expect(here.get_by_role("listitem")).to_have_count(2)
    # A page that is opened now knows it from the first moment.
    await expect(
        team.vera.page.get_by_role("list", name="Also looking at this").get_by_role("listitem")
    ).to_have_text([re.compile("Mia is here, too$"), re.compile("Olga is here, too$")])
    async with olga.stays():
        await mia.open(bread)
        await expect(here.get_by_role("listitem")).to_have_text([re.compile("Vera is here, too$")])
        await team.vera.page.goto("about:blank")
        await expect(here).to_be_hidden()


async def test_it_is_served_without_scripts(people: People) -> None:
    team = await a_team(people, "mia")
    milk = await address(team, "Milk")
    await team.mia.open(milk)
    nora = await people.person("Nora", java_script_enabled=False)
    invite = await team.olga.ask("POST", f"/workspaces/{team.workspace_id}/invites", {"role": "viewer"})
    await nora.ask("POST", "/workspaces/join", {"token": invite["token"]})
    await nora.open(team.path)
    await is_online(nora, team.mia)
    await is_offline(nora, team.olga, "Offline")
    await nora.open(milk)
    here = nora.page.get_by_role("list", name="Also looking at this")
    await expect(here.get_by_role("listitem")).to_have_text([re.compile("Mia is here, too$")])


async def test_who_leaves_was_seen_just_now_and_a_reload_is_no_leaving(people: People) -> None:
    team = await a_team(people, "adam", "mia")
    olga, mia, adam = team.olga, team.mia, team.adam
    await olga.open(team.path)
    for person in (mia, adam):
        await person.open(team.path)
        await is_online(olga, person)
    await olga.page.evaluate(WATCH, mia.id)
    await mia.page.reload()
    await mia.is_live()
    # He leaves after her reload began: once he counts as gone, so would she.
    await adam.page.close()
    await is_offline(olga, adam, "Seen just now")
    assert await olga.page.evaluate("window.seen") == []
    await is_online(olga, mia)
    await olga.page.reload()
    await olga.is_live()
    await is_offline(olga, adam, "Seen just now")
    await mia.page.goto("about:blank")
    await is_offline(olga, mia, "Seen just now")
    assert set(await states(olga, mia)) == {"offline"}


async def test_several_tabs_are_one_person_until_the_last_is_closed(people: People) -> None:
    team = await a_team(people, "adam", "mia")
    olga, mia, adam = team.olga, team.mia, team.adam
    await olga.open(team.path)
    await mia.open(team.path)
    await adam.open(team.path)
    second = await mia.new_tab()
    await second.page.goto(team.mia.address + await address(team, "Milk"))
    await second.is_live()
    await mia.page.close()
    await adam.page.close()
    await is_offline(olga, adam, "Seen just now")
    await is_online(olga, mia)
    await second.page.close()
    await is_offline(olga, mia, "Seen just now")


async def test_who_hides_all_their_pages_is_away_and_back_when_they_look_again(people: People) -> None:
    team = await a_team(people, "mia")
    olga, mia = team.olga, team.mia
    await mia.context.add_init_script(HIDING)
    await olga.open(team.path)
    await mia.open(team.path)
    second = await mia.new_tab()
    await second.page.goto(mia.address + team.path)
    await second.is_live()
    await is_online(olga, mia)
    await mia.page.evaluate("hide(true)")
    await expect(mia.page.locator("body")).to_have_attribute("data-away", "")
    await is_online(olga, mia)
    await second.page.evaluate("hide(true)")
    await expect(member(olga, mia).locator(".presence")).to_have_text("Away")
    await expect(member(olga, mia)).to_have_attribute("data-presence", "online")
    await expect(member(olga, mia)).to_have_attribute("data-away", "")
    assert await member(olga, mia).evaluate(MARK) != "none"
    full, hollow = [await dot(olga, person) for person in (olga, mia)]
    assert full != hollow
    await mia.page.evaluate("hide(false)")
    await is_online(olga, mia)
    assert await dot(olga, mia) == full
    # A glance elsewhere is not noticed.
    await olga.page.evaluate(WATCH, mia.id)
    await mia.page.evaluate("hide(true); hide(false)")
    await olga.task(team.workspace_id, "Milk")
    await expect(mia.row("Milk")).to_be_visible()
    await is_online(olga, mia)
    assert await olga.page.evaluate("window.seen") == []


def member(screen: Screen, person: Person) -> Locator:
    """The row of ``person`` among the people."""
    return screen.page.locator(f"#member-{person.id}")


async def is_online(screen: Screen, person: Person) -> None:
    """``person`` is here: in words, and by a mark."""
    await expect(member(screen, person).locator(".presence")).to_have_text("Online")
    await expect(member(screen, person)).to_have_attribute("data-presence", "online")
    await expect(member(screen, person)).not_to_have_attribute("data-away", "")
    assert await member(screen, person).evaluate(MARK) != "none"


async def is_offline(screen: Screen, person: Person, words: str) -> None:
    """``person`` is not here, in ``words`` and without a mark. They have a while to come back."""
    await expect(member(screen, person).locator(".presence")).to_have_text(words, timeout=15_000)
    await expect(member(screen, person)).to_have_attribute("data-presence", "offline")
    assert await member(screen, person).evaluate(MARK) == "none"


async def dot(screen: Screen, person: Person) -> str:
    """How the mark is filled."""
    filling = "it => getComputedStyle(it.querySelector('.mark'), '::after').backgroundColor"
    return str(await member(screen, person).evaluate(filling))


async def states(screen: Screen, person: Person) -> list[str]:
    """What everything that stands for ``person`` makes of them."""
    each = "all => all.map(it => it.dataset.presence)"
    return list(await screen.page.locator(f'[data-person="{person.id}"]').evaluate_all(each))


async def address(team: Team, title: str) -> str:
    """The page of a new task."""
    task = await team.olga.task(team.workspace_id, title)
    return f"{team.path}/tasks/{task['id']}"
