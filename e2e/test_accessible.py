"""Every page and state passes axe for each role in each look, and stays whole with little room."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from app.routes import PAGES
from e2e.looks import in_every_look, in_high_contrast, too_small, violations, with_little_room
from e2e.people import People, Person
from e2e.places import FOR_VISITORS, PARTS, STATES, Places, a_full_team, enter

TEMPLATES = Path(__file__).parent.parent / "templates"
OPENED = re.compile(
    r'<dialog (?:id|class)="([\w-]+)"|<details class="(?:card )?([\w-]+)"|id="([\w-]+)"[^>]*\spopover[\s>]'
)
WIDE = {"width": 1280, "height": 800}
# A finger: no mouse, and the pointer is coarse.
FINGER = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}


async def places_and_states(person: Person, places: Places) -> AsyncIterator[str]:
    """Bring a person's page to every place and into every state that she can get into."""
    for path in places.paths:
        await person.open(path)
        yield path
    name = person.name.lower()
    for said, state in STATES.items():
        if name in state.who.split():
            await enter(state, person, places)
            yield said
            await person.page.context.set_offline(False)
            if not person.page.viewport_size or person.page.viewport_size["width"] != 390:
                continue
            await person.page.set_viewport_size({"width": 1280, "height": 800})


def nothing(found: dict[str, list[str]]) -> None:
    """Fail and name all that was found, where there is something."""
    faults = [f"{place}: {fault}" for place, faults in found.items() for fault in faults]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("who", ["olga", "adam", "mia", "vera"])
async def test_axe_finds_nothing_anywhere_in_any_look(people: People, who: str) -> None:
    places = await a_full_team(people, viewport=WIDE)
    person = places.team.members[who]
    person.allow_outage()
    nothing({place: await in_every_look(person.page) async for place in places_and_states(person, places)})
    await person.open("/nowhere")
    nothing({"/nowhere": await in_every_look(person.page)})
    if who != "olga":
        await person.open(places.team.path)
        members = f"/workspaces/{places.team.workspace_id}/members"
        await places.team.olga.ask("DELETE", f"{members}/{person.id}")
        await expect(person.page.get_by_text("You no longer have access")).to_be_visible()
        nothing({"after the end": await in_every_look(person.page)})


async def test_axe_finds_nothing_for_visitors(people: People) -> None:
    visitor = await people.visitor(viewport=WIDE)
    visitor.allow("status of 422")
    found = {}
    for path in FOR_VISITORS:
        await visitor.page.goto(path)
        found[path] = await in_every_look(visitor.page) + await in_high_contrast(visitor.page)
        found[path] += await with_little_room(visitor.page)
    await visitor.page.get_by_label("Your name").fill(" ")
    await visitor.page.get_by_label("E-mail").fill("a@b")
    await visitor.page.get_by_label("Password").fill("0123456789")
    await visitor.page.get_by_role("button").press("Enter")
    await expect(visitor.page.locator(".field__error").first).to_be_visible()
    found["/register, refused"] = await in_every_look(visitor.page)
    nothing(found)


async def test_what_is_new_and_who_is_here_passes_axe(people: People) -> None:
    places = await a_full_team(people, viewport=WIDE)
    olga, mia = places.team.olga, places.team.mia
    await mia.open(places.team.path)
    await expect(mia.page.locator(".fresh")).to_have_count(5)
    found = {"somebody comes back": await in_every_look(mia.page)}
    await olga.open(places.team.path)
    await expect(olga.page.locator(f"#member-{mia.id}")).to_have_attribute("data-presence", "online")
    found["somebody is here"] = await in_every_look(olga.page)
    nothing(found)


