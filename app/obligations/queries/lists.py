"""Lists of what is owed: the board's, a desk's, and those of one contribution."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, bindparam, func, literal, select
from sqlmodel import Session

from app.comments.models import Comment
from app.consultations.models import Consultation
from app.contributions import queries as contributions
from app.contributions.models import Contribution, Visibility
from app.core import clock, db, paging
from app.core.columns import Instant, table
from app.core.i18n import language
from app.obligations.models import HandOver, HoldingReply, Obligation
from app.obligations.queries.standings import Narrowed, asked_of
from app.offices.models import Office
from app.proposals.models import Proposal
from app.rules import obligations as rules

_o, _c, _p, _m, _k, _f, _w, _h = (
    table(model).c
    for model in (Obligation, Contribution, Proposal, Comment, Consultation, Office, HoldingReply, HandOver)
)
_about = table(Proposal).alias("about")
_NOW, _SOON = bindparam("now", type_=Instant()), bindparam("soon", type_=Instant())


@dataclass(frozen=True)
class Item:
    """One answer that is owed, as lists show it; the title of what was hidden is not in it."""

    id: int
    code: str
    contributed: str
    title: str
    lang: str
    shown: bool
    kind: str
    state: str
    reception: str
    office_id: int
    office: str
    office_slug: str
    consultation: str
    consultation_slug: str
    consultation_lang: str
    arose_at: datetime
    due_at: datetime
    answered_at: datetime | None
    promised_at: datetime | None
    handed_over: int

    @property
    def url(self) -> str:
        """Where what is owed an answer stands."""
        return f"/contributions/{self.code}"

    @property
    def holder_id(self) -> int:
        """The office that owes it now, whose officials may act on it."""
        return self.office_id

    @property
    def answering(self) -> str:
        """Where that office writes the answer."""
        return f"/desk/consultations/{self.consultation_slug}/answers/new?proposal={self.code}"

    @property
    def open(self) -> bool:
        """Whether the answer is still to come."""
        return self.answered_at is None and self.state != rules.State.LAPSED


_ITEMS = (
    select(
        _o.id, _c.code, _c.kind.label("contributed"), func.coalesce(_p.title, _about.c.title, "").label("title"),
        _c.lang, _c.visibility, _o.kind, _o.reception, _o.office_id, _f.name, _f.name_en, _f.slug,
        _k.slug.label("consultation_slug"), _k.title.label("consultation"), _k.other_title,
        _k.lang.label("consultation_lang"), _o.arose_at, _o.due_at, _o.answered_at, _o.lapsed_at,
        select(func.max(_w.promised_at)).where(_w.obligation_id == _o.id).correlate(table(Obligation))
        .scalar_subquery().label("promised_at"),
        select(func.count()).select_from(table(HandOver)).where(_h.obligation_id == _o.id)
        .correlate(table(Obligation)).scalar_subquery().label("handed_over"),
    )
    .select_from(table(Obligation))
    .join(table(Contribution), _c.id == _o.contribution_id)
    .join(table(Office), _f.id == _o.office_id)
    .join(table(Consultation), _k.id == _o.consultation_id)
    .outerjoin(table(Proposal), _p.id == _o.contribution_id)
    .outerjoin(table(Comment), _m.id == _o.contribution_id)
    .outerjoin(_about, _about.c.id == _m.proposal_id)
)  # fmt: skip

#: What a list can show, each with its condition; the first is what the board shows unasked.
STATES: dict[str, tuple[ColumnElement[bool], ...]] = {
    "overdue": (_o.outcome == "open", _o.due_at < _NOW),
    "due-soon": (_o.outcome == "open", _o.due_at >= _NOW, _o.due_at <= _SOON),
    "on-time": (_o.outcome == "open", _o.due_at > _SOON),
    "answered": (_o.outcome == "answered",),
    "answered-late": (_o.outcome == "answered-late",),
    "not-confirmed": (_o.reception == "not-confirmed",),
    "confirmed": (_o.reception == "confirmed",),
    "disputed": (_o.reception == "disputed",),
    "lapsed": (_o.outcome == "lapsed",),
    "open": (_o.outcome == "open",),
}
_OPEN = ("overdue", "due-soon", "on-time", "open")


@lru_cache(maxsize=200)
def _list(state: str, by: tuple[bool, bool, bool]) -> Select[Any]:
    """The statement of a list; made once for each way of narrowing it."""
    conditions = (
        _o.office_id == bindparam("office"),
        _o.kind == bindparam("kind"),
        _o.consultation_id == bindparam("consultation"),
    )
    return _ITEMS.where(*STATES[state], *(one for wanted, one in zip(by, conditions, strict=True) if wanted))


_FIRST_DUE = (paging.Key("due_at", _o.due_at), paging.Key("id", _o.id))
_LAST_DUE = (paging.Key("due_at", _o.due_at, descending=True), paging.Key("id", _o.id, descending=True))


def items(session: Session, state: str, to: Narrowed, after: str | None, size: int = paging.SIZE) -> paging.Page[Item]:
    """A page of a list: what is open by its due instant, the longest overdue first; what is settled latest first."""
    now = clock.now()
    values, by = asked_of(to)
    order = _FIRST_DUE if state in _OPEN else _LAST_DUE
    page = paging.page(
        session, _list(state, by), order, after, size, **values, now=now, soon=now + rules.SOON
    )  # fmt: skip
    return paging.Page(tuple(_item(row, now) for row in page.items), page.next)


_ALL_IN_PARTS = 1000


def all_items(to: Narrowed) -> Iterator[Item]:
    """Everything owed, settled or not, part by part, each read by itself so that nothing is held open."""
    for state in ("open", "answered", "answered-late", "lapsed"):
        after: str | None = None
        while True:
            with db.reading() as session:
                page = items(session, state, to, after, _ALL_IN_PARTS)
            yield from page.items
            if page.next is None:
                break
            after = page.next


def _item(row: Any, now: datetime) -> Item:
    rule = rules.Obligation(row.arose_at, row.due_at, row.answered_at, row.lapsed_at)
    lang = language.get()
    translated = lang != row.consultation_lang and bool(row.other_title)
    shown = row.visibility == Visibility.PUBLIC
    return Item(
        id=row.id,
        code=row.code,
        contributed=row.contributed,
        title=row.title if shown else "",
        lang=row.lang,
        shown=shown,
        kind=row.kind,
        state=str(rules.state(rule, now)),
        reception=row.reception,
        office_id=row.office_id,
        office=row.name_en if lang == "en" and row.name_en else row.name,
        office_slug=row.slug,
        consultation=row.other_title if translated else row.consultation,
        consultation_slug=row.consultation_slug,
        consultation_lang=lang if translated else row.consultation_lang,
        arose_at=row.arose_at,
        due_at=row.due_at,
        answered_at=row.answered_at,
        promised_at=row.promised_at,
        handed_over=row.handed_over,
    )


# -- of single contributions -----------------------------------------------------------------------

#: What was answered or lapsed has ended; it is not left out here, where that would be asked of the wrong index.
contributions.lights_by(
    select(
        _o.contribution_id,
        literal("due", String).label("fact"),
        _o.due_at.label("at"),
        func.coalesce(_o.answered_at, _o.lapsed_at).label("ended_at"),
        *contributions.by_nobody(),
        contributions.of_no_theme(),
    ).where(_o.contribution_id.in_(bindparam("ids", expanding=True)))
)
