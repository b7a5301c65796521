"""Reads about people."""

from datetime import timedelta

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.accounts.models import Account, Participant, RoleGrant, SignIn
from app.core import clock, tokens
from app.core.access import Actor

#: After this long without a visit the session's last use is written down again.
SEEN_STEP = timedelta(hours=1)

_ACTOR = (
    select(
        SignIn.id.label("session"),  # type: ignore[union-attr]
        Account.id.label("account"),  # type: ignore[union-attr]
        Account.participant_id,  # type: ignore[call-overload]
        Account.lang,
        Account.confirmed_at,
        Participant.name,
        RoleGrant.role,
        RoleGrant.office_id,
    )
    .join(Account, Account.id == SignIn.account_id)
    .join(Participant, Participant.id == Account.participant_id)
    .outerjoin(RoleGrant, RoleGrant.account_id == Account.id)
    .where(
        SignIn.token_hash == bindparam("token"),
        SignIn.expires_at > bindparam("now"),
        Account.deleted_at.is_(None),  # type: ignore[union-attr]
    )
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
