"""Taking a contribution into the ledger, and recording what was done with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.consultations import queries as consultations
from app.contributions import queries
from app.contributions.forms import HandlingForm
from app.contributions.models import Channel, Contribution, Handling, Kind, Outcome, Visibility
from app.core import access, clock, db
from app.core.access import Actor, Conflict
from app.core.codes import new_code
from app.core.columns import table
from app.core.i18n import N_, language
from app.publiclog import actions as publiclog

#: Stores nothing where the code is taken: of a million contributions, the next meets one of theirs once in a million.
_INSERT = {
    dialect.name: made.insert(table(Contribution))
    .on_conflict_do_nothing(index_elements=["code"])
    .returning(table(Contribution).c.id)
    for dialect, made in ((sqlite.dialect, sqlite), (postgresql.dialect, postgresql))
}
CODES_TRIED = 5


@dataclass(frozen=True)
class Origin:
    """How a contribution reached us; on the web it is the person themselves, now."""

    channel: str = Channel.WEB
    received_at: datetime | None = None
    participant: int | None = None
    import_source: str | None = None
    import_id: str | None = None
    identity_level: str = "email"


WEB = Origin()
#: Called with what was entered for somebody: (session, contribution, code, kind, consultation).
Entered = Callable[[Session, int, str, str, int], None]
_entered: list[Entered] = []


def when_entered(told: Entered) -> Entered:
    """Register what a feature above does when something that was said elsewhere is entered."""
    _entered.append(told)
    return told


@dataclass(frozen=True)
class Receipt:
    """What the ledger gives for a contribution: its row and its public code."""

    id: int
    code: str


def receive(
    session: Session,
    actor: Actor,
    kind: Kind,
    consultation_id: int,
    at: datetime,
    *,
    lang: str = "id",
    area_id: int | None = None,
    origin: Origin = WEB,
) -> Receipt:
    """Enter a contribution: its author is the actor on the web, and whom the origin names otherwise."""
    own = origin.channel == Channel.WEB and not actor.machine
    row = {
        "kind": kind,
        "consultation_id": consultation_id,
        "participant_id": actor.participant if own else origin.participant,
        "entered_by": None if own else actor.account,
        "channel": origin.channel,
        "received_at": origin.received_at or at,
        "entered_at": clock.now(),
        "lang": lang,
        "area_id": area_id,
        "identity_level": origin.identity_level,
        "visibility": "public",
        "reason_code": "",
        "import_source": origin.import_source,
        "import_id": origin.import_id,
    }
    receipt = _entered_under_a_new_code(session, row)
    if origin.channel not in (Channel.WEB, Channel.IMPORT):
        for told in _entered:
            told(session, receipt.id, receipt.code, str(kind), consultation_id)
    return receipt


def _entered_under_a_new_code(session: Session, row: dict[str, Any]) -> Receipt:
    """Store the row; a code that somebody has already is drawn again."""
    statement = _INSERT[session.get_bind().dialect.name]
    for _ in range(CODES_TRIED):
        code = new_code()
        number = session.execute(statement, {"code": code, **row}).scalar()
        if number is not None:
            return Receipt(int(number), code)
    raise RuntimeError(f"{CODES_TRIED} codes drawn by chance were all taken")


_c, _h = table(Contribution).c, table(Handling).c
#: Locked, so that on PostgreSQL one person at two desks records one handling.
_CHOSEN = (
    select(_c.id, _c.code, _c.participant_id, _c.visibility)
    .where(_c.consultation_id == bindparam("consultation"), _c.code.in_(bindparam("codes", expanding=True)))
    .order_by(_c.id)
    .with_for_update(key_share=True)
)
_STANDING = select(_h.id, _h.contribution_id, _h.outcome, _h.note, _h.h).where(
    _h.contribution_id.in_(bindparam("ids", expanding=True)),
    _h.account_id == bindparam("account"),
    _h.retracted_at.is_(None),
)
_RETRACT = update(table(Handling)).where(_h.id == bindparam("number"), _h.retracted_at.is_(None))


def handle(session: Session, actor: Actor, consultation_id: int, form: HandlingForm) -> int:
    """Record what a named official did with contributions that were shown to them; says how many it is new for.

    Of the office in charge, or of one to which the answer to each of them was handed over.
    Idempotent. What the same person recorded otherwise before is retracted, and both stay readable. Conflict for a
    contribution of one's own, one that was not shown, one whose text is gone, and one of another consultation.
    """
    codes = set(form.contribution)
    rows = session.execute(_CHOSEN, {"consultation": consultation_id, "codes": list(codes)}).all()
    consultation = _with_owing(session, actor, consultations.by_id(session, consultation_id), rows)
    access.require("contributions.handle", actor, consultation)
    _require_read(actor, form, codes, rows)
    before = session.execute(_STANDING, {"ids": [row.id for row in rows], "account": actor.account}).all()
    same = {one.contribution_id for one in before if (one.outcome, one.note) == (form.outcome, form.note)}
    new = [row for row in rows if row.id not in same]
    codes_by_id = {row.id: row.code for row in rows}
    for one in before:
        if one.contribution_id not in same:
            _retract(session, actor, consultation_id, one, codes_by_id[one.contribution_id])
    for row in new:
        _record(session, actor, consultation, row, str(form.outcome), form.note)
    db.renew_pages(session)
    return len(new)


def _with_owing(
    session: Session, actor: Actor, consultation: consultations.ConsultationView, rows: Sequence[Any]
) -> consultations.ConsultationView:
    """For an actor of another office, the consultation with the offices that owe an answer to all that was chosen."""
    if access.refusal("contributions.handle", actor, consultation) is None:
        return consultation
    return replace(consultation, owing=queries.owing_to_all(session, [row.id for row in rows]))


def _reading_office(actor: Actor, consultation: consultations.ConsultationView) -> int:
    """The office for which somebody reads: the one in charge, or theirs that owes the answer."""
    mine = consultation.owing & actor.offices
    return consultation.office_id if consultation.office_id in actor.offices or not mine else min(mine)


def _require_read(actor: Actor, form: HandlingForm, codes: set[str], rows: Sequence[Any]) -> None:
    if len(rows) != len(codes):
        raise Conflict("unknown", N_("One of these contributions does not belong to this consultation."))
    if actor.account is None or not actor.name.strip():
        raise Conflict("nameless", N_("Only somebody with a name can consider a contribution."))
    for row in rows:
        if row.participant_id is not None and row.participant_id == actor.participant:
            raise Conflict(
                "own",
                N_("You wrote %(which)s yourself. Ask a colleague to read it: nobody considers their own words."),
                which=row.code,
            )
        if row.visibility != Visibility.PUBLIC:
            raise Conflict("gone", N_("The text of %(which)s is no longer there to be read."), which=row.code)
    if not queries.were_shown(form.shown, actor, codes):
        raise Conflict(
            "not-shown",
            N_("Only contributions whose text was shown to you can be recorded as read. Open them, then record."),
        )


def considered(session: Session, actor: Actor, consultation: consultations.ConsultationView, item: Any) -> None:
    """Record for a feature above that somebody read a contribution closely enough to code it. Idempotent.

    `item` has `id` and `code`. What the same person recorded about it before stands.
    """
    if not session.execute(_STANDING, {"ids": [item.id], "account": actor.account}).first():
        _record(session, actor, consultation, item, Outcome.CODED, "")


def _record(
    session: Session, actor: Actor, consultation: consultations.ConsultationView, row: Any, outcome: str, note: str
) -> None:
    payload = {"contribution": row.code, "outcome": str(outcome), "note": note}
    made = publiclog.commit_to("handling", payload)
    values = {
        "contribution_id": row.id, "account_id": actor.account, "participant_id": actor.participant,
        "office_id": _reading_office(actor, consultation), "name": actor.name, "role": ROLE, "outcome": str(outcome),
        "note": note, "lang": language.get(), "at": clock.now(), "retracted_by": "", "nonce": made.nonce,
        "h": made.h,
    }  # fmt: skip
    session.execute(_HANDLE, values)
    subject, facts = ("contribution", row.id), {"code": row.code, "role": ROLE, "h": made.h}
    publiclog.record(session, "code", consultation.id, subject, act="handle", outcome=str(outcome), **facts)


_HANDLE = insert(table(Handling))
#: What those who handle contributions act as; coders come with coding.
ROLE = "official"


def _retract(session: Session, actor: Actor, consultation_id: int, one: Any, code: str) -> None:
    changed = {"retracted_at": clock.now(), "retracted_by": actor.name}
    session.execute(_RETRACT.values(changed), {"number": one.id})
    subject = ("contribution", one.contribution_id)
    publiclog.record(session, "code", consultation_id, subject, act="retract", code=code, role=ROLE, s=one.h)


def retract(session: Session, actor: Actor, handling_id: int) -> None:
    """Take back what was recorded about a contribution: it stays readable as retracted. Idempotent."""
    handling = queries.handling(session, handling_id)
    access.require("contributions.handle", actor, handling)
    if handling.retracted_at is None:
        _retract(session, actor, handling.consultation.id, handling, handling.code)
        db.renew_pages(session)
