"""A consultation full of synthetic contributions, for measuring; stored in bulk, so that it takes minutes."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import Session

from app.comments.models import Comment
from app.consultations import actions as consultations
from app.consultations.forms import DraftForm, PhaseRow
from app.consultations.models import Consultation
from app.contributions.models import Contribution, Kind
from app.core import clock, db, indexing, markdown
from app.core.access import OPERATOR
from app.core.codes import new_code
from app.core.columns import table
from app.demo.ballots import CHUNK, cast_many, chunks, newcomers
from app.demo.consulting import phase_of
from app.offices.models import Office
from app.proposals.models import Proposal, ProposalStat, ProposalVersion, VersionStat
from app.publiclog import actions as publiclog
from app.publiclog.models import Event
from app.rules.canonical import canonical
from app.rules.charters import KINDS, TEXTS, WORKING

SLUG = "seed"
_WORDS = (
    "air bersih jalan pasar posyandu sampah lampu jembatan saluran sekolah warga desa usaha bibit panen pupuk sumur "
    "pipa bak iuran pengurus jadwal angkutan pedagang nelayan petani kader balai dusun kebun hutan mata sungai banjir"
).split()
_CHARTER: dict[str, Any] = {
    **dict.fromkeys(TEXTS, "Isinya dibuat oleh mesin, untuk mengukur."),
    "v": 1,
    "influence": "consult",
    "rule": {"engine": "count/1"},
    "criteria": [{"name": "Ukuran", "other": "", "weight": None}],
    "due": {kind: {"days": 14, "basis": WORKING} for kind in KINDS} | {"threshold": None},
    "other": {},
}
Told = Callable[[str, int, int], object]


class AlreadySeeded(ValueError):
    """The consultation for measuring is there already."""


class TooManyVotes(ValueError):
    """Nobody votes twice on a proposal, so there cannot be that many votes."""


@dataclass(frozen=True)
class Amounts:
    """How much of everything."""

    proposals: int
    comments: int
    votes: int
    people: int


def seed(amounts: Amounts, told: Told) -> None:
    """Fill a new open consultation; each chunk is a write of its own. `told` hears what, how many and of how many."""
    if amounts.votes > amounts.people * amounts.proposals:
        raise TooManyVotes(amounts.votes)
    random = Random("seed")  # noqa: S311 - the same load every time, nothing secret
    consultation_id = db.write_now(_consultation)
    people = db.write_now(newcomers, amounts.people)
    told("people", len(people), amounts.people)
    proposals: list[tuple[int, str]] = []
    for some in chunks(iter(range(amounts.proposals)), CHUNK):
        proposals += db.write_now(_add_proposals, consultation_id, len(some), people, random)
        told("proposals", len(proposals), amounts.proposals)
    _seed_comments(consultation_id, amounts, proposals, people, random, told)
    _seed_votes(consultation_id, amounts, proposals, people, random, told)


def _seed_comments(
    consultation_id: int,
    amounts: Amounts,
    proposals: list[tuple[int, str]],
    people: list[int],
    random: Random,
    told: Told,
) -> None:
    threads: dict[int, list[tuple[int, int]]] = {}
    done = 0
    for some in chunks(iter(range(amounts.comments if proposals else 0)), CHUNK):
        db.write_now(add_comments, consultation_id, len(some), proposals, threads, people, random)
        done += len(some)
        told("comments", done, amounts.comments)


def _seed_votes(
    consultation_id: int,
    amounts: Amounts,
    proposals: list[tuple[int, str]],
    people: list[int],
    random: Random,
    told: Told,
) -> None:
    """Spread the votes evenly over the people, each on different proposals."""
    each, rest = divmod(amounts.votes, max(1, len(people)))
    numbers = [number for number, _ in proposals]
    given = ((person, each + (place < rest)) for place, person in enumerate(people))
    ballots = (
        (person, {p: random.choice(("support", "support", "oppose", "neutral")) for p in random.sample(numbers, size)})
        for person, size in given
        if size
    )
    done = 0
    for some in chunks(ballots, CHUNK):
        db.write_now(_add_votes, consultation_id, some, random)
        done += sum(len(choices) for _, choices in some)
        told("votes", done, amounts.votes)


def _consultation(session: Session) -> int:
    c = table(Consultation).c
    if session.execute(select(c.id).where(c.slug == SLUG)).first() is not None:
        raise AlreadySeeded(SLUG)
    office = session.execute(select(Office).limit(1)).scalar()
    if office is None:
        office = Office(slug="seed", name="Instansi untuk pengukuran")
        session.add(office)
        session.flush()
    assert office.id is not None
    now = clock.now()
    form = DraftForm(
        title="Konsultasi untuk pengukuran?",
        summary="Isinya dibuat oleh mesin, untuk mengukur.",
        background="Tidak ada yang ditanyakan di sini.",
        office=office.id,
        voting="three",
        open_counts=True,
    )
    slug = consultations.create(session, OPERATOR, form, now)
    session.flush()
    row: Consultation = session.execute(select(Consultation).where(c.slug == slug)).scalar_one()
    assert row.id is not None
    row.slug = SLUG
    opens, closes = now - timedelta(days=10), now + timedelta(days=90)
    phases = tuple(PhaseRow(n, kind, opens, closes, False) for n, kind in enumerate(("proposals", "voting"), 1))
    consultations.set_phases(session, OPERATOR, row.id, phases, now)
    consultations.set_charter(session, OPERATOR, row.id, _CHARTER, now)
    with clock.told(opens):
        consultations.open(session, OPERATOR, row.id, opens)
    return row.id


def _add_proposals(
    session: Session, consultation_id: int, number: int, people: list[int], random: Random
) -> list[tuple[int, str]]:
    ledger = _ledger(session, Kind.PROPOSAL, consultation_id, number, people, random)
    proposals, versions, events = [], [], []
    for row_id, code in ledger:
        title, body = _title(random), _text(random, 60)
        made = publiclog.commit_to("proposal", {"code": code, "version": 1, "lang": "id", "title": title, "body": body})
        shown = {"excerpt": markdown.to_text(body, 220), "shuffle": secrets.randbits(31), "status": ""}
        proposals.append({"id": row_id, "consultation_id": consultation_id, "version": 1, "title": title, **shown})
        versions.append(
            {
                "proposal_id": row_id, "number": 1, "title": title, "body": body, "html": f"<p>{body}</p>\n",
                "lang": "id", "at": clock.now(), "nonce": made.nonce, "h": made.h,
            }
        )  # fmt: skip
        events.append(_event(consultation_id, row_id, h=made.h, code=code, kind="proposal"))
    zero = {"supports": 0, "opposes": 0, "neutrals": 0}
    stats = [
        {
            "proposal_id": row_id, "consultation_id": consultation_id, "comments": 0, "imported_supports": 0,
            "imported_comments": 0, **zero,
        }
        for row_id, _ in ledger
    ]  # fmt: skip
    _insert(session, Proposal, [{"withdrawn_reason": "", **row} for row in proposals])
    _insert(session, ProposalVersion, versions)
    _insert(session, ProposalStat, stats)
    _insert(session, VersionStat, [{"proposal_id": row_id, "version": 1, **zero} for row_id, _ in ledger])
    _insert(session, Event, events)
    indexing.changed(session, "proposal", [row_id for row_id, _ in ledger])
    return ledger


def add_comments(
    session: Session,
    consultation_id: int,
    number: int,
    proposals: list[tuple[int, str]],
    threads: dict[int, list[tuple[int, int]]],
    people: list[int],
    random: Random,
) -> None:
    """Add comments, a third of them replies; `threads` holds the number and depth of those that are there."""
    rows, events, counted, replied = [], [], dict[int, int](), dict[int, int]()
    for row_id, code in _ledger(session, Kind.COMMENT, consultation_id, number, people, random):
        proposal, proposal_code = random.choice(proposals)
        thread = threads.setdefault(proposal, [])
        parent, depth = random.choice(thread) if thread and random.random() < 1 / 3 else (0, -1)
        body = _text(random, 25)
        stance = random.choice(("for", "against", "neutral"))
        made = publiclog.commit_to("comment", {"code": code, "proposal": proposal_code, "stance": stance, "body": body})
        rows.append(
            {
                "id": row_id, "proposal_id": proposal, "parent_id": parent, "depth": depth + 1, "replies": 0,
                "stance": stance, "body": body, "html": f"<p>{body}</p>\n", "at": clock.now(), "imported_for": 0,
                "imported_against": 0, "nonce": made.nonce, "h": made.h,
            }
        )  # fmt: skip
        events.append(_event(consultation_id, row_id, h=made.h, code=code, kind="comment"))
        counted[proposal] = counted.get(proposal, 0) + 1
        if parent:
            replied[parent] = replied.get(parent, 0) + 1
        if depth < 3:
            thread.append((row_id, depth + 1))
    _insert(session, Comment, rows)
    _insert(session, Event, events)
    s, m = table(ProposalStat), table(Comment)
    for proposal, more in counted.items():
        session.execute(update(s).where(s.c.proposal_id == proposal).values(comments=s.c.comments + more))
    for parent, more in replied.items():
        session.execute(update(m).where(m.c.id == parent).values(replies=m.c.replies + more))


def _add_votes(
    session: Session, consultation_id: int, ballots: list[tuple[int, dict[int, str]]], random: Random
) -> None:
    cast_many(session, phase_of(session, consultation_id, "voting"), ballots, random, clock.now())


def _ledger(
    session: Session, kind: Kind, consultation_id: int, number: int, people: list[int], random: Random
) -> list[tuple[int, str]]:
    """New rows of the ledger by random people: number and code of each."""
    now = clock.now()
    same = {
        "kind": kind, "consultation_id": consultation_id, "channel": "web", "received_at": now, "entered_at": now,
        "lang": "id", "identity_level": "email", "visibility": "public", "reason_code": "",
    }  # fmt: skip
    rows: list[dict[str, Any]] = [
        {"code": new_code(), "participant_id": random.choice(people) if people else None, **same} for _ in range(number)
    ]
    t = table(Contribution).c
    made = insert(table(Contribution)).returning(t.id, t.code, sort_by_parameter_order=True)
    return [(row.id, row.code) for row in session.execute(made, rows).all()]


def _insert(session: Session, model: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(table(model)), rows)


def _event(consultation_id: int, row_id: int, **facts: str) -> dict[str, Any]:
    body = canonical({"v": 1, "t": "item", "c": str(consultation_id), **facts}).decode()
    subject = {"subject_kind": "contribution", "subject_id": row_id}
    return {"type": "item", "consultation_id": consultation_id, "body": body, "at": clock.now(), **subject}


def _title(random: Random) -> str:
    return _text(random, 6)


def _text(random: Random, words: int) -> str:
    return " ".join(random.choices(_WORDS, k=words)).capitalize()
