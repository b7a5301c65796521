"""The days on which nobody works, as an administrator writes them."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from app.core.forms import Form, Line, Text, Words
from app.core.i18n import N_

NAME, LIST = 100, 20_000


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


Day = Annotated[date, BeforeValidator(day)]


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
