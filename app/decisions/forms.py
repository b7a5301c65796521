"""What a decision summary consists of."""

from typing import Annotated

from pydantic import Field

from app.core.forms import Form, Text

LONG = 20_000
#: The parts everyone may read, in the order in which they are read.
PARTS = ("question", "proposed", "decided", "decided_by", "why", "next")
Part = Annotated[Text, Field(max_length=LONG)]


class DecisionForm(Form):
    """The parts of a summary in the first language, and in the second where there is one; a draft may lack any."""

    question: Part = ""
    proposed: Part = ""
    decided: Part = ""
    decided_by: Part = ""
    why: Part = ""
    next: Part = ""
    other_question: Part = ""
    other_proposed: Part = ""
    other_decided: Part = ""
    other_decided_by: Part = ""
    other_why: Part = ""
    other_next: Part = ""
