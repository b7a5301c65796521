"""The database that is measured: a consultation full of contributions, and people who can sign in."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

from sqlalchemy import cast, exists, insert, select, update
from sqlmodel import Session

from app import serving
from app.accounts.models import Account, Participant, Role, RoleGrant, SignIn
from app.accounts.queries import PRIVACY_VERSION
from app.comments.models import Comment
from app.consultations.models import Consultation
from app.contributions.models import Contribution, Handling
from app.core import clock, db, keys, tokens
from app.core.columns import table
from app.demo import seeding
from app.demo.ballots import CHUNK, chunks
from app.demo.seeding import Amounts
from app.obligations import actions as obligations
from app.obligations.models import Kind, Obligation
from app.proposals.models import Proposal, ProposalStat
from app.settings import settings

Told = Callable[[str, int, int], object]
#: How many people come with a session.
VISITORS = 300
#: How many comments the busiest proposal has: more than a page shows.
BUSY = 40
#: How many proposals are asked for in turn.
SAMPLE = 200
#: On so many days answers to a tenth of the proposals are due, half of them past; each third was considered.
OWED_DAYS = 40
_p, _a, _c, _s, _m = (table(model).c for model in (Participant, Account, Contribution, ProposalStat, Comment))


@dataclass(frozen=True)
class Load:
    """A filled data folder, and what requests need to know of it."""

    amounts: Amounts
    folder: Path
    slug: str
    codes: tuple[str, ...]
    busy: str
    sessions: tuple[str, ...]
    official: str


@contextmanager
def data_folder(folder: Path) -> Iterator[None]:
    """Work on the data folder of a measurement, whatever the settings of the caller say."""
    before = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("REMBUK_")}
    os.environ["REMBUK_DATA_DIR"] = str(folder)
    settings.cache_clear()
    keys.forget()
    try:
        yield
    finally:
        del os.environ["REMBUK_DATA_DIR"]
        os.environ.update(before)
        settings.cache_clear()
        keys.forget()


def fill(folder: Path, amounts: Amounts, told: Told) -> Load:
    """Make a database of this size in an empty folder."""
    with data_folder(folder), serving.installation():
        seeding.seed(amounts, told)
        sessions = db.write_now(_open_accounts, min(VISITORS, amounts.people))
        official = db.write_now(_open_desk)
        with db.reading() as session:
            codes = tuple(row.code for row in session.execute(_SAMPLED.limit(SAMPLE)))
            busiest = session.execute(_BUSIEST.limit(1)).one()
        db.write_now(_discuss, busiest.id, busiest.code)
        for some in chunks(range(OWED_DAYS), 5):
            db.write_now(_owe, amounts.proposals // 10 // OWED_DAYS + 1, some)
    return Load(amounts, folder, seeding.SLUG, codes, busiest.code, tuple(sessions), official)


_SAMPLED = (
    select(_c.id, _c.code)
    .join_from(table(Proposal), table(Contribution), _c.id == table(Proposal).c.id)
    .order_by(table(Proposal).c.shuffle)
)
_BUSIEST = (
    select(_c.id, _c.code)
    .join_from(table(ProposalStat), table(Contribution), _c.id == _s.proposal_id)
    .order_by(_s.comments.desc(), _c.id)
)


def _open_accounts(session: Session, visitors: int) -> list[str]:
    """Give everyone a name and an account, and the first of them a session; gives the sessions' tokens."""
    now = clock.now()
    session.execute(update(table(Participant)).values(name="Warga " + cast(_p.id, _p.name.type)))
    people = list(session.execute(select(_p.id).order_by(_p.id)).scalars())
    same = {
        "lang": "id", "confirmed_at": now, "consented_at": now, "consent_version": PRIVACY_VERSION, "created_at": now,
        "password_hash": "", "identity_level": "email", "answers_by_mail": True,
    }  # fmt: skip
    for some in chunks(people, CHUNK):
        rows = [{"participant_id": number, "email": f"warga{number}@contoh.id", **same} for number in some]
        session.execute(insert(table(Account)), rows)
    accounts = session.execute(select(_a.id).order_by(_a.id).limit(visitors)).scalars().all()
    return _signed_in(session, accounts)


def _open_desk(session: Session) -> str:
    """Make an official of the office that asks, who votes nowhere, and give the token of their session."""
    now = clock.now()
    office = session.execute(select(table(Consultation).c.office_id)).scalars().first()
    who = Participant(name="Petugas", created_at=now)
    session.add(who)
    session.flush()
    assert who.id is not None
    account = Account(
        participant_id=who.id, email="petugas@contoh.id", password_hash="", lang="id", confirmed_at=now,
        consented_at=now, consent_version=PRIVACY_VERSION, created_at=now, identity_level="email",
    )  # fmt: skip
    session.add(account)
    session.flush()
    assert account.id is not None
    session.add(RoleGrant(account_id=account.id, role=Role.OFFICIAL, office_id=office, granted_at=now))
    return _signed_in(session, [account.id])[0]


def _signed_in(session: Session, accounts: Sequence[int]) -> list[str]:
    now = clock.now()
    made = [(account, tokens.new_token()) for account in accounts]
    seen = {"device": "bench", "created_at": now, "seen_at": now, "expires_at": now + timedelta(days=30)}
    rows = [{"account_id": account, "token_hash": tokens.digest(token), **seen} for account, token in made]
    session.execute(insert(table(SignIn)), rows)
    return [token for _, token in made]


def _owe(session: Session, each: int, days: Iterable[int]) -> None:
    """Let answers be owed on some of the days, to proposals that are owed none yet."""
    o = table(Obligation).c
    now = clock.now()
    for day in days:
        fresh = ~exists().where(o.contribution_id == _c.id)
        rows = session.execute(_SAMPLED.where(fresh).limit(each)).all()
        owed = [obligations.Owed(row.id, row.code) for row in rows]
        due_at = now + timedelta(days=day - OWED_DAYS // 2, hours=1)
        place = session.execute(select(table(Consultation).c.id, table(Consultation).c.office_id)).first()
        assert place is not None
        obligations.arise(session, Kind.THRESHOLD, place.id, place.office_id, now, due_at, owed)
        read = {"office_id": place.office_id, "name": "Petugas", "role": "official", "outcome": "noted", "at": now}
        plain = {"note": "", "lang": "id", "retracted_by": "", "h": ""}
        if rows:
            session.execute(insert(table(Handling)), [{"contribution_id": it.id, **read, **plain} for it in rows[::3]])


def _discuss(session: Session, proposal: int, code: str) -> None:
    """Add comments to one proposal, so that its page shows as many as a page can."""
    people = list(session.execute(select(_p.id).limit(BUSY)).scalars())
    consultation = session.execute(select(_c.consultation_id).where(_c.id == proposal)).scalar_one()
    seeding.add_comments(session, consultation, BUSY, [(proposal, code)], {}, people, Random("bench"))  # noqa: S311
