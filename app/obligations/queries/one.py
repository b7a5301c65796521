"""One answer that is owed, with its whole history; and all that is owed to one contribution."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Path
from sqlalchemy import bindparam, exists, or_, select
from sqlmodel import Session

from app.consultations import queries as consultations
from app.consultations.models import Consultation
from app.consultations.queries import ConsultationView
from app.contributions import queries as contributions
from app.contributions.models import Contribution
from app.core import clock, db
from app.core.access import Missing
from app.core.columns import table
from app.core.i18n import language
from app.core.pagecache import changes_at
from app.obligations.models import HandOver, HoldingReply, Obligation
from app.offices.models import Office
from app.rules import obligations as rules


@dataclass(frozen=True)
class HandedOver:
    """An office gave an obligation to another."""

    from_office: str
    to_office: str
    reason: str
    signed_by: str
    at: datetime


@dataclass(frozen=True)
class Replied:
    """A holding reply with the date it names."""

    office: str
    promised_at: datetime
    text: str
    signed_by: str
    at: datetime


@dataclass(frozen=True)
class Owed:
    """An answer that is owed, with everything that was done about it."""

    id: int
    contribution_id: int
    code: str
    consultation_id: int
    consultation_slug: str
    kind: str
    holder_id: int
    office: str
    office_slug: str
    rule: rules.Obligation
    hand_overs: tuple[HandedOver, ...]
    replies: tuple[Replied, ...]

    @property
    def state(self) -> rules.State:
        """Where it stands now."""
        return rules.state(self.rule, clock.now())

    @property
    def reception(self) -> rules.Reception | None:
        """What its author says of the answer."""
        return rules.reception(self.rule)

    @property
    def answering(self) -> str:
        """Where the office that owes it writes the answer."""
        return f"/desk/consultations/{self.consultation_slug}/answers/new?proposal={self.code}"

    @property
    def open(self) -> bool:
        """Whether the answer is still to come."""
        return self.rule.answered_at is None and self.rule.lapsed_at is None

    @property
    def can_go(self) -> bool:
        """Whether it may still be handed over to another office."""
        return rules.check_hand_over(self.rule, clock.now()) is None

    @property
    def promised_at(self) -> datetime | None:
        """The last date a holding reply named."""
        return max((reply.promised_at for reply in self.replies), default=None)

    @property
    def promise_broken(self) -> bool:
        """Whether the date of the last holding reply has passed without an answer."""
        return self.open and self.promised_at is not None and clock.now() > self.promised_at

    @property
    def facts(self) -> dict[str, Any]:
        """The same as data."""
        return {
            "kind": self.kind,
            "office": self.office_slug,
            "state": self.state,
            "arose": self.rule.arose_at.isoformat(),
            "due": self.rule.due_at.isoformat(),
            "answered": self.rule.answered_at.isoformat() if self.rule.answered_at else None,
            "lapsed": self.rule.lapsed_at.isoformat() if self.rule.lapsed_at else None,
            "reception": self.reception,
            "hand_overs": [
                {"from": it.from_office, "to": it.to_office, "reason": it.reason, "at": it.at.isoformat()}
                for it in self.hand_overs
            ],
            "holding_replies": [
                {"promised": it.promised_at.isoformat(), "text": it.text, "at": it.at.isoformat()}
                for it in self.replies
            ],
        }


_o, _c, _f, _h, _w, _k = (
    table(model).c for model in (Obligation, Contribution, Office, HandOver, HoldingReply, Consultation)
)
_from, _to = table(Office).alias("from_office"), table(Office).alias("to_office")
#: Whether there is more to read of it; of most obligations there is not.
_ACTED = or_(exists().where(_h.obligation_id == _o.id), exists().where(_w.obligation_id == _o.id)).label("acted")
_BASE = (
    select(table(Obligation), _c.code, _f.name, _f.name_en, _f.slug, _k.slug.label("consultation_slug"), _ACTED)
    .select_from(table(Obligation))
    .join(table(Contribution), _c.id == _o.contribution_id)
    .join(table(Office), _f.id == _o.office_id)
    .join(table(Consultation), _k.id == _o.consultation_id)
)
_BY_ID = _BASE.where(_o.id == bindparam("id"))
_OF_CONTRIBUTION = _BASE.where(_o.contribution_id == bindparam("contribution")).order_by(_o.arose_at, _o.id)
_HAND_OVERS = (
    select(
        _h.obligation_id, _from.c.name.label("from_name"), _from.c.name_en.label("from_en"),
        _to.c.name.label("to_name"), _to.c.name_en.label("to_en"), _h.reason, _h.signed_by, _h.at,
    )
    .select_from(table(HandOver))
    .join(_from, _from.c.id == _h.from_office_id)
    .join(_to, _to.c.id == _h.to_office_id)
    .where(_h.obligation_id.in_(bindparam("ids", expanding=True)))
    .order_by(_h.id)
)  # fmt: skip
_REPLIES = (
    select(_w.obligation_id, _f.name, _f.name_en, _w.promised_at, _w.text, _w.signed_by, _w.at)
    .select_from(table(HoldingReply))
    .join(table(Office), _f.id == _w.office_id)
    .where(_w.obligation_id.in_(bindparam("ids", expanding=True)))
    .order_by(_w.id)
)


def by_id(session: Session, number: int) -> Owed:
    """An answer that is owed, by its row number."""
    rows = session.execute(_BY_ID, {"id": number}).all()
    if not rows:
        raise Missing
    return _views(session, rows)[0]


def in_path(session: db.Read, number: Annotated[int, Path(ge=1, lt=2**63)]) -> Owed:
    """The answer a desk address names."""
    return by_id(session, number)


def of_contribution(session: Session, contribution_id: int) -> tuple[Owed, ...]:
    """All that is or was owed to a contribution, in order; a page with it is renewed when the time changes it."""
    rows = session.execute(_OF_CONTRIBUTION, {"contribution": contribution_id}).all()
    found = _views(session, rows) if rows else ()
    now = clock.now()
    if (change := rules.next_change((it.rule for it in found), now)) is not None:
        changes_at(change)
    for it in found:
        if it.open and it.promised_at is not None:
            changes_at(it.promised_at)
    return found


def _views(session: Session, rows: Any) -> tuple[Owed, ...]:
    ids = {"ids": [row.id for row in rows if row.acted]}
    handed = session.execute(_HAND_OVERS, ids).all() if ids["ids"] else ()
    replied = session.execute(_REPLIES, ids).all() if ids["ids"] else ()
    return tuple(
        Owed(
            id=row.id,
            contribution_id=row.contribution_id,
            code=row.code,
            consultation_id=row.consultation_id,
            consultation_slug=row.consultation_slug,
            kind=row.kind,
            holder_id=row.office_id,
            office=_named(row.name, row.name_en),
            office_slug=row.slug,
            rule=rules.Obligation(
                row.arose_at, row.due_at, row.answered_at, row.lapsed_at, row.confirmed_at, row.disputed_at
            ),
            hand_overs=tuple(
                HandedOver(
                    _named(it.from_name, it.from_en), _named(it.to_name, it.to_en), it.reason, it.signed_by, it.at
                )
                for it in handed
                if it.obligation_id == row.id
            ),
            replies=tuple(
                Replied(_named(it.name, it.name_en), it.promised_at, it.text, it.signed_by, it.at)
                for it in replied
                if it.obligation_id == row.id
            ),
        )
        for row in rows
    )


def _named(name: str, english: str) -> str:
    return english if language.get() == "en" and english else name


# -- who may answer --------------------------------------------------------------------------------

_HOLDERS = select(_o.office_id).where(
    _o.consultation_id == bindparam("consultation"), _o.outcome == "open", _o.office_id != bindparam("office")
).distinct()  # fmt: skip
_HELD = select(_o.contribution_id, _o.office_id, _o.due_at).where(
    _o.contribution_id.in_(bindparam("contributions", expanding=True)), _o.outcome == "open"
)


def owing(session: Session, consultation: ConsultationView) -> frozenset[int]:
    """Further offices that owe an answer in a consultation because it was handed over to them."""
    values = {"consultation": consultation.id, "office": consultation.office_id}
    return frozenset(session.execute(_HOLDERS, values).scalars())


@contributions.tells_who_owes
def held_by(session: Session, contribution_ids: list[int], *, in_time: bool = False) -> dict[int, set[int]]:
    """Which offices owe an answer to each of these contributions now; with `in_time`, only what is not late yet."""
    found: dict[int, set[int]] = {}
    now = clock.now()
    for row in session.execute(_HELD, {"contributions": contribution_ids}).all():
        if not in_time or row.due_at >= now:
            found.setdefault(row.contribution_id, set()).add(row.office_id)
    return found


def consultation_of(session: Session, owed: Owed) -> ConsultationView:
    """The consultation in which it is owed."""
    return consultations.by_id(session, owed.consultation_id)
