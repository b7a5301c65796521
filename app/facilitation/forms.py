"""What is written down when something is entered for somebody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.comments.forms import CommentForm
from app.core import clock
from app.core.forms import Form, Line, LocalInstant
from app.core.i18n import N_
from app.proposals.forms import ProposalForm

LONGEST_NAME = 80


def _has_been(received: datetime) -> datetime:
    if received > clock.now():
        raise PydanticCustomError("not_yet", N_("The time of receipt lies in the future. Write when it was received."))
    return received


class Received(Form):
    """How something reached the facilitator, when, and under which name it stands; no name means "a participant"."""

    when_empty: ClassVar[Mapping[str, str]] = {
        "channel": N_("Choose how it was received."),
        "received_at": N_("Write when it was received."),
    }
    channel: Literal["paper", "meeting", "phone"]
    received_at: Annotated[LocalInstant, AfterValidator(_has_been)]
    name: Annotated[Line, Field(max_length=LONGEST_NAME)] = ""


class EnteredProposal(Received, ProposalForm):
    """A proposal somebody put forward elsewhere."""

    when_empty: ClassVar[Mapping[str, str]] = {
        **Received.when_empty,
        **ProposalForm.when_empty,
        "body": N_("Write what the person proposed."),
    }


class EnteredComment(Received, CommentForm):
    """A comment somebody made elsewhere."""

    when_empty: ClassVar[Mapping[str, str]] = {**Received.when_empty, **CommentForm.when_empty}