async def test_conflicts_pass_axe(people: People) -> None:
    places = await a_full_team(people, viewport=WIDE)
    olga, adam, page = places.team.olga, places.team.adam, places.team.olga.page
    olga.allow("status of 409")
    olga.allow_outage()
    task = await olga.task(places.team.workspace_id, "Over the list")
    await olga.open(places.team.path)
    await olga.row("Over the list").locator("a.task__title").press("Enter")
    title = page.get_by_role("dialog").get_by_label("Title")
    await title.fill("As Olga wants it")
    await adam.change(task["id"], title="As Adam wants it")
    await expect(page.locator("#task-news")).to_contain_text("Adam changed this task")
    await title.press("Enter")
    await expect(page.get_by_text("Adam changed this task while")).to_be_visible()
    found = {"a conflict in the task dialog": await in_every_look(page)}
    await olga.open(places.team.path)
    field = await olga.edit("Order seeds")
    await page.context.set_offline(True)
    await field.fill("Order beans")
    await field.press("Enter")
    await expect(page.locator("#waiting-open")).to_be_visible()
    items = (await adam.ask("GET", f"/workspaces/{places.team.workspace_id}/tasks"))["items"]
    [seeds] = [each for each in items if each["title"] == "Order seeds"]
    await adam.change(seeds["id"], title="Order compost")
    await page.context.set_offline(False)
    await page.locator("#waiting-open").press("Enter")
    await expect(page.locator("#waiting")).to_contain_text("“Order compost”, changed by Adam", timeout=20_000)
    found["a conflict of what waited"] = await in_every_look(page)
    nothing(found)


async def test_more_contrast_and_colours_of_the_readers_own(people: People) -> None:
    places = await a_full_team(people, viewport=WIDE)
    olga, here = places.team.olga, places.team.path
    found = {}
    for path in (here, places.task, f"{here}/settings", "/workspaces", "/notifications", f"{here}/trash"):
        await olga.open(path)
        found[path] = await in_high_contrast(olga.page)
    nothing(found)


async def test_nothing_reaches_out_is_clipped_or_too_small(people: People) -> None:
    places = await a_full_team(people, viewport=WIDE)
    olga = places.team.olga
    olga.allow_outage()
    await olga.ask("PATCH", "/me", {"name": "Wolfeschlegelsteinhausenbergerdorff" * 2})
    olga.name = "Olga"
    found = {}
    async for place in places_and_states(olga, places):
        found[place] = await too_small(olga.page, 24) + await with_little_room(olga.page)
    nothing(found)


async def test_a_finger_finds_targets_of_44_px(people: People) -> None:
    places = await a_full_team(people, **FINGER)
    olga = places.team.olga
    found = {}
    for path in places.paths:
        await olga.open(path)
        found[path] = await too_small(olga.page, 44)
    nothing(found)


async def test_every_page_has_its_place() -> None:
    routes = {path for handler in PAGES if "GET" in handler.http_methods for path in handler.paths}
    source = (Path(__file__).parent / "places.py").read_text()
    home = "/workspaces/{workspace_id:uuid}"
    placed = {
        route for route in routes if f'"{route}"' in source or f'home + "{route[len(home) :]}"' in source
    }
    assert routes - placed - {home} - set(FOR_VISITORS) == set()
    assert set(PARTS) <= routes


async def test_every_dialog_and_menu_has_its_state() -> None:
    opened = {
        name
        for template in TEMPLATES.rglob("*.html")
        for names in OPENED.findall(template.read_text())
        for name in names
        if name
    }
    assert opened, "the templates have no dialog or menu any more"
    assert opened - {state.opens for state in STATES.values()} == set()


async def test_every_page_has_a_title_of_its_own(people: People) -> None:
    places = await a_full_team(people)
    page = places.team.olga.page
    titles = []
    for path in places.paths:
        await places.team.olga.open(path)
        titles.append(await page.title())
        await expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert all(title.endswith(" · Tandem") and not title.startswith(" ") for title in titles), titles
    addresses = {path.partition("?")[0] for path in places.paths}
    assert len(set(titles)) >= len(addresses), titles


async def test_axe_sees_a_fault(people: People) -> None:
    """What finds nothing anywhere finds what is planted."""
    visitor = await people.visitor(viewport=WIDE)
    await visitor.page.goto("/login")
    await visitor.page.evaluate("document.querySelector('main button').style.color = 'rgb(120 130 200)'")
    assert any("contrast" in each for each in await violations(visitor.page, "color-contrast"))
