"""What people write to each other about a task: at once, by keyboard, no letter lost, and never as code."""

import re
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from e2e.people import People, Person, Team, a_team
from e2e.screens import Screen
from e2e.test_typing_survives import caret

HOSTILE = [
    "<script>alert('comment')</script>",
    "<img src=x onerror=alert('comment')>",
    "![a picture](https://elsewhere.example/x.png)",
    "[here](javascript:alert(1))",
    "[here](data:text/html,<script>alert(1)</script>)",
    '<hx-partial hx-target="#comments" hx-swap="innerHTML"><li>owned</li></hx-partial>',
    "</li></ul><form action=//elsewhere.example><button>Sign in</button></form>",
    "`<svg/onload=alert(1)>`",
]


async def test_what_one_writes_the_other_sees_at_once(people: People) -> None:
    team, path = await a_talk(people)
    olga, mia = team.olga, team.mia
    await olga.open(path)
    await mia.open(path)
    await expect(mia.page.get_by_role("heading", name="Comments 0")).to_be_visible()
    async with olga.stays(), mia.stays():
        await say(olga, "Two litres, **fresh**\n\n- from the farm")
        for person in (olga, mia):
            await expect(comments(person)).to_have_count(1)
            await expect(comment(person, "Two litres")).to_contain_text("Olga just now")
            await expect(comment(person, "Two litres").locator("strong")).to_have_text("fresh")
            await expect(comment(person, "Two litres").locator(".comment__body li")).to_have_count(1)
            await expect(person.page.get_by_role("heading", name="Comments 1")).to_be_visible()
        await expect(field(olga)).to_have_value("")
        await expect(field(olga)).to_be_focused()
        await say(mia, "Bread as well")
        for person in (olga, mia):
            await expect(bodies(person)).to_have_text([re.compile("Two litres"), "Bread as well"])
    await equals_its_reload(mia)
    await equals_its_reload(olga)


async def test_a_draft_survives_what_others_write(people: People) -> None:
    team, path = await a_talk(people)
    mia = team.mia
    first = await said(team.olga, path, "One")
    await mia.open(path)
    await field(mia).fill("Half a sentence, ")
    await field(mia).evaluate("it => it.setSelectionRange(5, 9)")
    node = await field(mia).element_handle()
    async with mia.stays():
        await said(team.olga, path, "Two")
        await team.olga.ask(
            "PATCH", f"/comments/{first['id']}", {"body": "One!", "version": first["version"]}
        )
        await expect(bodies(mia)).to_have_text(["One!", "Two"])
        assert await caret(field(mia)) == {
            "text": "Half a sentence, ",
            "from": 5,
            "to": 9,
            "focused": True,
        }
        await field(mia).press("End")
        for part in ("and ", "the ", "other ", "half"):
            await field(mia).press_sequentially(part)
            await said(team.olga, path, f"While {part}")
        await expect(comments(mia)).to_have_count(6)
    assert await node.evaluate("it => it.isConnected && document.activeElement === it")
    await expect(field(mia)).to_have_value("Half a sentence, and the other half")
    await mia.page.get_by_role("button", name="Add comment").press("Enter")
    await expect(bodies(team.mia).last).to_have_text("Half a sentence, and the other half")


async def test_an_edit_survives_what_others_write_and_another_tab_of_ones_own(people: People) -> None:
    team, path = await a_talk(people)
    mia = team.mia
    mia.allow("status of 409")
    mine = await said(mia, path, "Mine")
    await mia.open(path)
    editor = await edit(mia, "Mine")
    await editor.fill("Mine, and more")
    await editor.evaluate("it => it.setSelectionRange(2, 4)")
    await said(team.olga, path, "Olga's")
    await mia.ask("PATCH", f"/comments/{mine['id']}", {"body": "Elsewhere", "version": mine["version"]})
    await expect(mia.page.locator(f"#comment-{mine['id']}")).to_contain_text("(edited)")
    assert await caret(editor) == {"text": "Mine, and more", "from": 2, "to": 4, "focused": True}
    await editor.press("ControlOrMeta+a")
    await editor.press_sequentially("Mine, again")
    await saving(mia).press("Enter")
    problem = mia.page.locator(".comment .field__error")
    await expect(problem).to_contain_text("It says “Elsewhere” now.")
    await expect(editor).to_have_value("Mine, again")
    await saving(mia).click()
    await expect(bodies(mia)).to_have_text(["Mine, again", "Olga's"])
    await expect(editor).to_have_count(0)


