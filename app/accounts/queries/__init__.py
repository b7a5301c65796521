"""Reads about people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from app.accounts.models import Account, Participant, Role, RoleGrant, SignIn
from app.core import clock, db, keys, tokens
from app.core.access import Actor
from app.core.columns import table
from app.core.i18n import N_, gettext

#: The version of the privacy notice people agree to now.
PRIVACY_VERSION = "1"
CITIZEN = "citizen"
ROLE_NAMES = {
    CITIZEN: N_("Citizen"),
    Role.OFFICIAL: N_("Official"),
    Role.CHECKER: N_("Legal checker"),
    Role.FACILITATOR: N_("Facilitator"),
    Role.MODERATOR: N_("Moderator"),
    Role.ADMINISTRATOR: N_("Administrator"),
}
#: Who can sign in in demo mode, all with the same password.
DEMO_PEOPLE = (
    ("warga@demo.rembuk.example", CITIZEN),
    ("pejabat@demo.rembuk.example", Role.OFFICIAL),
    ("pemeriksa@demo.rembuk.example", Role.CHECKER),
    ("moderator@demo.rembuk.example", Role.MODERATOR),
    ("fasilitator@demo.rembuk.example", Role.FACILITATOR),
    ("admin@demo.rembuk.example", Role.ADMINISTRATOR),
)
DEMO_PASSWORD = "rembuk-demo"  # noqa: S105 - printed at start and shown on the page

#: After this long without a visit the session's last use is written down again.
SEEN_STEP = timedelta(hours=1)

_s, _a, _p, _g = (table(model).c for model in (SignIn, Account, Participant, RoleGrant))
_PERSON = (_a.id.label("account"), _a.participant_id, _a.lang, _a.confirmed_at, _p.name, _g.role, _g.office_id)
_ACTOR = (
    select(_s.id.label("session"), _s.seen_at, *_PERSON)
    .select_from(table(SignIn))
    .join(table(Account), _a.id == _s.account_id)
    .join(table(Participant), _p.id == _a.participant_id)
    .outerjoin(table(RoleGrant), _g.account_id == _a.id)
    .where(_s.token_hash == bindparam("token"), _s.expires_at > bindparam("now"), _a.deleted_at.is_(None))
)


def actor_of_session(session: Session, token: str) -> Actor | None:
    """The person a session token belongs to, with roles and offices, in one query."""
    now = clock.now()
    rows = session.connection().execute(_ACTOR, {"token": tokens.digest(token), "now": now}).all()
    if not rows:
        return None
    first = rows[0]
    if first.seen_at < now - SEEN_STEP:
        db.notice(session, "accounts.seen", first.session)
    return _actor(rows, first.session)


_PEOPLE = (
    select(*_PERSON)
    .select_from(table(Account))
    .join(table(Participant), _p.id == _a.participant_id)
    .outerjoin(table(RoleGrant), _g.account_id == _a.id)
    .where(_a.deleted_at.is_(None))
)
_OF_ACCOUNT = _PEOPLE.where(_a.id == bindparam("account"))
_BY_EMAIL = _PEOPLE.where(_a.email == bindparam("email"))


def actor_of_account(session: Session, account: int) -> Actor | None:
    """The person an account belongs to with the roles they have now, for work that goes on after their request."""
    rows = session.execute(_OF_ACCOUNT, {"account": account}).all()
    return _actor(rows) if rows else None


def actor_by_email(session: Session, email: str) -> Actor | None:
    """The person with an address, for what is done in their name from the command line."""
    rows = session.execute(_BY_EMAIL, {"email": email.strip().lower()}).all()
    return _actor(rows) if rows else None


def _actor(rows: Sequence[Any], session: int | None = None) -> Actor:
    """A person from a row for each of their roles."""
    first = rows[0]
    return Actor(
        account=first.account,
        participant=first.participant_id,
        name=first.name or "",
        lang=first.lang,
        confirmed=first.confirmed_at is not None,
        roles=frozenset(row.role for row in rows if row.role),
        offices=frozenset(row.office_id for row in rows if row.office_id),
        session=session,
    )


def shown_name(name: str | None, erased: object = None) -> str:
    """The name to show for an author, in the reader's language: erased people and nameless paper have words."""
    if erased:
        return gettext(N_("a former participant"))
    return name or gettext(N_("a participant"))


_NAME = select(_p.name).where(_p.id == bindparam("id"))


def name_of(session: Session, participant_id: int) -> str:
    """The name a participant goes by; empty where there is none."""
    return session.execute(_NAME, {"id": participant_id}).scalar_one_or_none() or ""


@dataclass(frozen=True)
class Recipient:
    """Where and how a participant can be written to."""

    account: int
    participant: int
    email: str
    name: str
    lang: str
    answers_by_mail: bool


_RECIPIENTS = (
    select(_a.id, _a.participant_id, _a.email, _a.lang, _a.answers_by_mail, _p.name)
    .select_from(table(Account))
    .join(table(Participant), _p.id == _a.participant_id)
    .where(_a.email.is_not(None), _a.confirmed_at.is_not(None), _a.deleted_at.is_(None))
    .order_by(_a.id)
)


def recipients(session: Session, participants: Iterable[int]) -> dict[int, Recipient]:
    """Those of these participants who have a confirmed address, by participant."""
    wanted = _RECIPIENTS.where(_a.participant_id.in_(sorted(set(participants))))
    found: dict[int, Recipient] = {}
    for row in session.execute(wanted):
        one = Recipient(row.id, row.participant_id, row.email, row.name or "", row.lang, row.answers_by_mail)
        found.setdefault(row.participant_id, one)
    return found


def recipient(session: Session, participant_id: int) -> Recipient | None:
    """One participant, if they can be written to."""
    return recipients(session, [participant_id]).get(participant_id)


_ADMINISTRATORS = select(func.count()).where(_g.role == Role.ADMINISTRATOR)


def administrators(session: Session) -> int:
    """How many accounts hold the administrator's role; none in a new installation."""
    return int(session.execute(_ADMINISTRATORS).scalar_one())


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(keys.secret(), salt="accounts.unsubscribe")


def unsubscribe_path(account_id: int) -> str:
    """The one-click address in messages about answers: it needs no session and does only this."""
    return f"/unsubscribe/{_signer().dumps(account_id)}"


def unsubscribing(signed: str) -> int | None:
    """The account such an address was made for."""
    try:
        account = _signer().loads(signed)
    except (BadSignature, ValueError, TypeError):
        return None
    return account if isinstance(account, int) else None
