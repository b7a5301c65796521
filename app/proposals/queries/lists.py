"""Lists of proposals: newest, most supported, most discussed, and a fair random order."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, literal, select, union_all
from sqlmodel import Session

from app.accounts.models import Participant
from app.consultations.models import Consultation, Topic
from app.consultations.queries import ConsultationView
from app.contributions import queries as contributions
from app.contributions.models import Contribution
from app.contributions.queries import Lights
from app.core import paging, seeking
from app.core.access import Actor, Missing
from app.core.columns import table
from app.core.i18n import language
from app.offices import queries as offices
from app.proposals.models import Proposal, ProposalStat

SORTS = ("newest", "support", "discussed", "random")
SEEDS = 16
#: Stored hashes are below this.
SHUFFLE_RANGE = 2**31


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to."""

    topic: str = ""
    status: str = ""
    q: str = ""


@dataclass(frozen=True)
class Item:
    """A proposal in a list; hidden and withdrawn ones stay as stubs."""

    code: str
    title: str
    excerpt: str
    lang: str
    author: str | None
    author_erased: bool
    office: str | None
    channel: str
    received_at: datetime
    topic: str | None
    status: str
    visibility: str
    reason_code: str
    withdrawn: bool
    supports: int
    opposes: int
    neutrals: int
    comments: int
    imported_supports: int
    #: Whether it was merged into another, and how many were merged into it.
    merged: bool
    sources: int
    lights: Lights

    @property
    def url(self) -> str:
        """Its address."""
        return f"/proposals/{self.code}"

    @property
    def shown(self) -> bool:
        """Whether its text may be read."""
        return self.visibility == "public"


_p, _c, _s, _t, _w, _k = (
    table(model).c for model in (Proposal, Contribution, ProposalStat, Topic, Participant, Consultation)
)
_source = table(Contribution).alias("source").c
_SOURCES = select(func.count()).where(_source.canonical_id == _c.id).correlate(table(Contribution)).scalar_subquery()
_ITEMS = offices.with_office(
    select(
        _p.id,
        _p.shuffle,
        _c.code,
        _p.title,
        _p.excerpt,
        _c.lang,
        _w.name.label("author"),
        _w.erased_at,
        _c.channel,
        _c.received_at,
        _t.name.label("topic"),
        _t.name_en,
        _p.status,
        _c.visibility,
        _c.reason_code,
        _p.withdrawn_at,
        _s.supports,
        _s.opposes,
        _s.neutrals,
        _s.comments,
        _s.imported_supports,
        _c.canonical_id,
        _SOURCES.label("sources"),
        _s.support,
        _s.discussed,
    )
    .select_from(table(Proposal))
    .join(table(Contribution), _c.id == _p.id)
    .join(table(ProposalStat), _s.proposal_id == _p.id)
    .outerjoin(table(Participant), _w.id == _c.participant_id)
    .outerjoin(table(Topic), _t.id == _p.topic_id),
    _c.participant_id,
)
#: What was merged into another stands under that one, and is in no list of its own.
_LISTED = _ITEMS.where(_c.canonical_id.is_(None))
_OF_CONSULTATION = _LISTED.where(_p.consultation_id == bindparam("consultation"))
_RANKED = _LISTED.where(_s.consultation_id == bindparam("consultation"))
_ID = paging.Key("id", _p.id, descending=True)
_RANKED_ID = paging.Key("id", _s.proposal_id, descending=True)
#: What a list is read from and what it is ordered by; each has an index that holds just that order.
_ORDERS: dict[str, tuple[Select[Any], tuple[paging.Key, ...]]] = {
    "newest": (_OF_CONSULTATION, (_ID,)),
    "support": (_RANKED, (paging.Key("support", _s.support, descending=True), _RANKED_ID)),
    "discussed": (_RANKED, (paging.Key("discussed", _s.discussed, descending=True), _RANKED_ID)),
}
_BEFORE, _BEYOND = _p.shuffle < bindparam("start"), _p.shuffle >= bindparam("start")
#: The two laps of the random order by their direction, backwards or not.
_LAPS = {
    True: (_OF_CONSULTATION.where(_BEFORE), _OF_CONSULTATION.where(_BEYOND)),
    False: (_OF_CONSULTATION.where(_BEYOND), _OF_CONSULTATION.where(_BEFORE)),
}
_ROUND = {
    backwards: (paging.Key("shuffle", _p.shuffle, backwards), paging.Key("id", _p.id, backwards))
    for backwards in (True, False)
}
#: The beginnings of both laps at once, for a few.
_BOTH_LAPS = {
    backwards: union_all(
        *(
            select(
                lap.add_columns(literal(number).label("lap"))
                .order_by(*((key.column.desc() if backwards else key.column) for key in _ROUND[backwards]))
                .limit(bindparam("most"))
                .subquery()
            )
            for number, lap in enumerate(laps)
        )
    )
    for backwards, laps in _LAPS.items()
}


