"""A quote is a piece of its source, however odd the source is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.quoting import LONGEST, beginning, exact


@given(st.text(max_size=800), st.integers(1, 300))
def test_a_beginning_is_a_short_piece_of_its_text(text: str, most: int) -> None:
    quote = beginning(text, most)
    assert len(quote) <= most and text.strip().startswith(quote)
    assert exact(quote, text) == bool(text.strip())


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Jalan rusak.", "Jalan rusak."),
        ("  Jalan rusak.\n", "Jalan rusak."),
        ("Jalan rusak sejak lama. Lampunya padam. Warga jatuh.", "Jalan rusak sejak lama. Lampunya padam."),
        ("Jalan rusak sejak lama di dusun kami yang jauh sekali", "Jalan rusak sejak lama di dusun kami yang"),
        ("x" * 60, "x" * 45),
        ("", ""),
    ],
)
def test_it_ends_with_a_sentence_or_a_word(text: str, quote: str) -> None:
    assert beginning(text, 45) == quote


def test_what_is_no_piece_of_the_text_is_no_quote() -> None:
    assert not exact("jalan baik", "Jalan rusak.") and not exact(" ", "Jalan rusak.")
    assert len(beginning("kata " * 200)) <= LONGEST
