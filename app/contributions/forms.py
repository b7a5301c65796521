"""What an official writes down of contributions they have read."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from app.contributions.models import BY_HAND, Outcome
from app.core.forms import Form, Line, Text
from app.core.i18n import N_

#: How many may be handled in one act: no more than are shown on one page.
MANY = 50
NOTE = 1000


def _apart(value: Any) -> Any:
    """Codes as they come: each in a field of its own, or many in one field with spaces between them."""
    return [code for part in value for code in str(part).split()] if isinstance(value, list) else value


Codes = Annotated[list[Line], BeforeValidator(_apart)]


def _by_hand(outcome: Outcome) -> Outcome:
    if outcome not in BY_HAND:
        raise PydanticCustomError("not_by_hand", N_("Choose one of the options."))
    return outcome


class HandlingForm(Form):
    """What was done with the contributions; `shown` proves that their texts were on the page it was sent from."""

    when_empty: ClassVar[Mapping[str, str]] = {
        "contribution": N_("Choose at least one contribution."),
        "outcome": N_("Choose what you did with it."),
    }
    contribution: Annotated[Codes, Field(min_length=1, max_length=MANY)]
    outcome: Annotated[Outcome, AfterValidator(_by_hand)]
    note: Annotated[Text, Field(max_length=NOTE)] = ""
    shown: Line = ""
