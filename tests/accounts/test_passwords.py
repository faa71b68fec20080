"""Passwords as hashes."""

import asyncio

from argon2 import extract_parameters

from app.accounts.passwords import Passwords

PASSWORD = "correct horse battery"


async def test_the_parameters_are_those_that_were_decided() -> None:
    parameters = extract_parameters(await Passwords().hashed(PASSWORD))
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (47_104, 1, 1)
    assert parameters.type.name == "ID"


async def test_a_password_matches_its_own_hash_only(passwords: Passwords) -> None:
    one, other = await passwords.hashed(PASSWORD), await passwords.hashed(PASSWORD)
    assert one != other
    assert await passwords.match(one, PASSWORD)
    assert await passwords.match(other, PASSWORD)
    assert not await passwords.match(one, PASSWORD + "x")


async def test_nothing_matches_where_nothing_is_kept(passwords: Passwords) -> None:
    assert not await passwords.match(None, PASSWORD)
    assert not await passwords.match(None, "nobody's")
    assert not await passwords.match("not a hash", PASSWORD)


async def test_half_a_character_matches_nothing(passwords: Passwords) -> None:
    kept = await passwords.hashed("?" * 10)
    assert not await passwords.match(kept, "\ud800" * 10)


async def test_the_loop_goes_on_while_passwords_are_checked() -> None:
    passwords = Passwords()
    kept = await passwords.hashed(PASSWORD)
    checks = asyncio.gather(*(passwords.match(kept, PASSWORD) for _ in range(8)))
    turns = 0
    while not checks.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert all(checks.result())
    assert turns > 20


async def test_a_hash_is_outdated_by_other_parameters_only(passwords: Passwords) -> None:
    kept = await passwords.hashed(PASSWORD)
    assert not passwords.is_outdated(kept)
    assert Passwords(memory_kib=128).is_outdated(kept)
