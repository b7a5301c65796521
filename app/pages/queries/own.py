"""What somebody put in and voted, and what happened since: answers, moderation, amended charters."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, literal, null, or_, select, union_all
from sqlmodel import Session

from app.comments import queries as comments
from app.consultations.models import Amendment, Consultation
from app.consultations.queries import ConsultationView
from app.contributions import queries as contributions
from app.contributions.models import Contribution
from app.core import clock, paging
from app.core.access import Actor
from app.core.columns import table
from app.core.i18n import language
from app.moderation import queries as moderation
from app.moderation.models import ModerationAct
from app.proposals import queries as proposals
from app.proposals.models import ProposalDraft
from app.responses import queries as responses
from app.votes import queries as votes

_c = table(Contribution).c


@dataclass(frozen=True)
class Voted:
    """Somebody's own votes in one consultation in which they can still change."""

    consultation: ConsultationView
    votes: tuple[votes.Own, ...]

    @property
    def unconfirmed(self) -> bool:
        """Whether some of them were cast before the counting rule was changed, and not confirmed since."""
        return any(vote.rule < self.consultation.rule_changes for vote in self.votes)

    @property
    def may_confirm(self) -> bool:
        """Whether what was changed applies already, so that they can be confirmed."""
        return self.consultation.rule_at(clock.now()) == self.consultation.rule_changes


@dataclass(frozen=True)
class Contributed:
    """Somebody's own proposals and comments, the newest first, with the answers that stand, by their codes."""

    proposals: paging.Page[proposals.Own]
    comments: paging.Page[comments.Own]
    answers: dict[str, list[responses.AnswerView]]


def contributed(session: Session, participant: int, after: str | None, comments_after: str | None) -> Contributed:
    """A page of each; the lights and the answers of both are read together."""
    written = proposals.by_author(session, participant, after)
    said = comments.by_author(session, participant, comments_after)
    every = {item.id: item for item in (*written.items, *said.items)}
    lights = contributions.lights_of(session, list(every.values()))
    answered = [number for number, found in lights.items() if found.answered.lit or found.answered.partly]
    answers = responses.answers_of_many(session, answered) if answered else {}
    standing = {
        every[number].code: [it for it in of_it if it.superseded_at is None] for number, of_it in answers.items()
    }
    return Contributed(proposals.own(written, lights), comments.own(said, lights), standing)


OWN_VOTES = 50


def own_votes(session: Session, participant: int) -> list[Voted]:
    """Somebody's own votes in phases not sealed yet, by consultation, on the latest proposals first."""
    return [Voted(view, some) for view, some in votes.own_not_counted(session, participant, OWN_VOTES)]


@dataclass(frozen=True)
class AmendedCharter:
    """A consultation somebody took part in, whose promise was changed since it opened."""

    slug: str
    title: str
    lang: str
    number: int
    at: datetime


_a, _q = table(Amendment).c, table(Consultation).c
_AMENDED = (
    select(_q.slug, _q.title, _q.other_title, _q.lang, func.max(_a.number).label("number"), func.max(_a.at).label("at"))
    .join_from(table(Amendment), table(Consultation), _q.id == _a.consultation_id)
    .where(
        _q.decided_at.is_(None),
        or_(
            _a.consultation_id.in_(bindparam("voted", expanding=True)),
            _a.consultation_id.in_(select(_c.consultation_id).where(_c.participant_id == bindparam("participant"))),
        ),
    )
    .group_by(_q.id, _q.slug, _q.title, _q.other_title, _q.lang)
    .order_by(func.max(_a.at).desc(), _q.id)
    .limit(10)
)


@dataclass(frozen=True)
class Unfinished:
    """A draft among somebody's own texts."""

    title: str
    consultation: str
    url: str
    saved_at: datetime


@dataclass(frozen=True)
class Reminders:
    """What waits for somebody apart from what they put in, and what moderators did about that, by its code."""

    amended: tuple[AmendedCharter, ...]
    drafts: tuple[Unfinished, ...]
    acts: dict[str, list[moderation.ActView]]


_d, _w = table(ProposalDraft).c, table(ModerationAct).c
_CHARTER, _DRAFT, _ACT = "charter", "draft", "act"
_DRAFTED = (
    select(_q.slug, _q.title, _q.other_title, _q.lang, literal(0).label("number"), _d.saved_at.label("at"))
    .add_columns(_d.title.label("text"), literal(_DRAFT).label("what"))
    .join_from(table(ProposalDraft), table(Consultation), _q.id == _d.consultation_id)
    .where(_d.account_id == bindparam("account"))
    .order_by(_d.saved_at.desc())
    .limit(50)
)
#: In the columns of the others: the code, the act, the reason, and the commitment in the place of the language.
_MODERATED = (
    select(_c.code, _w.act, _w.reason, _w.h, literal(0), _w.at, _w.text, literal(_ACT))
    .join_from(table(ModerationAct), table(Contribution), _c.id == _w.contribution_id)
    .where(_c.code.in_(bindparam("codes", expanding=True)))
)
_REMINDERS = union_all(
    select(_AMENDED.add_columns(null().label("text"), literal(_CHARTER).label("what")).subquery()),
    select(_DRAFTED.subquery()),
    _MODERATED,
)


def reminders(session: Session, actor: Actor, voted: list[Voted], codes: list[str]) -> Reminders:
    """The latest amended charters of what somebody took part in and is not decided, their drafts, what moderators did.

    The amendments are also told who gets no mail. The latest come first; acts on a contribution, the earliest.
    """
    ids = [some.consultation.id for some in voted]
    values = {"participant": actor.participant or 0, "voted": ids, "account": actor.account or 0, "codes": codes}
    rows = sorted(session.execute(_REMINDERS, values).all(), key=lambda row: row.at, reverse=True)
    second = language.get()
    amended = [
        AmendedCharter(it.slug, it.other_title, second, it.number, it.at)
        if it.lang != second and it.other_title
        else AmendedCharter(it.slug, it.title, it.lang, it.number, it.at)
        for it in rows
        if it.what == _CHARTER
    ]
    drafts = [
        Unfinished(it.text, it.title, f"/consultations/{it.slug}/proposals/new", it.at)
        for it in rows
        if it.what == _DRAFT
    ]
    acts: dict[str, list[moderation.ActView]] = {}
    for it in (row for row in reversed(rows) if row.what == _ACT):
        acts.setdefault(it.slug, []).append(moderation.ActView(it.title, it.other_title, it.text, it.at, it.lang))
    return Reminders(tuple(amended), tuple(drafts), acts)
