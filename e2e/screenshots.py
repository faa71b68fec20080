"""Takes the picture of the README, and one of every page and state for those who work on how they look.

`python -m e2e.screenshots` takes all; words after it choose looks (`phone`) and pictures by name (`dialog`).
All but the README's go to var/screenshots, which is not kept.
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Error, ViewportSize, async_playwright, expect

from e2e import places, scenes
from e2e.fair import a_believable_team, talk, task_id
from e2e.long_lists import fill
from e2e.people import CHROMIUM_FLAGS, People, Person, Team, join
from e2e.scenes import Enter, Scene, as_it_is, on_the_page
from tests.process import Process
from tests.services import chromium_path

ROOT = Path(__file__).parent.parent
README_PICTURE = ROOT / "docs" / "screenshot.png"
FOLDER = ROOT / "var" / "screenshots"

DESK: ViewportSize = {"width": 1280, "height": 800}
HIGHEST = 4_000
PHONE: ViewportSize = {"width": 390, "height": 844}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": DESK},
    "dark": {"color_scheme": "dark", "viewport": DESK},
    "phone": {"color_scheme": "light", "viewport": PHONE, "has_touch": True, "is_mobile": True},
    "phone-dark": {"color_scheme": "dark", "viewport": PHONE, "has_touch": True, "is_mobile": True},
}
PHONES = ("phone", "phone-dark")


@dataclass(frozen=True)
class Picture:
    """What is taken: where, what happens first, by whom, and whether the whole page or the screen."""

    at: str
    enter: Enter = as_it_is
    who: str = "olga"
    whole: bool = True


def over(at: str, enter: Enter, who: str = "olga") -> Picture:
    """Something that lies over the page or sticks to the screen."""
    return Picture(at, enter, who, whole=False)


# In this order, since the last ones change what there is.
PICTURES: dict[str, Picture] = {
    "list": Picture("{list}"),
    "list-chips": Picture("{list}?status=todo&status=doing&priority=high&assignee=me&due=week&sort=due"),
    "list-grouped": Picture("{list}?group=status"),
    "list-nothing-matches": Picture("{list}?q=nothing"),
    "list-empty": Picture("/workspaces/{empty}"),
    "list-of-one": Picture("/tasks"),
    "list-of-500": over("/workspaces/{long}", as_it_is),
    "list-of-a-viewer": Picture("{list}", who="vera"),
    "list-edit": Picture("{list}", on_the_page(places.inline_edit)),
    "list-edit-conflict": Picture("{list}", scenes.edit_conflict),
    "list-assign": Picture("{list}", on_the_page(places.choosing_somebody)),
    "list-filter": Picture("{list}", on_the_page(places.open_filter)),
    "list-filters-on-a-phone": Picture("{list}", on_the_page(places.folded_filters)),
    "list-understood": Picture("{list}", on_the_page(places.understood)),
    "list-selected": over("{list}", on_the_page(places.together)),
    "list-selected-choices": over("{list}", scenes.selected_choices),
    "list-row-menu": over("{list}", on_the_page(places.more)),
    "list-told": over("{list}", scenes.told),
    "list-marked": over("{list}", scenes.marked),
    "list-paused": over("{list}", scenes.paused),
    "list-deleted": over("{list}", scenes.deleted),
    "list-offline": over("{list}", scenes.offline),
    "list-waiting": over("{list}", scenes.what_waits),
    "list-waiting-refused": over("{list}", scenes.waiting_refused),
    "palette": over("{list}", scenes.palette),
    "palette-results": over("{list}", scenes.palette_results),
    "palette-nothing": over("{list}", on_the_page(places.palette_finds_nothing)),
    "keys-help": over("{list}", on_the_page(places.keys_of_this_page)),
    "bell": over("{list}", on_the_page(places.bell)),
    "switcher-on-a-phone": over("{list}", on_the_page(places.switch)),
    "dialog": over("{list}", on_the_page(places.task_over_the_list)),
    "dialog-of-a-viewer": over("{list}", on_the_page(places.task_over_the_list), "vera"),
    "dialog-comments": over("{list}", scenes.dialog_with_comments),
    "dialog-conflict": over("{list}", scenes.dialog_conflict),
    "task": Picture("{task}"),
    "task-of-my-own": Picture("/tasks/{own}"),
    "task-of-a-viewer": Picture("{task}", who="vera"),
    "task-news": Picture("{task}", scenes.task_news),
    "task-conflict": Picture("{task}", scenes.task_conflict),
    "task-history-open": Picture("{task}", on_the_page(places.history)),
    "task-mention": Picture("{task}", on_the_page(places.naming_a_member)),
    "task-comment-edit": Picture("{task}", scenes.comment_edit),
    "task-comment-refused": Picture("{task}", on_the_page(places.a_comment_is_refused)),
    "task-comment-conflict": Picture("{task}", scenes.comment_conflict),
    "task-history": Picture("/tasks/{first}/history"),
    "comment-edit-page": Picture("/comments/{comment}/edit"),
    "assigned": Picture("/assigned"),
    "assigned-none": Picture("/assigned", who="stan"),
    "trash": Picture("{list}/trash"),
    "trash-empty": Picture("/tasks/trash"),
    "activity": Picture("{list}/activity"),
    "activity-since": Picture("{list}/activity?since=20"),
    "search": Picture("/search?q=the"),
    "search-start": Picture("/search"),
    "search-nothing": Picture("/search?q=giraffe"),
    "notifications": Picture("/notifications"),
    "notifications-none": Picture("/notifications", who="stan"),
    "preferences": Picture("/notifications/preferences"),
    "keyboard": Picture("/keyboard"),
    "account": Picture("/account"),
    "workspaces": Picture("/workspaces"),
    "workspaces-new": over("/workspaces", on_the_page(places.new_workspace)),
    "workspaces-none": Picture("/workspaces", who="stan"),
    "settings-of-the-owner": Picture("{list}/settings"),
    "settings-of-an-admin": Picture("{list}/settings", who="adam"),
    "settings-of-a-member": Picture("{list}/settings", who="mia"),
    "settings-saved": Picture("{list}/settings", on_the_page(places.saved)),
    "settings-fresh-invite": Picture("{list}/settings", on_the_page(places.fresh_invite)),
    "settings-refused": Picture("{list}/settings", on_the_page(places.refused_hand_over)),
    "join": Picture("/workspaces/join/{invite}", who="stan"),
    "join-visitor": Picture("/workspaces/join/{invite}", who="visitor"),
    "join-unknown": Picture("/workspaces/join/unknown", who="stan"),
    "join-revoked": Picture("/workspaces/join/{revoked}", who="stan"),
    "not-found": Picture("/workspaces/00000000-0000-7000-8000-000000000000"),
    "nowhere": Picture("/nowhere"),
    "nowhere-visitor": Picture("/nowhere", who="visitor"),
    "login": Picture("/login", who="visitor"),
    "login-refused": Picture("/login", scenes.sign_in_refused, "visitor"),
    "register": Picture("/register", who="visitor"),
    "register-refused": Picture("/register", scenes.registration_refused, "visitor"),
    "list-without-scripts": Picture("{list}", who="without"),
    "task-without-scripts": Picture("{task}", who="without"),
    "workspaces-without-scripts": Picture("/workspaces", who="without"),
    "list-away": Picture("{list}", who="adam"),
    "list-signed-out": Picture("{list}", scenes.signed_out, "mia"),
    "list-access-ended": Picture("{list}", scenes.access_ended, "vera"),
}


async def a_stage(people: People, look: dict[str, Any]) -> tuple[Team, dict[str, str]]:
    """The club with everything that pictures are taken of, and where that is."""
    team = await a_believable_team(people, **look)
    olga = team.olga
    first = await task_id(team, "Write the programme for the autumn fair")
    said = await talk(team, first)
    await team.adam.ask("POST", f"/tasks/{first}/complete")
    await team.adam.change(first, status="doing")
    for title in ("Hire a bouncy castle", "Ask about fireworks"):
        gone = await olga.task(team.workspace_id, title)
        await olga.ask("DELETE", f"/tasks/{gone['id']}?version={gone['version']}")
    invites = f"/workspaces/{team.workspace_id}/invites"
    invite, revoked = [await olga.ask("POST", invites, {"role": "viewer"}) for _ in range(2)]
    await olga.ask("DELETE", f"{invites}/{revoked['id']}")
    long = (await olga.ask("POST", "/workspaces", {"name": "A year of the club"}))["id"]
    await join(olga, team.adam, long, "member")
    await fill(Team(people=people, workspace_id=long, members={"olga": olga, "adam": team.adam}))
    return team, {
        "list": team.path,
        "task": f"{team.path}/tasks/{first}",
        "first": first,
        "own": (await olga.ask("GET", "/tasks"))["items"][0]["id"],
        "comment": said[1],
        "invite": invite["token"],
        "revoked": revoked["token"],
        "empty": (await olga.ask("POST", "/workspaces", {"name": "New and empty"}))["id"],
        "long": long,
    }


async def those_who_look(people: People, team: Team, look: dict[str, Any]) -> dict[str, Person]:
    """By name: the club, Stan who is in no workspace, a visitor, and Olga in a browser without scripts."""
    page = await (await people.browser_for(**look)).new_page()
    still = await people.browser_for(**look, java_script_enabled=False)
    await still.add_cookies([{"name": "tandem", "value": team.olga.token, "url": people.address}])
    return {
        **team.members,
        "stan": await people.person("Stan", **look),
        "visitor": Person(page=page, address=people.address),
        "without": Person(page=await still.new_page(), address=people.address, scripts=False),
    }


async def readme_picture(people: People) -> None:
    """The list as Olga sees it while the others are at it."""
    team = await a_believable_team(people, **LOOKS["light"])
    olga, page = team.olga, team.olga.page
    for person in (team.adam, team.mia, olga):
        await person.open(team.path)
    if await page.locator("#away button").count():
        await page.locator("#away button").click()
        await page.reload()
        await olga.is_live()
    scene = Scene(team, olga)
    await scenes.looks_elsewhere(scene)
    await team.mia.change(await task_id(team, scenes.POSTER), status="doing", priority="high")
    await scene.elsewhere("Find somebody with a van for Saturday", assignee_id=olga.id)
    await expect(page.locator(".fresh--dot")).to_have_count(2)
    await page.locator("#tasks > li").nth(3).hover()
    README_PICTURE.parent.mkdir(exist_ok=True)
    await page.screenshot(path=README_PICTURE)


async def take(picture: Picture, scene: Scene, ids: dict[str, str], to: Path) -> None:
    """Take one picture, and leave the browser as it was."""
    page = scene.page
    size = page.viewport_size or DESK
    await scene.person.open(picture.at.format(**ids))
    try:
        await picture.enter(scene)
        if picture.whole:
            # As if the screen were as high as the page, so that what sticks to its edges is there.
            width = await page.evaluate("innerWidth")
            height = await page.evaluate(
                "() => { scrollTo(0, 0); return document.documentElement.scrollHeight; }"
            )
            await page.set_viewport_size({"width": width, "height": min(height, HIGHEST)})
        await page.screenshot(path=to)
    finally:
        await page.evaluate("localStorage.clear()")
        await page.context.set_offline(False)
        if page.viewport_size != size:
            await page.set_viewport_size(size)


async def in_one_look(people: People, look: str, names: Sequence[str]) -> int:
    """Take these pictures in one look; returns how many became one."""
    team, ids = await a_stage(people, LOOKS[look])
    who = await those_who_look(people, team, LOOKS[look])
    taken = 0
    for name in names:
        picture = PICTURES[name]
        try:
            await take(picture, Scene(team, who[picture.who]), ids, FOLDER / f"{name}-{look}.png")
            taken += 1
        except (Error, AssertionError) as error:  # one that fails does not keep the others from being seen
            print(f"{name}-{look}: {str(error).splitlines()[0]}")
    return taken


async def main(words: Sequence[str]) -> None:
    """Take all, or what was asked for."""
    looks = [look for look in LOOKS if look in words] or list(LOOKS)
    parts = [word for word in words if word not in LOOKS]
    names = [name for name in PICTURES if not parts or any(part in name for part in parts)]
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = {look: [name for name in names if look in PHONES or "-on-a-phone" not in name] for look in looks}
    started = time.monotonic()
    with Process() as program:
        program.start()
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
            people = People(browser, program.url)
            if not words:
                await readme_picture(people)
            taken = [await in_one_look(people, look, names) for look, names in wanted.items()]
            await people.leave()
            await browser.close()
    asked = sum(len(names) for names in wanted.values())
    seconds = time.monotonic() - started
    print(f"{sum(taken)} of {asked} pictures in {seconds:.0f} s: {FOLDER.relative_to(ROOT)}/")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