async def test_a_member_is_named_by_keyboard_alone_and_told(people: People) -> None:
    team, path = await a_talk(people, "nadia", "nathan")
    mia, nathan, nadia = team.mia, team.nathan, team.nadia
    await mia.open(path)
    await nathan.open(team.path)
    await nadia.open(team.path)
    await field(mia).focus()
    options = mia.page.get_by_role("listbox", name="Members")
    await mia.page.keyboard.type("Ask @na")
    await expect(options.get_by_role("option")).to_have_text(["Nadia", "Nathan"])
    await expect(field(mia)).to_have_attribute("aria-controls", "mention-list")
    await chosen(mia, "Nadia")
    for key, name in (("ArrowDown", "Nathan"), ("ArrowDown", "Nadia"), ("ArrowUp", "Nathan")):
        await mia.page.keyboard.press(key)
        await chosen(mia, name)
    await mia.page.keyboard.press("Escape")
    await expect(options).to_be_hidden()
    await expect(field(mia)).not_to_have_attribute("aria-controls", "mention-list")
    await expect(field(mia)).to_have_value("Ask @na")
    await expect(field(mia)).to_be_focused()
    await mia.page.keyboard.type("t")
    await chosen(mia, "Nathan")
    await mia.page.keyboard.press("Enter")
    await expect(options).to_be_hidden()
    await mia.page.keyboard.type("please")
    await expect(field(mia)).to_have_value("Ask @Nathan please")
    assert (await caret(field(mia)))["focused"]
    await mia.page.keyboard.press("Tab")
    await mia.page.keyboard.press("Enter")
    await expect(comment(mia, "please").locator(".mention")).to_have_text("@Nathan")
    await counts(nathan, 1)
    await nathan.page.get_by_role("button", name="Notifications, 1 unread").click()
    await expect(nathan.page.locator("#bell-latest")).to_contain_text("Mia mentioned you on Milk")
    await counts(nadia, 0)


async def test_an_edit_names_members_too_and_tells_only_who_was_not_named_before(people: People) -> None:
    team, path = await a_talk(people, "nadia", "nathan")
    mia = team.mia
    await said(mia, path, "Ask @Nathan")
    await mia.open(path)
    await team.nathan.open(team.path)
    await team.nadia.open(team.path)
    await counts(team.nathan, 1)
    editor = await edit(mia, "Ask @Nathan")
    await editor.press_sequentially(" or @nad")
    await chosen(mia, "Nadia")
    await editor.press("Tab")
    await expect(editor).to_have_value("Ask @Nathan or @Nadia ")
    await editor.press_sequentially("@nat")
    await mia.page.get_by_role("listbox").get_by_text("Nathan").click()
    await expect(editor).to_have_value("Ask @Nathan or @Nadia @Nathan ")
    await expect(editor).to_be_focused()
    await editor.press_sequentially("@")
    await editor.press("Escape")
    await expect(editor).to_be_focused()
    await editor.press("Backspace")
    await saving(mia).click()
    await expect(comment(mia, "or").locator(".mention")).to_have_text(["@Nathan", "@Nadia", "@Nathan"])
    await counts(team.nadia, 1)
    await counts(team.nathan, 1)


