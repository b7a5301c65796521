"""A sample can be drawn again by anyone, and no name is more likely than another."""

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.sampling import sample

NAMES = [f"name {number}" for number in range(40)]


@given(st.text(max_size=20), st.lists(st.text(max_size=5), max_size=30), st.integers(0, 40))
def test_it_is_the_names_with_the_smallest_hashes(seed: str, names: list[str], size: int) -> None:
    by_hand = sorted(set(names), key=lambda it: hashlib.sha256(f"sample/v1\0{seed}\0{it}".encode()).hexdigest())
    assert sample(seed, names, size) == tuple(by_hand[:size])
    assert sample(seed, reversed(names), size) == sample(seed, names, size)


def test_every_name_comes_about_as_often() -> None:
    counts = Counter(name for seed in range(2_000) for name in sample(str(seed), NAMES, 10))
    assert set(counts) == set(NAMES)
    expected = 2_000 * 10 / 40
    chi_squared = sum((count - expected) ** 2 / expected for count in counts.values())
    assert chi_squared < 73  # 39 degrees of freedom, one in a thousand is above


def test_a_negative_size_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        sample("s", NAMES, -1)
