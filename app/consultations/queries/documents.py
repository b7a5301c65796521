"""The documents and pictures people should know before they answer."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Path
from sqlalchemy import bindparam, or_, select
from sqlmodel import Session

from app.accounts.policy import SIGN_IN
from app.consultations.models import Consultation, Document
from app.consultations.queries.views import ConsultationView, Within, by_id, in_path
from app.core import access, db
from app.core.access import Missing
from app.core.columns import table

Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
DocumentId = Annotated[int, Path(ge=1, le=2**53)]


@dataclass(frozen=True)
class DocumentView:
    """A file or picture of a consultation; `description` of a picture says what it shows."""

    id: int
    consultation_id: int
    kind: str
    title: str
    description: str
    sha256: str
    small_sha256: str
    media_type: str
    size: int
    width: int
    height: int

    @property
    def is_picture(self) -> bool:
        """Whether it is shown on the page rather than downloaded."""
        return self.kind == "picture"


@dataclass(frozen=True)
class Filed(Within):
    """A document and the consultation whose readers may have it."""

    consultation: ConsultationView
    document: DocumentView


_c, _d = table(Consultation).c, table(Document).c
_BASE = select(table(Document)).where(_d.removed_at.is_(None))
_OF_ONE = _BASE.where(_d.consultation_id == bindparam("id")).order_by(_d.position, _d.id)
_ONE = _BASE.where(_d.consultation_id == bindparam("consultation"), _d.id == bindparam("id"))
_PICTURE = (
    _BASE.add_columns(_c.office_id, _c.opened_at)
    .join(table(Consultation), _c.id == _d.consultation_id)
    .where(
        or_(_d.sha256 == bindparam("sha256"), _d.small_sha256 == bindparam("sha256")),
        _d.kind == "picture",
    )
    .order_by(_c.opened_at.is_(None), _d.id)
    .limit(50)
)


def documents_of(session: Session, consultation_id: int) -> tuple[DocumentView, ...]:
    """The documents and pictures of a consultation, in their order."""
    return tuple(_view(row) for row in session.execute(_OF_ONE, {"id": consultation_id}).all())


def document_in_path(session: db.Read, slug: str, document: DocumentId) -> Filed:
    """The document a route's address names."""
    consultation = in_path(session, slug)
    row = session.execute(_ONE, {"consultation": consultation.id, "id": document}).first()
    if row is None:
        raise Missing
    return Filed(consultation, _view(row))


def document_at_desk(session: db.Read, actor: access.CurrentActor, slug: str, document: DocumentId) -> Filed:
    """The document a desk address names; who is not signed in learns nothing of which there are."""
    if not actor.signed_in:
        raise access.Denied(SIGN_IN)
    return document_in_path(session, slug, document)


def picture_in_path(session: db.Read, actor: access.CurrentActor, sha256: Digest) -> Filed:
    """The picture a route's address names, as part of a consultation that is public or the reader's own."""
    rows = session.execute(_PICTURE, {"sha256": sha256}).all()
    if not rows:
        raise Missing
    row = next((row for row in rows if row.opened_at or row.office_id in actor.offices), rows[0])
    return Filed(by_id(session, row.consultation_id), _view(row))


def _view(row: Any) -> DocumentView:
    return DocumentView(
        id=row.id,
        consultation_id=row.consultation_id,
        kind=row.kind,
        title=row.title,
        description=row.description,
        sha256=row.sha256,
        small_sha256=row.small_sha256,
        media_type=row.media_type,
        size=row.size,
        width=row.width,
        height=row.height,
    )
