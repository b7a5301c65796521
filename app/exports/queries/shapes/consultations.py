"""What is told of consultations, their charters and amendments."""

from typing import Annotated, Any

from pydantic import Field

from app.exports.queries.shapes.basics import Address, Fingerprint, Instant, Lang, Next, Number, Shape, State


class Named(Shape):
    """An office, by name."""

    slug: str
    name: str


class Phase(Shape):
    """A dated part of a consultation: half-open, from the opening on and before the closing."""

    kind: str
    acts: list[str]
    opens: Instant
    closes: Instant
    state: str


class Consultation(Shape):
    """One question put to the public."""

    slug: str
    url: Address
    title: str
    summary: str
    lang: Lang
    state: State
    office: Named
    area: str | None
    voting: str
    vote_limit: Number | None
    counts_during_voting: bool
    counted: bool
    phases: list[Phase]
    opened_at: Instant | None
    cancelled_at: Instant | None
    cancel_reason: str
    decided_at: Instant | None
    imported_from: str


class Consultations(Shape):
    """A part of the list of consultations."""

    consultations: list[Consultation]
    next: Next


class LightTotals(Shape):
    """How many contributions have each light."""

    heard: Number
    considered: Number
    answered: Number


class ConsultationPage(Consultation):
    """A consultation with its totals."""

    proposals: Number
    comments: Number
    ballots: Annotated[Number | None, Field(description="null while the counts are sealed")]
    answered: Number
    lights: LightTotals


class Change(Shape):
    """What stood there before, and after."""

    what: str
    before: str
    after: str


class ChangeSet(Shape):
    """An amendment: what was changed at once, and why."""

    number: Annotated[int, Field(ge=1)]
    at: Instant
    reason: str
    changes: list[Change]


class Changes(Shape):
    """Every amendment of a consultation."""

    consultation: str
    changes: list[ChangeSet]


class Amendment(ChangeSet):
    """One amendment, with the fingerprints before and after it and the whole charters that they are of."""

    consultation: str
    before_hash: Fingerprint
    after_hash: Fingerprint
    charter_before: dict[str, Any] | None
    charter: dict[str, Any] | None
    asks_voters: bool
    applies_from: Instant | None
