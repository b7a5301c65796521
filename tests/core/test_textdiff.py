"""Everyone sees word by word what changed in a text, and what did not."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.textdiff import MAX_CHARACTERS, MAX_PARAGRAPHS, Comparison, compare, split_paragraphs

PASAL = "Pasal 5\n(1) Setiap warga berhak atas air bersih.\n(2) Kepala desa menyediakan sumur."


def marked(old: str, new: str) -> list[str]:
    """The comparison as one would read it: [-removed-] and {+added+}."""
    marks = {"same": "{}", "del": "[-{}-]", "ins": "{{+{}+}}"}
    return [
        "".join(marks[segment.kind].format(segment.text) for segment in paragraph.segments)
        for paragraph in compare(old, new).paragraphs
    ]


def words_of(comparison: Comparison, *kinds: str) -> str:
    texts = [part.text for each in comparison.paragraphs for part in each.segments if part.kind in kinds]
    return "".join("".join(texts).split())


def test_changed_words_are_shown_inside_their_sentence() -> None:
    assert marked("Sumur dibuka pukul enam pagi.", "Sumur dibuka pukul lima pagi.") == [
        "Sumur dibuka pukul [-enam -]{+lima +}pagi."
    ]


def test_words_replaced_one_after_the_other_are_shown_together() -> None:
    assert marked("Kami minta satu, dua dan tiga sumur di desa.", "Kami minta lima, enam dan tiga sumur di desa.") == [
        "Kami minta [-satu, dua -]{+lima, enam +}dan tiga sumur di desa."
    ]


def test_a_mark_between_two_changes_does_not_break_them_up() -> None:
    assert marked("Pasar di desa lama, besar dan ramai sekali.", "Pasar di desa, luas dan ramai sekali.") == [
        "Pasar di desa[- lama, besar -]{+, luas +}dan ramai sekali."
    ]


def test_several_changed_paragraphs_in_a_row_are_each_matched() -> None:
    old = "Sumur di RT 3 rusak.\n\nJalan ke pasar sempit.\n\nPosyandu buka Senin pagi."
    new = "Sumur di RT 4 rusak.\n\nJalan ke pasar lebar.\n\nPosyandu buka Selasa pagi."
    assert marked(old, new) == [
        "Sumur di RT [-3 -]{+4 +}rusak.",
        "Jalan ke pasar [-sempit-]{+lebar+}.",
        "Posyandu buka [-Senin -]{+Selasa +}pagi.",
    ]


def test_an_added_end_keeps_the_mark_before_it() -> None:
    assert marked("Air bersih untuk semua.", "Air bersih untuk semua warga.") == ["Air bersih untuk semua {+warga+}."]


def test_an_inserted_ayat_leaves_its_neighbours_alone() -> None:
    new = PASAL.replace("(2)", "(2) Air bersih diuji setiap bulan.\n(3)")
    assert marked(PASAL, new) == [
        "Pasal 5",
        "(1) Setiap warga berhak atas air bersih.",
        "{+(2) Air bersih diuji setiap bulan.+}",
        "([-2-]{+3+}) Kepala desa menyediakan sumur.",
    ]


def test_a_renumbered_pasal_is_a_changed_number() -> None:
    assert marked("Pasal 5\nAir bersih.", "Pasal 6\nAir bersih.") == ["Pasal [-5-]{+6+}", "Air bersih."]


def test_a_paragraph_that_has_nothing_in_common_is_removed_and_another_added() -> None:
    assert marked("Satu dua tiga.\n\nEmpat lima enam.", "Satu dua tiga.\n\nJalan desa rusak berat!") == [
        "Satu dua tiga.",
        "[-Empat lima enam.-]",
        "{+Jalan desa rusak berat!+}",
    ]


def test_each_paragraph_is_matched_with_the_one_it_is_most_like() -> None:
    old = "Pasar pindah ke lapangan besar.\n\nPosyandu buka hari Senin pagi."
    new = "Posyandu buka hari Selasa pagi.\n\nModal usaha kecil ditambah."
    assert marked(old, new) == [
        "[-Pasar pindah ke lapangan besar.-]",
        "Posyandu buka hari [-Senin -]{+Selasa +}pagi.",
        "{+Modal usaha kecil ditambah.+}",
    ]


def test_line_breaks_and_spaces_are_no_changes() -> None:
    comparison = compare("Air bersih\nuntuk  desa.\n\n\nJalan.", "Air bersih untuk desa.\r\n\r\nJalan.  ")
    assert not comparison.changed
    assert marked("a\nb", "a b") == ["a b"]


@pytest.mark.parametrize("text", ["", "\n\n", "Air.", PASAL, "x" * (MAX_CHARACTERS + 1)])
def test_equal_texts_have_no_change(text: str) -> None:
    assert not compare(text, text).changed


def test_the_whole_text_can_be_new_or_gone() -> None:
    assert marked("", "Air.") == ["{+Air.+}"]
    assert marked("Air.", " \n") == ["[-Air.-]"]
    assert compare("", "Air.").changed


def test_only_the_paragraphs_with_changes_are_marked_as_changed() -> None:
    comparison = compare("Satu.\n\nDua kali dua.", "Satu.\n\nDua kali tiga.")
    assert [paragraph.changed for paragraph in comparison.paragraphs] == [False, True]


def test_numbered_lines_and_what_follows_a_title_stand_by_themselves() -> None:
    text = (
        "BAB II\nKetentuan\numum\nPasal 12\nIsi pasal\nlanjutan\n(1) Ayat satu\nlanjutan\n(2) Ayat dua\n"
        "a. huruf\n1) angka\n- butir\n# Judul\nteks\nArticle 3\nText\nKata (2) di tengah"
    )
    assert split_paragraphs(text) == [
        *("BAB II", "Ketentuan\numum", "Pasal 12", "Isi pasal\nlanjutan", "(1) Ayat satu\nlanjutan"),
        *("(2) Ayat dua", "a. huruf", "1) angka", "- butir", "# Judul", "teks", "Article 3"),
        "Text\nKata (2) di tengah",
    ]


def test_hyphenated_words_numbers_and_other_scripts_are_words() -> None:
    assert marked("anak-anak Rp1.500 ke مياه", "ibu-ibu Rp2.500 ke مياه") == [
        "[-anak-anak Rp1.500 -]{+ibu-ibu Rp2.500 +}ke مياه"
    ]


texts = st.lists(
    st.sampled_from(["air ", "desa ", "sumur", ", ", ". ", "\n", "\n\n", "(1) ", "Pasal 1\n", "\u200d", "é"]),
    max_size=40,
).map("".join)


@given(texts, texts)
def test_kept_and_removed_words_are_the_old_text_and_kept_and_added_the_new(old: str, new: str) -> None:
    comparison = compare(old, new)
    assert words_of(comparison, "same", "del") == "".join(old.split())
    assert words_of(comparison, "same", "ins") == "".join(new.split())
    assert all(segment.text for paragraph in comparison.paragraphs for segment in paragraph.segments)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_can_be_compared_without_losing_a_character(old: str, new: str) -> None:
    comparison = compare(old, new)
    assert words_of(comparison, "same", "del") == "".join(old.split())
    assert words_of(comparison, "same", "ins") == "".join(new.split())


@given(texts)
def test_a_text_compared_with_itself_is_unchanged(text: str) -> None:
    assert not compare(text, text).changed


def prose(seed: int, paragraphs: int, words: int, of: int = 3000) -> list[list[str]]:
    source = random.Random(seed)
    return [[f"kata{source.randrange(of)}" for _ in range(words)] for _ in range(paragraphs)]


def edited(text: list[list[str]], seed: int) -> list[list[str]]:
    source = random.Random(seed)
    return [[word if source.random() > 0.1 else "ubah" for word in words] for words in text]


def spell(text: list[list[str]]) -> str:
    return "\n\n".join(" ".join(words) for words in text)[:100_000]


LONG = prose(1, 170, 70)
HUGE = {
    "lightly edited": (spell(LONG), spell(edited(LONG, 2))),
    "all different": (spell(LONG), spell(prose(3, 170, 70))),
    "a thousand short paragraphs": (spell(prose(4, 1000, 10)), spell(prose(5, 1000, 10))),
    "one paragraph": (spell(LONG).replace("\n\n", " "), spell(edited(LONG, 2)).replace("\n\n", " ")),
    "two words only": (spell(prose(6, 200, 60, 2)), spell(prose(7, 200, 60, 2))),
    "one word": ("a " * 50_000, "a " * 49_000 + "b"),
    "marks": ("." * 100_000, "," + "." * 99_990),
    "lines": ("a\n\n" * 33_000, "b\n\na\n\n" * 16_000),
    "letters": ("ab" * 50_000, "ba" * 50_000),
    "numbered": ("(1) a\n" * 16_000, "(2) a\n" * 16_000),
    "two marks": (".," * 50_000, ",." * 49_000),
    "short and alike": ("a b. " * 20_000, "b a. " * 20_000),
}


@pytest.mark.parametrize("name", HUGE)
def test_a_hundred_thousand_characters_are_compared_soon_and_rightly(name: str) -> None:
    old, new = HUGE[name]
    start = time.process_time()
    comparison = compare(old, new)
    took = time.process_time() - start
    assert took < 5, f"{took:.1f} s"
    assert words_of(comparison, "same", "del") == "".join(old.split())
    assert words_of(comparison, "same", "ins") == "".join(new.split())


def test_in_a_lightly_edited_long_text_most_words_are_kept() -> None:
    old, new = HUGE["lightly edited"]
    assert len(words_of(compare(old, new), "same")) > 0.75 * len("".join(old.split()))


def test_a_paragraph_too_long_for_any_search_keeps_its_beginning_and_end() -> None:
    comparison = compare("." * 15_000 + "a b c" + "!" * 15_000, "." * 15_000 + "b" + "!" * 14_000)
    assert [segment.kind for segment in comparison.paragraphs[0].segments] == ["same", "del", "ins", "same"]
    assert [segment.kind for segment in compare("a" + "." * 30_000, "b" + "." * 30_000).paragraphs[0].segments] == [
        *("del", "ins", "same"),
    ]
    assert words_of(comparison, "del") == "abc" + "!" * 1000
    assert words_of(comparison, "ins") == "b"


def test_a_text_beyond_the_limit_is_shown_as_replaced() -> None:
    assert marked("a " * MAX_CHARACTERS, "b") == ["[-" + "a " * MAX_CHARACTERS + "-]", "{+b+}"]


def test_paragraphs_beyond_the_limit_count_as_one() -> None:
    assert len(split_paragraphs("a\n\n" * (MAX_PARAGRAPHS + 50))) == MAX_PARAGRAPHS
