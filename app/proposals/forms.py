"""What can be written into a proposal."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from app.contributions.forms import Codes
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


#: So many proposals can be merged into one in one act.
MERGED = 10


class MergeForm(Form):
    """Which proposals are to become one, and why; `remains` says whether the one it is sent from goes on."""

    when_empty: ClassVar[Mapping[str, str]] = {"reason": N_("Write why they belong together.")}
    proposal: Annotated[Codes, Field(max_length=MERGED)] = []
    codes: Annotated[Line, Field(max_length=400)] = ""
    remains: Literal["this", "other"] = "this"
    reason: Annotated[Prose, Field(min_length=5, max_length=1_000)]


class AgreementForm(Form):
    """Agreeing to a merge; `saving` is the version of the text that remains as the page showed it."""

    saving: Annotated[int, Field(ge=0, le=10**9)] = 0


class MergeRefusalForm(Form):
    """Why a merge is refused, or taken back by who proposed it."""

    when_empty: ClassVar[Mapping[str, str]] = {"reason": N_("Write why you do not agree.")}
    reason: Annotated[Prose, Field(min_length=5, max_length=1_000)]


class ReversalForm(Form):
    """Why a merge is undone."""

    when_empty: ClassVar[Mapping[str, str]] = {"reason": N_("Write why the merge is undone.")}
    reason: Annotated[Prose, Field(min_length=5, max_length=1_000)]
