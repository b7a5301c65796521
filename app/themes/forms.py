"""What officials write at the codebook and the coding desk."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.core.forms import Form, Line, Prose, Text, Words
from app.core.i18n import N_
from app.rules.agreement import FEWEST
from app.themes.models import Ground

#: A stance is a statement; a word or two name a subject, for which or against which somebody may be.
FEWEST_WORDS = 3
LONG = 2000


def _statement(text: str) -> str:
    if len(text.split()) < FEWEST_WORDS:
        raise PydanticCustomError(
            "no_statement",
            N_("Write a statement that one can agree with or not, such as “higher fares hurt pupils”, not “fares”."),
        )
    return text


Statement = Annotated[Words, AfterValidator(_statement)]


class ThemeForm(Form):
    """A theme of the codebook. `seen` is the fingerprint of what the page showed of it."""

    when_empty: ClassVar[Mapping[str, str]] = {"stance": N_("Write what the theme says.")}
    stance: Statement = Field(min_length=8, max_length=200)
    other_stance: Line = Field("", max_length=200)
    includes: Text = Field("", max_length=LONG)
    excludes: Text = Field("", max_length=LONG)
    parent: int | None = Field(None, ge=1, lt=2**31)
    seen: Line = Field("", max_length=64)


class MergeForm(Form):
    """Which theme speaks for this one from now on."""

    when_empty: ClassVar[Mapping[str, str]] = {"into": N_("Choose the theme that takes this one in.")}
    into: int = Field(ge=1, lt=2**31)


class CodebookForm(Form):
    """Why the codebook changes; `seen` is the fingerprint of what the page showed of the draft."""

    reason: Text = Field("", max_length=LONG)
    seen: Line = Field("", max_length=64)


Order = Literal["chance", "age", "alike"]


class NextForm(Form):
    """In which order somebody wants to read, and which contribution they have before them."""

    order: Order = "chance"
    after: Line = Field("", max_length=40)


class CodingForm(Form):
    """A theme found in a passage: in pieces of the text that were ticked, or in a quote of it.

    `seen` is the commitment to the text that was shown.
    """

    when_empty: ClassVar[Mapping[str, str]] = {
        "theme": N_("Choose the theme you found."),
        "seen": N_("This was not sent from the coding desk. Open the contribution there."),
    }
    theme: int = Field(ge=1, lt=2**31)
    piece: list[int] = Field([], max_length=200)
    quote: Text = Field("", max_length=100_000)
    seen: Line = Field(max_length=64)
    order: Order = "chance"


class ExclusionForm(Form):
    """Why a contribution is left out of the coding, for everybody to read."""

    when_empty: ClassVar[Mapping[str, str]] = {
        "ground": N_("Choose why it is left out."),
        "text": N_("Say why in a sentence that its author can follow."),
    }
    ground: Ground
    text: Prose = Field(min_length=10, max_length=LONG)


class AppealForm(Form):
    """Why its author wants it to be read after all."""

    when_empty: ClassVar[Mapping[str, str]] = {"text": N_("Say why it should be taken into account.")}
    text: Prose = Field(min_length=10, max_length=LONG)


class AppealDecisionForm(Form):
    """What a second person decides of an appeal, with the reason."""

    when_empty: ClassVar[Mapping[str, str]] = {
        "outcome": N_("Choose what you decide."),
        "text": N_("Say why, so that the author can follow."),
    }
    outcome: Literal["taken-in", "upheld"]
    text: Prose = Field(min_length=10, max_length=LONG)


class SampleForm(Form):
    """How many contributions a second person codes again."""

    when_empty: ClassVar[Mapping[str, str]] = {"size": N_("Write how many are coded again.")}
    size: int = Field(ge=FEWEST, le=500)


class SecondForm(Form):
    """The themes a second person found in a contribution; none where there is none. `seen` as at the coding desk."""

    when_empty: ClassVar[Mapping[str, str]] = {"seen": CodingForm.when_empty["seen"]}
    themes: list[int] = Field([], max_length=200)
    seen: Line = Field(max_length=64)
