"""Reads about people."""

from datetime import timedelta

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.accounts.models import Account, Participant, RoleGrant, SignIn
from app.core import clock, tokens
from app.core.access import Actor
from app.core.columns import table

#: After this long without a visit the session's last use is written down again.
SEEN_STEP = timedelta(hours=1)

_s, _a, _p, _g = (table(model).c for model in (SignIn, Account, Participant, RoleGrant))
_ACTOR = (
    select(
        _s.id.label("session"),
        _a.id.label("account"),
        _a.participant_id,
        _a.lang,
        _a.confirmed_at,
        _p.name,
        _g.role,
        _g.office_id,
    )
    .select_from(table(SignIn))
    .join(table(Account), _a.id == _s.account_id)
    .join(table(Participant), _p.id == _a.participant_id)
    .outerjoin(table(RoleGrant), _g.account_id == _a.id)
    .where(_s.token_hash == bindparam("token"), _s.expires_at > bindparam("now"), _a.deleted_at.is_(None))
)


def actor_of_session(session: Session, token: str) -> Actor | None:
    """The person a session token belongs to, with roles and offices, in one query."""
    rows = session.execute(_ACTOR, {"token": tokens.digest(token), "now": clock.now()}).all()
    if not rows:
        return None
    first = rows[0]
    return Actor(
        account=first.account,
        participant=first.participant_id,
        name=first.name or "",
        lang=first.lang,
        confirmed=first.confirmed_at is not None,
        roles=frozenset(row.role for row in rows if row.role),
        offices=frozenset(row.office_id for row in rows if row.office_id),
        session=first.session,
    )
