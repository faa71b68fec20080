"""Wrong input in forms: the page again, with what is wrong and what was typed, and nothing half done."""

from html import unescape
from uuid import uuid4

import httpx

from tests.builders import a_task
from tests.conftest import World
from tests.unchanged import nothing_changes, snapshot


def page(answer: httpx.Response, status: int | None = None, *words: str) -> str:
    """The page in ``answer``; fails unless it is a refusal that a person can read."""
    where = (answer.request.method, answer.request.url, answer.status_code, answer.text[-800:])
    assert 400 <= answer.status_code < 500, where
    assert answer.headers["Content-Type"].startswith("text/html"), where
    assert status in (None, answer.status_code), where
    text = unescape(answer.text)
    assert all(word in text for word in words), (words, where)
    return text


async def test_a_task_that_is_not_one_is_refused_with_the_page_and_the_draft(world: World) -> None:
    mia = world.mia.browser
    async with nothing_changes(world.tandem):
        for path in (f"/workspaces/{world.workspace_id}/tasks", "/tasks"):
            for title in ("", "   ", "x" * 201, "a\x00b", "a\x1bb"):
                answer = await mia.post(path, data={"title": title})
                page(answer, 422, "<html", "must ")
            page(await mia.post(path, data={"title": "y" * 201}), 422, "y" * 201)
            page(await mia.post(path, data={"title": "milk", "id": "x"}), 422)
            page(await mia.post(path, data={}), 422)
            page(await mia.post(path, files={"title": b"milk"}), 400)
            for kind in (
                "application/json",
                "text/plain",
                "multipart/form-data",
                "multipart/form-data; boundary=x",
            ):
                answer = await mia.post(path, content=b'{"title": ', headers={"Content-Type": kind})
                page(answer)


async def test_bytes_that_are_no_text_are_no_failure(world: World) -> None:
    mia = world.mia.browser
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for body in (
        b"title=%ff%fe",
        b"title=%ED%A0%80",
        b"\xff\xfe",
        b"%%%",
        b"=&=&=",
    ):
        answer = await mia.post("/tasks", content=body, headers=headers)
        if answer.status_code != 303:  # a broken character may also be read as U+FFFD
            page(answer)
    for large in (b"title=" + b"x" * 70_000, b"title=milk&x=" + b"%E6%B0%B4" * 10_000):
        page(await mia.post("/tasks", content=large, headers=headers), 413, "64 KiB")


async def test_a_wrong_task_form_shows_what_is_wrong(world: World) -> None:
    mia = world.mia.browser
    vera = world.vera.browser
    task = await a_task(world.tandem, world.mia, world.workspace_id)
    path = f"/tasks/{task.id}"
    version = str(task.version)
    async with nothing_changes(world.tandem):
        for fields, words in (
            ({"title": ""}, "must not be empty"),
            ({"title": "z" * 201}, "z" * 201),
            ({"title": "a\x00b"}, "U+0000"),
            ({"description": "x" * 10_001}, "10,000"),
            ({"status": "open"}, "must be one of"),
            ({"priority": "highest"}, "must be one of"),
            ({"due_on": "soon"}, "must be a date"),
            ({"due_on": "2026-02-30"}, "must be a date"),
            ({"due_on": "0001-01-01"}, "must be from"),
            ({"assignee": "x"}, "must be an id"),
            ({"assignee": str(uuid4())}, "must be somebody"),
            ({"title": "x", "version": "x"}, "must be a whole number"),
            ({"title": "x", "version": "-1"}, "must be a whole number"),
            ({"title": "x", "version": "9" * 30}, "must be a whole number"),
        ):
            form = {"version": version} | fields
            page(await mia.post(path, data=form), 422, "<html", words)
            htmx = await mia.post(path, data=form, headers={"HX-Request": "true"})
            assert "<html" not in page(htmx, 422)
        page(await mia.post(path, data={"title": "x"}), 428)
        page(await mia.post(f"{path}/delete", data={}), 428)
        page(await mia.post(f"{path}/delete", data={"version": "x"}), 422)
        page(await mia.post(f"{path}/delete", data={"version": "0"}), 409)
        for data, status in (
            ({"assignee": "x", "version": version}, 422),
            ({"assignee": str(uuid4()), "version": version}, 422),
            ({"assignee": str(world.stan.scope.user_id), "version": version}, 422),
            ({"assignee": "", "version": "x"}, 422),
            ({"assignee": ""}, 428),
        ):
            page(await mia.post(f"{path}/assign", data=data), status, "<html")
            htmx = await mia.post(f"{path}/assign", data=data, headers={"HX-Request": "true"})
            assert "<html" not in page(htmx, status)
        page(await mia.post(f"/tasks/{uuid4()}", data={"title": "x", "version": "1"}), 404)
        page(await mia.post("/tasks/x", data={"title": "x"}), 404)
        page(await vera.post(path, data={"title": "x", "version": version}), 403)


async def test_a_change_is_not_half_done_by_a_wrong_address_of_the_page(world: World) -> None:
    mia = world.mia.browser
    task = await a_task(world.tandem, world.mia, world.workspace_id)
    for address in (
        "http://[",
        "x" * 5000,
        "http://x/?due=never",
        "?due_before=0001-01-01",
        "%00",
        "//",
        "http://x:x/",
    ):
        headers = {"HX-Request": "true", "HX-Current-URL": address, "Referer": address}
        for action in ("complete", "reopen"):
            answer = await mia.post(f"/tasks/{task.id}/{action}", data={}, headers=headers)
            assert (answer.status_code, f'id="task-{task.id}"' in answer.text) == (200, True), address
        answer = await mia.post(f"/tasks/{task.id}/complete", data={"next": address})
        assert answer.status_code == 303, address
        assert answer.headers["Location"].startswith("/"), address


