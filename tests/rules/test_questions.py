"""The checker of questions names what bends answers, leaves plain ones alone, and is measured on a labelled set."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.questions import SETS, labelled, lines, score, wilson
from app.rules.questions import KINDS, Flag, UnknownLanguage, lint


def kinds(question: str, lang: str = "id") -> list[str]:
    return [flag.kind for flag in lint(question, lang)]


@pytest.mark.parametrize(
    ("lang", "question", "kind", "word"),
    [
        ("id", "Bukankah pasar itu perlu dipindah?", "leading", "Bukankah"),
        ("en", "Isn't it time to move the market?", "leading", "Isn't it"),
        ("id", "Perlukah jalan diperlebar dan pohon ditebang?", "double", "dan pohon ditebang"),
        ("en", "Are the buses frequent and affordable?", "double", "and affordable"),
        ("id", "Seberapa puas Anda dengan layanan kami?", "unbalanced", "Seberapa puas"),
        ("en", "Do you agree with the fee?", "unbalanced", "Do you agree"),
        ("id", "Bagaimana sinergi di pasar?", "jargon", "sinergi"),
        ("en", "What about the KUA-PPAS?", "jargon", "KUA-PPAS"),
        ("id", "Apakah Anda selalu puas?", "absolute", "selalu"),
        ("en", "Must every trader move?", "absolute", "every"),
        ("id", "Pasar dibangun di Bulurejo atau Jatijajar?", "no-change", "Bulurejo atau Jatijajar"),
        ("en", "Should the market be in Bulurejo or in Jatijajar?", "no-change", "Bulurejo or in Jatijajar"),
    ],
)
def test_each_kind_names_its_words(lang: str, question: str, kind: str, word: str) -> None:
    flags = {flag.kind: flag.words for flag in lint(question, lang)}
    assert list(flags) == [kind] and word in flags[kind]


@pytest.mark.parametrize(
    ("lang", "question"),
    [
        ("id", "Apakah Anda setuju atau tidak setuju dengan iuran baru?"),
        ("id", "Apakah ibu dan anak perlu ruang tunggu?"),
        ("id", "Pasar dibangun di Bulurejo, di Jatijajar, atau tetap di tempat lama?"),
        ("id", "Jalan mana yang selalu tergenang?"),
        ("id", "Apakah KTP Anda sudah jadi?"),
        ("en", "Do you agree or disagree with the new fee?"),
        ("en", "Should parks and gardens be open at night?"),
        ("en", "Should the bridge be repaired, replaced or left as it is?"),
        ("en", "Which streets always flood?"),
        ("id", ""),
    ],
)
def test_plain_questions_are_left_alone(lang: str, question: str) -> None:
    assert lint(question, lang) == ()


def test_two_questions_are_two() -> None:
    assert Flag("double", ("Apakah murah?",)) in lint("Apa pendapat Anda tentang pasar? Apakah murah?", "id")


def test_a_scale_of_praise_is_unbalanced_and_one_with_criticism_is_not() -> None:
    assert kinds("Layanan kami: sangat baik, baik, atau cukup?") == ["unbalanced"]
    assert kinds("Layanan kami: sangat baik, baik, atau buruk?") == []


def test_a_language_without_patterns_is_refused() -> None:
    with pytest.raises(UnknownLanguage):
        lint("Wo soll der Markt stehen?", "de")


@pytest.mark.parametrize("name", SETS)
def test_the_labelled_sets_are_large_mixed_and_apart(name: str) -> None:
    some = labelled(name)
    assert {one.lang for one in some} == {"id", "en"} and set().union(*(one.flags for one in some)) == set(KINDS)
    assert 0.3 < sum(not one.flags for one in some) / len(some) < 0.5
    assert sum(len(labelled(each)) for each in SETS) >= 150
    assert not {one.question for one in labelled("develop")} & {one.question for one in labelled("held_out")}


@pytest.mark.parametrize("name", SETS)
def test_the_checker_does_not_get_worse(name: str) -> None:
    found = score(labelled(name))
    assert found.precision[0] >= 0.9 and found.recall[0] >= 0.9, found


def test_the_command_prints_each_kind_for_each_set() -> None:
    said = list(lines())
    assert sum(line.startswith((*KINDS, "all")) for line in said) == 2 * (len(KINDS) + 1)
    assert all("[" in line for line in said if line.startswith(KINDS))


def test_wilson_s_interval_is_the_published_one() -> None:
    assert [round(it, 4) for it in wilson(8, 10)] == [0.8, 0.4902, 0.9433]
    assert wilson(0, 0) == (0.0, 0.0, 1.0)
    assert wilson(10, 10)[2] == pytest.approx(1.0) and wilson(0, 10)[1] == pytest.approx(0.0)


@given(st.text(max_size=400), st.sampled_from(["id", "en"]))
def test_any_text_is_checked_and_flags_have_words(text: str, lang: str) -> None:
    for flag in lint(text, lang):
        assert flag.kind in KINDS and all(word and word in text for word in flag.words if flag.kind != "unbalanced")


@pytest.mark.parametrize("piece", ["dan ", "a b ", "why is x ", "seberapa besar a ", "atau x, ", "A-", "and "])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_no_pattern_hangs_on_a_long_text(piece: str, lang: str) -> None:
    before = time.thread_time()
    lint("Apakah should " + piece * 2000 + "?", lang)
    assert time.thread_time() - before < 2
