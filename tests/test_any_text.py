"""Every other Unicode text survives a round trip unchanged, and stays text wherever it is shown."""

from html.parser import HTMLParser

import pytest

from tests.conftest import World
from tests.live.wire import listening

TITLES = [
    "🦊 emoji, and 👩‍👩‍👧‍👦 with zero width joiners",
    "🏴󠁧󠁢󠁳󠁣󠁴󠁿 tags, 👍🏽 skin tones, 🇩🇪 flags",
    "עברית and العربية, right to left",
    "\u202eright-to-left override\u202c and \u2066isolates\u2069",
    "e\u0301 is not made é, nor \u00e9 e\u0301",
    "Z̸̢̛a̷̡l̶g̴o̵ o̸f̵ ̷m̶a̸n̴y̷ marks",
    "<script>alert(1)</script>",
    '<hx-partial hx-target="body"><b>x</b></hx-partial>',
    '"><img src=x onerror=alert(1)>',
    "' OR 1=1; -- {{ 7*7 }} {% raw %} ${7*7} <%= 7 %>",
    "&lt;not a tag&gt; &amp;amp; &#0;",
    "</li></template></textarea></title>",
    "100 % \\ %s %(x)s {0} \\n \\u0000 \\ud800",
    "\ufeff\u200bzero width\u200d\u00adsoft hyphen\ufeff",
    "\U0010ffff\ufffe\uffff\ufdd0 noncharacters",
    "日本語 ㍿ ﷽ ﬁ ligature İ ı ß ẞ Ω Ω",
    "x" * 200,
    "🦊" * 200,
]
REFERENCES = [title for title in TITLES if title.strip() == title]


class Shown(HTMLParser):
    """The elements of a piece of HTML, the titles of its rows, and what stands in its fields."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.titles: list[str] = []
        self.values: list[str | None] = []
        self.written: list[str] = []
        self._in_title = self._in_area = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.values += [value for name, value in attrs if name == "value"]
        assert not any(name.startswith("on") for name, _ in attrs)
        self._in_title = ("class", "task__title") in attrs
        self._in_area = tag == "textarea"
        if self._in_title:
            self.titles.append("")
        if self._in_area:
            self.written.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_title = self._in_area = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.titles[-1] += data
        if self._in_area:
            self.written[-1] += data


def test_the_texts_are_what_they_say() -> None:
    assert REFERENCES == TITLES, "what is trimmed proves nothing"
    assert all(len(title) <= 200 for title in TITLES)


async def test_any_text_survives_api_page_frame_and_socket(world: World) -> None:
    mia, browser = world.mia.api, world.mia.browser
    async with (
        listening(world.vera, world.workspace_id) as program,
        listening(world.vera, world.workspace_id, protocol=None) as page,
    ):
        for title in TITLES:
            body = {"title": title, "description": f"{title}\n{title}"}
            made = (await mia.post(f"/api/workspaces/{world.workspace_id}/tasks", json=body)).json()
            assert made["title"] == title
            assert (await mia.get(f"/api/tasks/{made['id']}")).json()["title"] == title
            task = (await program.next())["data"]["task"]
            assert (task["title"], task["description"]) == (title, body["description"])
            frame = Shown((await page.next())["content"])
            assert frame.titles == [title]
            assert "script" not in frame.tags
            found = await mia.get(f"/api/workspaces/{world.workspace_id}/tasks", params={"q": title[:200]})
            assert made["id"] in [item["id"] for item in found.json()["items"]], title
            ack = await program.ask("task.reopen", {"id": made["id"]})
            assert ack["data"]["code"] == 403
    whole = (await browser.get(f"/workspaces/{world.workspace_id}")).text
    assert Shown(whole).titles == TITLES
    assert "<script>alert" not in whole
    assert "onerror=alert(1)>" not in whole


async def test_any_text_survives_a_form_and_a_message(world: World) -> None:
    browser, mia = world.mia.browser, world.mia.api
    async with listening(world.mia, None) as wire:
        for title in TITLES:
            answer = await browser.post("/tasks", data={"title": title}, headers={"HX-Request": "true"})
            assert Shown(answer.text).titles == [title]
            assert (await wire.next())["data"]["task"]["title"] == title
            ack = await wire.ask("task.create", {"title": title})
            assert ack["data"]["task"]["title"] == title
            task_id = ack["data"]["task"]["id"]
            form = Shown((await browser.get(f"/tasks/{task_id}")).text)
            assert title in form.values
            assert (await mia.get(f"/api/tasks/{task_id}")).json()["title"] == title


async def test_any_text_survives_in_a_comment_and_stays_text(world: World) -> None:
    mia, browser = world.mia.api, world.mia.browser
    task = (await mia.post(f"/api/workspaces/{world.workspace_id}/tasks", json={"title": "Milk"})).json()
    path = f"/api/tasks/{task['id']}/comments"
    async with (
        listening(world.vera, world.workspace_id) as program,
        listening(
            world.vera, world.workspace_id, protocol=None, query=f"show=task&task={task['id']}"
        ) as page,
    ):
        for title in TITLES:
            body = f"{title}\n\n`{title}`\n"
            made = (await mia.post(path, json={"body": body})).json()
            assert made["body"] == body.strip()
            assert (await program.next())["data"]["comment"]["body"] == body.strip()
            frame = Shown((await page.next())["content"])
            assert not frame.tags & {"script", "img", "svg"}
            form = Shown((await browser.get(f"/comments/{made['id']}/edit")).text)
            assert form.written == [f"\n{body.strip()}"]
            again = {"body": title, "version": str(made["version"])}
            answer = await browser.post(f"/comments/{made['id']}", data=again, headers={"HX-Request": "true"})
            assert answer.status_code == 200, answer.text
            assert (await program.next())["data"]["comment"]["body"] == title
            await page.next()
    assert [each["body"] for each in (await mia.get(path)).json()["items"]] == TITLES
    whole = (await browser.get(f"/workspaces/{world.workspace_id}/tasks/{task['id']}")).text
    assert "<script>alert" not in whole
    assert "onerror=alert(1)>" not in whole


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "👩‍👩‍👧‍👦 עברית"])
async def test_names_of_people_and_workspaces_are_text_too(world: World, name: str) -> None:
    olga = world.olga.api
    async with listening(world.vera, world.workspace_id, protocol=None) as page:
        path = f"/api/workspaces/{world.workspace_id}"
        assert (await olga.put(path, json={"name": name})).json()["name"] == name
        assert "script" not in Shown((await page.next())["content"]).tags
        assert (await olga.patch("/api/me", json={"name": name})).json()["name"] == name
        assert "script" not in Shown((await page.next())["content"]).tags
    for address in (f"/workspaces/{world.workspace_id}", f"/workspaces/{world.workspace_id}/settings"):
        assert "<script>alert" not in (await world.olga.browser.get(address)).text
