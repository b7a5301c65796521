"""One contribution with everything recorded about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.comments import queries as comments
from app.consultations.queries import ConsultationView
from app.contributions import queries as contributions
from app.contributions.models import Contribution, Kind
from app.contributions.queries import Handled, Lights
from app.core import clock
from app.core.access import Missing
from app.core.columns import table
from app.moderation.queries import ActView
from app.obligations import queries as obligations
from app.obligations.queries import Owed
from app.proposals import queries as proposals
from app.responses import queries as responses
from app.rules.phases import VOTE
from app.themes import queries as coding

_c = table(Contribution).c


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
    versions: tuple[proposals.Mark, ...]
    answers: tuple[responses.AnswerView, ...]
    moderation: tuple[ActView, ...]
    #: The themes that were found in it, and that it was left out of the coding.
    themes: tuple[coding.Said, ...]
    exclusions: tuple[coding.LeftOut, ...]
    lights: Lights
    handlings: tuple[Handled, ...]
    #: The answers that are or were owed to it.
    clock: tuple[Owed, ...]
    #: The merges that were carried out with it.
    merges: tuple[proposals.Joined, ...]

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
    def merged_into(self) -> str | None:
        """The code of the proposal it was merged into."""
        held = [merge.into for merge in self.merges if merge.ended_at is None and merge.into != self.code]
        return held[0] if held else None

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
    def owing(self) -> frozenset[int]:
        """The offices that owe it an answer now, for permissions."""
        return frozenset(it.holder_id for it in self.clock if it.rule.answered_at is None and it.rule.lapsed_at is None)

    @property
    def opened_at(self) -> datetime | None:
        """When its consultation opened, for permissions."""
        return self.proposal.opened_at


def trail(session: Session, code: str) -> Trail:
    """What became of the contribution with this code."""
    comment = None
    try:
        proposal = proposals.at_code(session, code)
    except Missing:
        comment = comments.at_code(session, code)
        proposal = comment.proposal
    item: Any = comment or proposal
    lights = contributions.lights_of(session, [item])[item.id]
    taken_back = bool(comment.removed_at if comment else proposal.withdrawn_at)
    record = coding.record_of(session, item.id, item.shown and not taken_back)
    marks, merges = proposals.history(session, proposal) if comment is None else ((), ())
    return Trail(
        code=item.code,
        kind=Kind.COMMENT if comment else Kind.PROPOSAL,
        received_at=item.received_at,
        entered_at=proposal.entered_at if comment is None else item.received_at,
        channel=item.channel,
        proposal=proposal,
        comment=comment,
        versions=marks,
        answers=tuple(reversed(responses.answers_of(session, item.id))),
        moderation=record.moderation,
        themes=record.themes,
        exclusions=record.exclusions,
        lights=lights,
        handlings=tuple(contributions.handlings_of(session, [item.id]).get(item.id, ())),
        clock=obligations.of_contribution(session, item.id),
        merges=merges,
    )
