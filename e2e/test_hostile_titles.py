"""Whatever people write is text, wherever it is shown: in a list, in a push, in a message."""

import pytest
from playwright.async_api import expect

from e2e.people import People, a_team
from e2e.screens import Screen

TITLES = [
    "<script>alert('title')</script>",
    "<img src=x onerror=alert('title')>",
    '<hx-partial hx-target="#tasks" hx-swap="innerHTML"><li>owned</li></hx-partial>',
    '"><svg/onload=alert(1)> \' autofocus onfocus=alert(2) x="',
    "</li></ul><form action=//evil.example><button>Sign in</button></form>",
    "{{7*7}} ${7*7} <%= 7*7 %> {% raw %}",
    "&lt;b&gt;not bold&lt;/b&gt; &amp;amp; <!-- --> ]]>",
    "👩‍👩‍👧‍👦 🏳️‍🌈 emoji, and e\u0301 in two parts",
    "שלום עולם — right to left, مرحبا",
    "A" * 200,
]


async def _is_harmless(screen: Screen, title: str) -> None:
    await expect(screen.titles).to_have_text([title])
    assert await screen.titles.text_content() == title
    for selector in ("script", "img", "svg", "hx-partial", "form[action*=evil]", "[autofocus]"):
        await expect(screen.page.locator(f"main {selector}")).to_have_count(0)


async def test_titles_are_shown_as_the_text_that_they_are(people: People) -> None:
    team = await a_team(people, "mia")
    olga, mia = team.olga, team.mia
    await olga.open(team.path)
    await mia.open(team.path)
    for title in TITLES:
        async with olga.stays(), mia.stays():
            await olga.quick_add.fill(title)
            await olga.quick_add.press("Enter")
            await _is_harmless(mia, title)
            await _is_harmless(olga, title)
            await mia.page.locator("#tasks .icon--edit").click()
            field = mia.page.locator(".task__edit input[name=title]")
            await expect(field).to_have_value(title)
            await field.press("Escape")
            assert mia.dialogs == []
            await olga.page.locator("#tasks .task__delete").click()
            await expect(mia.titles).to_have_count(0)
            # The message that it can be undone says it as text, too.
            said = await olga.page.locator("#toasts > *").last.text_content() or ""
            assert f"Deleted “{title}”." in said
            assert olga.dialogs == []


async def test_titles_are_text_on_pages_of_their_own_too(people: People) -> None:
    team = await a_team(people)
    olga = team.olga
    for title in TITLES:
        task = await olga.task(team.workspace_id, title)
        await olga.open(team.path)
        await _is_harmless(olga, title)
        await olga.titles.click()
        opened = olga.page.get_by_role("dialog")
        await expect(opened.get_by_role("heading", level=1)).to_have_text(title)
        await expect(opened.get_by_label("Title")).to_have_value(title)
        assert await olga.page.title() == f"{title} · Tandem"
        await olga.ask("DELETE", f"/tasks/{task['id']}", {"version": task["version"]})
    assert olga.dialogs == []


async def test_a_refused_title_comes_back_as_text(people: People) -> None:
    team = await a_team(people, "mia")
    mia = team.mia
    mia.allow("status of 4(09|22)")
    hostile = TITLES[1]
    task = await team.olga.task(team.workspace_id, "Mild")
    await mia.open(team.path)
    field = await mia.edit("Mild")
    await team.olga.change(task["id"], title=TITLES[0])
    await field.fill(hostile)
    await field.press("Enter")
    await expect(mia.page.get_by_text(f"It is “{TITLES[0]}” now, by Olga.")).to_be_visible()
    await expect(field).to_have_value(hostile)
    await field.press("Escape")

    bad = f"{hostile}\u202e\u0007"
    await mia.quick_add.fill(bad)
    await mia.quick_add.press("Enter")
    await expect(mia.page.get_by_text("is not added.")).to_be_visible()
    await expect(mia.page.locator("#quick-add-problems img")).to_have_count(0)
    assert mia.dialogs == []


async def test_a_deleted_row_names_its_title_as_text(people: People) -> None:
    team = await a_team(people, "mia")
    mia = team.mia
    task = await team.olga.task(team.workspace_id, TITLES[1])
    await mia.open(team.path)
    await mia.page.locator("#tasks .task__title").focus()
    await team.olga.ask("DELETE", f"/tasks/{task['id']}", {"version": task["version"]})
    await expect(mia.page.get_by_text(f"“{TITLES[1]}” is no longer in this list.")).to_be_visible()
    await expect(mia.page.locator("#tasks img")).to_have_count(0)
    assert mia.dialogs == []


@pytest.mark.parametrize("name", TITLES[:3])
async def test_names_are_text_as_well(people: People, name: str) -> None:
    team = await a_team(people, "mia")
    mia = team.mia
    await mia.open(team.path)
    async with mia.stays():
        await team.olga.ask("PUT", f"/workspaces/{team.workspace_id}", {"name": name, "description": name})
        await expect(mia.page.get_by_role("heading", level=1)).to_have_text(name)
        await team.olga.ask("PATCH", "/me", {"name": name})
        await expect(mia.page.locator(f"#member-{team.olga.id} .member__name")).to_contain_text(name)
    await mia.open("/workspaces")
    await expect(mia.page.locator(".workspace__name")).to_have_text(name)
    assert mia.dialogs == []
