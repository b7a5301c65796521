"""What people do with their accounts; the parts other packages use are named here."""

from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session

from app.accounts.actions import holding, links, own, signing_in, signing_up
from app.accounts.actions.leaving import when_erased
from app.accounts.actions.passwords import hash_of
from app.accounts.actions.roles import create_first_administrator, grant_by_email
from app.accounts.models import HeldText, MailToken, SignIn
from app.core import clock, mail
from app.core.columns import table

__all__ = [
    "create_first_administrator", "grant_by_email", "hash_of", "holding", "links", "own", "signing_in", "signing_up",
    "sweep", "when_erased",
]  # fmt: skip


def sweep(session: Session) -> None:
    """Remove sessions long over, held texts after a day, and links with the messages that carried them."""
    now = clock.now()
    session.execute(delete(SignIn).where(table(SignIn).c.expires_at < now - signing_in.REMEMBERED))
    session.execute(delete(HeldText).where(table(HeldText).c.created_at < now - holding.LASTS))
    session.execute(delete(MailToken).where(table(MailToken).c.created_at < now - mail.KEPT - timedelta(days=1)))
