"""Accounts over the JSON API, as a program uses them."""

from typing import Any

import httpx
import pytest

from tests.accounts.people import EMAIL, PASSWORD, MovableClock

MIA = {"email": EMAIL, "name": "Mia", "password": PASSWORD}
SIGN_IN = {"email": EMAIL, "password": PASSWORD}


@pytest.fixture
async def program(browser: httpx.AsyncClient) -> httpx.AsyncClient:
    """A program: it says nothing about where it comes from and has no cookies."""
    del browser.headers["Origin"]
    return browser


async def token_of(program: httpx.AsyncClient) -> str:
    answer = await program.post("/api/auth/register", json=MIA)
    token: str = answer.json()["access_token"]
    return token


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_registering_answers_with_the_user_and_a_token(program: httpx.AsyncClient) -> None:
    answer = await program.post("/api/auth/register", json=MIA)
    assert answer.status_code == 201
    body: dict[str, Any] = answer.json()
    assert sorted(body) == ["access_token", "expires_in", "token_type", "user"]
    assert sorted(body["user"]) == ["email", "id", "name"]
    assert (body["user"]["email"], body["user"]["name"]) == (EMAIL, "Mia")
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 14 * 86_400)
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    me = await program.get("/api/me", headers=bearer(body["access_token"]))
    assert me.json() == body["user"]


async def test_signing_in_answers_the_same_with_another_token(program: httpx.AsyncClient) -> None:
    first = (await program.post("/api/auth/register", json=MIA)).json()
    answer = await program.post("/api/auth/login", json=SIGN_IN)
    assert answer.status_code == 200
    assert answer.json()["user"] == first["user"]
    assert answer.json()["access_token"] != first["access_token"]
    assert "set-cookie" not in answer.headers


async def test_wrong_ones_are_401_and_look_alike(program: httpx.AsyncClient) -> None:
    await token_of(program)
    wrong = await program.post("/api/auth/login", json=SIGN_IN | {"password": "wrong guess"})
    nobody = await program.post("/api/auth/login", json=SIGN_IN | {"email": "nobody@x"})
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.content == nobody.content
    assert sorted(wrong.headers.items()) == sorted(nobody.headers.items())


async def test_after_many_failures_it_is_429_with_the_seconds_to_wait(
    program: httpx.AsyncClient,
) -> None:
    await token_of(program)
    for _ in range(10):
        await program.post("/api/auth/login", json=SIGN_IN | {"password": "wrong guess"})
    answer = await program.post("/api/auth/login", json=SIGN_IN)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 900


async def test_a_header_cannot_say_where_tries_come_from(program: httpx.AsyncClient) -> None:
    for number in range(30):
        headers = {"X-Forwarded-For": f"192.0.2.{number}", "Forwarded": f"for=192.0.2.{number}"}
        guess = {"email": f"somebody{number}@example.com", "password": "wrong guess"}
        await program.post("/api/auth/login", json=guess, headers=headers)
    answer = await program.post("/api/auth/login", json=SIGN_IN)
    assert answer.status_code == 429


async def test_signing_out_ends_the_token_at_once(program: httpx.AsyncClient) -> None:
    headers = bearer(await token_of(program))
    answer = await program.post("/api/auth/logout", headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await program.get("/api/me", headers=headers)).status_code == 401
    assert (await program.post("/api/auth/logout", headers=headers)).status_code == 401


async def test_a_token_ends_with_its_time(program: httpx.AsyncClient, clock: MovableClock) -> None:
    headers = bearer(await token_of(program))
    clock.pass_by(days=14, seconds=-1)
    assert (await program.get("/api/me", headers=headers)).status_code == 200
    clock.pass_by(seconds=1)
    assert (await program.get("/api/me", headers=headers)).status_code == 401


async def test_a_token_is_not_renewed_by_use(program: httpx.AsyncClient, clock: MovableClock) -> None:
    headers = bearer(await token_of(program))
    clock.pass_by(days=13)
    assert "set-cookie" not in (await program.get("/api/me", headers=headers)).headers
    clock.pass_by(days=2)
    assert (await program.get("/api/me", headers=headers)).status_code == 401


async def test_changing_ones_name(program: httpx.AsyncClient) -> None:
    headers = bearer(await token_of(program))
    answer = await program.patch("/api/me", json={"name": " Mia M. "}, headers=headers)
    assert (answer.status_code, answer.json()["name"]) == (200, "Mia M.")
    assert (await program.get("/api/me", headers=headers)).json() == answer.json()
    assert (await program.patch("/api/me", json={}, headers=headers)).json() == answer.json()


async def test_a_bad_field_is_named(program: httpx.AsyncClient) -> None:
    answer = await program.post("/api/auth/register", json=MIA | {"password": "short"})
    assert answer.status_code == 422
    message = "must have 10 to 256 characters; it has 5."
    assert answer.json()["errors"] == [{"field": "password", "message": message}]


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        ("POST", "/api/auth/register", MIA | {"role": "owner"}),
        ("POST", "/api/auth/register", MIA | {"id": "0190a5d0-0000-7000-8000-000000000001"}),
        ("POST", "/api/auth/login", SIGN_IN | {"admin": True}),
        ("PATCH", "/api/me", {"email": "other@example.com"}),
        ("PATCH", "/api/me", {"name": None}),
        ("POST", "/api/auth/login", {"email": EMAIL}),
        ("POST", "/api/auth/login", {"email": 1, "password": PASSWORD}),
    ],
)
async def test_unknown_missing_and_mistyped_fields_are_an_error(
    program: httpx.AsyncClient, method: str, address: str, body: dict[str, object]
) -> None:
    headers = bearer(await token_of(program)) if method == "PATCH" else {}
    answer = await program.request(method, address, json=body, headers=headers)
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize(
    ("method", "address"),
    [("GET", "/api/me"), ("PATCH", "/api/me"), ("POST", "/api/auth/logout")],
)
@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer"}, {"Authorization": "Bearer "}, bearer("x"), bearer("x.y.z"),
     {"Authorization": "Basic bWlhOng="}, {"Cookie": "tandem="}, {"Cookie": "tandem=x"}],
)  # fmt: skip
async def test_without_a_token_of_ours_it_is_401(
    program: httpx.AsyncClient, method: str, address: str, headers: dict[str, str]
) -> None:
    headers = headers | {"Origin": "http://127.0.0.1:8000"}
    answer = await program.request(method, address, json={"name": "x"}, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_bad_bearer_token_is_not_made_good_by_a_cookie(program: httpx.AsyncClient) -> None:
    cookie = {"Cookie": f"tandem={await token_of(program)}"}
    assert (await program.get("/api/me", headers=cookie)).status_code == 200
    for bad in ("Bearer", "Bearer x"):
        answer = await program.get("/api/me", headers=cookie | {"Authorization": bad})
        assert answer.status_code == 401


async def test_a_cookie_alone_changes_nothing_from_another_site(program: httpx.AsyncClient) -> None:
    cookie = {"Cookie": f"tandem={await token_of(program)}"}
    for origin in ({}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = await program.patch("/api/me", json={"name": "Eve"}, headers=cookie | origin)
        assert answer.status_code == 403
    assert (await program.get("/api/me", headers=cookie)).json()["name"] == "Mia"
