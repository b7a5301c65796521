"""What an office writes about an answer it owes, and the days on which nobody works."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from app.core import clock
from app.core.forms import Form, Line, Prose, Text, Words
from app.core.i18n import N_

REASON, REPLY, NAME, LIST = 2_000, 5_000, 100, 20_000
_LAST_SECOND = time(23, 59, 59)


def day(value: Any) -> Any:
    """A date as a browser's field or a person writes it: 2026-03-14, or 14/3/2026."""
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[./-](\d{1,2})[./-](\d{4})", value.strip())
    try:
        if found is None:
            raise ValueError(value)
        year, month, number = (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4])
        return date(int(year), int(month), int(number))
    except ValueError:
        raise PydanticCustomError("no_day", N_("Write the date like this: 2026-03-14.")) from None


def _end_of_day(value: Any) -> Any:
    found = day(value)
    return clock.from_local(datetime.combine(found, _LAST_SECOND)) if isinstance(found, date) else found


Day = Annotated[date, BeforeValidator(day)]
EndOfDay = Annotated[datetime, BeforeValidator(_end_of_day)]


class HandOverForm(Form):
    """To which office an obligation goes, and why."""

    when_empty: ClassVar[Mapping[str, str]] = {
        "office": N_("Choose the office that is to answer."),
        "reason": N_("Say why that office is to answer."),
    }
    office: Annotated[Line, Field(max_length=120)]
    reason: Annotated[Prose, Field(min_length=10, max_length=REASON)]


class HoldingReplyForm(Form):
    """When the answer will come instead, and why; the due date stays."""

    when_empty: ClassVar[Mapping[str, str]] = {
        "promised": N_("Name the date by which the answer will come."),
        "text": N_("Say why the answer takes longer."),
    }
    promised: EndOfDay
    text: Annotated[Prose, Field(min_length=20, max_length=REPLY)]


class HolidayForm(Form):
    """A day on which nobody works."""

    when_empty: ClassVar[Mapping[str, str]] = {"day": N_("Write the date."), "name": N_("Write the name of the day.")}
    day: Day
    name: Annotated[Words, Field(max_length=NAME)]
    name_en: Annotated[Line, Field(max_length=NAME)] = ""


class HolidayListForm(Form):
    """Many such days at once: a date and a name on each line."""

    list: Annotated[Text, Field(max_length=LIST)] = ""


class Unreadable(ValueError):
    """Some lines of a list of holidays are no date and name; `numbers` says which."""

    def __init__(self, numbers: tuple[int, ...]) -> None:
        super().__init__(numbers)
        self.numbers = numbers


def read_holidays(text: str) -> dict[date, tuple[str, str]]:
    """The days of a pasted or uploaded list, each with its name and the name in English; Unreadable names bad lines.

    A line holds the date, the name and, if there is one, the English name, with a semicolon, comma or tab between
    them; after the date a space will do.
    """
    found: dict[date, tuple[str, str]] = {}
    bad: list[int] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        parts = [part.strip().strip('"') for part in re.split(r"[;,\t]", line.strip())]
        if len(parts) == 1:
            parts = line.strip().split(maxsplit=1)
        try:
            when, name, english = day(parts[0]), parts[1][:NAME], (parts[2] if len(parts) > 2 else "")[:NAME]
        except (PydanticCustomError, IndexError):
            bad.append(number)
            continue
        if not any(character.isalpha() for character in name):
            bad.append(number)
        found[when] = (name, english)
    if bad:
        raise Unreadable(tuple(bad))
    return found
