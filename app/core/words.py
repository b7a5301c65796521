"""The words of a text and their stems, so that "memperbaiki jalanan" and "perbaikan jalan" are the same words.

Stems are made here and never by the database: both databases then find the same. A text is stemmed in its own
language; what somebody looks for is stemmed in every language we know, because nobody says which it is in.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from functools import cache, lru_cache
from importlib.metadata import version
from typing import NamedTuple

import snowballstemmer
from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

#: Raised when the words or stems of a text become others through a change of ours.
OURS = 1
#: A longer word is cut: nobody looks for it by its end.
LONGEST = 40
#: So many different stems of a text are found; a longer text says the same again.
MOST = 400
#: So many words of what is looked for count; more make a sentence, not a search.
MOST_SOUGHT = 12

_WORD = re.compile(r"[^\W_]+")
#: Words that stand in nearly every text and say nothing of what it is about.
_STOP = {
    "id": frozenset(
        """
        ada adalah agar akan aku anda antara apa apakah atas atau bagaimana bagi bahwa banyak baru beberapa begitu belum
        berada bisa boleh buat bukan dalam dan dapat dari dengan di dia dua hanya harap harus hingga ia ini itu jadi
        jangan jika juga kah kalau kami kan karena ke kepada kita lagi lah lain lalu lebih maka mana masih mau melalui
        menjadi menuju mereka mohon nya oleh pada pak bu para per perlu pernah pula pun saat saja saling sama sampai
        sangat satu saya sebagai sebuah secara sedang segera sehingga sekali sekitar selalu selama seluruh semua seorang
        seperti serta setelah setiap siapa suatu sudah supaya tak tanpa telah tentang terhadap tersebut tetap tetapi
        tiap tidak tolong untuk usul usulan yaitu yang yg dg dgn utk dr pd tdk krn spy
        """.split()
    ),
    "en": frozenset(
        """
        a about after all also an and any are as at be because been before being but by can could did do does for from
        had has have he her his how i if in into is it its just may me more most must my need needs no nor not of on
        only or other our out over please put shall she should so some such than that the their them then there these
        they this those through to too under until up us very was we were what when where which while who whom why will
        with would you your
        """.split()
    ),
}


class Sought(NamedTuple):
    """One word of what is looked for: as it was typed, and the stems it may have."""

    word: str
    stems: tuple[str, ...]


@cache
def edition() -> str:
    """What the stems are made by; stems of another edition are made anew."""
    return f"{OURS}/{version('pysastrawi')}/{version('snowballstemmer')}"


def words(text: str) -> list[str]:
    """The words of a text, folded: small letters, no accents, nothing but letters and digits."""
    return [word for word, _start, _end in _found(text)]


def _found(text: str) -> Iterator[tuple[str, int, int]]:
    """The folded words of a text and where each stands in it."""
    for match in _WORD.finditer(text):
        if word := _folded(match.group())[:LONGEST]:
            yield word, match.start(), match.end()


def _folded(word: str) -> str:
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word).casefold()
    return "".join(character for character in apart if character.isalnum())


@cache
def _stemmers() -> dict[str, Callable[[str], str]]:
    indonesian = StemmerFactory().create_stemmer(False).delegatedStemmer
    english = snowballstemmer.stemmer("english")
    return {"id": indonesian.stem_word, "en": english.stemWord}


@lru_cache(maxsize=1 << 16)
def stem(word: str, lang: str) -> str:
    """The stem of a folded word in a language; the word itself in a language we know no stems of."""
    known = _stemmers().get(lang)
    if known is None or not word.isascii() or not word.isalpha() or len(word) < 3:
        return word
    return known(word) or word


def stems(text: str, lang: str, most: int = MOST) -> list[str]:
    """The different stems of a text in the order of their first standing, without the words that say nothing."""
    stop = _STOP.get(lang, frozenset())
    found: dict[str, None] = {}
    for word in words(text):
        if word in stop or (len(word) < 2 and not word.isdigit()):
            continue
        found.setdefault(stem(word, lang))
        if len(found) >= most:
            break
    return list(found)


def sought(text: str, most: int = MOST_SOUGHT) -> tuple[Sought, ...]:
    """The words somebody looks for, each with its stems in every language; none where they say nothing.

    A word that says nothing in one language may be a word of the other ("air", "bus"): it is left out only where
    both leave it out, or where it is of the language that it says nothing in.
    """
    found: dict[tuple[str, ...], str] = {}
    for word in words(text):
        if any(word in stop for stop in _STOP.values()) or (len(word) < 2 and not word.isdigit()):
            continue
        found.setdefault(tuple(dict.fromkeys((*(stem(word, lang) for lang in _STOP), word))), word)
        if len(found) >= most:
            break
    return tuple(Sought(word, each) for each, word in found.items())


def marked(text: str, lang: str, wanted: Collection[str]) -> list[tuple[str, bool]]:
    """A text in pieces, and of each whether it is one of the words looked for; joined they are the text."""
    pieces: list[tuple[str, bool]] = []
    told = 0
    for word, start, end in _found(text):
        if stem(word, lang) in wanted:
            if told < start:
                pieces.append((text[told:start], False))
            pieces.append((text[start:end], True))
            told = end
    return [*pieces, (text[told:], False)] if told < len(text) else pieces


def around(text: str, lang: str, wanted: Collection[str], size: int = 220) -> str:
    """The part of a text that stands around the first word looked for, whole words, on one line."""
    flat = " ".join(text.split())
    if len(flat) <= size:
        return flat
    first = next((start for word, start, _ in _found(flat) if stem(word, lang) in wanted), 0)
    begin = flat.rfind(" ", 0, max(0, first - size // 4)) + 1 if first > size // 2 else 0
    end = begin + size
    cut = flat[begin:end].rsplit(" ", 1)[0] if end < len(flat) else flat[begin:]
    return f"{'… ' if begin else ''}{cut}{' …' if end < len(flat) else ''}"
