"""Files: tables as spreadsheets open them safely (no cell that a program would run), feeds, and sitemaps."""

import csv
import gzip
import io
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from weakref import WeakKeyDictionary
from xml.sax.saxutils import escape

import xlsxwriter
from feedgenerator import Atom1Feed

from app.consultations import queries as consultations
from app.core import access, db
from app.core.access import ANYONE
from app.core.i18n import N_, date_in_words, gettext, language, say
from app.exports import queries
from app.obligations import queries as obligations
from app.rules.canonical import canonical
from app.settings import settings

MARK = "\ufeff"
#: So many characters of a table are sent together.
PIECE = 16_384
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def cell(value: Any) -> str:
    """A value as it stands in a cell; a text a spreadsheet would take for a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, int):
        return str(value)
    text = str(value)
    return f"'{text}" if text.lstrip(" \n").startswith(_DANGEROUS) or text.startswith(_DANGEROUS) else text


def lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """A table as CSV, a few pages at a time: each piece is handed to another thread, which a row is not worth."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    yield MARK
    writer.writerow(columns)
    for row in rows:
        if out.tell() > PIECE:
            yield _taken(out)
        writer.writerow([cell(value) for value in row])
    yield _taken(out)


def _taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text


#: A sheet takes no longer text.
LONGEST_CELL = 32_767
_SAFELY = {
    "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
}  # fmt: skip


def workbook(tables: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]) -> bytes:
    """Tables as sheets of one xlsx file, each with its name and the names of its columns; texts stay texts."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _SAFELY) as book:
        bold = book.add_format({"bold": True})
        for name, columns, rows in tables:
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(columns) - 1, 18)
            for column, title in enumerate(columns):
                sheet.write_string(0, column, title, bold)
            for number, row in enumerate(rows, 1):
                for column, value in enumerate(row):
                    if isinstance(value, int):
                        sheet.write_number(number, column, value)
                    elif value is not None:
                        text = value if isinstance(value, str) else cell(value)
                        sheet.write_string(number, column, text[:LONGEST_CELL])
    return out.getvalue()


# -- feeds -----------------------------------------------------------------------------------------

#: So many entries stand in a feed.
FEED = 50


def feed(base: str, asked: obligations.Asked, items: Sequence[obligations.Item]) -> str:
    """A list of the board as an Atom feed; an entry is renewed when what it says changes."""
    query = urlencode({name: value for name, value in asked.values.items() if value})
    words = gettext(obligations.STATE_WORDS[asked.state])
    made = Atom1Feed(
        title=f"{settings().site_name}: {words}",
        link=f"{base}/board?{query}",
        description=gettext("Which answers offices owe, until when, and how they keep their promises."),
        language=language.get(),
        feed_url=f"{base}/feeds/board.atom?{query}",
        feed_guid=f"{base}/feeds/board.atom?{query}",
        author_name=settings().operator,
    )
    for item in items:
        title = item.title or say(N_("Hidden contribution %(code)s"), {"code": item.code})
        due = say(N_("Answer due by %(when)s"), {"when": date_in_words(item.due_at)})
        made.add_item(
            title=f"{item.office}: {title}",
            link=base + item.url,
            description=f"{due}. {item.consultation}",
            unique_id=f"{base}{item.url}#{item.kind}",
            pubdate=item.due_at if item.state == "overdue" else item.arose_at,
            updateddate=item.answered_at or (item.due_at if item.state == "overdue" else item.arose_at),
            author_name=item.office,
        )
    return str(made.writeString("utf-8"))


# -- addresses for search engines ------------------------------------------------------------------

_DECLARED = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
#: How long a list of addresses is kept, and how many; a packed one has less than a megabyte.
SITEMAP_SECONDS, MOST_SITEMAPS = 600, 8
_made: WeakKeyDictionary[db.Database, OrderedDict[tuple[str, str, int], tuple[float, bytes]]] = WeakKeyDictionary()
_making = threading.Lock()


def sitemap_index(base: str) -> str:
    """Where the lists of addresses are."""
    paths = ["/sitemaps/pages-1.xml", *(f"/sitemaps/{kind}-{part}.xml" for kind, part in queries.parts())]
    entries = "".join(f"<sitemap><loc>{escape(base + path)}</loc></sitemap>\n" for path in paths)
    return f'{_DECLARED}<sitemapindex xmlns="{_NAMESPACE}">\n{entries}</sitemapindex>\n'


def sitemap(base: str, kind: str, part: int) -> bytes | None:
    """One list of addresses, packed with gzip; None where there is no such part. Kept for a while."""
    key = base, kind, part
    with _making:
        kept = _made.setdefault(db.current(), OrderedDict())
        if key in kept and time.monotonic() - kept[key][0] < SITEMAP_SECONDS:
            kept.move_to_end(key)
            return kept[key][1]
        if key[1:] not in {("pages", 1), *queries.parts()}:
            return None
        places = map(queries.Place, queries.PLAIN) if kind == "pages" else queries.places(kind, part)
        packed = _packed(base, places)
        kept[key] = time.monotonic(), packed
        kept.move_to_end(key)
        if len(kept) > MOST_SITEMAPS:
            kept.popitem(last=False)
        return packed


def _packed(base: str, places: Iterable[queries.Place]) -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as file:
        file.write(f'{_DECLARED}<urlset xmlns="{_NAMESPACE}">\n'.encode())
        for place in places:
            changed = f"<lastmod>{place.changed_at:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if place.changed_at else ""
            file.write(f"<url><loc>{escape(base + place.path)}</loc>{changed}</url>\n".encode())
        file.write(b"</urlset>\n")
    return out.getvalue()


# -- writing files ---------------------------------------------------------------------------------


class NoConsultation(ValueError):
    """There is no public consultation with this address part."""


def write_files(slug: str, folder: Path) -> Iterator[Path]:
    """Write what everyone may read of a consultation, and give each file as it is done."""
    try:
        with db.reading() as session:
            consultation = consultations.in_path(session, slug)
            access.require("exports.read", ANYONE, consultation)
            documents = {
                "charter": consultations.charter(session, consultation.id),
                "rule": consultations.rule(session, consultation),
            }
    except access.Missing:
        raise NoConsultation(slug) from None
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in documents.items():
        path = folder / f"{slug}-{name}.json"
        path.write_bytes(canonical(content))
        yield path
    tables = {
        "proposals": (queries.PROPOSALS, queries.proposals(consultation)),
        "contributions": (queries.CONTRIBUTIONS, queries.contributions(consultation)),
        "results": (queries.RESULTS, queries.results(consultation)),
    }
    for name, (columns, rows) in tables.items():
        path = folder / f"{slug}-{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines(columns, rows))
        yield path
