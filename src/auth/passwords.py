"""Passwords: argon2id, off the event loop, a few at a time.

m = 19 MiB, t = 2, p = 1 (OWASP Password Storage Cheat Sheet): some 50 ms of one core. A small pool of its own
keeps a wave of sign-ins from taking the memory, or the threads, that everything else needs.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from secrets import token_urlsafe

from passlib.context import CryptContext  # type: ignore[import-untyped]  # the wheel brings no annotations

from src.auth.constants import MIN_DIFFERENT_CHARACTERS
from src.auth.exceptions import WeakPasswordError

_MAX_HASHED_LENGTH = 4096

_context = CryptContext(
    schemes=["argon2"],
    argon2__type="ID",
    argon2__memory_cost=19456,
    argon2__time_cost=2,
    argon2__parallelism=1,
)
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="argon2")


async def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its own salt and parameters in it."""
    return await _off_the_loop(_hash, password)


async def verify_password(password: str, stored: str | None) -> bool:
    """Whether the password is the one that was stored.

    Without a stored hash the same work is done for nothing, so that time does not tell who exists.
    """
    return await _off_the_loop(_verify, password, stored)


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return bool(_context.needs_update(stored))


def check_strength(password: str, email: str) -> None:
    """Raises WeakPasswordError for a password that the address gives away or that repeats itself."""
    folded = _normalized(password).casefold()
    if folded in {email, email.partition("@")[0]}:
        raise WeakPasswordError("The password must not be the e-mail address.")
    if len(set(folded)) < MIN_DIFFERENT_CHARACTERS:
        raise WeakPasswordError(
            f"The password needs at least {MIN_DIFFERENT_CHARACTERS} different characters."
        )


def _hash(password: str) -> str:
    return str(_context.hash(_normalized(password)))


def _verify(password: str, stored: str | None) -> bool:
    matches = bool(_context.verify(_normalized(password), stored or _nobodys_hash()))
    return matches and stored is not None


@cache
def _nobodys_hash() -> str:
    return _hash(token_urlsafe(32))


def _normalized(password: str) -> str:
    """One form for what keyboards type in several (NIST SP 800-63B, 3.1.1.2), unless it grows too long."""
    normalized = unicodedata.normalize("NFKC", password)
    return normalized if len(normalized) <= _MAX_HASHED_LENGTH else password


async def _off_the_loop[**Parameters, Result](
    function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> Result:
    return await asyncio.get_running_loop().run_in_executor(_threads, partial(function, *args, **kwargs))
