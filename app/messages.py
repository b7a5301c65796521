"""The texts of pages and their translations: `./run messages` says what is missing and removes what nobody uses."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer
from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
APP, TEMPLATES, CATALOGUES = ROOT / "app", ROOT / "templates", ROOT / "app" / "locale" / "id"
_KEYWORDS: dict[str, Any] = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)}
_JINJA = {"extensions": "jinja2.ext.do", "newstyle_gettext": "true", "trim_blocks": "true", "silent": "false"}
_PLACE = re.compile(r"%\((\w+)\)")
_OF_CORE = {"core", "main.py", "permissions.py", "settings.py", "schedule.py", "errors"}


@dataclass(frozen=True)
class Text:
    """A text of the product: in one form or two, and where it first stands."""

    one: str
    many: str | None
    where: str

    @property
    def file(self) -> str:
        """The catalogue in which its translation is kept: one for each package."""
        parts = Path(self.where).parts
        package = parts[1] if len(parts) > 1 else ""
        if package in _OF_CORE:
            return "core.po"
        return f"{package}.po" if len(parts) > 2 and package != "mail" else "ui.po"


@dataclass(frozen=True)
class Translation:
    """One entry of a catalogue."""

    file: str
    message: Message

    @property
    def one(self) -> str:
        """The text it translates."""
        return self.forms[0]

    @property
    def strings(self) -> tuple[str, ...]:
        """What it says in Indonesian, which has one form for every number."""
        given = self.message.string
        return (given,) if isinstance(given, str) else tuple(given or ())

    @property
    def forms(self) -> tuple[str, ...]:
        """The text it translates, in one form or two."""
        given = self.message.id
        return (given,) if isinstance(given, str) else tuple(given)


@dataclass
class Findings:
    """What is not in order; each line names a file and a text."""

    missing: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
    fuzzy: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Everything as sentences."""
        for name, found in vars(self).items():
            yield from (f"{name}: {line}" for line in found)


def texts() -> list[Text]:
    """Every text the product shows, from the code and the templates."""
    found = [text for path in sorted(APP.rglob("*.py")) for text in _texts_in(path, "python", {})]
    pages = [path for path in sorted(TEMPLATES.rglob("*")) if path.is_file()]
    return found + [text for path in pages for text in _texts_in(path, "jinja2.ext:babel_extract", _JINJA)]


def _texts_in(path: Path, method: str, options: dict[str, str]) -> Iterator[Text]:
    with path.open("rb") as file:
        for line, message, _, _ in extract(method, file, keywords=_KEYWORDS, options=options):
            forms = (message, None) if isinstance(message, str) else tuple(message)[:2]
            if forms[0]:
                yield Text(forms[0], forms[1], f"{path.relative_to(ROOT)}:{line}")


def translations() -> list[Translation]:
    """Every entry of the Indonesian catalogues."""
    found = []
    for path in sorted(CATALOGUES.glob("*.po")):
        with path.open("rb") as file:
            found += [Translation(path.name, message) for message in read_po(file, locale="id") if message.id]
    return found


def check() -> Findings:
    """Hold the texts against the catalogues."""
    known, findings = texts(), Findings()
    by_text: dict[str, Translation] = {}
    for entry in translations():
        first = by_text.setdefault(entry.one, entry)
        if first.strings[:1] != entry.strings[:1]:
            findings.different.append(f"{first.file} and {entry.file}: {entry.one!r}")
        if entry.message.fuzzy:
            findings.fuzzy.append(f"{entry.file}: {entry.one!r}")
        if not _places_fit(entry):
            findings.misplaced.append(f"{entry.file}: {entry.one!r}")
        if entry.message.pluralizable:
            by_text[entry.one] = entry
    _look_for_missing(known, by_text, findings)
    used = {text.one for text in known}
    findings.unused = [f"{entry.file}: {entry.one!r}" for entry in translations() if entry.one not in used]
    return findings


def _look_for_missing(known: list[Text], by_text: dict[str, Translation], findings: Findings) -> None:
    told = set()
    for text in known:
        entry = by_text.get(text.one)
        whole = entry is not None and all(entry.strings) and (text.many is None or entry.message.pluralizable)
        if not whole and text.one not in told:
            told.add(text.one)
            many = f" / {text.many!r}" if text.many else ""
            findings.missing.append(f"{text.file}: {text.one!r}{many} ({text.where})")
    findings.missing.sort()


def _places_fit(entry: Translation) -> bool:
    """Whether a translation names exactly the values its text names."""
    wanted = set(_PLACE.findall(entry.forms[-1]))
    return all(set(_PLACE.findall(string)) == wanted for string in entry.strings if string)


def remove_unused() -> int:
    """Take entries nobody uses out of the catalogues; says how many. The rest of a file stays as it is written."""
    used = {text.one for text in texts()}
    removed = 0
    for path in CATALOGUES.glob("*.po"):
        head, *blocks = re.split(r"\n{2,}", path.read_text(encoding="utf-8").rstrip("\n"))
        kept = [block for block in blocks if not (ids := _ids_in(block)) or ids & used]
        if len(kept) < len(blocks):
            removed += len(blocks) - len(kept)
            path.write_text("\n\n".join([head, *kept]) + "\n", encoding="utf-8")
    return removed


def _ids_in(block: str) -> set[str]:
    """The texts a piece of a catalogue translates; none for a comment."""
    entries = read_po(io.BytesIO(block.encode()), locale="id")
    return {Translation("", message).one for message in entries if message.id}


def tell() -> None:
    """Remove what nobody uses, print what is not in order, and end with 1 where there is something."""
    if removed := remove_unused():
        typer.echo(f"{removed} unused entries were removed.")
    lines = list(check().lines())
    for line in lines:
        typer.echo(line)
    if lines:
        raise typer.Exit(1)
    typer.echo("Every text has its Indonesian translation.")
