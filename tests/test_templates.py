"""Rules on every template, and what the shared frame, fields and parts promise to pages."""

import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace as Some
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest

from app.core import i18n
from app.core.web import environment

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
HTML = sorted(TEMPLATES.rglob("*.html"))
NAMES = [str(path.relative_to(TEMPLATES)) for path in HTML]

FORBIDDEN = {
    "marks text as safe": r"\|\s*safe\b|\bMarkup\(|autoescape\s+false",
    "inline style": r"\sstyle\s*=|<style\b",
    "inline handler": r"""\son[a-z]+\s*=\s*["'{]""",
    "inline script": r"<script(?![^>]*(?:\ssrc=|application/ld\+json))",
    "address that runs code": r"javascript:",
    "htmx attribute that needs eval": r"""hx-on\b|hx-(?:vals|headers|confirm)=["']js:|hx-trigger=["'][^"']*\[""",
    "htmx attribute without data-": r"(?<![-\w\"'.`])hx-[a-z]+",
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fault", FORBIDDEN)
def test_templates_keep_to_the_rules(name: str, fault: str) -> None:
    text = re.sub(r"\{#.*?#\}", "", (TEMPLATES / name).read_text(encoding="utf-8"), flags=re.S)
    assert not re.findall(FORBIDDEN[fault], text)


@pytest.mark.parametrize("name", NAMES)
def test_templates_compile(name: str) -> None:
    environment().get_template(name)


def test_templates_are_clean_for_the_linter() -> None:
    command = [sys.executable, "-m", "djlint", str(TEMPLATES), "--lint", "--profile=jinja", "--ignore=J018"]
    result = subprocess.run([*command, "--quiet"], capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith("ui/") or n in ("base.html", "errors/base.html")])
def test_words_of_the_frame_are_in_indonesian(name: str) -> None:
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    for _line, _function, message in environment().extract_translations(source):
        first = message if isinstance(message, str) else message[0]
        assert first in i18n._catalogue("id")._catalog or (first, 0) in i18n._catalogue("id")._catalog, first  # type: ignore[attr-defined]


# -- the frame -------------------------------------------------------------------------------------


def frame(source: str = "", **changes: Any) -> str:
    """A page on the frame, as a visitor gets it."""
    values = {
        "lang": i18n.language.get(),
        "actor": Some(signed_in=False, name="", roles=frozenset()),
        "site": Some(name="Rembuk", demo=False, zone_name="WIB"),
        "path": "/consultations/air",
        "language_links": [("id", "Bahasa Indonesia", "/?lang=id"), ("en", "English", "/?lang=en")],
        "notice": None,
        "canonical": "https://rembuk.example/consultations/air",
    }
    return environment().from_string('{% extends "base.html" %}' + source).render(values | changes)


def parsed(html: str) -> Element:
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    root: Element = parser.parse(html)
    assert not parser.errors, parser.errors[:3]
    return root


def links(root: Element) -> set[str]:
    return {e.get("href", "") for e in root.iter("a")} | {e.get("action", "") for e in root.iter("form")}


def test_a_visitor_finds_the_public_ways_and_the_door() -> None:
    found = links(parsed(frame()))
    assert {"/consultations", "/about", "/sign-in", "/sign-up", "#main", "/privacy", "/accessibility"} <= found
    assert not {"/desk", "/moderation", "/admin", "/sign-out", "/demo/mail"} & found


@pytest.mark.parametrize(
    ("role", "way"), [("official", "/desk"), ("moderator", "/moderation"), ("administrator", "/admin")]
)
def test_each_role_finds_its_desk(role: str, way: str) -> None:
    found = links(parsed(frame(actor=Some(signed_in=True, name="Ratna", roles=frozenset({role})))))
    assert {way, "/me", "/me/contributions", "/sign-out"} <= found
    assert "/sign-in" not in found


def test_the_demonstration_says_so_and_shows_its_mail() -> None:
    assert "/demo/mail" in links(parsed(frame(site=Some(name="Rembuk", demo=True, zone_name="WIB"))))


def test_the_title_names_the_page_the_site_and_an_error() -> None:
    page = "{% block title %}Air <b>{% endblock %}"
    bad = Some(errors={"title": "Tulis judul."}, values={})
    assert parsed(frame(page)).findtext("head/title") == "Air <b> · Rembuk"
    assert parsed(frame()).findtext("head/title") == "Rembuk"
    assert (parsed(frame(form=bad)).findtext("head/title") or "").startswith("Galat: ")


