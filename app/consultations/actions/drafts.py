"""Preparing a consultation: everything may change until it opens."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session

from app.consultations import queries
from app.consultations.forms import DraftForm, PhaseRow
from app.consultations.models import Charter, Consultation, ConsultationPhase, ConsultationTopic, Document, Topic
from app.core import access, clock
from app.core.access import Actor, Conflict, Missing
from app.core.columns import table
from app.core.i18n import N_
from app.core.slugs import free_slug
from app.offices import queries as offices
from app.rules.canonical import canonical

RESERVED = frozenset({"new"})


def create(session: Session, actor: Actor, form: DraftForm, at: datetime) -> str:
    """Begin a consultation of one of the actor's offices; gives its address part."""
    access.require("consultations.create", actor)
    office = next(iter(offices.by_ids(session, [form.office])), None) if _may_ask_for(actor, form.office) else None
    if office is None or office.closed_at is not None:
        raise Conflict("office", N_("Choose one of your offices that is still open."))
    draft = Consultation(
        slug=free_slug(session, table(Consultation).c.slug, form.title, "konsultasi", RESERVED),
        office_id=form.office,
        title=form.title,
        summary=form.summary,
        created_by=actor.account,
        created_at=clock.now(),
    )
    _fill(session, draft, form)
    session.add(draft)
    session.flush()
    _set_topics(session, draft, form.topics)
    return draft.slug


def edit(session: Session, actor: Actor, consultation_id: int, form: DraftForm, at: datetime) -> None:
    """Change a draft; its address stays. Conflict where somebody else changed it since the form was shown."""
    draft = draft_of(session, actor, consultation_id)
    require_seen(form.seen, queries.typed_texts(session, consultation_id))
    _fill(session, draft, form)
    _set_topics(session, draft, form.topics)


def set_phases(session: Session, actor: Actor, consultation_id: int, rows: tuple[PhaseRow, ...], at: datetime) -> None:
    """Give a draft its phases, in place of those it had."""
    draft = draft_of(session, actor, consultation_id)
    session.execute(delete(ConsultationPhase).where(table(ConsultationPhase).c.consultation_id == draft.id))
    for row in rows:
        session.add(
            ConsultationPhase(
                consultation_id=consultation_id,
                kind=row.kind,
                acts=" ".join(sorted(row.acts)),
                opens_at=row.opens,
                closes_at=row.closes,
            )
        )


def remove(session: Session, actor: Actor, consultation_id: int, at: datetime) -> None:
    """Throw a draft away, with its charter, phases and documents; what was opened cannot be removed."""
    draft = draft_of(session, actor, consultation_id)
    for model in (Charter, ConsultationPhase, ConsultationTopic, Document):
        session.execute(delete(model).where(table(model).c.consultation_id == draft.id))
    session.delete(draft)


def draft_of(session: Session, actor: Actor, consultation_id: int) -> Consultation:
    """A draft the actor may change; Conflict once it has been opened."""
    row = locked(session, actor, consultation_id)
    if row.opened_at is not None:
        raise Conflict(
            "opened",
            N_("This consultation opened on %(when)s. What people can do and how votes count stays as it was then."),
            when=row.opened_at,
        )
    return row


def locked(session: Session, actor: Actor, consultation_id: int) -> Consultation:
    """A consultation the actor is in charge of, kept from other writers until this act is stored."""
    mine = table(Consultation).c.id == consultation_id
    row: Consultation | None = session.execute(select(Consultation).where(mine).with_for_update()).scalar_one_or_none()
    if row is None:
        raise Missing
    access.require("consultations.edit", actor, row)
    return row


def store(session: Session, consultation_id: int, content: dict[str, Any]) -> None:
    """Keep a charter in the spelling that fingerprints are of."""
    spelled = canonical(content).decode()
    row = session.get(Charter, consultation_id)
    if row is None:
        session.add(Charter(consultation_id=consultation_id, content=spelled, saved_at=clock.now()))
    else:
        row.content, row.saved_at = spelled, clock.now()
    session.flush()


def require_seen(seen: str, stored: dict[str, Any]) -> None:
    """Conflict where something else is stored than what a form was filled in from, by its fingerprint.

    Two officials at work must not take back each other's words unawares.
    """
    if seen and seen != queries.seen(stored):
        raise Conflict(
            queries.MEANWHILE,
            N_(
                "Somebody else changed this while you were writing. What stands now and what you wrote are both below. "
                "If what you wrote is still right, send it again."
            ),
        )


def _may_ask_for(actor: Actor, office: int) -> bool:
    return actor.machine or office in actor.offices


def _fill(session: Session, draft: Consultation, form: DraftForm) -> None:
    place: Any = offices.resolve_area(session, form.area) if form.area else None
    if place is not None and not isinstance(place, offices.AreaView):
        raise Conflict("area", N_("Choose a place from the list."))
    for name in ("lang", "title", "summary", "background", "other_title", "other_summary", "other_background"):
        setattr(draft, name, getattr(form, name))
    draft.area_id = place.id if place else None
    draft.voting = form.voting.value
    draft.vote_limit = form.vote_limit if form.voting == "limited" else None
    draft.open_counts = form.open_counts


def _set_topics(session: Session, draft: Consultation, slugs: list[str]) -> None:
    assert draft.id is not None
    t = table(ConsultationTopic).c
    session.execute(delete(ConsultationTopic).where(t.consultation_id == draft.id))
    known = session.execute(select(table(Topic).c.id).where(table(Topic).c.slug.in_(slugs))).scalars()
    for topic in known:
        session.add(ConsultationTopic(consultation_id=draft.id, topic_id=topic))