@cache
def _narrowed(statement: Select[Any], topic: bool, status: bool, found: Select[Any] | None) -> Select[Any]:
    """A list narrowed to a topic, to an answer, to words, or to all of them; made once."""
    if found is not None:
        statement = statement.where(_p.id.in_(found))
    if topic:
        statement = statement.where(_t.slug == bindparam("topic"))
    return statement.where(_p.status == bindparam("status")) if status else statement


def listing(
    session: Session, consultation_id: int, sort: str, filters: Filters, after: str | None, seed: int = 0
) -> paging.Page[Item]:
    """A page of the proposals of a consultation."""
    rows = (
        _random(session, consultation_id, filters, seed, after)
        if sort == "random"
        else _page(session, consultation_id, *_ORDERS[sort], filters, after)
    )
    return paging.Page(_items(session, rows.items), rows.next)


def _page(
    session: Session,
    consultation_id: int,
    statement: Select[Any],
    by: tuple[paging.Key, ...],
    filters: Filters,
    after: str | None,
    size: int = paging.SIZE,
    **values: Any,
) -> paging.Page[Any]:
    values |= {name: value for name, value in (("topic", filters.topic), ("status", filters.status)) if value}
    found = None
    if filters.q:
        found = seeking.subjects(session)
        values |= seeking.asked(session, "proposal", consultation_id, filters.q)
    narrowed = _narrowed(statement, bool(filters.topic), bool(filters.status), found)
    return paging.page(session, narrowed, by, after, size, consultation=consultation_id, **values)


def _random(
    session: Session, consultation_id: int, filters: Filters, seed: int, after: str | None, size: int = paging.SIZE
) -> paging.Page[Any]:
    """The order of one seed: round the stored hashes from a starting point, half of the seeds backwards."""
    start, backwards = _course(seed)
    lap, cursor = _read_lap(after)
    first, second = _LAPS[backwards]

    def some(statement: Select[Any], after: str | None, most: int = size) -> paging.Page[Any]:
        return _page(session, consultation_id, statement, _ROUND[backwards], filters, after, most, start=start)

    if lap == 2:
        return _lap(some(second, cursor), 2)
    page = some(first, cursor)
    if page.next is not None:
        return _lap(page, 1)
    missing = size - len(page.items)
    if missing == 0:
        return paging.Page(page.items, "2")
    rest = some(second, None, missing)
    return _lap(paging.Page(page.items + rest.items, rest.next), 2)


