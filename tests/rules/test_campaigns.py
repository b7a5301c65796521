"""Copies are found although words were changed, independent texts are left apart, and additions are told."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.campaigns import (
    COMMON,
    FEWEST_WORDS,
    MOST_WORDS,
    Campaign,
    Signature,
    campaigns,
    counterpart,
    long_enough,
    words_of,
)
from app.rules.quoting import Passage, sentences

LETTER = (
    "Kami menolak kenaikan tarif angkutan kota karena biaya sekolah anak kami sudah berat. Banyak murid berangkat "
    "dengan dua kali naik angkutan setiap pagi, dan orang tua mereka bekerja sebagai buruh harian. Jika tarif naik, "
    "sebagian anak akan berjalan kaki melewati jalan raya yang ramai atau berhenti sekolah. Kami meminta pemerintah "
    "kota menahan tarif bagi murid sampai akhir tahun ajaran dan menghitung ulang subsidi bersama perwakilan orang tua."
)
OWN = "Anak saya sendiri berjalan empat kilometer setiap hari sejak jembatan gantung itu putus tahun lalu."
VOCABULARY = tuple(
    (
        "jalan sekolah guru air sungai pasar harga murid tarif angkutan lampu malam taman pohon sampah parit "
        "hujan banjir warga ibu bapak desa kota kantor layanan antre dokter obat bayi lansia sawah pupuk "
        "benih irigasi koperasi modal pinjaman usaha kecil pedagang kaki lima trotoar sepeda motor parkir "
        "halte jembatan gantung listrik padam sinyal internet anak muda lapangan bola musik masjid gereja "
        "kuil makam tanah surat izin pajak retribusi denda polisi "
    ).split()
)


def edited(text: str, share: float, random: Random) -> str:
    """A copy in which some words were replaced, removed or doubled."""
    out: list[str] = []
    for word in text.split():
        if random.random() >= share:
            out.append(word)
        elif (way := random.randrange(3)) < 2:
            out += [random.choice(VOCABULARY)] if way == 0 else [word, random.choice(VOCABULARY)]
    return " ".join(out)


def test_a_thousand_copies_with_one_word_in_twenty_changed_are_one_argument() -> None:
    random = Random(3)
    copies = {number: edited(LETTER, 0.05, random) for number in range(1, 1001)}
    others = {number: " ".join(random.choices(VOCABULARY, k=random.randrange(20, 60))) for number in range(1001, 1501)}
    mixed = dict(sorted((copies | others).items(), key=lambda it: (it[0] * 7919) % 1501))
    found = campaigns(mixed)
    largest = max(found, key=lambda it: it.size)
    assert largest.size >= 950 and all(it.name <= 1000 for it in largest.signatures)
    assert [it for it in found if any(one.name > 1000 for one in it.signatures)] == [], "independent texts stay apart"


def test_what_somebody_added_is_told_and_a_changed_word_is_none() -> None:
    random = Random(5)
    changed = edited(LETTER, 0.05, random)
    texts = {1: LETTER, 2: LETTER.upper(), 3: f"{OWN} {LETTER}", 4: changed, 5: f"{LETTER}\n\n{OWN}"}
    (campaign,) = campaigns(texts)
    before, after = len(OWN[:-1]), len(LETTER) + 2
    assert campaign == Campaign(
        1,
        (
            Signature(1),
            Signature(2),
            Signature(3, (Passage(0, before),)),
            Signature(4),
            Signature(5, (Passage(after, after + before),)),
        ),
    )
    assert [it.added[0].of(texts[it.name]) for it in campaign.signatures if it.added] == [OWN[:-1], OWN[:-1]]
    assert (campaign.size, campaign.with_additions) == (5, 2)


SHORT = ("", "Setuju!", "👍👍👍", "   ", "Saya setuju, perbaiki jalan desa kami segera.", "a " * 19)


@pytest.mark.parametrize("text", SHORT)
def test_short_texts_that_are_alike_are_no_campaign(text: str) -> None:
    assert campaigns(dict.fromkeys(range(200), text)) == ()


def test_two_who_quote_one_sentence_have_not_copied() -> None:
    quoted = "Setiap orang berhak memperoleh lingkungan hidup yang baik dan sehat."
    random = Random(9)
    texts = {n: f"{quoted} {' '.join(random.choices(VOCABULARY, k=40))}" for n in range(COMMON + 20)}
    assert campaigns(texts) == ()


def test_a_text_of_a_hundred_thousand_characters_is_compared_too() -> None:
    random = Random(1)
    long = " ".join(random.choices(VOCABULARY, k=15_000))
    (campaign,) = campaigns({1: long, 2: edited(long, 0.05, random)})
    assert campaign.size == 2


@given(st.text(max_size=300))
def test_words_stand_where_they_are_said_to(text: str) -> None:
    for plain, begin, end in words_of(text):
        assert plain or text[begin:end], "a word may be made of marks alone"
        assert 0 <= begin < end <= len(text)


@given(st.lists(st.sampled_from([LETTER, OWN * 3, LETTER + OWN, "pendek"]), max_size=12))
def test_everybody_is_in_one_group_at_most_and_the_same_texts_give_the_same_groups(texts: list[str]) -> None:
    named = dict(enumerate(texts))
    found = campaigns(named)
    names = [it.name for campaign in found for it in campaign.signatures]
    assert len(names) == len(set(names)) and set(names) <= set(named)
    assert found == campaigns(named)
    assert all(campaign.first == campaign.signatures[0].name for campaign in found)
    assert all(len(words_of(named[name])) >= FEWEST_WORDS for name in names)


def test_a_quote_of_the_common_text_is_found_in_the_words_of_each_copy() -> None:
    random = Random(11)
    passage = sentences(LETTER)[1]
    assert counterpart(LETTER, passage, f"{OWN} {LETTER}") == Passage(
        passage.begins + len(OWN) + 1, passage.ends + len(OWN) + 1
    )
    found = 0
    for _ in range(200):
        copy = edited(LETTER, 0.05, random)
        there = counterpart(LETTER, passage, copy)
        if there is not None:
            found += 1
            assert there.of(copy) in copy and there.of(copy).strip() == there.of(copy) != ""
            both = {it[0] for it in words_of(passage.of(LETTER))} & {it[0] for it in words_of(there.of(copy))}
            assert len(both) >= 10
    assert found >= 195


def test_what_a_copy_does_not_say_has_no_counterpart_in_it() -> None:
    first, second, *_ = sentences(LETTER)
    without = LETTER[: second.begins] + LETTER[second.ends :]
    assert counterpart(LETTER, second, without) is None
    assert counterpart(LETTER, first, without) == first
    scattered = LETTER.replace("dengan dua kali", f"{OWN} {OWN} {OWN} {OWN}")
    assert counterpart(LETTER, second, scattered) is None
    long = "kata lain " * MOST_WORDS
    assert counterpart(long + LETTER, Passage(0, 8), long) == Passage(0, 8)
    assert counterpart(f"{LETTER} {long}", second, f"{LETTER.replace('murid', 'anak')} {long}") is None


def test_a_text_is_compared_from_twenty_words_on() -> None:
    assert long_enough("kata " * FEWEST_WORDS)
    assert not long_enough("kata " * (FEWEST_WORDS - 1))
