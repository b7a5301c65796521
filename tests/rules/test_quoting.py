"""Sentences cover a text without overlapping; a quote found in it is an exact piece of it."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.quoting import Passage, covering, find, sentences, whole

TEXTS = st.text(st.sampled_from('ab .!?\n"…\u3000é👍”'), max_size=200) | st.text(max_size=60)


@given(TEXTS, st.integers(1, 8))
def test_sentences_hold_all_words_in_order_and_nothing_twice(text: str, most: int) -> None:
    found = sentences(text, most)
    assert len(found) <= most
    for before, after in itertools.pairwise(found):
        assert before.ends <= after.begins
    assert "".join("".join(one.of(text) for one in found).split()) == "".join(text.split())
    assert all(one.of(text) and one.of(text) == one.of(text).strip() for one in found)


def test_sentences_end_where_people_end_them() -> None:
    text = 'Jalan rusak sejak lama! Ia berkata "perbaiki segera." Lalu diam.\n\n1. Perbaiki jalan desa\n2. Pasang lampu'
    assert [one.of(text) for one in sentences(text)] == [
        "Jalan rusak sejak lama!",
        'Ia berkata "perbaiki segera."',
        "Lalu diam.",
        "1. Perbaiki jalan desa",
        "2. Pasang lampu",
    ]


def test_a_long_text_is_shown_in_few_pieces() -> None:
    text = "Kalimat yang sama lagi. " * 4_000
    assert len(sentences(text)) == 200
    assert sentences(text)[0].begins == 0
    assert sentences(text)[-1].ends == len(text.rstrip())
    with pytest.raises(ValueError):
        sentences(text, 0)


def test_emoji_alone_are_a_sentence_and_blanks_are_none() -> None:
    assert [one.of("👍👍") for one in sentences("👍👍")] == ["👍👍"]
    assert sentences(" \n ") == ()


@given(TEXTS, st.data())
def test_a_quote_is_an_exact_piece(text: str, data: st.DataObject) -> None:
    begins = data.draw(st.integers(0, len(text)))
    ends = data.draw(st.integers(begins, len(text)))
    quote = text[begins:ends]
    found = find(text, quote)
    if not quote.split():
        assert found is None
        return
    assert found is not None
    assert found.of(text) == quote.strip()


def test_a_quote_may_have_other_blanks_and_no_other_words() -> None:
    text = "Harga naik\n  dan murid\tmerugi."
    assert find(text, "naik dan  murid") == Passage(6, 22)
    assert find(text, "naik dan siswa") is None
    assert find(text, "Naik") is None
    assert find("a.b", "a?b") is None


def test_a_passage_runs_from_the_first_chosen_to_the_last() -> None:
    text = "Satu kalimat. Dua kalimat. Tiga kalimat."
    pieces = sentences(text)
    passage = covering(pieces, [2, 1])
    assert passage is not None
    assert passage.of(text) == "Dua kalimat. Tiga kalimat."
    assert covering(pieces, []) is None
    assert covering(pieces, [3]) is None
    assert covering(pieces, [-1]) is None
    assert whole("  a b ").of("  a b ") == "a b"
