"""Making proposals and comments of foreign rows: cleaned, dated, and in an order in which they can be entered."""

import heapq
import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.core import clock
from app.core.forms import clean_line, clean_text
from app.exports.actions.reading import Problem, Row
from app.exports.forms import CommentColumns, Mapping, ProposalColumns

LONGEST_TITLE, LONGEST_TEXT = 300, 100_000
_SPAN = re.compile(r"\b\d+ days? (?=\d)")
_NUMBER = re.compile(r"(\d{1,9})(\.0+)?")


@dataclass(frozen=True)
class Incoming:
    """One foreign contribution that can be entered."""

    line: int
    id: str
    at: datetime
    body: str
    title: str = ""
    proposal: str = ""
    parent: str = ""
    positive: int = 0
    negative: int = 0
    comments: int = 0


class _Unfit(ValueError):
    """A cell that cannot be used; the message says why."""


def proposals(
    file: str, rows: Iterable[Row], mapping: Mapping, columns: ProposalColumns, problems: list[Problem]
) -> list[Incoming]:
    """The proposals of a file, oldest first."""

    def make(row: Row, number: str) -> Incoming:
        cells = row.cells
        title = clean_line(cells[columns.title])
        if not title:
            raise _Unfit("it has no title")
        if len(title) > LONGEST_TITLE:
            raise _Unfit(f"the title is longer than {LONGEST_TITLE} characters")
        return Incoming(
            line=row.line,
            id=number,
            at=_date(cells, columns.date, mapping),
            body=_text(cells, columns.body),
            title=title,
            positive=_number(cells, columns.supports),
            comments=_number(cells, columns.comments),
        )

    return sorted(_each(file, rows, columns.id, make, problems), key=lambda one: (one.at, one.line))


def comments(
    file: str,
    rows: Iterable[Row],
    mapping: Mapping,
    columns: CommentColumns,
    known_proposals: Container[str],
    problems: list[Problem],
) -> list[Incoming]:
    """The comments of a file whose proposal is known, in the order of the file."""

    def make(row: Row, number: str) -> Incoming:
        cells = row.cells
        proposal = clean_line(cells[columns.proposal])
        if proposal not in known_proposals:
            raise _Unfit(f"its proposal {proposal} is not there")
        parent = clean_line(cells[columns.parent]) if columns.parent else ""
        body = _text(cells, columns.body, required=columns.empty == "leave out")
        if not body:
            problems.append(Problem(file, row.line, number, "it has no text and is kept as a removed comment", True))
        return Incoming(
            line=row.line,
            id=number,
            at=_date(cells, columns.date, mapping),
            body=body,
            proposal=proposal,
            parent="" if parent in columns.no_parent else parent,
            positive=_number(cells, columns.positive),
            negative=_number(cells, columns.negative),
        )

    return list(_each(file, rows, columns.id, make, problems))


def in_order(
    file: str, incoming: list[Incoming], known: dict[str, str], columns: CommentColumns, problems: list[Problem]
) -> list[Incoming]:
    """Comments by time, but each after what it answers; `known` are those entered before, with their proposals."""
    by_id = {one.id: one for one in incoming}
    answers: dict[str, list[Incoming]] = {}
    waiting: list[tuple[datetime, int, Incoming]] = []
    for one in incoming:
        one = _placed(file, one, by_id.keys() | known.keys(), columns, problems)
        if one.parent and one.parent not in known:
            answers.setdefault(one.parent, []).append(one)
        else:
            heapq.heappush(waiting, (one.at, one.line, one))
    found: list[Incoming] = []
    proposal_of, misplaced = dict(known), set()
    while waiting:
        one = heapq.heappop(waiting)[2]
        if one.parent and proposal_of[one.parent] != one.proposal:
            problems.append(Problem(file, one.line, one.id, f"it answers {one.parent}, which is on another proposal"))
            misplaced.add(one.id)
            continue
        found.append(one)
        proposal_of[one.id] = one.proposal
        for answer in answers.get(one.id, ()):
            heapq.heappush(waiting, (answer.at, answer.line, answer))
    for one in incoming:
        if one.id not in proposal_of and one.id not in misplaced:
            problems.append(Problem(file, one.line, one.id, _why_unreached(one, by_id)))
    return found


def _placed(
    file: str, one: Incoming, there: Container[str], columns: CommentColumns, problems: list[Problem]
) -> Incoming:
    """A comment where it can stand: one whose parent is nowhere becomes a first one, if the mapping says so."""
    if not one.parent or one.parent in there or columns.orphans == "leave out":
        return one
    reason = f"the comment it answers, {one.parent}, is not there: it stands at the first level"
    problems.append(Problem(file, one.line, one.id, reason, True))
    return replace(one, parent="")


def _why_unreached(one: Incoming, by_id: dict[str, Incoming]) -> str:
    if one.parent not in by_id:
        return f"the comment it answers, {one.parent}, is not there"
    seen = {one.id}
    above = one
    while above.parent in by_id and above.parent not in seen:
        above = by_id[above.parent]
        seen.add(above.id)
    if above.parent in seen:
        return "it answers itself in a circle"
    return f"the comment it answers, {one.parent}, was not taken"


def _each(
    file: str,
    rows: Iterable[Row],
    column: str,
    make: Callable[[Row, str], Incoming],
    problems: list[Problem],
) -> Iterable[Incoming]:
    lines: dict[str, int] = {}
    for row in rows:
        number = clean_line(row.cells[column])
        try:
            if not number or len(number) > 100:
                raise _Unfit("it has no id" if not number else "its id is longer than 100 characters")
            if number in lines:
                raise _Unfit(f"its id stands in line {lines[number]} already")
            made = make(row, number)
        except _Unfit as error:
            problems.append(Problem(file, row.line, number[:100], str(error)))
            continue
        lines[number] = row.line
        yield made


def _text(cells: dict[str, str], columns: list[str], required: bool = True) -> str:
    text = "\n\n".join(filter(None, (clean_text(cells[column]) for column in columns)))
    if required and not text:
        raise _Unfit("it has no text")
    if len(text) > LONGEST_TEXT:
        raise _Unfit(f"its text is longer than {LONGEST_TEXT} characters")
    return text


def _number(cells: dict[str, str], column: str) -> int:
    typed = cells[column].strip() if column else ""
    if not typed:
        return 0
    match = _NUMBER.fullmatch(typed)
    if match is None:
        raise _Unfit(f"“{typed[:40]}” in the column {column} is not a whole number")
    return int(match[1])


def _date(cells: dict[str, str], columns: list[str], mapping: Mapping) -> datetime:
    typed = _SPAN.sub("", " ".join(filter(None, (cells[column].strip() for column in columns))))
    found = next(filter(None, (_parsed(typed, form) for form in ("", *mapping.date_formats))), None)
    if found is None:
        raise _Unfit(f"“{typed[:40]}” is not a date that can be read; name its form in date_formats")
    try:
        at = (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(mapping.zone))).astimezone(UTC)
    except OverflowError:
        at = clock.now()
    if not datetime(1970, 1, 1, tzinfo=UTC) <= at < clock.now():
        raise _Unfit(f"its date {typed[:40]} cannot be right")
    return at


def _parsed(typed: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(typed, form) if form else datetime.fromisoformat(typed)
    except ValueError:
        return None
