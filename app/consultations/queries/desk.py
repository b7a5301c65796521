"""What officials see of their consultations: what waits for them, and what is missing before opening."""

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
from app.core import access, clock, db
from app.core.columns import table
from app.core.i18n import N_
from app.offices import queries as offices


@dataclass(frozen=True)
class Awaiting:
    """The consultations of some offices that are not decided, by what they wait for."""

    drafts: tuple[ConsultationView, ...]
    open: tuple[ConsultationView, ...]
    closed: tuple[ConsultationView, ...]


@dataclass(frozen=True)
class Lacking:
    """One condition of opening: whether it is met, what to say, and where it is mended."""

    met: bool
    text: str
    where: str


_c = table(Consultation).c
_TEXTS = select(_c.background, _c.frozen_hash).where(_c.id == bindparam("id"))
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


def lacking(session: Session, view: ConsultationView) -> tuple[Lacking, ...]:
    """The conditions of opening, met or not."""
    texts = session.execute(_TEXTS, {"id": view.id}).one()
    now = clock.now()
    acting = [phase for phase in view.phases if phase.acts]
    own = f"/desk/consultations/{view.slug}"
    found = [
        Lacking(bool(view.title), N_("A question as title"), own),
        Lacking(bool(view.summary), N_("A summary of what is asked"), own),
        Lacking(bool(texts.background), N_("The background people need to answer"), own),
        Lacking(bool(acting), N_("At least one phase in which people can act"), f"{own}/phases"),
    ]
    if view.phases:
        ahead = all(phase.closes > now for phase in view.phases)
        found.append(Lacking(ahead, N_("No phase that would be over before it begins"), f"{own}/phases"))
    if view.voting == "limited":
        text = N_("A number of supports for each person, because supports are limited")
        found.append(Lacking(view.vote_limit is not None, text, own))
    return tuple(found)


def typed_texts(session: Session, consultation_id: int) -> dict[str, Any]:
    """A consultation as its form shows it."""
    row = session.execute(_ALL_OF_ONE, {"id": consultation_id}).one()
    names = ("lang", "voting", "vote_limit", "open_counts", *TEXTS)
    return {name: getattr(row, name) for name in names} | {
        "office": row.office_id,
        "area": offices.area_path(session, row.area_id),
        "topics": [topic.slug for topic in topics_of_many(session, [consultation_id])[consultation_id]],
    }
