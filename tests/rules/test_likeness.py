"""The most alike comes first, a rare word says more, and nothing is lost."""

from hypothesis import given
from hypothesis import strategies as st

from app.rules.likeness import most_alike

ROAD, SCHOOL, MARKET = "jalan desa gelap lampu mati", "jalan sekolah jauh dari desa", "harga pasar naik terus"


def words(*texts: str) -> list[set[str]]:
    return [set(text.split()) for text in texts]


def test_the_text_with_the_most_words_in_common_comes_first() -> None:
    assert most_alike({"lampu", "jalan", "mati"}, words(MARKET, SCHOOL, ROAD)) == [2, 1, 0]


def test_a_rare_word_says_more_than_two_that_stand_everywhere() -> None:
    others = words("desa jalan kami", "desa jalan itu", "desa jalan pasar", "jembatan gantung desa")
    assert most_alike({"desa", "jalan", "jembatan"}, others)[0] == 3


def test_nothing_in_common_leaves_the_order_as_it_is() -> None:
    assert most_alike({"lain"}, words(ROAD, SCHOOL)) == [0, 1]
    assert most_alike(set(), words(ROAD)) == [0]
    assert most_alike({"desa"}, []) == []


@given(st.frozensets(st.sampled_from("abcdef")), st.lists(st.frozensets(st.sampled_from("abcdef")), max_size=8))
def test_every_text_has_one_place_and_a_copy_stands_before_all_that_differ(
    text: frozenset[str], others: list[frozenset[str]]
) -> None:
    found = most_alike(text, others)
    assert sorted(found) == list(range(len(others)))
    weighing = {word for word in text if not all(word in other for other in others)}
    if text in others and weighing:
        assert others[found[0]] == text or weighing <= others[found[0]]