async def test_ones_own_is_changed_and_deleted_before_the_others_eyes(people: People) -> None:
    team, path = await a_talk(people)
    olga, mia = team.olga, team.mia
    await said(olga, path, "Hers")
    await said(mia, path, "Mine")
    await mia.open(path)
    await olga.open(path)
    async with olga.stays(), mia.stays():
        editor = await edit(mia, "Mine")
        await expect(editor).to_have_value("Mine")
        await editor.fill("Mine, but better")
        await saving(mia).press("Enter")
        for person in (mia, olga):
            await expect(bodies(person)).to_have_text(["Hers", "Mine, but better"])
            await expect(comment(person, "better")).to_contain_text("(edited)")
        await expect(comment(mia, "better").get_by_role("link", name="Edit")).to_be_focused()
        await comment(mia, "better").get_by_role("button", name="Delete").press("Enter")
        assert mia.dialogs == ["Delete this comment?"]
        for person in (mia, olga):
            await expect(bodies(person)).to_have_text(["Hers"])
            await expect(person.page.get_by_role("heading", name="Comments 1")).to_be_visible()
        await expect(field(mia)).to_be_focused()
    await equals_its_reload(mia)
    await equals_its_reload(olga)


async def test_nobody_changes_what_others_wrote_and_only_admins_delete_it(people: People) -> None:
    team, path = await a_talk(people)
    await said(team.olga, path, "Hers")
    await said(team.mia, path, "Mine")
    expected = {
        "olga": {"Hers": (1, 1), "Mine": (0, 1)},
        "mia": {"Hers": (0, 0), "Mine": (1, 1)},
        "vera": {"Hers": (0, 0), "Mine": (0, 0)},
    }
    for name, offered in expected.items():
        person = team.members[name]
        await person.open(path)
        for text, (changes, deletes) in offered.items():
            row = comment(person, text)
            await expect(row.get_by_role("link", name="Edit")).to_have_count(changes)
            await expect(row.get_by_role("button", name="Delete")).to_have_count(deletes)


async def test_a_viewer_reads_along_and_writes_nothing(people: People) -> None:
    team, path = await a_talk(people)
    vera, mia = team.vera, team.mia
    await said(mia, path, "Before")
    await vera.open(path)
    await mia.open(path)
    await say(mia, "After")
    await expect(bodies(vera)).to_have_text(["Before", "After"])
    await expect(field(vera)).to_have_count(0)
    await expect(vera.page.get_by_role("button", name="Add comment")).to_have_count(0)
    # Whoever becomes a viewer while writing keeps what they read, and no longer changes it.
    await team.olga.ask("PATCH", f"/workspaces/{team.workspace_id}/members/{mia.id}", {"role": "viewer"})
    await expect(comment(mia, "After").get_by_role("link", name="Edit")).to_have_count(0)
    await expect(comment(mia, "After").get_by_role("button", name="Delete")).to_have_count(0)


async def test_an_edit_of_what_an_admin_deletes_is_not_lost(people: People) -> None:
    team, path = await a_talk(people)
    mia = team.mia
    mine = await said(mia, path, "Mine")
    await said(mia, path, "And [more](https://elsewhere.example/)")
    await mia.open(path)
    editor = await edit(mia, "Mine")
    await editor.fill("Mine, and a thought")
    await team.olga.ask("DELETE", f"/comments/{mine['id']}", {"version": mine["version"]})
    words = mia.page.get_by_text("You had written: “Mine, and a thought”")
    await expect(words).to_be_focused()
    await expect(words).to_have_text("The comment of Mia was deleted. You had written: “Mine, and a thought”")


async def test_what_is_written_without_a_connection_is_not_lost_and_not_there_twice(people: People) -> None:
    team, path = await a_talk(people)
    olga, mia = team.olga, team.mia
    mia.allow_outage()
    await olga.open(path)
    await mia.open(path)
    await mia.page.context.set_offline(True)
    await say(mia, "Two litres")
    await expect(mia.page.locator("#live-state")).to_have_text("Offline: 1 change is waiting")
    await mia.page.context.set_offline(False)
    await mia.is_live()
    await expect(field(mia)).to_have_value("")
    for person in (mia, olga):
        await expect(bodies(person)).to_have_text(["Two litres"])
    await equals_its_reload(mia)


