"""What the person who was owed an answer can say of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.accounts.models import Account
from app.consultations import queries as consultations
from app.contributions.models import Contribution
from app.core import codes, db
from app.core.access import Missing
from app.core.columns import table
from app.obligations.models import Kind, Obligation
from app.responses.models import Answer, Reception, Response, Said
from app.responses.queries.published import AnswerView


@dataclass(frozen=True)
class Received(consultations.Within):
    """A contribution with the answer that stands, and what its author said so far."""

    consultation: consultations.ConsultationView
    contribution_id: int
    code: str
    kind: str
    channel: str
    participant_id: int | None
    visibility: str
    answer_id: int | None
    answer_office_id: int | None
    answered_at: datetime | None
    confirmed: bool
    disputed_at: datetime | None

    @property
    def url(self) -> str:
        """Where the contribution stands."""
        return f"/contributions/{self.code}"

    @property
    def page(self) -> str:
        """Where its author says whether the answer answers it."""
        return f"{self.url}/reception"

    @property
    def can_confirm(self) -> bool:
        """Whether there is an answer of which nothing was said yet."""
        return self.answer_id is not None and not self.confirmed

    @property
    def can_dispute(self) -> bool:
        """Whether there is an answer, and the one dispute is still unused."""
        return self.answer_id is not None and self.disputed_at is None


_c, _a, _r, _w, _o, _s = (table(model).c for model in (Contribution, Answer, Reception, Account, Obligation, Response))
_BY_CODE = select(
    _c.id, _c.code, _c.kind, _c.channel, _c.participant_id, _c.consultation_id, _c.visibility
).where(_c.code == bindparam("code"))  # fmt: skip
_PRESENT = (
    select(_a.id, _a.published_at, _s.office_id)
    .select_from(table(Answer))
    .join(table(Response), _s.id == _a.response_id)
    .where(_a.contribution_id == bindparam("contribution"), _a.published_at.is_not(None), _a.superseded_at.is_(None))
    .order_by(_a.id.desc())
    .limit(1)
)
_SAID = select(_r.answer_id, _r.said, _r.at, _r.text).where(_r.contribution_id == bindparam("contribution"))
_FIRST_SIGNERS = (
    select(_c.code, _w.participant_id)
    .select_from(table(Obligation))
    .join(table(Contribution), _c.id == _o.contribution_id)
    .join(table(Answer), _a.id == _o.answer_id)
    .join(table(Response), _s.id == _a.response_id)
    .join(table(Account), _w.id == _s.signer_id)
    .where(
        _o.contribution_id.in_(bindparam("contributions", expanding=True)),
        _o.kind == Kind.REVIEW,
        _o.outcome == "open",
        _w.participant_id == bindparam("participant"),
    )
)


def to_receive(session: db.Read, code: str) -> Received:
    """The contribution an address names, for what its author says of the answer."""
    row = session.execute(_BY_CODE, {"code": codes.read_code(code) or ""}).first()
    if row is None:
        raise Missing
    subject = {"contribution": row.id}
    present: Any = session.execute(_PRESENT, subject).first()
    said = session.execute(_SAID, subject).all()
    return Received(
        consultation=consultations.by_id(session, row.consultation_id),
        contribution_id=row.id,
        code=row.code,
        kind=row.kind,
        channel=row.channel,
        participant_id=row.participant_id,
        visibility=row.visibility,
        answer_id=present.id if present else None,
        answer_office_id=present.office_id if present else None,
        answered_at=present.published_at if present else None,
        confirmed=any(it.said == Said.CONFIRMED and present and it.answer_id == present.id for it in said),
        disputed_at=min((it.at for it in said if it.said == Said.DISPUTED), default=None),
    )


def receivable(
    item: Any, kind: str, consultation: consultations.ConsultationView, answers: Iterable[AnswerView]
) -> Received:
    """The same for a page that has read the contribution and its answers already, without another query."""
    every = list(answers)
    present = max((it for it in every if it.superseded_at is None), key=lambda it: it.id, default=None)
    return Received(
        consultation=consultation,
        contribution_id=item.id,
        code=item.code,
        kind=kind,
        channel=item.channel,
        participant_id=item.participant_id,
        visibility=item.visibility,
        answer_id=present.id if present else None,
        answer_office_id=present.office_id if present else None,
        answered_at=present.published_at if present else None,
        confirmed=present is not None and present.confirmed,
        disputed_at=min((it.disputed_at for it in every if it.disputed_at), default=None),
    )


def disputes(session: Session, contribution_ids: list[int]) -> dict[int, str]:
    """What the office may read of disputes: the words with which an answer was called none."""
    query = select(_r.contribution_id, _r.text).where(
        _r.contribution_id.in_(contribution_ids), _r.said == Said.DISPUTED
    )
    return {row.contribution_id: row.text for row in session.execute(query).all()}


def signed_first(session: Session, contribution_ids: list[int], participant: int | None) -> list[str]:
    """Which of these this person answered first, so that somebody else has to look again; their codes."""
    if participant is None:
        return []
    values = {"contributions": contribution_ids, "participant": participant}
    return [row.code for row in session.execute(_FIRST_SIGNERS, values).all()]