def test_the_narrow_column_is_there_only_when_filled() -> None:
    assert parsed(frame()).find(".//aside") is None
    assert parsed(frame("{% block aside %}<h2>Siapa</h2>{% endblock %}")).findtext(".//aside/h2") == "Siapa"


def test_the_way_one_is_on_is_marked() -> None:
    marked = [e.get("href") for e in parsed(frame()).iter("a") if e.get("aria-current")]
    assert marked == ["/consultations", "/?lang=id"]


# -- fields ----------------------------------------------------------------------------------------

FORMS = '{% import "ui/forms.html" as forms %}'
EMPTY = Some(values={}, errors={})


def fields(source: str, form: Any = EMPTY) -> Element:
    """The fields of a form, parsed."""
    html = environment().from_string(FORMS + source).render(form=form)
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    root: Element = parser.parseFragment(html)
    assert not parser.errors, parser.errors[:3]
    return root


EVERY_FIELD = """
{{ forms.error_summary(form) }}
{{ forms.text(form, "title", "Judul", hint="Singkat", maxlength=120) }}
{{ forms.textarea(form, "body", "Isi", maxlength=2000, attrs={"data-hx-post": "/draft"}) }}
{{ forms.select(form, "topic", "Topik", [("air", "Air"), ("jalan", "Jalan")]) }}
{{ forms.radios(form, "stance", "Sikap", [("for", "Mendukung"), ("against", "Menolak", "Jelaskan")]) }}
{{ forms.checkboxes(form, "topics", "Topik lain", [("1", "Satu"), ("2", "Dua")]) }}
{{ forms.checkbox(form, "consent", "Setuju", hint="Dapat ditarik") }}
{{ forms.upload(form, "file", "Dokumen") }}
{{ forms.datetime(form, "opens", "Dibuka") }}
"""
NAMED = ["title", "body", "topic", "stance", "topics", "consent", "file", "opens"]


def test_every_error_is_linked_to_a_field_that_repeats_it() -> None:
    root = fields(EVERY_FIELD, Some(values={}, errors={name: f"Periksa {name}." for name in NAMED}))
    byid = {e.get("id"): e for e in root.iter() if e.get("id")}
    targets = [e.get("href", "").lstrip("#") for e in root.iter("a")]
    assert targets == NAMED
    for name in NAMED:
        assert byid[name].tag in ("input", "textarea", "select")
        assert f"Periksa {name}." in "".join(byid[f"{name}-error"].itertext())


def test_every_description_exists_and_every_field_has_a_label() -> None:
    root = fields(EVERY_FIELD, Some(values={}, errors=dict.fromkeys(NAMED, "Periksa.")))
    identifiers = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(identifiers) == len(set(identifiers))
    described = {part for e in root.iter() for part in e.get("aria-describedby", "").split()}
    assert described <= set(identifiers)
    assert {"title-hint", "title-error", "title-count"} <= described
    labels = {e.get("for") for e in root.iter("label")}
    assert all(e.get("id") in labels for e in root.iter() if e.tag in ("input", "select", "textarea"))


def test_what_was_typed_is_kept() -> None:
    typed = {"title": '"Sumur" <b>', "body": "\nSatu\nDua </textarea>", "topic": "jalan", "stance": "against"}
    root = fields(EVERY_FIELD, Some(values=typed | {"topics": ["2"], "consent": "yes"}, errors={}))
    byid = {e.get("id"): e for e in root.iter() if e.get("id")}
    assert byid["title"].get("value") == '"Sumur" <b>'
    assert "".join(byid["body"].itertext()) == "\nSatu\nDua </textarea>"
    assert [e.get("value") for e in root.iter("option") if e.get("selected") is not None] == ["jalan"]
    ticked = [(e.get("name"), e.get("value")) for e in root.iter("input") if e.get("checked") is not None]
    assert ticked == [("stance", "against"), ("topics", "2"), ("consent", "yes")]


@pytest.mark.parametrize("given", ["", "false", "0", "no"])
def test_a_box_not_ticked_stays_so(given: str) -> None:
    root = fields('{{ forms.checkbox(form, "consent", "Setuju") }}', Some(values={"consent": given}, errors={}))
    assert [e.get("checked") for e in root.iter("input")] == [None]


