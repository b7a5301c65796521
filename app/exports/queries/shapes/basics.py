"""What the facts of all pages are made of: instants, codes, addresses, lights, votes."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

#: A point in time with its zone.
Instant = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
#: The code of a contribution.
Code = Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[0-9A-Z]{4}-[0-9A-Z]{5}$"})]
#: The fingerprint under which a text is in the public record.
Fingerprint = str
Number = Annotated[int, Field(ge=0)]
#: A path on this server.
Address = Annotated[str, WithJsonSchema({"type": "string", "pattern": "^/"})]
#: Where the list goes on; nothing at its end.
Next = Address | None
Lang = Literal["id", "en"]
State = Literal["draft", "cancelled", "upcoming", "open", "counting", "closed", "decided"]
Channel = Literal["web", "paper", "meeting", "phone", "import"]


class Shape(BaseModel):
    """An object with these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class Error(Shape):
    """Why something is refused: a code for programs and a sentence a person can act on."""

    error: str
    detail: str


class Light(Shape):
    """One of the three lights."""

    lit: bool
    since: Instant | None
    awaited_until: Instant | None
    overdue: bool
    evidence: Address | None


class AnsweredLight(Light):
    """Whether it is answered: by an answer to it alone, or by one for each of its themes."""

    themes: Annotated[Number, Field(description="how many themes were found in it")]
    themes_answered: Annotated[Number, Field(description="for how many of them an answer stands")]


class Lights(Shape):
    """The three lights of one contribution."""

    heard: Light
    considered: Light
    answered: AnsweredLight


class Votes(Shape):
    """What the votes came to."""

    supports: Number
    opposes: Number
    neutrals: Number