def _course(seed: int) -> tuple[int, bool]:
    """Where a seed starts, and whether it goes backwards."""
    return (seed % (SEEDS // 2)) * (SHUFFLE_RANGE // (SEEDS // 2)), seed >= SEEDS // 2


def _read_lap(after: str | None) -> tuple[int, str | None]:
    if not after:
        return 1, None
    if after[0] not in "12":
        raise Missing
    return int(after[0]), after[1:] or None


def genuine_place(after: str) -> str:
    """Refuse a place in a list that we did not write; in a random order it begins with the number of the round."""
    paging.genuine(after[1:] if after[:1] in ("1", "2") else after)
    return after


def _lap(page: paging.Page[Any], lap: int) -> paging.Page[Any]:
    return paging.Page(page.items, f"{lap}{page.next}" if page.next else None)


def _items(session: Session, rows: Sequence[Any]) -> tuple[Item, ...]:
    """Rows as they are listed, with their lights in a fixed number of queries."""
    lights = contributions.lights_of(session, rows)
    return tuple(_item(row, lights[row.id]) for row in rows)


def _item(row: Any, lights: Lights) -> Item:
    return Item(
        code=row.code,
        title=row.title,
        excerpt=row.excerpt,
        lang=row.lang,
        author=row.author,
        author_erased=row.erased_at is not None,
        office=offices.spoken_for(row.spoken_name, row.spoken_en),
        channel=row.channel,
        received_at=row.received_at,
        topic=row.name_en if language.get() == "en" and row.name_en else row.topic,
        status=row.status,
        visibility=row.visibility,
        reason_code=row.reason_code,
        withdrawn=row.withdrawn_at is not None,
        supports=row.supports,
        opposes=row.opposes,
        neutrals=row.neutrals,
        comments=row.comments,
        imported_supports=row.imported_supports,
        merged=row.canonical_id is not None,
        sources=row.sources,
        lights=lights,
    )


def newest(session: Session, consultation_id: int, limit: int) -> list[Item]:
    """The newest proposals of a consultation, for its page."""
    found = paging.page(session, *_ORDERS["newest"], None, limit, consultation=consultation_id)
    return list(_items(session, found.items))


def some(session: Session, consultation_id: int, seed: int, limit: int) -> list[Item]:
    """A few proposals in the random order of one seed, for a page on which none should have an advantage."""
    start, backwards = _course(seed)
    values = {"consultation": consultation_id, "start": start, "most": limit}
    rows = session.execute(_BOTH_LAPS[backwards], values).all()
    ahead = sorted(rows, key=lambda row: (row.shuffle, row.id), reverse=backwards)
    return list(_items(session, sorted(ahead, key=lambda row: row.lap)[:limit]))


OwnVotes = Callable[[Session, Actor, ConsultationView, Collection[str]], dict[str, str]]
_own_votes: list[OwnVotes] = []


def tells_own_votes(found: OwnVotes) -> OwnVotes:
    """Register how a feature above finds a person's own choices on the proposals of a list, by code."""
    _own_votes.append(found)
    return found


def own_votes(
    session: Session, actor: Actor, consultation: ConsultationView, items: Collection[Item]
) -> dict[str, str]:
    """What the reader of a list voted on its proposals; nothing for who is not signed in."""
    if not actor.signed_in:
        return {}
    codes = [item.code for item in items]
    return {code: choice for each in _own_votes for code, choice in each(session, actor, consultation, codes).items()}


@dataclass(frozen=True)
class Own:
    """A proposal among somebody's own contributions."""

    item: Item
    consultation: str
    consultation_slug: str


_OWN = (
    _ITEMS.add_columns(_k.title.label("consultation_title"), _k.slug)
    .join(table(Consultation), _k.id == _p.consultation_id)
    .where(_c.participant_id == bindparam("participant"))
)
_NEWEST = (_ID,)


def by_author(session: Session, participant: int, after: str | None) -> paging.Page[Any]:
    """The rows of one person's proposals, the newest first; `own` makes them readable with their lights."""
    return paging.page(session, _OWN, _NEWEST, after, participant=participant)


def own(page: paging.Page[Any], lights: Mapping[int, Lights]) -> paging.Page[Own]:
    """Proposals of one person with the lights that were read for them and for whatever stands beside them."""
    found = (Own(_item(row, lights[row.id]), row.consultation_title, row.slug) for row in page.items)
    return paging.Page(tuple(found), page.next)
