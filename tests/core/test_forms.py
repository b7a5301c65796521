"""Forms: what is kept, what is checked, and what is said."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import ClassVar, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import EmailStr, Field
from starlette.datastructures import FormData, UploadFile

from app.core import forms
from app.core.access import Conflict, Reason
from app.core.forms import Form, Line, LocalInstant, Prose, Text, Ticked, Words, blank, check, clean_line, clean_text


class SampleForm(Form):
    """A form with a field of each kind."""

    when_empty: ClassVar[Mapping[str, str]] = {"body": "Say what it is about."}
    title: Words = Field(min_length=5, max_length=20)
    body: Prose
    note: Text = ""
    number: int = Field(1, ge=1, le=9)
    choice: Literal["support", "oppose"] = "support"
    email: EmailStr | None = None
    opens: LocalInstant | None = None
    agreed: Ticked = False
    topics: list[str] = []
    line: Line = ""


GOOD = {"title": "Air bersih", "body": "Untuk semua"}


def send(**fields: str) -> forms.Submission[SampleForm]:
    """A sending of the form."""
    return check(SampleForm, FormData(GOOD | fields))


def test_a_good_form_is_checked() -> None:
    """Times are the installation's; ticks are yes; lists are lists."""
    fields = [*GOOD.items(), ("opens", "2026-03-14T16:00"), ("agreed", "on"), ("topics", "air"), ("topics", "pasar")]
    sent = check(SampleForm, FormData(fields))
    assert sent.valid
    assert sent.checked.opens == datetime(2026, 3, 14, 9, tzinfo=UTC)
    assert sent.checked.agreed is True
    assert sent.checked.topics == ["air", "pasar"]
    assert sent.values["topics"] == ["air", "pasar"]


@pytest.mark.parametrize(
    ("fields", "name", "said"),
    [
        ({"title": ""}, "title", "Isian ini perlu diisi."),
        ({"title": "   "}, "title", "Isian ini perlu diisi."),
        ({"body": ""}, "body", "Say what it is about."),
        ({"title": "ab"}, "title", "Judul: tulis sedikitnya 5 karakter."),
        ({"title": "a" * 21}, "title", "Judul: tulis paling banyak 20 karakter."),
        ({"title": "12345 - 67"}, "title", "Tulis dengan kata-kata agar dapat dibaca semua orang."),
        ({"body": "🙂🙂🙂"}, "body", "Tulis dengan kata-kata agar dapat dibaca semua orang."),
        ({"number": "x"}, "number", "Tulisan Anda: tulis bilangan bulat."),
        ({"number": "0"}, "number", "Tulisan Anda: angka terkecil yang dapat diisikan adalah 1."),
        ({"number": "10"}, "number", "Tulisan Anda: angka terbesar yang dapat diisikan adalah 9."),
        ({"choice": "both"}, "choice", "Pilih salah satu pilihan."),
        ({"email": "x"}, "email", "Tulis alamat surel seperti nama@contoh.id."),
        ({"opens": "besok"}, "opens", "Tulis tanggal dan waktu seperti ini: 2026-03-14 16:00."),
    ],
)
def test_what_is_wrong_is_said_and_kept(fields: dict[str, str], name: str, said: str) -> None:
    """One sentence per field, in the reader's language, and what was typed stays."""
    sent = send(**fields)
    assert not sent.valid
    assert sent.status == 422
    assert sent.errors == {name: said}
    assert sent.values[name] == fields[name]


def test_fields_that_are_not_named_are_not_looked_at() -> None:
    """No mass assignment."""
    sent = send(id="7", role="administrator")
    assert sent.valid
    assert not hasattr(sent.checked, "role")
    assert "role" not in sent.values


def test_the_first_of_doubled_fields_counts() -> None:
    """A second value of the same name changes nothing."""
    sent = check(SampleForm, FormData([*GOOD.items(), ("title", "Lain sekali")]))
    assert sent.checked.title == "Air bersih"


def test_files_are_set_apart() -> None:
    """An empty file field is no file; a file in place of text is no text."""
    real, none = UploadFile(BytesIO(b"x"), filename="a.png"), UploadFile(BytesIO(b""), filename="")
    sent = check(SampleForm, FormData([*GOOD.items(), ("picture", real), ("other", none), ("title", real)]))
    assert set(sent.files) == {"picture", "title"}
    assert sent.checked.title == "Air bersih"


def test_blaming_and_refusing() -> None:
    """An act may find more than a form can know."""
    sent = send()
    sent.blame("title", "%(field)s: write at least %(min_length)s characters.", field="Nama", min_length=3)
    assert not sent.valid
    assert (sent.status, sent.errors) == (422, {"title": "Nama: tulis sedikitnya 3 karakter."})
    sent = send()
    sent.refuse(Reason("closed", "Closed at %(when)s.", 409, {"when": "x"}))
    assert not sent.valid
    assert sent.status == 409
    assert sent.errors[""] == "Closed at x."


def test_a_blank_form_shows_what_is_known() -> None:
    """As the browser's fields write it."""
    form = blank(
        title="Air", agreed=True, other=False, opens=datetime(2026, 3, 14, 9, tzinfo=UTC), topics=(1, 2), no=None
    )
    assert form.values == {
        "title": "Air", "agreed": "yes", "other": "", "opens": "2026-03-14T16:00", "topics": ["1", "2"],
    }  # fmt: skip
    assert not form.errors
    assert not form.valid


def test_invisible_controls_go() -> None:
    """Characters that hide or turn text around are removed; letters of every script stay."""
    assert clean_line(" a\u202eb\u200b  c\n d\x00 ") == "ab c d"
    assert clean_text("a\r\nb\rc\u2066") == "a\nb\nc"
    assert clean_line("Jalan e\u0301") == "Jalan \u00e9"
    assert clean_line("ꦄꦏ꧀ꦱꦫ") == "ꦄꦏ꧀ꦱꦫ"
    assert clean_line(3) == 3
    assert clean_text(None) is None


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    """What is clean stays as it is."""
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_text(clean_text(text)) == clean_text(text)
    assert "\n" not in clean_line(text)


@given(st.dictionaries(st.sampled_from(sorted(SampleForm.model_fields)), st.text(max_size=40)))
def test_whatever_is_sent_is_answered(fields: dict[str, str]) -> None:
    """Either it is valid or it says what is wrong; it never breaks."""
    sent = check(SampleForm, FormData(fields))
    assert sent.valid or sent.errors


def test_a_form_is_acted_on_once_it_is_valid_and_says_why_it_cannot_be() -> None:
    async def keep(sent: SampleForm) -> str:
        return sent.title

    async def refuse(sent: SampleForm) -> str:
        raise Conflict("late", "%(what)s comes too late.", what=sent.title)

    kept, late, invalid = send(), send(), send(title="")
    assert asyncio.run(kept.attempt(keep)) == "Air bersih" and kept.valid
    assert asyncio.run(late.attempt(refuse)) is None
    assert (late.valid, late.status, late.errors) == (False, 409, {"": "Air bersih comes too late."})
    assert late.values["title"] == "Air bersih", "what was typed is kept"
    assert asyncio.run(invalid.attempt(keep)) is None and (invalid.status, list(invalid.errors)) == (422, ["title"])