async def test_what_is_hostile_stays_text(people: People) -> None:
    team, path = await a_talk(people)
    olga, mia = team.olga, team.mia
    asked: list[str] = []
    for person in (olga, mia):
        person.page.on("request", lambda request: asked.append(request.url))
        await person.open(path)
    async with olga.stays(), mia.stays():
        for number, body in enumerate(HOSTILE, start=1):
            await say(mia, body)
            for person in (olga, mia):
                await expect(comments(person)).to_have_count(number)
                await is_harmless(person)
    for person in (olga, mia):
        await person.page.reload()
        await person.is_live()
        await is_harmless(person)
        assert person.dialogs == []
        await expect(bodies(person).first).to_have_text(HOSTILE[0])
        await expect(bodies(person).nth(3)).to_have_text(HOSTILE[3])
    assert not [url for url in asked if "elsewhere.example" in url]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_the_longest_text_in_any_script_is_taken(people: People, *, scripts: bool) -> None:
    team, path = await a_talk(people, java_script_enabled=scripts)
    mia = team.mia
    longest = "水" * 10_000
    await mia.open(path)
    await say(mia, longest)
    await expect(bodies(mia)).to_have_text([longest])
    await comment(mia, longest[:5]).get_by_role("link", name="Edit").click()
    await mia.page.get_by_label("Your comment").fill(longest.replace("水", "氷"))
    await mia.page.get_by_role("button", name="Save").last.click()
    await expect(bodies(mia)).to_have_text([longest.replace("水", "氷")])


async def test_it_works_without_scripts(people: People) -> None:
    team, path = await a_talk(people, java_script_enabled=False)
    olga, mia = team.olga, team.mia
    mia.allow("status of 4(22|03)")
    await mia.open(path)
    await say(mia, "Mine, **bold**")
    await expect(mia.page).to_have_url(re.compile(f"{path}$"))
    await expect(bodies(mia)).to_have_text(["Mine, bold"])
    await comment(mia, "Mine").get_by_role("link", name="Edit").click()
    await expect(mia.page.get_by_role("heading", name="Edit a comment")).to_be_visible()
    editor = mia.page.get_by_label("Your comment")
    await expect(editor).to_have_value("Mine, **bold**")
    await editor.fill("   ")
    await mia.page.get_by_role("button", name="Save").click()
    await expect(editor).to_have_attribute("aria-invalid", "true")
    await expect(mia.page.locator("#body-error")).to_contain_text("must not be empty")
    await editor.fill("Mine, @Olga")
    await mia.page.get_by_role("button", name="Save").click()
    await expect(mia.page).to_have_url(re.compile(f"{path}$"))
    await expect(bodies(mia)).to_have_text(["Mine, @Olga"])
    await expect(comment(mia, "Mine")).to_contain_text("(edited)")
    await olga.open("/notifications")
    await expect(olga.page.locator("#notifications .notification__words").first).to_have_text(
        re.compile("Mia mentioned you on Milk")
    )
    await said(olga, path, "Hers")
    await mia.open(path)
    await comment(mia, "Mine").get_by_role("button", name="Delete").click()
    await expect(mia.page).to_have_url(re.compile(f"{path}$"))
    await expect(bodies(mia)).to_have_text(["Hers"])


@pytest.mark.parametrize("action", ["Edit", "Delete"])
async def test_without_scripts_what_is_not_ones_own_is_refused_in_words(people: People, action: str) -> None:
    team, path = await a_talk(people, java_script_enabled=False)
    mia = team.mia
    mia.allow("status of 403")
    await said(team.olga, path, "Hers")
    await mia.open(path)
    await offered(mia, "Hers", action).click()
    await expect(mia.page.get_by_text(re.compile("wrote"))).to_be_visible()
    await mia.open(path)
    await expect(bodies(mia)).to_have_text(["Hers"])
    await team.vera.open(path)
    await expect(comment(team.vera, "Hers")).to_be_visible()
    await expect(offered(team.vera, "Hers", action)).to_be_hidden()


