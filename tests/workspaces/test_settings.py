"""The page of settings: what it says after each form, once, and what it asks before it hands over."""

import pytest

from tests.conftest import World
from tests.workspaces.asking import form_refusals, hearing, members_of

SAID = 'role="status" tabindex="-1"'


@pytest.mark.parametrize(
    ("form", "fields", "words"),
    [
        ("", {"name": "Hut"}, "Saved."),
        ("/members/{mia}", {"role": "viewer"}, "Saved."),
        ("/members/{mia}/remove", {}, "Removed."),
        ("/hand-over", {"new_owner": "{mia}", "hand_over": " Home "}, "Handed over."),
        ("/invites/{invite}/revoke", {}, "Revoked."),
    ],
    ids=["about", "role", "remove", "hand over", "revoke"],
)
async def test_what_was_done_is_said_once(
    world: World, form: str, fields: dict[str, str], words: str
) -> None:
    browser = world.olga.browser
    path = f"/workspaces/{world.workspace_id}"
    invite = (await world.olga.api.post(f"/api{path}/invites", json={})).json()["id"]

    def fill(text: str) -> str:
        return text.format(mia=world.mia.id, invite=invite)

    answer = await browser.post(path + fill(form), data={name: fill(value) for name, value in fields.items()})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}/settings")
    page = (await browser.get(answer.headers["location"])).text
    assert (page.count(SAID), page.count(words)) == (1, 1)
    again = await browser.get(answer.headers["location"])
    assert SAID not in again.text


async def test_only_the_page_it_is_about_says_it_and_only_what_there_is_to_say(world: World) -> None:
    browser = world.olga.browser
    await browser.post(f"/workspaces/{world.workspace_id}", data={"name": "Hut"})
    [kept] = [cookie for cookie in browser.cookies.jar if cookie.name == "tandem-done"]
    assert kept.path == f"/workspaces/{world.workspace_id}/settings"
    browser.cookies.delete("tandem-done")
    browser.cookies.set("tandem-done", "<b>", path=kept.path)
    page = await browser.get(kept.path)
    assert (page.status_code, SAID in page.text, "<b>" in page.text) == (200, False, False)


async def test_nothing_is_handed_over_without_the_name(world: World) -> None:
    browser = world.olga.browser
    path = f"/workspaces/{world.workspace_id}"
    async with hearing(world.tandem) as told:
        for typed in ("", "home", "Home!"):
            form = {"new_owner": world.mia.id, "hand_over": typed}
            page = await browser.post(f"{path}/hand-over", data=form)
            assert (page.status_code, "exact name" in page.text) == (422, True)
            assert f'<option value="{world.mia.id}" selected>' in page.text
    assert told == []
    who = ("adam", "mia", "vera", "stan", "nobody")
    refused = await form_refusals(
        world, f"{path}/hand-over", who=who, new_owner=world.vera.id, hand_over="Home"
    )
    assert refused == {"adam": 403, "mia": 403, "vera": 403, "stan": 404, "nobody": 401}
    await browser.post(f"{path}/hand-over", data={"new_owner": world.mia.id, "hand_over": "Home"})
    roles = {each["user"]["name"]: each["role"] for each in await members_of(world.vera, world.workspace_id)}
    assert (roles["Mia"], roles["Olga"]) == ("owner", "admin")


async def test_everybody_sees_of_the_settings_what_is_theirs(world: World) -> None:
    path = f"/workspaces/{world.workspace_id}/settings"
    sections = ("about", "people", "invites", "hand-over", "end")
    seen = {}
    for name in ("olga", "adam", "mia", "vera"):
        page = (await world.cast[name].browser.get(path)).text
        seen[name] = [section for section in sections if f'<section id="{section}"' in page]
        assert ("olga@" in page) == (name in ("olga", "adam"))
    assert seen == {
        "olga": list(sections),
        "adam": ["about", "people", "invites", "end"],
        "mia": ["people", "end"],
        "vera": ["people", "end"],
    }
