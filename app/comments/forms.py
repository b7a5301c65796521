"""What can be written into a comment."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from app.comments.models import Stance
from app.core.forms import Form, Line, Prose, Text, Ticked
from app.core.i18n import N_

SHORTEST, LONGEST = 2, 5_000


class BroughtForm(Form):
    """What somebody had written as a proposal of their own, and now brings as a reason for another."""

    title: Annotated[Line, Field(max_length=1_000)] = ""
    body: Annotated[Text, Field(max_length=100_000)] = ""


class CommentForm(Form):
    """A comment as its author writes it; `parent` is the code of the comment it answers; `asks` makes it a question."""

    when_empty: ClassVar[Mapping[str, str]] = {"body": N_("Write the comment.")}
    body: Annotated[Prose, Field(min_length=SHORTEST, max_length=LONGEST)]
    stance: Stance = Stance.NEUTRAL
    parent: Annotated[Line, Field(max_length=40)] = ""
    asks: Ticked = False
