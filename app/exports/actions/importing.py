"""An import from beginning to end; it can be run again and takes only what is new."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select

from app.consultations.models import Consultation
from app.core import db
from app.core.access import OPERATOR
from app.core.columns import table
from app.core.i18n import N_, say
from app.exports.actions import checking, consulting, entering, reading
from app.exports.actions.checking import Incoming
from app.exports.actions.entering import Entered, Target
from app.exports.actions.reading import Problem
from app.exports.forms import Mapping
from app.offices import queries as offices
from app.proposals import queries as proposals

T = TypeVar("T")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
#: Rows handed to one act, which takes as many as its time allows.
OFFERED = 60
SUMMARY = N_("Contributions taken over from %(source)s: %(proposals)s proposals and %(comments)s comments.")


@dataclass(frozen=True)
class Made:
    """What a consultation that does not exist yet is to be."""

    title: str
    office: str
    summary: str = ""
    lang: str = "id"


@dataclass
class Outcome:
    """What became of an import."""

    proposals: int = 0
    comments: int = 0
    before: int = 0
    problems: list[Problem] = field(default_factory=list)


class CannotImport(ValueError):
    """Nothing was imported; the message says what to do."""


def import_csv(
    slug: str,
    proposals_file: Path,
    comments_file: Path | None,
    mapping: Mapping,
    made: Made | None,
    told: Callable[[int, int], object],
) -> Outcome:
    """Take the proposals and comments of two files into a closed consultation.

    What was taken before is left alone. Rows that cannot be taken are in the outcome's problems.
    """
    outcome = Outcome()
    with db.reading() as session:
        known = entering.known(session, f"{mapping.source}/proposals")
        known_comments = entering.known(session, f"{mapping.source}/comments")
    found = _read_proposals(proposals_file, mapping, outcome.problems)
    answers = _read_comments(comments_file, mapping, {one.id for one in found} | set(known), outcome.problems)
    consultation_id = _consultation(slug, mapping, made, found, answers)
    found = _new(proposals_file.name, found, known, consultation_id, outcome)
    total = len(found) + len(answers)
    target = Target(consultation_id, f"{mapping.source}/proposals", mapping.lang)
    for entered, row in _enter(entering.enter_proposals, target, found, lambda row: row):
        known[row.id] = entered
        outcome.proposals += 1
        told(outcome.proposals, total)
    if comments_file is not None:
        _import_comments(comments_file.name, mapping, answers, known, known_comments, target, outcome, told)
    return outcome


def _import_comments(
    file: str,
    mapping: Mapping,
    answers: list[Incoming],
    known: dict[str, Entered],
    entered: dict[str, Entered],
    target: Target,
    outcome: Outcome,
    told: Callable[[int, int], object],
) -> None:
    """Enter the comments that are new, each after what it answers."""
    with db.reading() as session:
        proposal_of = entering.proposals_answered(session, f"{mapping.source}/comments")
    new = _new(file, answers, entered, target.consultation_id, outcome)
    assert mapping.comments is not None
    ordered = checking.in_order(file, new, proposal_of, mapping.comments, outcome.problems)
    with db.reading() as session:
        views = {name: proposals.by_id(session, known[name].id) for name in {one.proposal for one in ordered}}
    codes = {name: one.code for name, one in entered.items()}
    total = outcome.proposals + len(ordered)
    target = Target(target.consultation_id, f"{mapping.source}/comments", target.lang)
    for made, row in _enter(entering.enter_comments, target, ordered, lambda row: (row, views[row.proposal]), codes):
        codes[row.id] = made.code
        outcome.comments += 1
        told(outcome.proposals + outcome.comments, total)


def _enter(
    act: Callable[..., list[Entered]],
    target: Target,
    rows: Sequence[Incoming],
    as_given: Callable[[Incoming], Any],
    *more: Any,
) -> Any:
    """Hand rows to the writer in acts that are over quickly; gives each row with what became of it."""
    start = 0
    while start < len(rows):
        some = rows[start : start + OFFERED]
        done = _patiently(act, OPERATOR, target, [as_given(row) for row in some], *more)
        yield from zip(done, some, strict=False)
        start += len(done)


def _patiently(act: Callable[..., T], *given: Any) -> T:
    """Write, waiting while others keep the store busy."""
    for attempt in range(1, 60):
        try:
            return db.write_now(act, *given)
        except db.Busy:
            time.sleep(0.1 * min(attempt, 20))
    return db.write_now(act, *given)


def _new(
    file: str, rows: list[Incoming], known: dict[str, Entered], consultation_id: int, outcome: Outcome
) -> list[Incoming]:
    """The rows that have not been taken before; one that is in another consultation is a problem."""
    new = []
    for row in rows:
        if row.id not in known:
            new.append(row)
        elif known[row.id].consultation_id == consultation_id:
            outcome.before += 1
        else:
            reason = f"it was imported into another consultation before, as {known[row.id].code}"
            outcome.problems.append(Problem(file, row.line, row.id, reason))
    return new


def _read_proposals(path: Path, mapping: Mapping, problems: list[Problem]) -> list[Incoming]:
    c = mapping.proposals
    wanted = [c.id, c.title, *c.body, *c.date, *filter(None, (c.supports, c.comments))]
    try:
        rows = reading.read_rows(path, mapping, wanted, problems)
        return checking.proposals(path.name, rows, mapping, c, problems)
    except reading.Unreadable as error:
        raise CannotImport(str(error)) from None


def _read_comments(
    path: Path | None, mapping: Mapping, known_proposals: set[str], problems: list[Problem]
) -> list[Incoming]:
    if path is None:
        return []
    c = mapping.comments
    if c is None:
        raise CannotImport("The mapping has no part [comments], so the file of comments cannot be read.")
    wanted = [c.id, c.proposal, *c.body, *c.date, *filter(None, (c.parent, c.positive, c.negative))]
    try:
        rows = reading.read_rows(path, mapping, wanted, problems)
        return checking.comments(path.name, rows, mapping, c, known_proposals, problems)
    except reading.Unreadable as error:
        raise CannotImport(str(error)) from None


def _consultation(
    slug: str, mapping: Mapping, made: Made | None, found: list[Incoming], answers: list[Incoming]
) -> int:
    """The consultation of an earlier import from this source, or a new one."""
    c = table(Consultation).c
    with db.reading() as session:
        row = session.execute(select(c.id, c.imported_from).where(c.slug == slug)).first()
        branches = dict.fromkeys(name for name, _ in offices.office_choices(session))
        numbers = {name: offices.in_path(session, name).id for name in branches}
    if row is not None:
        if row.imported_from != mapping.source:
            raise CannotImport(f"The consultation {slug} was not made by an import from {mapping.source}.")
        return int(row.id)
    if made is None:
        raise CannotImport(f"There is no consultation {slug}. To make it: --create --title TITLE --office OFFICE")
    if not _SLUG.fullmatch(slug) or slug == "new":
        raise CannotImport("The address part of a consultation has small letters, digits and hyphens: air-bersih-2026")
    if made.office not in numbers:
        raise CannotImport(f"There is no office {made.office!r}. Offices: {', '.join(numbers) or 'none yet'}")
    times = [one.at for one in (*found, *answers)]
    if not times:
        raise CannotImport("There is nothing to import: no row could be read.")
    values = {"source": mapping.source, "proposals": len(found), "comments": len(answers)}
    return _patiently(
        lambda session: consulting.make(
            session,
            OPERATOR,
            slug=slug,
            title=made.title,
            summary=made.summary or say(SUMMARY, values, "id" if made.lang not in ("id", "en") else made.lang),
            lang=made.lang,
            office_id=numbers[made.office],
            source=mapping.source,
            span=(min(times), max(times)),
        )
    )
