"""What the page "Asked, said, answered" tells."""

from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema

from app.exports.queries.shapes.basics import Code, Fingerprint, Instant, Lang, Number, Shape
from app.exports.queries.shapes.themes import Balance

Day = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]


class Asked(Shape):
    """The question."""

    title: str
    summary: str
    lang: Lang
    office: str


class PlaceShown(Shape):
    """How many are about a place, about none that is named, or about all others together."""

    what: Literal["place", "none", "rest"]
    code: str | None
    place: str | None
    contributions: Number


class Quote(Shape):
    """Exact words that stand for a theme, and why they were chosen."""

    why: Literal["typical", "against", "unlike"]
    code: Code
    quote: str
    lang: str


class ThemeAnswer(Shape):
    """The published answer for a theme."""

    status: str
    refers_to: str | None
    office: str
    signed_by: str
    published: Instant
    reached: Annotated[Number, Field(description="contributions to which it is the present answer for this theme")]
    text: str
    lang: Lang


class ThemeSaid(Shape):
    """A theme with its weight; places only where nothing small could be computed from them."""

    theme: int
    stance: str
    lang: Lang
    contributions: Number
    arguments: Annotated[Number, Field(description="different ones: all copies of a text that many sent are one")]
    people: Number
    places: list[PlaceShown]
    answer: ThemeAnswer | None
    quotes: list[Quote]


class Week(Shape):
    """How many of what is coded were received in the week from this Monday."""

    week: Day
    contributions: Number


class Answered(Shape):
    """What was asked, said, answered and decided."""

    consultation: str
    asked: Asked
    balance: Balance
    answered: Annotated[Number, Field(description="contributions that are answered, alone or for each of their themes")]
    codebook: int | None
    seed: Annotated[Fingerprint | None, Field(description="with which the quoted passages were drawn")]
    people: Annotated[Number, Field(description="behind everything that is coded")]
    themes: Annotated[list[ThemeSaid], Field(description="the heaviest first")]
    places: Annotated[list[PlaceShown], Field(description="of everything that is coded")]
    weeks: list[Week]
    decision: Annotated[str | None, Field(description="the number of the decision, once there is one")]
