"""Every text has one good Indonesian translation, and the catalogues hold nothing else."""

from pathlib import Path

import pytest

from app import messages

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'


@pytest.fixture(scope="module")
def findings() -> messages.Findings:
    return messages.check()


@pytest.mark.parametrize("kind", ["missing", "different", "misplaced", "fuzzy", "unused"])
def test_the_catalogues_are_in_order(findings: messages.Findings, kind: str) -> None:
    assert getattr(findings, kind) == []


@pytest.fixture
def product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small product of its own."""
    for name, path in (("ROOT", ""), ("APP", "app"), ("TEMPLATES", "templates"), ("CATALOGUES", "app/locale/id")):
        (tmp_path / path).mkdir(parents=True, exist_ok=True)
        monkeypatch.setattr(messages, name, tmp_path / path)
    (tmp_path / "app/votes").mkdir()
    (tmp_path / "templates/votes").mkdir()
    (tmp_path / "app/votes/actions.py").write_text('A = N_("Voted.")\nngettext("%(num)s vote", "%(num)s votes", 2)\n')
    (tmp_path / "templates/votes/_box.html").write_text(
        '{{ _("Support %(name)s", name=x) }}{% trans n=n %}Kept {{ n }}{% endtrans %}'
    )
    return tmp_path


def catalogue(product: Path, text: str, name: str = "votes.po") -> None:
    (product / "app/locale/id" / name).write_text(HEAD + text)


WHOLE = (
    'msgid "Voted."\nmsgstr "Suara tercatat."\n\n'
    'msgid "%(num)s vote"\nmsgid_plural "%(num)s votes"\nmsgstr[0] "%(num)s suara"\n\n'
    'msgid "Support %(name)s"\nmsgstr "Dukung %(name)s"\n\n'
    'msgid "Kept %(n)s"\nmsgstr "Tersimpan %(n)s"\n'
)


def test_a_whole_catalogue_has_nothing_to_say(product: Path) -> None:
    catalogue(product, WHOLE)
    assert list(messages.check().lines()) == []


def test_texts_of_code_and_templates_are_missed(product: Path) -> None:
    catalogue(product, 'msgid "%(num)s vote"\nmsgstr "%(num)s suara"\n\nmsgid "Voted."\nmsgstr ""\n')
    missing = messages.check().missing
    assert [line.partition(":")[0] for line in missing] == ["votes.po"] * 4
    assert any("app/votes/actions.py:2" in line for line in missing)
    assert any("templates/votes/_box.html" in line for line in missing)


def test_two_translations_of_one_text_are_told(product: Path) -> None:
    catalogue(product, WHOLE)
    catalogue(product, 'msgid "Voted."\nmsgstr "Sudah memilih."\n', "ui.po")
    assert len(messages.check().different) == 1


def test_values_that_differ_are_told(product: Path) -> None:
    catalogue(product, WHOLE.replace("Dukung %(name)s", "Dukung %(nama)s"))
    assert len(messages.check().misplaced) == 1


def test_fuzzy_entries_are_told(product: Path) -> None:
    catalogue(product, "#, fuzzy\n" + WHOLE)
    assert len(messages.check().fuzzy) == 1


def test_unused_entries_go_and_the_rest_stays_as_written(product: Path) -> None:
    kept = f"# A comment of ours.\n\n{WHOLE}"
    catalogue(product, kept + '\nmsgid "Old"\nmsgstr "Lama"\n')
    assert len(messages.check().unused) == 1
    assert messages.remove_unused() == 1
    assert (product / "app/locale/id/votes.po").read_text() == HEAD + kept
    assert messages.remove_unused() == 0
