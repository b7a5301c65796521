"""One contribution as it is coded: its words, what stands around it, and what was found in it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.accounts.models import Account, Participant
from app.comments.models import Comment
from app.consultations import queries as consultations
from app.contributions.models import Contribution, Kind, Visibility
from app.core import access, codes, db
from app.core.access import Missing
from app.core.columns import table
from app.proposals.models import Proposal, ProposalVersion
from app.rules import quoting
from app.rules.codebooks import Again, check_again
from app.themes.models import Coding, CodingLease, Exclusion, Theme
from app.themes.queries.codebooks import CodebookView, ThemeView, in_force

#: A text that is no longer than this is one passage by itself.
SHORT = 280


@dataclass(frozen=True)
class Source:
    """Another text beside the one that is read: the proposal it is on, or the comment it replies to."""

    code: str
    kind: str
    text: str
    lang: str
    shown: bool


@dataclass(frozen=True)
class Found:
    """A theme found in a passage; `theme` is the one that speaks for it now, None where its theme has ended."""

    id: int
    theme: ThemeView | None
    number: int
    stance: str
    version: int
    source: str
    begins: int
    ends: int
    quote: str
    name: str
    account_id: int | None
    at: datetime
    retracted_at: datetime | None
    retracted_by: str
    again: tuple[Again, ...]

    @property
    def label(self) -> str:
        """How its theme is named."""
        return self.theme.label if self.theme else f"T{self.number}"


@dataclass(frozen=True)
class ExclusionView(consultations.Within):
    """Why a contribution is left out, and what its author and a second person said of it."""

    consultation: consultations.ConsultationView
    id: int
    contribution_id: int
    code: str
    participant_id: int | None
    channel: str
    ground: str
    text: str
    lang: str
    name: str
    account_id: int | None
    at: datetime
    lifted_at: datetime | None
    lifted_by: str
    appealed_at: datetime | None
    appeal: str
    decided_at: datetime | None
    decided_by: str
    decision: str
    h: str

    @property
    def waits(self) -> bool:
        """Whether an appeal waits for a second person."""
        return self.appealed_at is not None and self.decided_at is None and self.lifted_at is None


@dataclass(frozen=True)
class Lease:
    """Somebody has a contribution open at the coding desk."""

    account: int
    name: str
    until: datetime


@dataclass(frozen=True)
class Words(consultations.Within):
    """A contribution to be coded, whole."""

    consultation: consultations.ConsultationView
    id: int
    code: str
    kind: str
    channel: str
    title: str
    text: str
    lang: str
    h: str
    number: int
    stance: str
    participant_id: int | None
    received_at: datetime
    gone: bool
    around: tuple[Source, ...]
    open_with: Lease | None

    @cached_property
    def pieces(self) -> tuple[quoting.Passage, ...]:
        """Its sentences, to point at."""
        return quoting.sentences(self.text)

    @property
    def short(self) -> bool:
        """Whether it is one passage by itself."""
        return len(self.text) <= SHORT or len(self.pieces) == 1

    @property
    def page(self) -> str:
        """Where it is coded."""
        return f"/desk/contributions/{self.code}/coding"


def text_of(title: str | None, body: str) -> str:
    """The text that quotes are cut from: of a proposal its title, an empty line and its body; of a comment its body.

    With the title and body of the version that `h` commits to anyone can put it together again.
    """
    return body if title is None else f"{title}\n\n{body}"


_c, _p, _v, _m, _k, _t, _l, _w, _n, _x = (
    table(model).c
    for model in (
        Contribution, Proposal, ProposalVersion, Comment, Coding, Theme, CodingLease, Account, Participant, Exclusion,
    )
)  # fmt: skip
_on, _on_v, _above, _above_c = (
    table(Contribution).alias("on_ledger"), table(ProposalVersion).alias("on_text"), table(Comment).alias("above"),
    table(Contribution).alias("above_ledger"),
)  # fmt: skip
_on_p = table(Proposal).alias("on_proposal")
_ONE = (
    select(
        _c.id, _c.code, _c.kind, _c.consultation_id, _c.channel, _c.lang, _c.visibility, _c.participant_id,
        _c.received_at, _p.withdrawn_at, _v.title, _v.body, _v.h, _v.number, _m.body.label("comment"),
        _m.h.label("comment_h"), _m.stance, _m.removed_at, _on.c.code.label("on_code"), _on.c.lang.label("on_lang"),
        _on.c.visibility.label("on_visibility"), _on_v.c.title.label("on_title"), _on_v.c.body.label("on_body"),
        _on_p.c.withdrawn_at.label("on_withdrawn"), _above_c.c.code.label("above_code"),
        _above_c.c.lang.label("above_lang"), _above_c.c.visibility.label("above_visibility"),
        _above.c.body.label("above_body"), _above.c.removed_at.label("above_removed"), _l.until.label("leased_until"),
        _l.account_id.label("leased_by"), _n.name.label("leased_name"),
    )
    .select_from(table(Contribution))
    .outerjoin(table(Proposal), _p.id == _c.id)
    .outerjoin(table(ProposalVersion), (_v.proposal_id == _p.id) & (_v.number == _p.version))
    .outerjoin(table(Comment), _m.id == _c.id)
    .outerjoin(_on_p, _on_p.c.id == _m.proposal_id)
    .outerjoin(_on, _on.c.id == _m.proposal_id)
    .outerjoin(_on_v, (_on_v.c.proposal_id == _on_p.c.id) & (_on_v.c.number == _on_p.c.version))
    .outerjoin(_above, (_above.c.id == _m.parent_id))
    .outerjoin(_above_c, _above_c.c.id == _above.c.id)
    .outerjoin(table(CodingLease), _l.contribution_id == _c.id)
    .outerjoin(table(Account), _w.id == _l.account_id)
    .outerjoin(table(Participant), _n.id == _w.participant_id)
    .where(_c.code == bindparam("code"))
)  # fmt: skip
_CODINGS = (
    select(
        _k.id, _k.theme_id, _k.version, _k.source, _k.begins, _k.ends, _k.quote, _k.text_h, _k.name, _k.account_id,
        _k.at, _k.retracted_at, _k.retracted_by, _t.number, _t.merged_into,
    )
    .join_from(table(Coding), table(Theme), _t.id == _k.theme_id)
    .where(_k.contribution_id == bindparam("contribution"))
    .order_by(_k.begins, _k.id)
)  # fmt: skip
_EXCLUSIONS = (
    select(
        _x.id, _x.contribution_id, _c.code, _c.participant_id, _c.channel, _c.consultation_id, _x.ground, _x.text,
        _x.lang, _x.name, _x.account_id, _x.at, _x.lifted_at, _x.lifted_by, _x.appealed_at, _x.appeal, _x.decided_at,
        _x.decided_by, _x.decision, _x.h,
    )
    .join_from(table(Exclusion), table(Contribution), _c.id == _x.contribution_id)
)  # fmt: skip
_OF_ONE = _EXCLUSIONS.where(_x.contribution_id == bindparam("contribution")).order_by(_x.id)
_BY_ID = _EXCLUSIONS.where(_x.id == bindparam("id"))


def words(session: Session, code: str) -> Words:
    """A contribution by its code, with what it is about; without its text where that may not be read any more."""
    row: Any = session.execute(_ONE, {"code": codes.read_code(code) or ""}).first()
    if row is None:
        raise Missing
    proposal = row.kind == Kind.PROPOSAL
    gone = row.visibility != Visibility.PUBLIC or bool(row.withdrawn_at or row.removed_at)
    text = text_of(row.title, row.body) if proposal else row.comment
    return Words(
        consultation=consultations.by_id(session, row.consultation_id),
        id=row.id,
        code=row.code,
        kind=row.kind,
        channel=row.channel,
        title=row.title if proposal and not gone else "",
        text="" if gone else text,
        lang=row.lang,
        h=row.h if proposal else row.comment_h,
        number=row.number or 1,
        stance=row.stance or "",
        participant_id=row.participant_id,
        received_at=row.received_at,
        gone=gone,
        around=tuple(_around(row)),
        open_with=Lease(row.leased_by, row.leased_name or "", row.leased_until) if row.leased_by else None,
    )


def _around(row: Any) -> list[Source]:
    found = []
    if row.on_code is not None:
        shown = row.on_visibility == Visibility.PUBLIC and row.on_withdrawn is None
        text = text_of(row.on_title, row.on_body) if shown else ""
        found.append(Source(row.on_code, Kind.PROPOSAL, text, row.on_lang, shown))
    if row.above_code is not None:
        shown = row.above_visibility == Visibility.PUBLIC and row.above_removed is None
        found.append(Source(row.above_code, Kind.COMMENT, row.above_body if shown else "", row.above_lang, shown))
    return found


def in_path(session: db.Read, code: str) -> Words:
    """The contribution a desk address names."""
    return words(session, code)


def found_in(session: Session, item: Words, book: CodebookView | None) -> tuple[Found, ...]:
    """Everything that was found in a contribution, in the order of the text; what was taken back too."""
    rows = session.execute(_CODINGS, {"contribution": item.id}).all()
    return tuple(_found(row, item, book) for row in rows)


def _found(row: Any, item: Words, book: CodebookView | None) -> Found:
    fields = dict(row._mapping)
    theme_id, merged_into, text_h = fields.pop("theme_id"), fields.pop("merged_into"), fields.pop("text_h")
    theme = book.by_id.get(merged_into or theme_id) if book else None
    again = check_again(row.version, theme.since if theme else None, text_h, item.h)
    return Found(**fields, theme=theme, stance=theme.says if theme else "", again=again)


def exclusions_of(session: Session, item: Words) -> tuple[ExclusionView, ...]:
    """When and why a contribution was left out, the earliest first."""
    rows = session.execute(_OF_ONE, {"contribution": item.id}).all()
    return tuple(_exclusion(row, item.consultation) for row in rows)


def exclusion(session: Session, number: int) -> ExclusionView:
    """An exclusion by its row number."""
    row: Any = session.execute(_BY_ID, {"id": number}).first()
    if row is None:
        raise Missing
    return _exclusion(row, consultations.by_id(session, row.consultation_id))


def _exclusion(row: Any, consultation: consultations.ConsultationView) -> ExclusionView:
    fields = dict(row._mapping)
    del fields["consultation_id"]
    return ExclusionView(consultation=consultation, **fields)


@dataclass(frozen=True)
class FoundHere(consultations.Within):
    """A coding at the desk, with the contribution it is about."""

    consultation: consultations.ConsultationView
    item: Words
    found: Found
    h: str


_CODED = select(_k.h, _c.code).join_from(table(Coding), table(Contribution), _c.id == _k.contribution_id)


def coding(session: Session, number: int) -> FoundHere:
    """A coding by its row number."""
    row: Any = session.execute(_CODED.where(_k.id == number)).first()
    if row is None:
        raise Missing
    item = words(session, row.code)
    every = found_in(session, item, in_force(session, item.consultation.id))
    return FoundHere(item.consultation, item, next(one for one in every if one.id == number), row.h)


@dataclass(frozen=True)
class Piece:
    """A sentence to point at, with the labels of the themes that were found in it; `parts` tells a new paragraph."""

    number: int
    text: str
    labels: tuple[str, ...]
    parts: bool


@dataclass(frozen=True)
class Desk:
    """A contribution on the coding desk."""

    item: Words
    book: CodebookView | None
    found: tuple[Found, ...]
    excluded: ExclusionView | None
    open_by: str

    @property
    def standing(self) -> tuple[Found, ...]:
        """What was found and not taken back."""
        return tuple(one for one in self.found if one.retracted_at is None)

    @property
    def there(self) -> frozenset[int]:
        """The themes that stand, by their numbers."""
        return frozenset(one.theme.number for one in self.standing if one.theme)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The text in sentences."""
        text, made, end = self.item.text, [], 0
        for number, at in enumerate(self.item.pieces):
            carried = [it.label for it in self.standing if it.begins < at.ends and at.begins < it.ends]
            parts = "\n" in text[end : at.begins]
            made.append(Piece(number, at.of(text), tuple(dict.fromkeys(carried)), parts))
            end = at.ends
        return tuple(made)


def desk(session: Session, actor: access.Actor, item: Words, now: datetime) -> Desk:
    """Everything the coding desk shows of a contribution."""
    book = in_force(session, item.consultation.id)
    every = exclusions_of(session, item)
    lease = item.open_with
    elsewhere = lease is not None and lease.account != actor.account and lease.until > now
    return Desk(
        item,
        book,
        found_in(session, item, book),
        next((one for one in every if one.lifted_at is None), None),
        lease.name if lease is not None and elsewhere else "",
    )
