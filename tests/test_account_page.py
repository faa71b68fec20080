"""The page about oneself, in the whole program: name, password, keys, and where one is signed in."""

import asyncio
from html import unescape
from uuid import UUID

import httpx
import pytest
from websockets.asyncio.client import connect

from app.accounts.gate import FAILURES_PER_ACCOUNT
from app.accounts.models import Letters, User
from app.accounts.passwords import Passwords
from tests.cast import Person, another_session
from tests.conftest import World
from tests.test_wrong_forms import page
from tests.unchanged import nothing_changes

ON_ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

OLD, NEW = "correct horse battery", "another horse battery"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def kept(world: World, person: Person) -> User:
    async with world.tandem.database.read() as session:
        return await session.get_one(User, person.scope.user_id)


async def give_password(world: World, person: Person, password: str = OLD) -> None:
    """Quickly: the parameters of the hash stand in it."""
    async with world.tandem.database.write() as session:
        user = await session.get_one(User, person.scope.user_id)
        user.password_hash = await Passwords(memory_kib=64).hashed(password)
        await session.commit()


async def is_signed_in(person: Person) -> bool:
    return (await person.api.get("/api/me")).status_code == 200


@ON_ONE
async def test_the_new_name_is_everywhere_and_said_once(world: World) -> None:
    browser = world.mia.browser
    answer = await browser.post("/account/name", data={"name": "  Mia M. "})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    shown = (await browser.get("/account")).text
    assert "Everybody sees the new name now." in shown
    assert 'value="Mia M."' in shown
    assert world.mia.scope.email in shown
    assert "Everybody sees" not in (await browser.get("/account")).text
    assert (await world.mia.api.get("/api/me")).json()["name"] == "Mia M."


@ON_ONE
async def test_wrong_input_shows_the_page_again_and_never_a_password(world: World) -> None:
    await give_password(world, world.mia)
    browser = world.mia.browser
    async with nothing_changes(world.tandem):
        for name in ("", "  ", "x" * 81, "a\x00b"):
            page(await browser.post("/account/name", data={"name": name}), 422, "Your name must ")
        for new in ("", "short", "x" * 257):
            form = {"old_password": OLD, "password": new}
            text = page(await browser.post("/account/password", data=form), 422, "New password must have")
            assert OLD not in text
        wrong = {"old_password": "a wrong guess", "password": NEW}
        text = page(await browser.post("/account/password", data=wrong), 422, "is not your password.")
        assert "a wrong guess" not in text
        assert NEW not in text
        for letters in ("", "LIST", "always", "off "):
            if letters.strip() != "off":
                page(await browser.post("/account/keys", data={"letters": letters}), 422)
        page(await browser.post("/account/sessions/x/end"), 404)
        page(await browser.post("/account/sessions/00000000-0000-7000-8000-000000000000/end"), 404)
    assert await Passwords().match((await kept(world, world.mia)).password_hash, OLD)
    assert (await kept(world, world.mia)).letters == "list"


async def test_another_password_ends_all_other_sessions_and_their_sockets(world: World) -> None:
    await give_password(world, world.mia)
    browser = world.mia.browser
    login = {"email": world.mia.scope.email, "password": OLD}
    elsewhere = (await world.stan.api.post("/api/auth/login", json=login)).json()["access_token"]
    socket = connect(
        f"{world.program.socket_address}/ws/personal",
        additional_headers={"Authorization": f"Bearer {elsewhere}"},
    )
    here = connect(f"{world.program.socket_address}/ws/personal", additional_headers=world.mia.bearer)
    async with asyncio.timeout(20), socket as there, here as stays:
        await there.recv()
        await stays.recv()
        answer = await browser.post("/account/password", data={"old_password": OLD, "password": NEW})
        assert answer.status_code == 303
        await there.wait_closed()
        assert there.close_code == 4401
        await (await stays.ping())
    assert await is_signed_in(world.mia)
    dead = await world.stan.api.get("/api/me", headers={"Authorization": f"Bearer {elsewhere}"})
    assert dead.status_code == 401
    assert "Everywhere but here you are signed out." in (await browser.get("/account")).text
    login_again = [
        (await world.stan.api.post("/api/auth/login", json=login | {"password": each})).status_code
        for each in (OLD, NEW)
    ]
    assert login_again == [401, 200]


