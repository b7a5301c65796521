"""What can be written into a comment."""

from typing import Annotated

from pydantic import Field

from app.comments.models import Stance
from app.core.forms import Form, Line, Prose

SHORTEST, LONGEST = 2, 5_000


class CommentForm(Form):
    """A comment as its author writes it; `parent` is the code of the comment it answers, if it answers one."""

    body: Annotated[Prose, Field(min_length=SHORTEST, max_length=LONGEST)]
    stance: Stance = Stance.NEUTRAL
    parent: Annotated[Line, Field(max_length=40)] = ""