def test_a_password_is_never_shown_again() -> None:
    given = Some(values={"password": "rahasia"}, errors={"password": "Periksa."})
    html = environment().from_string(FORMS + '{{ forms.text(form, "password", "Sandi", type="password") }}')
    assert "rahasia" not in html.render(form=given)


@pytest.mark.parametrize(("lang", "words"), [("id", "(tidak wajib)"), ("en", "(optional)")])
def test_an_optional_field_says_so(lang: str, words: str) -> None:
    i18n.language.set(lang)
    text = "".join(fields('{{ forms.text(form, "q", "Cari", required=False) }}').itertext())
    assert words in text


def test_a_prefix_keeps_two_forms_apart() -> None:
    source = '{{ forms.error_summary(form) }}{{ forms.text(form, "body", "Isi") }}'
    root = fields(source, Some(values={}, errors={"body": "Periksa."}, prefix="report"))
    assert [e.get("id") for e in root.iter("input")] == ["report-body"]
    assert [e.get("href") for e in root.iter("a")] == ["#report-body"]


def test_an_error_of_the_whole_form_has_no_link() -> None:
    root = fields("{{ forms.error_summary(form) }}", Some(values={}, errors={"": "Sudah ditutup."}))
    assert list(root.iter("a")) == []
    assert "Sudah ditutup." in "".join(root.itertext())


# -- parts -----------------------------------------------------------------------------------------

STEPS = [Some(label="Usulan", when="1 Maret", state=state, detail=None) for state in ("past", "now", "next")]
EVERY_PART = """{% block main %}{% import "ui/page.html" as page %}<h1>Semua</h1>
{{ page.breadcrumbs([("Beranda", "/"), ("Air", None)]) }}{{ page.tag("Baru", "info") }}
{{ page.button_link("/x", "Tulis") }}
{% call page.panel("Judul", "info") %}<p>Isi</p>{% endcall %}
{% call page.official_panel("Dinas <b>", when="3 Maret", lang="id") %}<p>Diterima</p>{% endcall %}
{{ page.empty("Belum ada", "Tulis yang pertama.", "/x", "Tulis") }}{{ page.facts([("Instansi", "Desa")]) }}
{{ page.timeline(steps) }}{{ page.timeline(steps, across=True) }}
{{ page.table("Suara", ("Usulan", "Jumlah"), [("Sumur", 4)], numeric=(1,)) }}
{{ page.bars("Dukungan", [("Sumur", 3, "success"), ("Hujan", 1, "info")], 4) }}
{{ page.bars("Kosong", [("Sumur", 0, "info")], 0) }}
{{ page.pager("/n", "/p", "/f") }}{{ page.pager(None) }}
{{ page.card("Sumur <b>", "/x", meta=["Siti", "2 Maret"], text="Isi", footer="12", tags=[("Baru", "info")]) }}
{% call page.card("Hujan", "/y", meta="Budi") %}<p>Kaki</p>{% endcall %}
{{ page.stats([(2431, "suara"), ("9 dari 10", "dijawab", "/x")]) }}{{ page.inset("Sisip") }}{{ page.warning("Awas") }}
{% call page.inset() %}<p>Sisip</p>{% endcall %}{% call page.warning() %}<p>Awas</p>{% endcall %}
{% call page.details("Lagi") %}<p>Isi</p>{% endcall %}{{ page.notice(None) }}{% endblock %}"""


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("tone", ["success", "error", "info"])
def test_every_part_is_valid_and_escapes(lang: str, tone: str) -> None:
    i18n.language.set(lang)
    html = frame(EVERY_PART, steps=STEPS, notice={"tone": tone, "text": "Tersimpan <i>"})
    root = parsed(html)
    assert "<b>" not in html
    assert "<i>" not in html
    identifiers = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(identifiers) == len(set(identifiers))
    assert [e.get("aria-current") for e in root.iter("li") if e.get("aria-current")] == ["step", "step"]


def test_bars_say_their_numbers_in_words_and_in_a_table() -> None:
    root = parsed(frame(EVERY_PART, steps=STEPS))
    text = " ".join(" ".join(root.itertext()).split())
    assert "75%" in text
    assert [e.get("width") for e in root.iter() if e.get("class") == "bars__fill"] == ["75.0%", "25.0%", "0.0%"]
