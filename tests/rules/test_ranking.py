"""The order of what is found, and how alike two titles are, follow from the words alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import ranking
from app.rules.ranking import Wanted, likeness, relevance, trigrams, weight

words = st.text("abcd", min_size=1, max_size=4)
weights = st.lists(st.floats(0.1, 10), min_size=1, max_size=6)


def wanted(*stems: str) -> Wanted:
    return Wanted(tuple((stem,) for stem in stems), (1.0,) * len(stems))


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_rarer_word_never_says_less(texts: int, having: int, more: int) -> None:
    assert weight(texts, having) >= weight(texts, having + more) > 0


@given(weights, st.data())
def test_a_word_in_the_title_is_worth_at_least_one_in_the_text(each: list[float], data: st.DataObject) -> None:
    some = data.draw(st.lists(st.booleans(), min_size=len(each), max_size=len(each)))
    none = [False] * len(each)
    assert relevance(each, some, none) >= relevance(each, none, some)
    assert relevance(each, some, none) <= relevance(each, [True] * len(each), none) == 1000


def test_less_than_half_of_what_was_looked_for_is_no_answer() -> None:
    assert relevance([1.0, 1.5], [True, False], [False, False]) == 0
    assert relevance([1.0, 1.0], [True, False], [False, False]) == 500
    assert relevance([1.0, 1.0], [False, False], [True, False]) == 333
    assert relevance([], [], []) == 0


def test_letters_are_taken_three_at_a_time() -> None:
    assert trigrams("air") == {"  a", " ai", "air", "ir "}
    assert wanted("air", "bor").letters == trigrams("airbor")


def test_two_sets_have_in_common_what_both_hold() -> None:
    assert ranking.similar({"a", "b"}, {"b", "c"}) == 0.5
    assert ranking.similar({"a"}, {"b"}) == 0.0
    assert ranking.similar(set(), set()) == 0.0


@given(st.lists(words, min_size=1, max_size=6, unique=True))
def test_a_title_is_quite_like_itself(title: list[str]) -> None:
    assert likeness(wanted(*title), title, dict.fromkeys(title, 1.0)) == pytest.approx(1)


@given(st.lists(words, max_size=6), st.lists(words, max_size=6))
def test_likeness_lies_between_nothing_and_all(one: list[str], other: list[str]) -> None:
    found = likeness(wanted(*one), other, {})
    assert 0 <= found <= 1
    assert found > 0 or not set(one) & set(other)


def test_a_rare_shared_word_says_more_than_a_common_one() -> None:
    known = {"jembatan": 5.0, "desa": 1.0}
    asked = Wanted((("jembatan",), ("desa",)), (5.0, 1.0))
    assert likeness(asked, ["jembatan", "kota"], known) > likeness(asked, ["desa", "kota"], known)


def test_a_word_spelled_nearly_alike_counts_in_part() -> None:
    asked = wanted("jembatan")
    same, near, other = (likeness(asked, [word], {}) for word in ("jembatan", "jembatn", "sekolah"))
    assert same > near > ranking.LETTERS
    assert other < ranking.ALIKE


def test_short_and_quite_other_words_are_never_nearly_alike() -> None:
    assert likeness(wanted("air"), ["aid"], {}) < ranking.LETTERS
    assert likeness(wanted("jembatan"), ["sekolah"], {}) == 0.0


def test_any_stem_a_word_may_have_will_do() -> None:
    assert likeness(Wanted((("baik", "perbaik"),), (1.0,)), ["perbaik"], {}) > 1 - ranking.LETTERS


def test_nothing_is_like_nothing() -> None:
    assert likeness(wanted(), ["air"], {}) == likeness(wanted("air"), [], {}) == 0.0
