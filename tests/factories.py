"""Believable rows for tests, made with as little as possible."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlmodel import Session

from app.accounts.models import Account, Participant, RoleGrant, SignIn
from app.consultations.models import Charter, Consultation, ConsultationPhase, ConsultationSalt, Topic
from app.contributions import actions as contributions
from app.core import clock, db, indexing, tokens
from app.core.access import Actor
from app.offices.models import Area, Office
from app.proposals import queries as proposals
from app.proposals.actions import writing
from app.proposals.forms import ProposalForm
from app.rules import phases as rules
from app.rules.canonical import canonical

_numbers = count(1)


@dataclass(frozen=True)
class Person:
    """Somebody with an account."""

    account: int
    participant: int
    name: str
    email: str
    roles: frozenset[str]
    offices: frozenset[int]
    confirmed: bool = True

    @property
    def actor(self) -> Actor:
        """The person as permissions know them."""
        return Actor(self.account, self.participant, self.name, "id", self.confirmed, self.roles, self.offices)


def _add(session: Session, row: Any) -> Any:
    session.add(row)
    session.flush()
    return getattr(row, "id", None)


def add(row: Any) -> Any:
    """Store a row and give its number."""
    return db.write_now(_add, row)


def person(
    name: str = "", roles: Iterable[str] = (), office: int | None = None, confirmed: bool = True, lang: str = "id"
) -> Person:
    """Somebody with an account, confirmed unless said otherwise."""
    number = next(_numbers)
    name = name or f"Warga {number}"
    now = clock.now()
    participant = add(Participant(name=name, created_at=now))
    email = f"orang{number}@contoh.id"
    account = add(
        Account(
            participant_id=participant,
            email=email,
            lang=lang,
            confirmed_at=now if confirmed else None,
            consented_at=now,
            consent_version="1",
            created_at=now,
        )
    )
    for role in roles:
        held_in = office if role == "official" else None
        add(RoleGrant(account_id=account, role=role, office_id=held_in, granted_at=now))
    offices = frozenset({office}) if office and "official" in roles else frozenset()
    return Person(account, participant, name, email, frozenset(roles), offices, confirmed)


def official(office: int, name: str = "") -> Person:
    """An official of an office."""
    return person(name or "Pejabat", roles=("official",), office=office)


def sign_in(session: Session, person: Person, token: str) -> None:
    """A session row for a person."""
    now = clock.now()
    session.add(
        SignIn(
            token_hash=tokens.digest(token),
            account_id=person.account,
            device="test",
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(days=30),
        )
    )


def office(name: str = "", **fields: Any) -> int:
    """An office."""
    number = next(_numbers)
    row = Office(slug=fields.pop("slug", f"dinas-{number}"), name=name or f"Dinas {number}", **fields)
    return int(add(row))


def area(code: str = "33.07", name: str = "Kabupaten Wonosobo", level: int = 2, parent: int | None = None) -> int:
    """A place."""
    return int(add(Area(code=code, name=name, level=level, parent_id=parent, sought=name.lower())))


def topic(slug: str = "", name: str = "Air") -> int:
    """A topic."""
    return int(add(Topic(slug=slug or f"topik-{next(_numbers)}", name=name)))


def phase(
    kind: str, opens: timedelta, closes: timedelta, acts: str | None = None
) -> tuple[str, timedelta, timedelta, str]:
    """A phase relative to now."""
    return kind, opens, closes, " ".join(sorted(rules.acts_of(kind))) if acts is None else acts


#: A charter that lacks nothing, whatever people can do.
CHARTER: dict[str, Any] = {
    "v": 1,
    "can_change": "Letak, urutan pengerjaan dan besar iuran masih terbuka.",
    "cannot_change": "Pagu anggaran tetap, karena ditetapkan dalam APBD.",
    "decider": "Kepala dinas memutuskan setelah musyawarah.",
    "legal_basis": "Peraturan Daerah Nomor 5 Tahun 2024.",
    "votes_use": "Hasil penghitungan menjadi bahan utama. Jika keputusan berbeda, alasannya ditulis.",
    "paper": "Formulir kertas diterima di kantor dan dimasukkan oleh fasilitator.",
    "late": "Yang datang setelah penutupan tidak dihitung.",
    "privacy": "Nama ditampilkan, alamat surel tidak.",
    "published": "Semua usulan, komentar dan hasil penghitungan.",
    "influence": "consult",
    "rule": {"engine": "count/1"},
    "criteria": [{"name": "Manfaat bagi warga", "other": "", "weight": None}],
    "due": {
        "proposal": {"days": 14, "basis": "working"},
        "comment": "none",
        "question": {"days": 5, "basis": "working"},
        "threshold": None,
    },
    "other": {},
}

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PROPOSING = (phase("proposals", -DAY, 10 * DAY),)
VOTING = (phase("voting", -DAY, 10 * DAY),)
BOTH = (phase("proposals", -DAY, 10 * DAY), phase("voting", -DAY, 10 * DAY))
OVER = (phase("proposals", -20 * DAY, -10 * DAY), phase("voting", -10 * DAY, -DAY))


def consultation(
    office_id: int,
    phases: Iterable[tuple[str, timedelta, timedelta, str]] = BOTH,
    *,
    opened: bool = True,
    now: datetime | None = None,
    charter: dict[str, Any] | None = CHARTER,
    **fields: Any,
) -> int:
    """A consultation with phases relative to now and a whole charter, open unless said otherwise."""
    moment = now or clock.now()
    number = next(_numbers)
    row = Consultation(
        slug=fields.pop("slug", f"konsultasi-{number}"),
        office_id=office_id,
        title=fields.pop("title", f"Bagaimana kita mengatur hal {number}?"),
        summary=fields.pop("summary", "Ringkasan konsultasi."),
        voting=fields.pop("voting", "three"),
        created_at=moment,
        opened_at=moment if opened else None,
        **fields,
    )
    consultation_id = int(add(row))
    for kind, opens, closes, acts in phases:
        add(
            ConsultationPhase(
                consultation_id=consultation_id,
                kind=kind,
                acts=acts,
                opens_at=moment + opens,
                closes_at=moment + closes,
            )
        )
    if charter is not None and not fields.get("imported_from"):
        add(Charter(consultation_id=consultation_id, content=canonical(charter).decode(), saved_at=moment))
    if opened:
        add_salt(consultation_id)
    db.write_now(indexing.changed, "consultation", [consultation_id])
    return consultation_id


def add_salt(consultation_id: int) -> None:
    """The secret salt of an opened consultation."""

    def insert(session: Session) -> None:
        session.add(ConsultationSalt(consultation_id=consultation_id, salt=b"s" * 32))

    db.write_now(insert)


def proposal(consultation_id: int, author: Person | None = None, **fields: Any) -> int:
    """A proposal, whatever phase its consultation is in."""
    author = author or person()
    number = next(_numbers)
    form = ProposalForm(
        title=fields.pop("title", f"Usulan nomor {number}"),
        body=fields.pop("body", f"Isi usulan nomor {number} yang cukup panjang."),
        topic=fields.pop("topic", ""),
    )

    def enter(session: Session) -> int:
        origin = contributions.Origin(participant=author.participant)
        return writing.enter(session, author.actor, consultation_id, form, clock.now(), origin=origin, **fields).id

    return db.write_now(enter)


def edit(proposal_id: int, title: str = "Usulan yang diperbaiki") -> int:
    """A new version of a proposal, by its author, whatever the phase."""

    def change(session: Session) -> int:
        view = proposals.by_id(session, proposal_id)
        return writing.change(session, view, title, view.body + " Dengan tambahan.", clock.now())

    return db.write_now(change)


def code(proposal_id: int) -> str:
    """The public code of a proposal."""
    with db.reading() as session:
        return proposals.by_id(session, proposal_id).code
