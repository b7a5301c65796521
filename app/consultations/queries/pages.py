"""What the page of a consultation shows of it: background, documents, topics, changes, the way through time."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, func, select
from sqlmodel import Session

from app.consultations.models import Amendment, Charter, Consultation, ConsultationChange
from app.consultations.queries.charter import rule_of
from app.consultations.queries.documents import DocumentView, documents_of
from app.consultations.queries.lists import TopicView, in_topics, topics_in
from app.consultations.queries.views import ConsultationView, KnownPhase
from app.core import i18n
from app.core.columns import table
from app.core.i18n import N_, say

WORDS_OF_KIND = {
    "information": N_("Information"),
    "proposals": N_("Proposals"),
    "discussion": N_("Discussion"),
    "voting": N_("Voting"),
    "review": N_("Answers by the office"),
    "decided": N_("Decision"),
}
TEXTS = {
    "title": N_("Question"),
    "summary": N_("Summary"),
    "background": N_("Background"),
    "other_title": N_("Question in the second language"),
    "other_summary": N_("Summary in the second language"),
    "other_background": N_("Background in the second language"),
}


@dataclass(frozen=True)
class Step:
    """One phase on the way through time; `state` is past, now, next or cancelled."""

    label: str
    when: str
    state: str
    detail: str
    kind: str


@dataclass(frozen=True)
class ConsultationPage:
    """All this package has to say on the page of a consultation.

    `charter_hash` is the fingerprint before the first amendment, `amended_hash` that after the latest, if there is one;
    `rule_amended` is the number of the latest amendment that changed the counting rule, or 0; `rule_from` says from
    when it applies, where voters were asked to confirm.
    """

    view: ConsultationView
    background: str
    background_lang: str
    first_lang: str
    topics: tuple[TopicView, ...]
    documents: tuple[DocumentView, ...]
    steps: tuple[Step, ...]
    changes: int
    changed_at: datetime | None
    charter_hash: str
    amended_hash: str
    rule_amended: int
    rule_from: datetime | None
    rule: dict[str, Any]

    @property
    def pictures(self) -> tuple[DocumentView, ...]:
        """What is shown on the page."""
        return tuple(it for it in self.documents if it.is_picture)

    @property
    def files(self) -> tuple[DocumentView, ...]:
        """What can be downloaded."""
        return tuple(it for it in self.documents if not it.is_picture)

    @property
    def missing_translation(self) -> bool:
        """Whether some text is not in the reader's language."""
        lang = i18n.language.get()
        return self.view.lang != lang or (bool(self.background) and self.background_lang != lang)


_c, _h, _ch, _m = (table(model).c for model in (Consultation, ConsultationChange, Charter, Amendment))


def _changes(found: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    """Something of all changes of a consultation, beside its own columns."""
    return select(found).where(_h.consultation_id == _c.id).scalar_subquery().label(name)


_RULE = select(func.max(_h.number)).where(_h.consultation_id == _c.id, _h.what == "charter.rule")
_RULE_FROM = select(_m.applies_from).where(
    _m.consultation_id == _c.id,
    _m.asks_voters,
    _m.number == _RULE.correlate(table(Consultation)).scalar_subquery(),
)
_LATEST = select(_m.after_hash).where(_m.consultation_id == _c.id).order_by(_m.number.desc()).limit(1)
_TEXTS = (
    select(
        _c.background,
        _c.other_background,
        _c.lang,
        _c.frozen_hash,
        _ch.content,
        _changes(func.count(func.distinct(_h.number)), "changes"),
        _changes(func.max(_h.at), "changed_at"),
        _changes(func.coalesce(func.max(case((_h.what == "charter.rule", _h.number), else_=0)), 0), "rule"),
        _RULE_FROM.scalar_subquery().label("rule_from"),
        _LATEST.scalar_subquery().label("hash"),
    )
    .outerjoin_from(table(Consultation), table(Charter), _ch.consultation_id == _c.id)
    .where(_c.id == bindparam("id"))
)
#: The same with the topics: a row for each, or one without.
_WITH_TOPICS = in_topics(_TEXTS)
_LANG = select(_c.lang).where(_c.id == bindparam("id"))


def consultation_page(session: Session, view: ConsultationView) -> ConsultationPage:
    """The page's part of this package, in two queries."""
    rows = session.execute(_WITH_TOPICS, {"id": view.id}).all()
    texts = rows[0]
    other = i18n.language.get() != texts.lang and bool(texts.other_background)
    return ConsultationPage(
        view=view,
        background=texts.other_background if other else texts.background,
        background_lang=i18n.language.get() if other else texts.lang,
        first_lang=texts.lang,
        topics=topics_in(rows),
        documents=documents_of(session, view.id),
        steps=steps(view),
        changes=texts.changes,
        changed_at=texts.changed_at,
        charter_hash=texts.frozen_hash,
        amended_hash=texts.hash or "",
        rule_amended=texts.rule,
        rule_from=texts.rule_from,
        rule=rule_of(view, json.loads(texts.content) if texts.content else {}),
    )


def lang_of(session: Session, consultation_id: int) -> str:
    """The language a consultation was first written in."""
    return str(session.execute(_LANG, {"id": consultation_id}).scalar_one())


def steps(view: ConsultationView) -> tuple[Step, ...]:
    """The phases as a way through time, with what is open now and how long."""
    return tuple(_step(view, phase) for phase in view.phases)


def kind_name(kind: str) -> str:
    """What a kind of phase is called."""
    return say(WORDS_OF_KIND[kind])


def span(opens: datetime, closes: datetime) -> str:
    """From when until when, in the installation's zone."""
    return say(N_("%(opens)s to %(closes)s"), {"opens": opens, "closes": closes})


def facts(view: ConsultationView) -> dict[str, Any]:
    """What JSON says of a consultation."""
    return {
        "slug": view.slug,
        "url": view.url,
        "title": view.title,
        "summary": view.summary,
        "lang": view.lang,
        "state": view.state,
        "office": {"slug": view.office_slug, "name": view.office},
        "area": view.area,
        "voting": view.voting,
        "vote_limit": view.vote_limit,
        "counts_during_voting": view.open_counts,
        "counted": view.counted,
        "phases": [
            {
                "kind": phase.kind,
                "acts": sorted(phase.acts),
                "opens": phase.opens.isoformat(),
                "closes": phase.closes.isoformat(),
                "state": view.phase_state(phase),
            }
            for phase in view.phases
        ],
        "opened_at": _iso(view.opened_at),
        "cancelled_at": _iso(view.cancelled_at),
        "cancel_reason": view.cancel_reason,
        "decided_at": _iso(view.decided_at),
        "imported_from": view.imported_from,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _step(view: ConsultationView, phase: KnownPhase) -> Step:
    state = view.phase_state(phase)
    detail = ""
    if state == "open":
        detail = i18n.left(phase.closes)
    elif state == "counting":
        detail = say(N_("The last votes are being counted"))
    elif state == "ended" and phase.ended_at is not None and phase.ended_at < phase.closes:
        detail = say(N_("Closed early"))
    place = {"upcoming": "next", "open": "now", "counting": "now", "ended": "past", "cancelled": "cancelled"}[state]
    when = span(phase.opens, phase.end if state in ("counting", "ended") else phase.closes)
    return Step(kind_name(phase.kind), when, place, detail, phase.kind)
