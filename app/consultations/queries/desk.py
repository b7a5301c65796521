"""What officials see of their consultations: what waits for them, and the texts as their form shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlmodel import Session

from app.accounts.policy import SIGN_IN
from app.consultations.models import Consultation
from app.consultations.queries.lists import topics_of_many, views
from app.consultations.queries.pages import TEXTS
from app.consultations.queries.views import BASE, ConsultationView, in_path
from app.core import access, db
from app.core.columns import table
from app.offices import queries as offices


@dataclass(frozen=True)
class Awaiting:
    """The consultations of some offices that are not decided, by what they wait for."""

    drafts: tuple[ConsultationView, ...]
    open: tuple[ConsultationView, ...]
    closed: tuple[ConsultationView, ...]


_c = table(Consultation).c
_ALL_OF_ONE = select(table(Consultation)).where(_c.id == bindparam("id"))
_MOST = 200


def at_desk(session: db.Read, actor: access.CurrentActor, slug: str) -> ConsultationView:
    """The consultation a desk address names; who is not signed in learns nothing of which there are."""
    if not actor.signed_in:
        raise access.Denied(SIGN_IN)
    return in_path(session, slug)


def awaiting(session: Session, office_ids: Iterable[int]) -> Awaiting:
    """Drafts, open consultations, and closed ones without a decision; two queries."""
    fits = (_c.office_id.in_(list(office_ids)), _c.cancelled_at.is_(None), _c.decided_at.is_(None))
    owed = (*fits, _c.imported_from == "")
    found = views(session, BASE.where(*owed).order_by(_c.created_at.desc(), _c.id.desc()).limit(_MOST))
    return Awaiting(
        drafts=tuple(it for it in found if it.state == "draft"),
        open=tuple(it for it in found if it.state in ("open", "upcoming")),
        closed=tuple(it for it in found if it.state in ("counting", "closed")),
    )


def done(session: Session, office_ids: Iterable[int], limit: int) -> tuple[ConsultationView, ...]:
    """What some offices have decided or given up, the latest first."""
    over = or_(_c.decided_at.is_not(None), _c.cancelled_at.is_not(None))
    fits = (_c.office_id.in_(list(office_ids)), _c.opened_at.is_not(None), over)
    order = (func.coalesce(_c.cancelled_at, _c.decided_at).desc(), _c.id.desc())
    return views(session, BASE.where(*fits).order_by(*order).limit(limit))


def typed_texts(session: Session, consultation_id: int) -> dict[str, Any]:
    """A consultation as its form shows it."""
    row = session.execute(_ALL_OF_ONE, {"id": consultation_id}).one()
    names = ("lang", "voting", "vote_limit", "open_counts", *TEXTS)
    return {name: getattr(row, name) for name in names} | {
        "office": row.office_id,
        "area": offices.area_path(session, row.area_id),
        "topics": [topic.slug for topic in topics_of_many(session, [consultation_id])[consultation_id]],
    }
