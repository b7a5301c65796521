"""Adding and taking away documents and pictures; after opening in public, with a reason."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from app.consultations.actions.changes import Amending, begin
from app.consultations.actions.drafts import locked
from app.consultations.models import Document
from app.core import clock
from app.core.access import Actor, Conflict, Missing
from app.core.columns import table
from app.core.i18n import N_

MOST = 30
_d = table(Document).c


@dataclass(frozen=True)
class Upload:
    """A file that has been checked and kept, and what is said of it."""

    kind: str
    title: str
    description: str
    sha256: str
    small_sha256: str
    media_type: str
    size: int
    width: int = 0
    height: int = 0


def add_document(
    session: Session,
    actor: Actor,
    consultation_id: int,
    upload: Upload,
    reason: str,
    at: datetime,
    base_url: str = "",
) -> None:
    """Add a document or picture to a consultation."""
    amendment = _public(session, actor, consultation_id, reason, base_url)
    present = select(func.count(), func.max(_d.position)).where(
        _d.consultation_id == consultation_id, _d.removed_at.is_(None)
    )
    number, last = session.execute(present).one()
    if number >= MOST:
        raise Conflict("too-many", N_("A consultation has at most %(most)s documents. Remove one first."), most=MOST)
    session.add(
        Document(
            consultation_id=consultation_id,
            position=(last or 0) + 1,
            added_at=clock.now(),
            **{name: getattr(upload, name) for name in Upload.__dataclass_fields__},
        )
    )
    if amendment is not None:
        amendment.note("document", "", upload.title)
        amendment.publish()


def remove_document(
    session: Session,
    actor: Actor,
    consultation_id: int,
    document_id: int,
    reason: str,
    at: datetime,
    base_url: str = "",
) -> None:
    """Take a document away; after opening its title stays in the list of changes."""
    amendment = _public(session, actor, consultation_id, reason, base_url)
    row = session.get(Document, document_id)
    if row is None or row.consultation_id != consultation_id or row.removed_at is not None:
        raise Missing
    row.removed_at = clock.now()
    if amendment is not None:
        amendment.note("document", row.title, "")
        amendment.publish()


def _public(session: Session, actor: Actor, consultation_id: int, reason: str, base_url: str) -> Amending | None:
    """The public change this is part of, once the consultation is open."""
    if locked(session, actor, consultation_id).opened_at is None:
        return None
    if not reason:
        raise Conflict("reason", N_("After opening, every change needs a reason that everyone can read."))
    return begin(session, actor, consultation_id, reason, base_url)
