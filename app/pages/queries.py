"""Reads across features for the pages made of several of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func, or_, select
from sqlmodel import Session

from app.accounts.models import Account
from app.comments import queries as comments
from app.comments.models import Comment
from app.consultations.models import Amendment, Consultation, Topic
from app.consultations.queries import ConsultationView, by_id, phases_unsealed
from app.contributions import queries as contributions
from app.contributions.models import Contribution, Kind, LightCounted, Visibility
from app.contributions.queries import Handled, Lights
from app.core import clock, codes, jobs, mail, paging
from app.core.access import Actor, Missing
from app.core.columns import table
from app.core.i18n import language
from app.core.markdown import to_text
from app.moderation import queries as moderation
from app.obligations import queries as obligations
from app.obligations.queries import Owed
from app.offices.models import Area, Office
from app.proposals import queries as proposals
from app.proposals.models import Proposal
from app.publiclog.models import Event
from app.responses import queries as responses
from app.rules import lights as rules
from app.rules.phases import VOTE
from app.votes import queries as votes
from app.votes.models import Ballot

_b, _c, _l, _p, _m = (table(model).c for model in (Ballot, Contribution, LightCounted, Proposal, Comment))


@dataclass(frozen=True)
class Totals:
    """How much was put into a consultation; ballots only where they may be seen."""

    proposals: int
    comments: int
    ballots: int | None
    #: Of the proposals.
    answered: int
    lights: rules.Totals


def totals(session: Session, view: ConsultationView) -> Totals:
    """What has been received so far, in two queries; contributions are counted by the database as they come."""
    received = contributions.totals(session, view.id)
    voting = [phase.id for phase in view.phases if VOTE in phase.acts]
    ballots = None
    if voting and view.counts_shown:
        ballots = int(
            session.execute(select(func.count()).select_from(table(Ballot)).where(_b.phase_id.in_(voting))).scalar_one()
        )
    proposed = received.of(Kind.PROPOSAL)
    return Totals(proposed.heard, received.of(Kind.COMMENT).heard, ballots, proposed.answered, received.all)


@dataclass(frozen=True)
class Trail:
    """One contribution with everything recorded about it."""

    code: str
    kind: str
    received_at: datetime
    entered_at: datetime
    channel: str
    proposal: proposals.ProposalView
    comment: comments.CommentView | None
    versions: tuple[proposals.Version, ...]
    answers: tuple[responses.AnswerView, ...]
    moderation: tuple[Any, ...]
    lights: Lights
    handlings: tuple[Handled, ...]
    #: The answers that are or were owed to it.
    clock: tuple[Owed, ...]

    @property
    def considered_by(self) -> Handled | None:
        """The handling that lit Considered, where one did."""
        return next((one for one in self.handlings if one.counts), None)

    @property
    def standing(self) -> responses.AnswerView | None:
        """The answer that stands."""
        return next((one for one in self.answers if one.superseded_at is None), None)

    @property
    def counted_at(self) -> datetime | None:
        """When the votes on it were counted; None before that, and for what nobody votes on here."""
        consultation = self.proposal.consultation
        voting = [phase for phase in consultation.phases if VOTE in phase.acts]
        if self.kind != "proposal" or not consultation.counted or consultation.imported_from:
            return None
        return max((phase.counted_at for phase in voting if phase.counted_at), default=None)

    @property
    def answer_due(self) -> datetime | None:
        """Until when the office means to answer, if the consultation says so and it is not past."""
        answering = [phase.closes for phase in self.proposal.consultation.phases if phase.kind == "review"]
        return max((due for due in answering if due > clock.now()), default=None)

    @property
    def item(self) -> Any:
        """The proposal or the comment itself."""
        return self.comment or self.proposal

    @property
    def taken_back(self) -> bool:
        """Whether its author withdrew it, or removed it."""
        return bool(self.comment.removed_at if self.comment else self.proposal.withdrawn_at)

    @property
    def consultation(self) -> ConsultationView:
        """Where it was put in."""
        return self.proposal.consultation

    @property
    def office_id(self) -> int:
        """The office in charge, for permissions."""
        return self.proposal.office_id

    @property
    def opened_at(self) -> datetime | None:
        """When its consultation opened, for permissions."""
        return self.proposal.opened_at


def trail(session: Session, code: str) -> Trail:
    """What became of the contribution with this code."""
    read = codes.read_code(code)
    row = session.execute(select(_c.id, _c.kind).where(_c.code == read)).first() if read else None
    if row is None:
        raise Missing
    comment = comments.at_code(session, code) if row.kind == Kind.COMMENT else None
    proposal = comment.proposal if comment else proposals.by_id(session, row.id)
    item: Any = comment or proposal
    lights = contributions.lights_of(session, [item])[row.id]
    return Trail(
        code=item.code,
        kind=row.kind,
        received_at=item.received_at,
        entered_at=proposal.entered_at if comment is None else item.received_at,
        channel=item.channel,
        proposal=proposal,
        comment=comment,
        versions=() if comment else tuple(reversed(proposals.versions(session, proposal.id))),
        answers=tuple(reversed(responses.answers_of(session, row.id))),
        moderation=tuple(moderation.acts_of(session, row.id)),
        lights=lights,
        handlings=tuple(contributions.handlings_of(session, [row.id]).get(row.id, ())),
        clock=obligations.of_contribution(session, row.id),
    )


# -- what waits to be considered -------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """A contribution nobody has considered yet, as the desk lists it."""

    id: int
    code: str
    kind: str
    #: Of the proposal itself, or of the one a comment is on; of a hidden one its code.
    title: str
    text: str
    lang: str
    channel: str
    received_at: datetime
    own: bool

    @property
    def page(self) -> str:
        """Where an official reads it."""
        return f"/desk/contributions/{self.code}/reading"


_about, _on = table(Proposal).alias("about"), table(Contribution).alias("on_ledger")
_EXCERPT = 240
#: What can still be read and waits, in the order of the index that holds the queue: the oldest first.
_WAITING = (
    select(
        _l.contribution_id.label("id"), _c.code, _c.kind, _c.lang, _c.channel, _c.received_at, _c.participant_id,
        case((_on.c.visibility == Visibility.PUBLIC, _about.c.title), else_=_on.c.code).label("on_title"), _p.title,
        func.coalesce(_p.excerpt, _m.body).label("text"),
    )
    .select_from(table(LightCounted))
    .join(table(Contribution), _c.id == _l.contribution_id)
    .outerjoin(table(Proposal), _p.id == _l.contribution_id)
    .outerjoin(table(Comment), _m.id == _l.contribution_id)
    .outerjoin(_about, _about.c.id == _m.proposal_id)
    .outerjoin(_on, _on.c.id == _m.proposal_id)
    .where(
        _l.consultation_id == bindparam("consultation"),
        _l.considered == 0,
        _c.visibility == Visibility.PUBLIC,
        _p.withdrawn_at.is_(None),
        _m.removed_at.is_(None),
    )
)  # fmt: skip
_OLDEST = (paging.Key("id", _l.contribution_id),)
_NEXT = (
    _WAITING.where(
        _l.contribution_id > bindparam("after"),
        _c.participant_id.is_distinct_from(bindparam("participant", type_=_c.participant_id.type)),
    )
    .order_by(_l.contribution_id)
    .limit(1)
)


def waiting(session: Session, actor: Actor, consultation_id: int, after: str | None) -> paging.Page[Waiting]:
    """A page of what nobody has considered yet in a consultation, the oldest first."""
    page = paging.page(session, _WAITING, _OLDEST, after, consultation=consultation_id)
    return paging.Page(tuple(_waiting(row, actor) for row in page.items), page.next)


def next_waiting(session: Session, actor: Actor, consultation_id: int, after: int) -> Waiting | None:
    """What somebody who has read one reads next: the oldest that waits after it, else the oldest of all.

    Their own words are left out: a colleague reads those.
    """
    values = {"consultation": consultation_id, "participant": actor.participant}
    for bound in (after, 0):
        row = session.execute(_NEXT, values | {"after": bound}).first()
        if row is not None and row.id != after:
            return _waiting(row, actor)
    return None


def _waiting(row: Any, actor: Actor) -> Waiting:
    own = row.participant_id is not None and row.participant_id == actor.participant
    text = to_text(row.text, _EXCERPT)
    title = row.title if row.kind == Kind.PROPOSAL else row.on_title
    return Waiting(row.id, row.code, row.kind, title, text, row.lang, row.channel, row.received_at, own)


@dataclass(frozen=True)
class Voted:
    """Somebody's own votes in one consultation in which they can still change."""

    consultation: ConsultationView
    votes: tuple[votes.Own, ...]

    @property
    def unconfirmed(self) -> bool:
        """Whether some of them were cast before the counting rule was changed, and not confirmed since."""
        return any(vote.rule < self.consultation.rule_changes for vote in self.votes)


