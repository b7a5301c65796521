"""Telling an author that their proposal was answered."""

from sqlalchemy import select
from sqlmodel import Session

from app.accounts import queries as accounts
from app.accounts.models import Account
from app.contributions.models import Contribution
from app.core import mail
from app.core.columns import table
from app.core.i18n import N_, say

SUBJECT = N_("Your proposal has been answered: %(title)s")
BODY = N_(
    "The office has answered your proposal “%(title)s” (%(code)s).\n\n"
    "Read the answer here:\n%(address)s\n\n"
    "You get this message because you sent the proposal. To get no more messages about answers, open:\n%(stop)s\n"
)


def answered(session: Session, contribution_id: int, code: str, title: str, base_url: str) -> None:
    """Write to the author in their language, if they have an address and want such mail."""
    a, c = table(Account).c, table(Contribution).c
    row = session.execute(
        select(a.id, a.email, a.lang)
        .join_from(table(Contribution), table(Account), a.participant_id == c.participant_id)
        .where(
            c.id == contribution_id,
            a.email.is_not(None),
            a.confirmed_at.is_not(None),
            a.answers_by_mail.is_(True),
        )
    ).first()
    if row is None:
        return
    stop = base_url + accounts.unsubscribe_path(row.id)
    values = {"title": title, "code": code, "address": f"{base_url}/proposals/{code}", "stop": stop}
    mail.post(session, row.email, say(SUBJECT, values, row.lang), say(BODY, values, row.lang), unsubscribe=stop)
