"""A random sample that anyone can draw again: the same seed and the same names always give the same sample.

Each name is hashed with the seed; the names with the smallest hashes are the sample, in that order. Every set of the
size is as likely as every other one as long as the seed was drawn by chance and nobody could choose it.
"""

import hashlib
from collections.abc import Iterable
from heapq import nsmallest


def sample(seed: str, names: Iterable[str], size: int) -> tuple[str, ...]:
    """So many of the names, or all where there are fewer, by SHA-256("sample/v1" ‖ 0x00 ‖ seed ‖ 0x00 ‖ name).

    Raises ValueError for a negative size.
    """
    if size < 0:
        raise ValueError("a sample has no negative size")
    begun = f"sample/v1\x00{seed}\x00".encode()
    return tuple(nsmallest(size, set(names), key=lambda name: hashlib.sha256(begun + name.encode()).digest()))
