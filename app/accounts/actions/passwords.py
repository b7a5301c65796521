"""Passwords: hashed with argon2id, a few at a time, in threads of their own."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

#: The profile of the house: 19 MiB, two passes. Tests put a cheap one here.
HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
#: Each hash takes memory and a core: more at once would not be faster and could exhaust a small machine.
_pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="password")
_COMMON = frozenset({"1234567890", "0123456789", "qwertyuiop", "password123", "password1234", "indonesia123"})


def hash_of(password: str) -> str:
    """What is kept of a password."""
    return HASHER.hash(password)


def matches(kept: str, password: str) -> bool:
    """Whether a password is the right one; takes equally long where there is no account to compare with."""
    try:
        return HASHER.verify(kept or _nobodys(HASHER), password) and bool(kept)
    except (Argon2Error, InvalidHashError):
        return False


@cache
def _nobodys(hasher: PasswordHasher) -> str:
    """A hash that belongs to no one."""
    return hasher.hash("nobody's password")


def outdated(kept: str) -> bool:
    """Whether a password should be hashed again, because the profile has changed."""
    return HASHER.check_needs_rehash(kept)


async def hashed(password: str) -> str:
    """Hash without holding up other visitors."""
    return await asyncio.get_running_loop().run_in_executor(_pool, hash_of, password)


async def checked(kept: str, password: str) -> bool:
    """Compare without holding up other visitors."""
    return await asyncio.get_running_loop().run_in_executor(_pool, matches, kept, password)


def guessable(password: str, *known: str) -> bool:
    """Whether a password is one of the first that anybody would try for this person."""
    plain = password.strip().lower()
    if plain in _COMMON or len(set(plain)) < 4:
        return True
    return any(plain in (part, part.partition("@")[0]) for part in map(str.lower, known) if part)
