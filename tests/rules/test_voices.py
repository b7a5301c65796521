"""Which words stand for a theme, by hand and whatever the passages are."""

from hypothesis import given
from hypothesis import strategies as some

from app.rules.voices import DRAWN, Chosen, chosen, drawn, ranked

FARES = {
    "a": "Tarif angkot naik dan pelajar keberatan",
    "b": "Tarif angkot naik, uang saku pelajar habis",
    "c": "Pelajar keberatan karena tarif angkot naik lagi",
    "d": "Setiap pagi anak saya berjalan kaki tujuh kilometer",
}


def test_the_one_most_alike_the_others_is_typical_and_the_one_least_so_unlike() -> None:
    # a shares tarif, angkot, naik, pelajar with b (of 8), and also keberatan with c (of 7); b shares four of 10 with c
    assert chosen(FARES, {}) == Chosen("a", None, "d")


def test_who_spoke_against_it_is_heard_instead_of_who_is_unlike() -> None:
    against = {"x": "Tarif lama tidak menutup biaya solar", "y": "Biaya solar naik", "z": "Tarif lama menutup solar"}
    assert chosen(FARES, against) == Chosen("a", "x", None)


def test_copies_count_once_and_what_has_no_words_is_not_chosen() -> None:
    copies = {"k1": "Kami menolak pasar pindah", "k2": "kami menolak: pasar PINDAH!", "e": "🙂🙂", "s": "ya"}
    assert ranked(copies) == ("k1",)
    assert chosen(copies, {"e": "🙂"}) == Chosen("k1", None, None)
    assert chosen({}, {}) == Chosen()


def test_with_two_none_is_unlike_and_the_one_drawn_first_is_typical() -> None:
    assert chosen({"m": "Lampu jalan padam", "n": "Lampu jalan rusak"}, {}) == Chosen("m", None, None)
    assert chosen({"n": "Lampu jalan rusak", "m": "Lampu jalan padam"}, {}) == Chosen("n", None, None)


def test_so_many_are_drawn_and_the_same_with_the_same_seed() -> None:
    names = {f"K{number}": number for number in range(3 * DRAWN)}
    assert len(drawn("benih", names)) == DRAWN
    assert drawn("benih", names) == drawn("benih", dict(reversed(names.items())))
    assert drawn("benih", names) != drawn("lain", names)


def test_copies_of_one_text_are_drawn_once() -> None:
    names = {f"K{number}": number % 7 for number in range(100)}
    found = drawn("benih", names)
    assert sorted(names[code] for code in found) == list(range(7))
    every = drawn("benih", {code: code for code in names})  # the first 50 of all
    assert every[0] == found[0]


@given(some.dictionaries(some.text(max_size=5), some.text(max_size=80), max_size=12))
def test_only_what_was_given_is_chosen(passages: dict[str, str]) -> None:
    found = chosen(passages, passages)
    assert {found.typical, found.against, found.unlike} - {None} <= set(passages)
    assert found.typical == found.against
