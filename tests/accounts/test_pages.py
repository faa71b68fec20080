"""Signing in, up and out with plain forms, as a browser without scripts does it."""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from app.accounts.gate import Gate
from tests.accounts.conftest import a_browser
from tests.accounts.people import EMAIL, PASSWORD, MovableClock, NewUnit

MIA = {"email": EMAIL, "name": "Mia", "password": PASSWORD}
SIGN_IN = {"email": EMAIL, "password": PASSWORD}


async def test_registering_signs_in_and_leads_on(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/register", data=MIA | {"next": "/tasks?status=todo"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/tasks?status=todo"
    assert (await browser.get("/api/me")).json()["email"] == EMAIL


async def test_signing_in_sets_a_cookie_that_scripts_cannot_read(
    browser: httpx.AsyncClient,
) -> None:
    await browser.post("/register", data=MIA)
    answer = await browser.post("/login", data=SIGN_IN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    session, device = answer.headers.get_list("set-cookie")
    assert session.startswith("tandem=eyJ")
    assert device.startswith("tandem-device=eyJ")
    for cookie in (session, device):
        assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
        assert "Secure" not in cookie
        assert "Domain" not in cookie
    assert "Max-Age=1209600" in session


async def test_over_https_the_cookies_are_bound_to_host_and_https(
    gate: Gate, new_unit: NewUnit, tmp_path: Path
) -> None:
    secure = replace(gate, settings=replace(gate.settings, public_url="https://tasks.example.com"))
    async with a_browser(secure, new_unit, tmp_path) as browser:
        answer = await browser.post("/register", data=MIA)
        session, device = answer.headers.get_list("set-cookie")
        assert session.startswith("__Host-tandem=eyJ")
        assert device.startswith("__Host-tandem-device=eyJ")
        assert "Secure" in session.split("; ")
        assert "Secure" in device.split("; ")
        assert (await browser.get("/api/me")).status_code == 200


async def test_a_refused_sign_in_shows_what_was_typed_but_never_the_password(
    browser: httpx.AsyncClient,
) -> None:
    form = {"email": EMAIL, "password": "wrong <guess>", "next": "/tasks"}
    answer = await browser.post("/login", data=form)
    assert answer.status_code == 422
    assert answer.text.startswith(f"login|/tasks|{EMAIL}|")
    assert "The e-mail address or the password is wrong." in answer.text
    assert "guess" not in answer.text
    assert "set-cookie" not in answer.headers


async def test_a_refused_registration_names_the_fields(browser: httpx.AsyncClient) -> None:
    form = {"email": "<mia>", "name": "Mia <b>", "password": "short", "next": "/tasks"}
    answer = await browser.post("/register", data=form)
    assert answer.status_code == 422
    assert answer.text.startswith("register|/tasks|&lt;mia&gt;|Mia &lt;b&gt;|")
    assert "&#39;email&#39;: " in answer.text
    assert "&#39;password&#39;: " in answer.text
    assert "short" not in answer.text


async def test_a_second_account_for_one_address_is_refused_at_the_field(
    browser: httpx.AsyncClient,
) -> None:
    await browser.post("/register", data=MIA)
    answer = await browser.post("/register", data=MIA)
    assert answer.status_code == 422
    assert "&#39;email&#39;: &#39;belongs to an account already.&#39;" in answer.text


async def test_too_many_tries_are_shown_on_the_form_with_the_wait(
    browser: httpx.AsyncClient,
) -> None:
    for _ in range(10):
        await browser.post("/login", data=SIGN_IN)
    answer = await browser.post("/login", data=SIGN_IN)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 900
    assert "Too many tries." in answer.text


async def test_the_browser_of_a_person_stays_usable_while_strangers_guess(
    browser: httpx.AsyncClient,
) -> None:
    await browser.post("/register", data=MIA)
    await browser.post("/logout")
    kept = dict(browser.cookies)
    browser.cookies.clear()
    for _ in range(11):
        answer = await browser.post("/login", data=SIGN_IN | {"password": "wrong guess"})
    assert answer.status_code == 429
    browser.cookies.update(kept)
    assert (await browser.post("/login", data=SIGN_IN)).status_code == 303


async def test_an_empty_form_is_refused_like_a_wrong_one(browser: httpx.AsyncClient) -> None:
    assert (await browser.post("/login", data={"email": ""})).status_code == 422
    assert (await browser.post("/register", data={"email": ""})).status_code == 422


@pytest.mark.parametrize("value", ["1234567890", "true", "null", "[]", "1e309", "%00%ff", "ключ ключ"])
async def test_a_password_is_taken_as_text_whatever_it_looks_like(
    browser: httpx.AsyncClient, value: str
) -> None:
    password = value.ljust(10, "!")
    await browser.post("/register", data=MIA | {"password": password})
    browser.cookies.clear()
    answer = await browser.post("/login", data={"email": EMAIL, "password": password})
    assert answer.status_code == 303


@pytest.mark.parametrize("address", ["/login", "/register"])
@pytest.mark.parametrize("goal", ["https://evil.example", "//evil.example", "/\\evil.example", ""])
async def test_next_never_leads_elsewhere(browser: httpx.AsyncClient, address: str, goal: str) -> None:
    shown = await browser.get(address, params={"next": goal})
    assert shown.text.startswith(f"{address[1:]}|/|")
    registered = await browser.post("/register", data=MIA | {"next": goal})
    again = await browser.post("/login", data=SIGN_IN | {"next": goal})
    signed_in = await browser.get(address, params={"next": goal})
    for redirect in (registered, again, signed_in):
        assert (redirect.status_code, redirect.headers["location"]) == (303, "/")


@pytest.mark.parametrize("address", ["/login", "/register"])
async def test_who_is_signed_in_already_is_led_on(browser: httpx.AsyncClient, address: str) -> None:
    assert (await browser.get(address)).status_code == 200
    await browser.post("/register", data=MIA)
    answer = await browser.get(address, params={"next": "/tasks"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/tasks")


async def test_signing_out_ends_session_and_cookie(browser: httpx.AsyncClient) -> None:
    await browser.post("/register", data=MIA)
    stolen = browser.cookies["tandem"]
    answer = await browser.post("/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert "tandem" not in browser.cookies
    headers = {"Authorization": f"Bearer {stolen}"}
    assert (await browser.get("/api/me", headers=headers)).status_code == 401
    assert (await browser.post("/logout")).status_code == 303


async def test_nothing_changes_by_looking(browser: httpx.AsyncClient) -> None:
    await browser.post("/register", data=MIA)
    assert (await browser.get("/logout")).status_code == 405
    assert (await browser.get("/api/me")).status_code == 200


@pytest.mark.parametrize("address", ["/login", "/register", "/logout"])
async def test_another_site_can_neither_sign_in_nor_out(browser: httpx.AsyncClient, address: str) -> None:
    await browser.post("/register", data=MIA)
    answer = await browser.post(address, data=MIA, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert (await browser.get("/api/me")).status_code == 200


async def test_a_session_in_use_is_renewed_in_its_second_half(
    browser: httpx.AsyncClient, clock: MovableClock
) -> None:
    await browser.post("/register", data=MIA)
    clock.pass_by(days=6)
    assert "set-cookie" not in (await browser.get("/api/me")).headers
    clock.pass_by(days=2)
    answer = await browser.get("/api/me")
    (renewed,) = answer.headers.get_list("set-cookie")
    assert renewed.startswith("tandem=eyJ")
    assert "Max-Age=1209600" in renewed
    assert "set-cookie" not in (await browser.get("/api/me")).headers
    clock.pass_by(days=13)
    assert (await browser.get("/api/me")).status_code == 200


async def test_a_session_out_of_use_ends(browser: httpx.AsyncClient, clock: MovableClock) -> None:
    await browser.post("/register", data=MIA)
    clock.pass_by(days=14, seconds=1)
    assert (await browser.get("/api/me")).status_code == 401
    assert (await browser.get("/login")).status_code == 200


async def test_signing_out_late_does_not_renew(browser: httpx.AsyncClient, clock: MovableClock) -> None:
    await browser.post("/register", data=MIA)
    clock.pass_by(days=10)
    answer = await browser.post("/logout")
    assert len(answer.headers.get_list("set-cookie")) == 1
    assert "tandem" not in browser.cookies


@pytest.mark.parametrize("registration", ["closed", "invite"])
async def test_a_closed_door_is_closed_on_the_page_and_in_the_api(
    gate: Gate, new_unit: NewUnit, tmp_path: Path, registration: str
) -> None:
    settings = replace(gate.settings, registration=registration)  # type: ignore[arg-type]
    async with a_browser(replace(gate, settings=settings), new_unit, tmp_path) as browser:
        assert (await browser.post("/register", data=MIA)).status_code == 403
        assert (await browser.post("/api/auth/register", json=MIA)).status_code == 403
        assert (await browser.post("/login", data=SIGN_IN)).status_code == 422


async def test_the_way_through_an_invite_is_open(gate: Gate, new_unit: NewUnit, tmp_path: Path) -> None:
    async def invited(text: str) -> bool:
        return text.endswith("/good")

    settings = replace(gate.settings, registration="invite")
    by_invite = replace(gate, settings=settings, invited=invited)
    async with a_browser(by_invite, new_unit, tmp_path) as browser:
        form = MIA | {"next": "/workspaces/join/good"}
        answer = await browser.post("/register", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, form["next"])
        body = MIA | {"email": "stan@example.com", "invite": "https://x/workspaces/join/good"}
        assert (await browser.post("/api/auth/register", json=body)).status_code == 201
