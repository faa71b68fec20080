"""Passwords as argon2id hashes; knows no account."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.core.errors import FieldError, Invalid

LEAST = 10
MOST = 256

# 46 MiB and one pass: the first of OWASP's rows of equal strength.
_MEMORY_KIB = 46 * 1024
# At most so many hashes at a time; with their memory, that is what a flood of sign-ins can take.
_AT_A_TIME = 4


class Passwords:
    """Hashes and checks, in threads of its own, so that the event loop goes on."""

    def __init__(self, *, memory_kib: int = _MEMORY_KIB) -> None:
        self._hasher = PasswordHasher(time_cost=1, memory_cost=memory_kib, parallelism=1)
        self._threads = ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="password")
        # What the password of somebody unknown is compared with, so that it takes as long.
        self._nobodys = self._hasher.hash("nobody's")

    async def hashed(self, password: str) -> str:
        """What to keep of ``password``."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._hasher.hash, password)

    async def match(self, kept: str | None, password: str) -> bool:
        """Whether ``password`` is the one ``kept``; as slow, and False, when None is kept."""
        loop = asyncio.get_running_loop()
        same = await loop.run_in_executor(self._threads, self._verify, kept or self._nobodys, password)
        return same and kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Whether ``kept`` was made with other parameters than those of today."""
        return self._hasher.check_needs_rehash(kept)

    def _verify(self, kept: str, password: str) -> bool:
        try:
            # What no UTF-8 can carry gets bytes that no password we accepted can have.
            return self._hasher.verify(kept, password.encode(errors="surrogatepass"))
        except (VerificationError, InvalidHashError):
            return False


def ensure_acceptable(password: str) -> None:
    """Raise Invalid for a password that nobody may choose."""
    if not LEAST <= len(password) <= MOST:
        message = f"must have {LEAST} to {MOST} characters; it has {len(password):,}."
        raise Invalid(FieldError("password", message))
    try:
        password.encode()
    except UnicodeEncodeError:
        raise Invalid(FieldError("password", "must not contain half a character.")) from None
