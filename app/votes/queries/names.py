"""Under which pseudonym somebody votes in a consultation."""

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.consultations.models import ConsultationSalt
from app.core import keys
from app.core.columns import table
from app.rules.pseudonyms import consultation_key, pid

_s = table(ConsultationSalt).c
SALT = select(_s.salt).where(_s.consultation_id == bindparam("consultation"))


def voter(session: Session, participant: int | None, consultation_id: int) -> str | None:
    """The pseudonym of a person in a consultation; none for nobody, or when the salt was destroyed."""
    if participant is None:
        return None
    return pseudonym(session.execute(SALT, {"consultation": consultation_id}).scalar(), participant)


def pseudonym(salt: bytes | None, participant: int | None) -> str | None:
    """The same where the salt has been read."""
    if participant is None or salt is None:
        return None
    return pid(consultation_key(keys.master(), salt), participant)
