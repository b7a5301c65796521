"""What an official writes in an answer."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from app.contributions.forms import Codes
from app.core.codes import read_code
from app.core.forms import Form, Line, Prose, Text, Words
from app.core.i18n import N_
from app.responses.models import Said, Status

TEXT = 10_000
MANY = 500
LEAST, WORDS = 10, 2_000
ROLE = 80
NO_ROLE = N_("Say as what you act, such as “Legal bureau” or “Head of the Transport Office”.")


def _some(codes: list[str], sent: ValidationInfo) -> list[str]:
    """At least one contribution is chosen, unless it is written for a theme."""
    if sent.data.get("theme") is not None:
        return []
    if not codes:
        raise PydanticCustomError("too_short", "", {"min_length": 1})
    return codes


class ResponseForm(Form):
    """A status with its text, and what it answers: `proposal` names proposals and comments by their codes.

    With the number of a `theme` it answers every contribution in which that theme is found, and none is named.
    """

    when_empty: ClassVar[Mapping[str, str]] = {
        "proposal": N_("Choose at least one contribution."),
        "status": N_("Choose what becomes of it."),
        "text": N_("Write the answer."),
    }
    theme: Annotated[int | None, Field(ge=1, lt=2**31)] = None
    proposal: Annotated[Codes, Field(max_length=MANY), AfterValidator(_some), Field(validate_default=True)] = []
    status: Status
    refers_to: Annotated[Line, Field(max_length=120)] = ""
    text: Annotated[Prose, Field(min_length=20, max_length=TEXT)]
    other_text: Annotated[Text, Field(max_length=TEXT)] = ""
    #: As what somebody hands it on; a draft that is only kept needs none.
    role: Annotated[Line, Field(max_length=ROLE)] = ""
    #: The published answer whose text this one began with.
    reused: Annotated[int | None, Field(ge=1, lt=2**63)] = None
    #: The state of the draft that the page showed.
    seen: Annotated[Line, Field(max_length=64)] = ""

    @model_validator(mode="after")
    def says_what_it_refers_to(self) -> "ResponseForm":
        """Three statuses mean nothing without what they point to."""
        if self.status in REFERRING and not self.refers_to:
            raise PydanticCustomError(
                "no_reference", N_("Say which office, decision or proposal this status refers to.")
            )
        if self.status is Status.DUPLICATE and read_code(self.refers_to) is None:
            raise PydanticCustomError("no_code", N_("Write the code of the proposal that is answered instead."))
        return self


REFERRING = frozenset({Status.NOT_COMPETENT, Status.CONFLICT, Status.DUPLICATE})


class ExceptionForm(Form):
    """What an answer says to one contribution alone; empty takes it away."""

    text: Annotated[Text, Field(max_length=WORDS)] = ""
    other_text: Annotated[Text, Field(max_length=WORDS)] = ""
    seen: Annotated[Line, Field(max_length=64)] = ""


class StepForm(Form):
    """Somebody takes a step of an answer as what they are, or sends it back with a note; `seen` is what they read."""

    when_empty: ClassVar[Mapping[str, str]] = {
        "role": NO_ROLE,
        "seen": N_("Open the page again: it does not say which text you read."),
    }
    role: Annotated[Words, Field(min_length=2, max_length=ROLE)]
    seen: Annotated[Line, Field(min_length=1, max_length=64)]
    note: Annotated[Text, Field(max_length=WORDS)] = ""


class ReceptionForm(Form):
    """What somebody says of an answer, and in how far it is none."""

    when_empty: ClassVar[Mapping[str, str]] = {"said": N_("Choose whether the answer answers you.")}
    said: Said
    text: Annotated[Text, Field(max_length=WORDS)] = ""

    @model_validator(mode="after")
    def says_what_is_missing(self) -> "ReceptionForm":
        """Whoever disputes an answer says what it leaves open."""
        if self.said is Said.DISPUTED and len(self.text) < LEAST:
            raise PydanticCustomError("no_words", N_("Say in a sentence what the answer leaves open."))
        return self