OWN_VOTES = 50


def own_votes(session: Session, participant: int) -> list[Voted]:
    """Somebody's own votes in phases not sealed yet, by consultation, on the latest proposals first."""
    found: list[Voted] = []
    left = OWN_VOTES
    for consultation_id in dict.fromkeys(number for number, _phase in phases_unsealed(session)):
        some = votes.own(session, participant, consultation_id)[:left]
        left -= len(some)
        if some:
            found.append(Voted(by_id(session, consultation_id), tuple(some)))
    return found


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


def amended_charters(session: Session, participant: int, voted: list[Voted]) -> list[AmendedCharter]:
    """The latest amended charters of what somebody took part in and is not decided: also told who gets no mail."""
    ids = [some.consultation.id for some in voted]
    rows = session.execute(_AMENDED, {"participant": participant, "voted": ids}).all()
    second = language.get()
    return [
        AmendedCharter(it.slug, it.other_title, second, it.number, it.at)
        if it.lang != second and it.other_title
        else AmendedCharter(it.slug, it.title, it.lang, it.number, it.at)
        for it in rows
    ]


@dataclass(frozen=True)
class Installation:
    """Figures an administrator looks at."""

    people: int
    offices: int
    topics: int
    areas: int
    mail_waiting: int
    jobs_waiting: int
    jobs_failed: int
    events: int


def installation(session: Session) -> Installation:
    """How much there is to look after, in one query; how many vote is sealed for administrators too."""
    a, o, m, j, e = (table(model).c for model in (Account, Office, mail.Mail, jobs.Job, Event))
    given_up = j.attempts >= jobs.MAX_ATTEMPTS
    counts = (
        select(func.count()).select_from(table(Account)).where(a.deleted_at.is_(None)),
        select(func.count()).select_from(table(Office)).where(o.closed_at.is_(None)),
        select(func.count()).select_from(table(Topic)),
        select(func.count()).select_from(table(Area)),
        select(func.count()).select_from(table(mail.Mail)).where(m.sent_at.is_(None)),
        select(func.count()).select_from(table(jobs.Job)).where(~given_up),
        select(func.count()).select_from(table(jobs.Job)).where(given_up),
        select(func.count()).select_from(table(Event)).where(e.subject_kind != "ballot"),
    )
    row = session.execute(select(*(count.scalar_subquery() for count in counts))).one()
    return Installation(*(int(number) for number in row))