async def a_talk(people: People, *names: str, **options: Any) -> tuple[Team, str]:
    """A team with a task to talk about, and the address of its page."""
    team = await a_team(people, "mia", "vera", *names, **options)
    task = await team.olga.task(team.workspace_id, "Milk")
    return team, f"{team.path}/tasks/{task['id']}"


async def said(person: Person, path: str, body: str) -> Any:
    """A comment that ``person`` writes with their program."""
    return await person.ask("POST", f"{path[path.index('/tasks/') :]}/comments", {"body": body})


async def say(screen: Screen, body: str) -> None:
    """A comment that somebody writes on the page."""
    await field(screen).fill(body)
    await screen.page.get_by_role("button", name="Add comment").click()


async def edit(screen: Screen, text: str) -> Locator:
    """Open a comment for editing, by keyboard; gives the field."""
    await comment(screen, text).get_by_role("link", name="Edit").press("Enter")
    editor = screen.page.get_by_label("Your comment")
    await expect(editor).to_be_focused()
    # There is one way to go on: to save or to cancel.
    await expect(screen.page.locator(".comment:has(form.comment__form) .comment__actions")).to_be_hidden()
    return editor


def saving(screen: Screen) -> Locator:
    """What saves an edit in its place."""
    return screen.page.locator("#comments").get_by_role("button", name="Save")


def field(screen: Screen) -> Locator:
    return screen.page.get_by_label("Comment", exact=True)


def comments(screen: Screen) -> Locator:
    return screen.page.locator("#comments > li")


def bodies(screen: Screen) -> Locator:
    return screen.page.locator("#comments .comment__body")


def comment(screen: Screen, text: str) -> Locator:
    return comments(screen).filter(has=screen.page.locator(".comment__body", has_text=text))


def offered(screen: Screen, text: str, action: str) -> Locator:
    """What edits or deletes a comment."""
    return comment(screen, text).locator("a, button").filter(has_text=re.compile(f"^{action}$"))


async def chosen(screen: Screen, name: str) -> None:
    """``name`` is the option that Enter takes, for eyes and for screen readers."""
    option = screen.page.locator("#mention-list [aria-selected=true]")
    await expect(option).to_have_text(name)
    await expect(screen.page.locator("textarea:focus")).to_have_attribute(
        "aria-activedescendant", await option.get_attribute("id") or ""
    )


async def counts(screen: Screen, unread: int) -> None:
    """The bell says how many are unread."""
    name = f"Notifications, {unread} unread" if unread else "Notifications"
    await expect(screen.page.get_by_role("button", name=name, exact=True)).to_be_visible()


async def is_harmless(screen: Screen) -> None:
    """No comment holds anything but what Markdown is known to make."""
    for selector in (
        "script",
        "img",
        "svg",
        "hx-partial",
        "form",
        "input",
        "[onerror]",
        "a:not([href^=http])",
    ):
        await expect(screen.page.locator(f".comment__body {selector}")).to_have_count(0)


async def equals_its_reload(screen: Screen) -> None:
    """The comments are what a fresh page shows, their numbers included."""
    fresh = await screen.page.context.new_page()
    try:
        await fresh.goto(screen.page.url)
        expected = await fresh.locator("#comments").evaluate(SHOWN)
        assert await screen.page.locator("#comments").evaluate(SHOWN) == expected
    finally:
        await fresh.close()


SHOWN = r"""list => {
    const shown = list.cloneNode(true);
    shown.querySelectorAll(".fresh").forEach((mark) => mark.remove());
    return shown.outerHTML.replace(/>\s+/g, ">").replace(/\s+</g, "<").replace(/></g, ">\n<");
}"""
