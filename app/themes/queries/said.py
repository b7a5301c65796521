"""What was said in a consultation: its themes by weight, where they come from, and the words that stand for them.

Four statements whatever the number of themes and contributions, beside the codebook: the weights, the balance, one row
for each coding that stands, and the words of the passages drawn.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, func, select
from sqlmodel import Session

from app.comments.models import Comment, Stance
from app.consultations.queries import ConsultationView
from app.contributions.models import Contribution, Visibility
from app.core import clock
from app.core.columns import table
from app.offices import queries as offices
from app.offices.models import Area
from app.proposals.models import Proposal, ProposalVersion
from app.rules import quoting, small_counts, voices
from app.rules.coding import State
from app.themes.models import CampaignSignature, Coding, CodingCounted, Theme
from app.themes.queries.codebooks import CodebookView, ThemeView, in_force
from app.themes.queries.queue import NUMBERS
from app.themes.queries.standing import Reconciled, balance
from app.themes.queries.weights import ARGUMENT, Weight, weights

#: So many characters of a passage are quoted at most; the whole is where it links to.
QUOTED = 400


@dataclass(frozen=True)
class Voice:
    """A passage that stands for a theme: exact words, and the contribution they are from."""

    why: str
    code: str
    quote: str
    lang: str

    @property
    def shown(self) -> str:
        """Its beginning, as it is quoted."""
        return quoting.beginning(self.quote, QUOTED)


@dataclass(frozen=True)
class ThemeSaid:
    """One theme: how often it was found, about which places, and in which words."""

    theme: ThemeView
    weight: Weight
    places: small_counts.Row
    voices: tuple[Voice, ...]


@dataclass(frozen=True)
class AllSaid:
    """Everything that was said in a consultation, the heaviest theme first."""

    book: CodebookView | None
    reconciled: Reconciled
    themes: tuple[ThemeSaid, ...]
    people: int
    places: small_counts.Row
    #: The names of places by their codes; "" is what is about none.
    place_names: Mapping[str, str]
    #: How many of what is coded were received in each week, by its Monday, without a gap.
    weeks: tuple[tuple[date, int], ...]

    @property
    def seed(self) -> str:
        """With which the passages were drawn: the fingerprint of the codebook in force."""
        return self.book.h if self.book else ""

    @property
    def copied(self) -> bool:
        """Whether some themes were found in copies of one text."""
        return any(one.weight.arguments < one.weight.contributions for one in self.themes)


_k, _t, _q, _c, _p, _v, _m, _a, _s = (
    table(model).c
    for model in (
        Coding, Theme, CodingCounted, Contribution, Proposal, ProposalVersion, Comment, Area, CampaignSignature,
    )
)  # fmt: skip
_on, _unit = table(Contribution).alias("on_ledger"), table(Area).alias("unit")
#: So many characters the codes of places right below that of a consultation have; those of regencies where it has none.
_asked = select(func.length(_unit.c.code)).where(_unit.c.id == bindparam("area")).correlate(None).scalar_subquery()
_LENGTH = case((_asked == 2, 5), (_asked == 5, 8), (_asked.is_(None), 5), else_=13)
_FOUND = (
    select(
        func.coalesce(_t.merged_into, _t.id).label("theme"), _k.id, _k.version, _c.code, _c.id.label("contribution"),
        _c.participant_id, _c.received_at, _m.stance, _m.proposal_id, _unit.c.code.label("place"),
        _unit.c.name.label("place_name"), ARGUMENT.label("argument"),
        and_(
            _c.visibility == Visibility.PUBLIC, _p.withdrawn_at.is_(None), _m.removed_at.is_(None),
            _k.text_h == func.coalesce(_v.h, _m.h),
        ).label("readable"),
    )
    .select_from(table(Theme))
    .join(table(Coding), and_(_k.theme_id == _t.id, _k.retracted_at.is_(None)))
    .join(
        table(CodingCounted),
        and_(_q.contribution_id == _k.contribution_id, _q.state == NUMBERS[State.CODED]),
    )
    .join(table(Contribution), _c.id == _k.contribution_id)
    .outerjoin(table(Proposal), _p.id == _c.id)
    .outerjoin(table(ProposalVersion), and_(_v.proposal_id == _p.id, _v.number == _p.version))
    .outerjoin(table(Comment), _m.id == _c.id)
    .outerjoin(table(CampaignSignature), _s.contribution_id == _c.id)
    .outerjoin(_on, _on.c.id == _m.proposal_id)
    .outerjoin(table(Area), _a.id == func.coalesce(_c.area_id, _on.c.area_id))
    .outerjoin(_unit, _unit.c.code == func.substr(_a.code, 1, _LENGTH))
    .where(_t.consultation_id == bindparam("consultation"))
)  # fmt: skip
_EVERY = _FOUND.order_by(_k.id)
_n = table(CodingCounted).alias("next_ones").c
_SOME = (
    select(_n.contribution_id)
    .where(
        _n.consultation_id == bindparam("consultation"), _n.state == NUMBERS[State.CODED],
        _n.contribution_id > bindparam("after"),
    )
    .order_by(_n.contribution_id)
    .limit(bindparam("most"))
)  # fmt: skip
_now = table(Theme).alias("speaks_now")
_PASSAGES = (
    _FOUND.add_columns(_now.c.number, _k.quote, _c.kind, _c.lang, _on.c.code.label("proposal"))
    .join(_now, _now.c.id == func.coalesce(_t.merged_into, _t.id))
    .where(_k.contribution_id.in_(_SOME))
    .order_by(_k.contribution_id, _k.id)
)
_WORDS = (
    select(_k.id, _k.quote, _c.lang)
    .join_from(table(Coding), table(Contribution), _c.id == _k.contribution_id)
    .where(_k.id.in_(bindparam("codings", expanding=True)))
)


def all_said(session: Session, consultation: ConsultationView) -> AllSaid:
    """What was said, from the present codings; nothing of what is hidden, withdrawn or was changed since is quoted."""
    book = in_force(session, consultation.id)
    reconciled, weighed = balance(session, consultation.id), weights(session, consultation.id)
    which = {"consultation": consultation.id, "area": consultation.area_id}
    found = session.execute(_EVERY, which).all() if book and weighed else []
    by_place, people = _by_place(found)
    heard = _voices(session, book, found) if book else {}
    themes = [
        ThemeSaid(
            theme,
            weighed.get(theme.id, Weight()),
            by_place.rows.get(theme.id, small_counts.Row(0, {}, 0)),
            heard.get(theme.id, ()),
        )
        for theme in (book.themes if book else ())
    ]
    themes.sort(key=lambda it: (-it.weight.contributions, it.theme.number))
    return AllSaid(
        book,
        reconciled,
        tuple(themes),
        people,
        by_place.all,
        {row.place: offices.titled(row.place, row.place_name) for row in found if row.place} | {"": ""},
        _weeks({row.contribution: row.received_at for row in found}.values()),
    )


def _by_place(found: Iterable[Any]) -> tuple[small_counts.Table, int]:
    """What may be shown by place, and how many people are behind all of it.

    A contribution that came without an account is of somebody by itself.
    """
    every: dict[str, list[int]] = {}
    rows: dict[int, dict[str, list[int]]] = {}
    people: dict[int, int] = {}
    counted: set[tuple[int, int]] = set()
    for row in found:
        number, theme, place = row.contribution, row.theme, row.place or ""
        if number not in people:
            people[number] = row.participant_id or -number
            every.setdefault(place, []).append(people[number])
        if (theme, number) not in counted:
            counted.add((theme, number))
            rows.setdefault(theme, {}).setdefault(place, []).append(people[number])
    return small_counts.table(every, rows), len(set(people.values()))


def _weeks(received: Iterable[Any]) -> tuple[tuple[date, int], ...]:
    counted: dict[date, int] = {}
    for instant in received:
        day = clock.local(instant).date()
        monday = day - timedelta(days=day.weekday())
        counted[monday] = counted.get(monday, 0) + 1
    if not counted:
        return ()
    first, last = min(counted), max(counted)
    every = (first + timedelta(weeks=week) for week in range((last - first).days // 7 + 1))
    return tuple((monday, counted.get(monday, 0)) for monday in every)


@dataclass(frozen=True)
class Passage:
    """One coding that stands; without its words where they may not be quoted."""

    contribution: int
    theme: int
    code: str
    kind: str
    proposal: str | None
    stance: str | None
    version: int
    #: Of which text it is a copy; what its sender added to it is no copy.
    campaign: int | None
    quote: str | None
    lang: str


def passages(session: Session, consultation: ConsultationView, after: int, most: int) -> list[Passage]:
    """The codings that stand in the next so many contributions: what the quotes of a theme are chosen from."""
    book = in_force(session, consultation.id)
    which = {"consultation": consultation.id, "area": consultation.area_id, "after": after, "most": most}
    return [
        Passage(
            row.contribution, row.number, row.code, row.kind, row.proposal, row.stance, row.version,
            -row.argument if row.argument < 0 else None,
            row.quote if book and _quotable(book, row) else None, row.lang,
        )
        for row in session.execute(_PASSAGES, which)
    ]  # fmt: skip


def _quotable(book: CodebookView, row: Any) -> bool:
    """Whether a passage may stand for its theme: public, of the present text, and of what the theme means now."""
    theme = book.by_id.get(row.theme)
    return theme is not None and bool(row.readable) and row.version >= theme.since


# -- voices ----------------------------------------------------------------------------------------


def _voices(session: Session, book: CodebookView, found: Iterable[Any]) -> dict[int, tuple[Voice, ...]]:
    """The words that stand for each theme, by the rule of `voices`."""
    carrying, against = _candidates(book, found)
    drawn = {
        theme: tuple(_drawn(book.h, some) for some in (passages, against.get(theme, {})))
        for theme, passages in carrying.items()
    }
    codings = {coding for both in drawn.values() for some in both for coding in some.values()}
    words = {row.id: row for row in session.execute(_WORDS, {"codings": sorted(codings)})} if codings else {}
    heard = {}
    for theme, (for_it, against_it) in drawn.items():
        chosen = voices.chosen(
            {code: words[coding].quote for code, coding in for_it.items()},
            {code: words[coding].quote for code, coding in against_it.items()},
        )
        where = {"typical": for_it, "unlike": for_it, "against": against_it}
        named = [(why, code) for why, code in vars(chosen).items() if code is not None]
        heard[theme] = tuple(_voice(why, code, words[where[why][code]]) for why, code in named)
    return heard


def _drawn(seed: str, some: Mapping[str, Any]) -> dict[str, int]:
    """The passages drawn, as the row numbers of their codings by the codes of their contributions."""
    return {code: some[code].id for code in voices.drawn(seed, {code: row.argument for code, row in some.items()})}


def _voice(why: str, code: str, words: Any) -> Voice:
    return Voice(why, code, words.quote, words.lang)


def _candidates(
    book: CodebookView, found: Iterable[Any]
) -> tuple[dict[int, dict[str, Any]], dict[int, dict[str, Any]]]:
    """By theme: passages that carry it, and those of comments against proposals that carry it, by codes."""
    carrying: dict[int, dict[str, Any]] = {}
    proposed: dict[int, set[int]] = {}
    contrary: dict[int, dict[str, Any]] = {}
    carriers: dict[int, set[str]] = {}
    for row in found:
        carriers.setdefault(row.theme, set()).add(row.code)
        if row.proposal_id is None:
            proposed.setdefault(row.contribution, set()).add(row.theme)
        if not _quotable(book, row):
            continue
        carrying.setdefault(row.theme, {}).setdefault(row.code, row)
        if row.stance == Stance.AGAINST:
            contrary.setdefault(row.proposal_id, {}).setdefault(row.code, row)
    against: dict[int, dict[str, Any]] = {}
    for proposal, passages in contrary.items():
        for theme_id in proposed.get(proposal, ()):
            others = {code: row for code, row in passages.items() if code not in carriers[theme_id]}
            against.setdefault(theme_id, {}).update(others)
    return carrying, against
