"""What can be written into a report and into a moderator's decision."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from app.core.forms import Form, Text
from app.core.i18n import N_

#: Why something may be reported and hidden, in the order in which forms show it.
REASONS = {
    "personal-data": N_("It shows somebody's personal data, such as an address or a phone number"),
    "insult": N_("It insults somebody"),
    "hate": N_("It is hateful towards a group of people"),
    "threat": N_("It threatens somebody"),
    "spam": N_("It is advertising or spam"),
    "off-topic": N_("It has nothing to do with this consultation"),
    "illegal": N_("It breaks the law in another way"),
    "other": N_("Another reason"),
}
Reason = Literal["personal-data", "insult", "hate", "threat", "spam", "off-topic", "illegal", "other"]
LONGEST = 1_000
_TOLD = 5


class ReportForm(Form):
    """Why somebody thinks that a contribution breaks the rules; `website` is a field only machines fill in."""

    when_empty: ClassVar[Mapping[str, str]] = {"reason": N_("Choose why it breaks the rules.")}
    reason: Reason
    text: Annotated[Text, Field(max_length=LONGEST)] = ""
    website: str = ""


class DecisionForm(Form):
    """What a moderator decides about a contribution; the text is public."""

    when_empty: ClassVar[Mapping[str, str]] = {"act": N_("Choose what is to happen with it.")}
    act: Literal["hide", "restore", "dismiss"]
    reason: Reason | Literal[""] = ""
    text: Annotated[Text, Field(max_length=LONGEST)] = ""

    def lacking(self) -> dict[str, str]:
        """What this act still needs: a reason to hide, and words for the public whenever something changes."""
        wanted: dict[str, str] = {}
        if self.act == "hide" and not self.reason:
            wanted["reason"] = N_("Choose the reason for hiding it.")
        if self.act != "dismiss" and len(self.text) < _TOLD:
            wanted["text"] = N_("Say in one sentence why. Everyone can read it.")
        return wanted
