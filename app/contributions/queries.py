"""Reads of the ledger: who handled what, the three lights of many, and their totals."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from fastapi import Path
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    bindparam,
    func,
    literal,
    select,
    union_all,
)
from sqlmodel import Session

from app.consultations import queries as consultations
from app.contributions.models import SPOKEN, Contribution, Handling, Kind, LightCounted, LightTotal
from app.core import clock, db, indexing, keys, pagecache
from app.core.access import Actor, Missing
from app.core.columns import table
from app.core.i18n import language
from app.offices.models import Office
from app.rules import lights as rules


@dataclass(frozen=True)
class HandlingView(consultations.Within):
    """Somebody read a contribution and said what they did with it."""

    consultation: consultations.ConsultationView
    id: int
    contribution_id: int
    code: str
    outcome: str
    h: str
    retracted_at: datetime | None
    #: The office that recorded it, which may be another than the one in charge.
    owing: frozenset[int]


@dataclass(frozen=True)
class Recorded:
    """What somebody recorded themselves and can take back."""

    id: int
    code: str
    outcome: str
    note: str


@dataclass(frozen=True)
class Handled:
    """A handling as everybody may read it; `own` where the author of the contribution recorded it themselves."""

    id: int
    contribution_id: int
    name: str
    role: str
    office: str
    outcome: str
    note: str
    lang: str
    at: datetime
    retracted_at: datetime | None
    retracted_by: str
    own: bool
    office_id: int

    @property
    def counts(self) -> bool:
        """Whether it lights Considered."""
        return rules.Handling(self.at, self.name, self.role, self.own, self.retracted_at).counts


@dataclass(frozen=True)
class Lights:
    """The three lights of a contribution."""

    code: str
    heard: rules.Shown
    considered: rules.Shown
    answered: rules.Shown

    @property
    def each(self) -> tuple[rules.Shown, rules.Shown, rules.Shown]:
        """In the order in which they are shown."""
        return self.heard, self.considered, self.answered

    @property
    def facts(self) -> dict[str, Any]:
        """The lights as data, each with the address of its evidence."""
        told = {str(one.light): self._fact(one) for one in self.each}
        told["answered"] |= {"themes": self.answered.themes, "themes_answered": self.answered.done}
        return told

    def _fact(self, one: rules.Shown) -> dict[str, Any]:
        return {
            "lit": one.lit,
            "since": one.since.isoformat() if one.since else None,
            "awaited_until": one.awaited_until.isoformat() if one.awaited_until else None,
            "overdue": one.overdue,
            "evidence": f"/contributions/{self.code}#{one.light}" if one.lit else None,
        }


_c, _h, _o, _l = (table(model).c for model in (Contribution, Handling, Office, LightTotal))
_HANDLINGS = (
    select(
        _h.id, _h.contribution_id, _h.name, _h.role, _o.name.label("office"), _o.name_en, _h.outcome, _h.note, _h.lang,
        _h.at, _h.retracted_at, _h.retracted_by, _h.office_id,
        func.coalesce(_h.participant_id == _c.participant_id, False).label("own"),
    )
    .join_from(table(Handling), table(Contribution), _c.id == _h.contribution_id)
    .join(table(Office), _o.id == _h.office_id)
    .where(_h.contribution_id.in_(bindparam("ids", expanding=True)))
)  # fmt: skip
_ONE = select(
    _h.id, _h.contribution_id, _c.code, _c.consultation_id, _h.outcome, _h.h, _h.retracted_at, _h.office_id
).join_from(table(Handling), table(Contribution), _c.id == _h.contribution_id)
_RECORDED = (
    select(_h.id, _c.code, _h.outcome, _h.note)
    .join_from(table(Contribution), table(Handling), _h.contribution_id == _c.id)
    .where(_c.code == bindparam("code"), _h.account_id == bindparam("account"), _h.retracted_at.is_(None))
)
_TOTALS = (
    select(_l.consultation_id, _l.kind, *(func.sum(column) for column in (_l.heard, _l.considered, _l.answered)))
    .where(_l.consultation_id.in_(bindparam("consultations", expanding=True)))
    .group_by(_l.consultation_id, _l.kind)
)


def handlings_of(session: Session, ids: Collection[int]) -> dict[int, list[Handled]]:
    """What was recorded about each of these contributions, the earliest first; retracted ones too."""
    english = language.get() == "en"
    found: dict[int, list[Handled]] = {}
    rows = session.execute(_HANDLINGS, {"ids": list(ids)}).all()
    for row in sorted(rows, key=lambda row: (row.at, row.id)):
        fields = dict(row._mapping)
        name_en = fields.pop("name_en")
        handled = Handled(**(fields | {"own": bool(row.own), "office": name_en if english and name_en else row.office}))
        found.setdefault(row.contribution_id, []).append(handled)
    return found


def recorded_by(session: Session, actor: Actor, code: str) -> Recorded | None:
    """What somebody recorded about a contribution, if it stands."""
    row = session.execute(_RECORDED, {"code": code, "account": actor.account}).first()
    return Recorded(**row._mapping) if row else None


def handling(session: Session, number: int) -> HandlingView:
    """A handling by its row number."""
    row = session.execute(_ONE.where(_h.id == number)).first()
    if row is None:
        raise Missing
    fields = dict(row._mapping)
    recorded_in = frozenset({fields.pop("office_id")})
    consultation = consultations.by_id(session, fields.pop("consultation_id"))
    return HandlingView(consultation=consultation, owing=recorded_in, **fields)


#: Called with contributions; tells which offices owe an answer to each of them now.
Holders = Callable[[Session, list[int]], dict[int, set[int]]]
H = TypeVar("H", bound=Holders)
_holders: list[Holders] = []


def tells_who_owes(found: H) -> H:
    """Register what a feature above knows of the offices that owe an answer to contributions."""
    _holders.append(found)
    return found


def owing_to_all(session: Session, ids: Collection[int]) -> frozenset[int]:
    """The offices that owe an answer to every one of these contributions now."""
    owed: dict[int, set[int]] = {number: set() for number in ids}
    for each in _holders:
        for number, offices in each(session, list(ids)).items():
            owed[number] |= offices
    return frozenset(set.intersection(*owed.values())) if owed else frozenset()


def handling_in_path(session: db.Read, number: int = Path(ge=1, lt=2**63)) -> HandlingView:
    """The handling a desk address names."""
    return handling(session, number)


#: What lights a light or says until when it is awaited, one row each; a fact that has an end no longer counts.
FACTS = ("contribution_id", "fact", "at", "ended_at", "by", "role", "own", "theme")
_facts: list[Select[Any]] = []


def lights_by(facts: Select[Any]) -> Select[Any]:
    """Register where a feature keeps such facts: a statement with the columns of `FACTS`.

    `fact` is "handling", "answer", "theme" or "due". The statement is read for the parameter `ids`, together with all
    others.
    """
    assert tuple(facts.selected_columns.keys()) == FACTS
    _facts.append(facts)
    _all_facts.cache_clear()
    return facts


def by_nobody() -> tuple[ColumnElement[Any], ...]:
    """The columns from `by` on, of facts that name nobody."""
    return literal("", String).label("by"), literal("", String).label("role"), literal(False, Boolean).label("own")


def of_no_theme() -> ColumnElement[Any]:
    """The last column, of facts that are about no single theme."""
    return indexing.nothing(BigInteger).label("theme")


@cache
def _all_facts() -> CompoundSelect[Any]:
    return union_all(*_facts)


lights_by(
    select(
        _h.contribution_id,
        literal("handling", String).label("fact"),
        _h.at,
        _h.retracted_at.label("ended_at"),
        _h.name.label("by"),
        _h.role,
        func.coalesce(_h.participant_id == _c.participant_id, False).label("own"),
        of_no_theme(),
    )
    .join_from(table(Handling), table(Contribution), _c.id == _h.contribution_id)
    .where(_h.contribution_id.in_(bindparam("ids", expanding=True)))
)


def lights_of(session: Session, items: Collection[Any]) -> dict[int, Lights]:
    """The lights of many contributions in one query; items have `id`, `code` and `received_at`."""
    if not items:
        return {}
    facts: dict[tuple[int, str], list[Any]] = {}
    for row in session.execute(_all_facts(), {"ids": [item.id for item in items]}):
        facts.setdefault((row.contribution_id, row.fact), []).append(row)
    now = clock.now()
    return {item.id: _lights(item, facts, now) for item in items}


def _lights(item: Any, facts: Mapping[tuple[int, str], Sequence[Any]], now: datetime) -> Lights:
    of = (facts.get((item.id, fact), ()) for fact in ("handling", "answer", "due", "theme"))
    handled, covering, owed, found = of
    handlings = [rules.Handling(row.at, row.by, row.role, bool(row.own), row.ended_at) for row in handled]
    answers = [rules.Answered(row.at, row.ended_at, row.theme) for row in covering]
    themes = {row.theme for row in found if row.ended_at is None}
    due = min((row.at for row in owed if row.ended_at is None), default=None)
    shown = rules.lights(item.received_at, handlings, answers, now, due, themes)
    if shown[2].awaited_until is not None:
        pagecache.changes_at(shown[2].awaited_until + timedelta(microseconds=1))
    return Lights(item.code, *shown)


@dataclass(frozen=True)
class Totals:
    """How many contributions of a consultation are heard, considered and answered, by kind and in all."""

    by_kind: Mapping[str, rules.Totals]

    @property
    def all(self) -> rules.Totals:
        """Of all kinds together."""
        kinds = self.by_kind.values()
        return rules.Totals(
            sum(one.heard for one in kinds), sum(one.considered for one in kinds), sum(one.answered for one in kinds)
        )

    def of(self, kind: str) -> rules.Totals:
        """Of one kind."""
        return self.by_kind.get(kind, rules.Totals())


def totals(session: Session, consultation_id: int) -> Totals:
    """The totals of a consultation, from counters that the database keeps; the same at ten and at a million."""
    return totals_of(session, [consultation_id])[consultation_id]


def totals_of(session: Session, consultation_ids: Collection[int]) -> dict[int, Totals]:
    """The totals of several consultations in one query."""
    found: dict[int, dict[str, rules.Totals]] = {number: {} for number in consultation_ids}
    for number, kind, *counts in session.execute(_TOTALS, {"consultations": list(consultation_ids)}):
        found[number][kind] = rules.Totals(*(int(count) for count in counts))
    return {number: Totals(by_kind) for number, by_kind in found.items()}


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(keys.secret(), salt="shown")


def shown_to(actor: Actor, codes: Collection[str]) -> str:
    """What a page of the desk carries to prove later that it showed these contributions to this person."""
    return str(_signer().dumps([actor.account, sorted(codes)]))


def were_shown(token: str, actor: Actor, codes: Collection[str]) -> bool:
    """Whether a page showed all of these contributions to this person."""
    try:
        account, shown = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return False
    return actor.account is not None and account == actor.account and set(codes) <= set(shown)


_k = table(LightCounted).c
#: The first of those that are considered, and of those that are not: one look at an index for each.
_FIRST_ROWS = [
    select(func.min(_k.contribution_id))
    .where(_k.consultation_id == bindparam("id"), _k.considered == n)
    .scalar_subquery()
    for n in (0, 1)
]
_FIRST = select(
    *(
        select(func.min(_c.received_at)).where(_c.consultation_id == bindparam("id"), _c.kind == kind).scalar_subquery()
        for kind in Kind
    ),
    select(func.min(_c.entered_at)).where(_c.id.in_(_FIRST_ROWS)).scalar_subquery(),
)
_BY_THEM = (
    select(_c.participant_id)
    .distinct()
    .where(_c.consultation_id == bindparam("id"), _c.participant_id.in_(bindparam("participants", expanding=True)))
)


@consultations.locks_charters
def first_entered(session: Session, consultation_id: int) -> datetime | None:
    """When the first contribution to a consultation was entered; what came on paper may have been received before.

    That there is one is read from the ledger alone, with one look at the index for each kind.
    """
    *received, entered = session.execute(_FIRST, {"id": consultation_id}).one()
    found: list[datetime] = [at for at in received if at is not None]
    return entered or min(found) if found else None


@consultations.tells_who_took_part
def contributors(session: Session, consultation_id: int, participants: Collection[int]) -> set[int]:
    """Those of some participants who contributed to a consultation."""
    values = {"id": consultation_id, "participants": list(participants)}
    return set(session.execute(_BY_THEM, values).scalars())


_ENTERERS = (
    select(_c.entered_by)
    .distinct()
    .where(_c.consultation_id == bindparam("id"), _c.entered_by > bindparam("after"), _c.channel.in_(SPOKEN))
    .order_by(_c.entered_by)
    .limit(bindparam("most"))
)
_ENTERED = (
    select(_c.entered_by, _c.code)
    .where(
        _c.consultation_id == bindparam("id"),
        _c.entered_by.in_(bindparam("accounts", expanding=True)),
        _c.channel.in_(SPOKEN),
    )
    .order_by(_c.entered_by, _c.id)
)


@consultations.tells_who_entered
def entered_by(session: Session, consultation_id: int, after: int, most: int) -> dict[int, list[str]]:
    """The next accounts that entered something for others in a consultation, with the codes."""
    found = {"id": consultation_id, "after": after, "most": most}
    codes: dict[int, list[str]] = {number: [] for number in session.execute(_ENTERERS, found).scalars()}
    for account, code in session.execute(_ENTERED, {"id": consultation_id, "accounts": list(codes)}):
        codes[account].append(code)
    return codes
