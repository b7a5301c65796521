"""Reading the rows of a foreign CSV file; a row that cannot be read is reported and the next one is taken."""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from app.exports.forms import Written

LARGEST_CELL = 10_000_000
_DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class Problem:
    """A row that was not taken, or not taken as it stands, and why."""

    file: str
    line: int
    id: str
    reason: str
    taken: bool = False


@dataclass(frozen=True)
class Row:
    """A row as it stands in the file, by the names of its columns, with the line it begins on."""

    line: int
    cells: dict[str, str]


class Unreadable(ValueError):
    """The whole file cannot be used; the message says why."""


def read_rows(path: Path, written: Written, wanted: list[str], problems: list[Problem]) -> Iterator[Row]:
    """The rows of a file that has the wanted columns."""
    csv.field_size_limit(LARGEST_CELL)
    try:
        with path.open(encoding=_encoding(path, written), errors="surrogateescape", newline="") as file:
            reader = csv.reader(file, delimiter=written.delimiter or _delimiter(file))
            header = [name.strip() for name in next(reader, [])]
            if lacking := [name for name in wanted if name not in header]:
                raise Unreadable(
                    f"{path.name} has no column {', '.join(lacking)}. Its columns: {', '.join(filter(None, header))}"
                )
            yield from _rows(path.name, reader, header, written, problems)
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeError:
        raise Unreadable(f"{path.name} is not in the encoding {_encoding(path, written)}.") from None


def _rows(file: str, reader: Any, header: list[str], written: Written, problems: list[Problem]) -> Iterator[Row]:
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(Problem(file, line, "", f"the row cannot be read: {error}"))
            continue
        if not any(cells):
            continue
        if len(cells) != len(header):
            reason = f"the row has {len(cells)} cells, the header has {len(header)}"
            problems.append(Problem(file, line, "", reason))
        elif any("\udc80" <= character <= "\udcff" for cell in cells for character in cell):
            reason = f"the row is not in the encoding {written.encoding or 'UTF-8'}; name the right one"
            problems.append(Problem(file, line, "", reason))
        else:
            yield Row(line, dict(zip(header, cells, strict=True)))


def _encoding(path: Path, written: Written) -> str:
    """What was said of it, or what the first bytes say, or UTF-8."""
    if written.encoding:
        return written.encoding
    with path.open("rb") as file:
        start = file.read(4)
    return "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"


def _delimiter(file: TextIO) -> str:
    """The sign that separates the names in the header."""
    place = file.tell()
    header = file.readline()
    file.seek(place)
    return max(_DELIMITERS, key=header.count)
