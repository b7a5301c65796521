"""What the page of themes tells: the codebook in force, its history, and the balance."""

from typing import Annotated

from pydantic import Field

from app.exports.queries.shapes.basics import Fingerprint, Instant, Lang, Number, Shape


class Balance(Shape):
    """What became of all that was received: received = coded + excluded + pending."""

    received: Number
    coded: Number
    excluded: Number
    pending: Number


class Theme(Shape):
    """A theme as a version of the codebook words it."""

    theme: int
    stance: str
    other_stance: str
    includes: str
    excludes: str
    lang: Lang
    parent: int | None
    since: Annotated[int, Field(description="the version that last changed what it means")]
    merged: Annotated[list[int], Field(description="the themes it took in in this version")]
    split_from: int | None


class Codebook(Shape):
    """A published version of the themes."""

    version: int
    reason: str
    themes: list[Theme]
    published: Instant
    by: str
    h: Fingerprint


class Edition(Shape):
    """A version in the history."""

    version: int
    published: Instant
    by: str
    reason: str


class Figure(Shape):
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


class BlindCheck(Shape):
    """How far two people agree who coded the same sample; figures need 30 contributions coded twice."""

    codebook: int
    seed: Annotated[str, Field(description="with which anyone can draw the same sample")]
    drawn_from: Number
    size: Number
    coded_twice: Number
    kappa: Figure | None
    f1: Figure | None


class Weight(Shape):
    """How often a theme was found; a contribution that came without an account counts as one person."""

    theme: int
    contributions: Number
    arguments: Annotated[Number, Field(description="different ones: all copies of a text that many sent are one")]
    people: Number


class Themes(Shape):
    """The themes of a consultation."""

    consultation: str
    balance: Balance
    by_kind: dict[str, Balance]
    codebook: Codebook | None
    weights: Annotated[list[Weight], Field(description="every theme in force, the heaviest first")]
    additions_unread: Annotated[Number, Field(description="coded copies of which what their senders added is unread")]
    check: BlindCheck | None
    versions: list[Edition]
