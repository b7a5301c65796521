"""What can be written into a proposal."""

from typing import Annotated

from pydantic import Field

from app.core.forms import Form, Line, Prose, Words

TITLE, BODY = 120, 10_000


class ProposalForm(Form):
    """A proposal as its author writes it."""

    title: Annotated[Words, Field(min_length=5, max_length=TITLE)]
    body: Annotated[Prose, Field(min_length=20, max_length=BODY)]
    topic: Annotated[Line, Field(max_length=80)] = ""
    area: Annotated[Line, Field(max_length=120)] = ""
    saving: Annotated[int, Field(ge=0, le=10**9)] = 0


class DraftForm(Form):
    """A proposal that is still being written: anything goes, within bounds."""

    title: Annotated[Line, Field(max_length=1_000)] = ""
    body: Annotated[str, Field(max_length=100_000)] = ""
    topic: Annotated[Line, Field(max_length=80)] = ""
    area: Annotated[Line, Field(max_length=120)] = ""
    saving: Annotated[int, Field(ge=0, le=10**9)] = 0


class WithdrawalForm(Form):
    """Why an author takes a proposal back."""

    reason: Annotated[Prose, Field(min_length=5, max_length=1_000)]
