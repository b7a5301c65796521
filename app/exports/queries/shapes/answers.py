"""What is told of decisions and of the answers that are owed."""

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from app.exports.queries.shapes.basics import Address, Code, Fingerprint, Instant, Lang, Number, Shape, Votes

_CONFIRMED = "supports, opposes and neutrals that agree to a rule changed while people voted"

_TOGETHER = "supports, opposes and neutrals of everyone behind it and what was merged into it, each counted once"


class VersionCount(Votes):
    """The votes on one version."""

    version: Annotated[int, Field(ge=1)]


class Count(Votes):
    """The counted votes on one proposal."""

    code: Code
    title: str | None
    status: str | None
    confirmed: Annotated[list[Number] | None, Field(description=_CONFIRMED)]
    together: Annotated[list[Number] | None, Field(description=_TOGETHER)]
    merged_into: Code | None
    by_version: list[VersionCount]


class Decision(Shape):
    """A decision summary with the counts it stands on."""

    number: Annotated[str, WithJsonSchema({"type": "string", "pattern": "^K-[0-9]{4}-[0-9]{3,}$"})]
    consultation: str
    lang: Lang
    published: Instant
    question: str
    proposed: str
    decided: str
    decided_by: str
    why: str
    next: str
    engine: str
    result: dict[str, Any] | None
    h: Fingerprint
    ballots: Number
    counts: list[Count]


class Standing(Shape):
    """How an office keeps its promises; the rate is a share p/q of what is judged. Unit: answers that are owed."""

    on_time: Number
    due_soon: Number
    overdue: Number
    answered: Number
    answered_late: Number
    lapsed: Number
    judged: Number
    rate: str | None


class OfficeStanding(Standing):
    """How one office stands."""

    slug: str
    name: str


class Said(Shape):
    """What those who were answered say."""

    confirmed: Number
    disputed: Number
    silent: Number


class Month(Shape):
    """What was due in a month."""

    month: Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"})]
    in_time: Number
    late: Number
    overdue: Number
    judged: Number


class Owed(Shape):
    """One answer that is or was owed."""

    code: Code
    url: Address
    title: str | None
    kind: str
    state: str
    reception: str | None
    office: str
    consultation: str
    arose: Instant
    due: Instant
    answered: Instant | None
    promised: Instant | None
    handed_over: Annotated[Number, Field(description="how many times it was handed to another office")]


class Board(Shape):
    """The response board, narrowed to what was asked."""

    at: Instant
    office: str | None
    kind: str | None
    consultation: str | None
    total: Standing
    said: Said
    offices: list[OfficeStanding]
    kinds: dict[str, Standing]
    months: list[Month]
    state: str
    items: list[Owed]
    next: str | None