@ON_ONE
async def test_guessing_the_password_is_as_limited_as_signing_in(world: World) -> None:
    await give_password(world, world.mia)
    guess = {"old_password": "a wrong guess", "password": NEW}
    answers = await asyncio.gather(
        *(world.mia.browser.post("/account/password", data=guess) for _ in range(FAILURES_PER_ACCOUNT + 3))
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [422] * FAILURES_PER_ACCOUNT + [429] * 3
    late = await world.mia.browser.post("/account/password", data={"old_password": OLD, "password": NEW})
    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) > 0
    login = {"email": world.mia.scope.email, "password": OLD}
    assert (await world.stan.api.post("/api/auth/login", json=login)).status_code == 429


async def test_of_two_who_change_it_at_once_one_wins(world: World) -> None:
    await give_password(world, world.mia)
    forms = [{"old_password": OLD, "password": f"{NEW} {n}"} for n in range(4)]
    answers = await asyncio.gather(
        *(world.mia.browser.post("/account/password", data=form) for form in forms)
    )
    won = [form["password"] for form, answer in zip(forms, answers, strict=True) if answer.status_code == 303]
    assert len(won) == 1
    assert await Passwords().match((await kept(world, world.mia)).password_hash, won[0])


@ON_ONE
async def test_sessions_are_listed_and_ended_one_by_one_or_all_at_once(world: World) -> None:
    tandem, browser = world.tandem, world.mia.browser
    others = [await another_session(tandem, world.mia, FIREFOX) for _ in range(3)]
    await another_session(tandem, world.olga, "Olga's")
    text = unescape((await browser.get("/account")).text)
    assert text.count("Firefox on Linux,") == 3 * 2  # in words, and in the name of the button
    assert text.count("(this one)") == 1
    assert text.count("Sign out there") == 3
    for _ in range(2):  # again: nothing changes
        answer = await browser.post(f"/account/sessions/{others[0]}/end")
        assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    text = (await browser.get("/account")).text
    assert str(others[0]) not in text
    assert text.count("Sign out there") == 2
    await browser.post("/account/sessions/end")
    text = (await browser.get("/account")).text
    assert "Sign out" in text
    assert text.count("Sign out there") == 0
    assert "Sign out everywhere else" not in text
    assert await is_signed_in(world.mia)
    assert await is_signed_in(world.olga)


@ON_ONE
async def test_nobody_ends_somebody_elses_session(world: World) -> None:
    of_olga: UUID = world.olga.scope.session_id
    async with nothing_changes(world.tandem):
        answer = await world.mia.browser.post(f"/account/sessions/{of_olga}/end")
    assert answer.status_code == 404
    await world.mia.browser.post("/account/sessions/end")
    assert await is_signed_in(world.olga)


@ON_ONE
async def test_another_sites_page_changes_nothing(world: World) -> None:
    async with httpx.AsyncClient(base_url=world.program.address) as stranger:
        stranger.cookies.set(world.mia.cookie_name, world.mia.token)
        for path in ("name", "password", "keys", "sessions/end"):
            answer = await stranger.post(
                f"/account/{path}",
                data={"name": "X", "letters": "off", "old_password": OLD, "password": NEW},
                headers={"Origin": "https://evil.example"},
            )
            assert answer.status_code == 403
    assert (await kept(world, world.mia)).name == "Mia"


@ON_ONE
@pytest.mark.parametrize("letters", Letters)
async def test_every_page_knows_where_single_letters_work(world: World, letters: Letters) -> None:
    browser = world.mia.browser
    assert (await browser.post("/account/keys", data={"letters": letters})).status_code == 303
    for path in (f"/workspaces/{world.workspace_id}", "/account", "/keyboard", "/nowhere"):
        assert f'data-keys="{letters}"' in (await browser.get(path)).text
    assert 'data-keys="list"' in (await world.olga.browser.get("/tasks")).text
    assert f'<option value="{letters}" selected>' in (await browser.get("/account")).text
