"""What can be written into a proposal."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from app.core.forms import Form, Line, Prose, Text, Ticked, Words
from app.core.i18n import N_

TITLE, BODY, DIFFERENCE = 120, 10_000, 500


class ProposalForm(Form):
    """A proposal as its author writes it; `looked` says that they have seen what is like it."""

    when_empty: ClassVar[Mapping[str, str]] = {
        "title": N_("Write a title for the proposal."),
        "body": N_("Write what you propose."),
    }
    title: Annotated[Words, Field(min_length=5, max_length=TITLE)]
    body: Annotated[Prose, Field(min_length=20, max_length=BODY)]
    topic: Annotated[Line, Field(max_length=80)] = ""
    area: Annotated[Line, Field(max_length=120)] = ""
    saving: Annotated[int, Field(ge=0, le=10**9)] = 0
    difference: Annotated[Text, Field(max_length=DIFFERENCE)] = ""
    looked: Ticked = False


class DraftForm(Form):
    """A proposal that is still being written: anything goes, within bounds."""

    title: Annotated[Line, Field(max_length=1_000)] = ""
    body: Annotated[str, Field(max_length=100_000)] = ""
    topic: Annotated[Line, Field(max_length=80)] = ""
    area: Annotated[Line, Field(max_length=120)] = ""
    saving: Annotated[int, Field(ge=0, le=10**9)] = 0


class WithdrawalForm(Form):
    """Why an author takes a proposal back."""

    when_empty: ClassVar[Mapping[str, str]] = {"reason": N_("Write why you withdraw it.")}
    reason: Annotated[Prose, Field(min_length=5, max_length=1_000)]