async def test_wrong_forms_of_a_workspace_show_what_is_wrong(world: World) -> None:
    olga = world.olga.browser
    stan = world.stan.browser
    path = f"/workspaces/{world.workspace_id}"
    async with nothing_changes(world.tandem):
        for form, words in (
            ({"name": ""}, "must not be empty"),
            ({"name": "w" * 101}, "w" * 101),
            ({"name": "a\x00b"}, "U+0000"),
            ({"name": "x", "description": "x" * 501}, "500"),
        ):
            page(await olga.post("/workspaces", data=form), 422, "<html", words)
            page(await olga.post(path, data=form), 422, "<html", words)
        page(await olga.post("/workspaces", data={"name": "x", "id": "x"}), 422)
        page(await olga.post(f"{path}/delete", data={"confirmation": "x"}), 422, "exact name")
        for form in ({"role": "boss"}, {"max_uses": "0"}, {"max_uses": "x"}, {"expires_in": "9" * 18}):
            page(await olga.post(f"{path}/invites", data=form), 422, "must be")
        page(await olga.post(f"{path}/invites", data={"role": "owner"}), 403)
        page(await olga.post(f"{path}/members/{world.mia.id}", data={"role": "boss"}), 422)
        page(await olga.post(f"{path}/members/{world.mia.id}", data={}), 422)
        for form, words in (
            ({}, "New owner must be chosen."),
            ({"new_owner": "x"}, "New owner must be an id."),
            ({"new_owner": world.mia.id}, "exact name"),
            ({"new_owner": world.mia.id, "hand_over": "home"}, "exact name"),
        ):
            page(await olga.post(f"{path}/hand-over", data=form), 422, "<html", words)
        page(await olga.post(f"{path}/hand-over", data={"new_owner": str(uuid4()), "hand_over": "Home"}), 404)
        # Not by the way of any other role.
        page(await olga.post(f"{path}/members/{world.mia.id}", data={"role": "owner"}), 422, "exact name")
        page(await olga.post(f"{path}/members/{uuid4()}/remove"), 404)
        page(await olga.post(f"{path}/invites/{uuid4()}/revoke"), 404)
        page(await stan.post("/workspaces/join/%00"), 404)
        page(await stan.get("/workspaces/join/%F0%9F%98%80"), 404)


async def test_wrong_addresses_of_pages_are_refused_in_words(world: World) -> None:
    mia = world.mia.browser
    path = f"/workspaces/{world.workspace_id}"
    for query in (
        "sort=x",
        "due=x",
        "status=x",
        "priority=x",
        "assignee=x",
        "due_before=x",
        f"q={'x' * 201}",
    ):
        page(await mia.get(f"{path}?{query}"), 422, "must ")
        if "sort" not in query and "assignee" not in query:  # which the other page has none of
            page(await mia.get(f"/assigned?{query}"), 422, "must ")
    for query in ("q=%00", "q=%FF", "q=%ED%A0%80", "due_before=0001-01-01", "=", "&&&", "status=&q="):
        answer = await mia.get(f"{path}?{query}")
        assert answer.status_code < 500, (query, answer.text[:300])
        assert (await mia.get(f"/assigned?{query}")).status_code == answer.status_code
        assert (await mia.get(f"/search?{query}")).status_code < 500
    page(await mia.get(f"/search?q={'x' * 201}"), 422, "must have at most 200")
    for address in (
        "/workspaces/x",
        "/workspaces/%00",
        "/nothing",
        "/tasks/x/assign",
        f"/tasks/{uuid4()}/assign",
        f"/workspaces/{uuid4()}",
    ):
        page(await mia.get(address), 404, "<html")


async def test_signing_in_and_up_wrongly_creates_nobody(world: World) -> None:
    headers = {"Origin": world.mia.address}
    before = await snapshot(world.tandem)
    async with httpx.AsyncClient(base_url=world.mia.address, headers=headers) as visitor:
        good = {"email": "new@example.com", "name": "New", "password": "a long password"}
        for wrong in (
            {"email": ""},
            {"email": "x"},
            {"email": "a\x00@b"},
            {"email": "x" * 300 + "@example.com"},
            {"name": ""},
            {"name": "x" * 81},
            {"name": "a\x00"},
            {"password": "short"},
            {"password": "x" * 257},
            {"email": "mia@example.com"},
        ):
            page(await visitor.post("/register", data=good | wrong), 422, "<html")
        for form in (
            {"email": "\x00", "password": "\x00"},
            {},
            {"email": "mia@example.com", "password": "x" * 5000},
        ):
            page(await visitor.post("/login", data=form), 422, "<html")
        for body in (b"\xff\xfe", b"email=%ff&password=%ED%A0%80", b"%"):
            for path in ("/login", "/register"):
                answer = await visitor.post(
                    path, content=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
                )
                page(answer)
            page(await visitor.post("/login", content=body, headers={"Content-Type": "application/json"}))
    assert await snapshot(world.tandem) == before
