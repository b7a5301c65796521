"""Languages: catalogues read from `app/locale`, the language of a request, and dates and numbers by CLDR."""

import gettext as stdlib_gettext
import io
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel import Locale, dates, numbers
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.core import clock

LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}
LOCALES = Path(__file__).parents[1] / "locale"
#: The language in which the present request is answered.
language: ContextVar[str] = ContextVar("language", default="id")


def N_(message: str) -> str:
    """Mark a message for translation where it is written down but not yet shown."""
    return message


@cache
def _catalogue(lang: str) -> stdlib_gettext.NullTranslations:
    """All of a language's messages: one file per package, merged."""
    merged = Catalog(locale=lang)
    for path in sorted((LOCALES / lang).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=lang):
                if message.id and message.string and not message.fuzzy:
                    merged[message.id] = message
    if len(merged) == 0:
        return stdlib_gettext.NullTranslations()
    if lang == "id":  # Indonesian has one plural form; CLDR tables in Babel say otherwise
        merged._num_plurals, merged._plural_expr = 1, "0"  # type: ignore[assignment]
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return stdlib_gettext.GNUTranslations(compiled)


def gettext(message: str) -> str:
    """A message in the language of the request."""
    return _catalogue(language.get()).gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """A message in the form for a number."""
    return _catalogue(language.get()).ngettext(one, many, n)


def say(message: str, values: Mapping[str, Any] | None = None, lang: str | None = None) -> str:
    """A message with its values filled in: instants as dates in words, numbers by CLDR."""
    token = language.set(lang) if lang else None
    try:
        shown = {name: _shown(value) for name, value in (values or {}).items()}
        text = gettext(message)
        return text % shown if shown else text
    finally:
        if token is not None:
            language.reset(token)


def _shown(value: Any) -> Any:
    if isinstance(value, datetime):
        return date_and_time(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return number(value)
    return gettext(value) if isinstance(value, Message) else value


class Message(str):
    """A value that is itself a message and is translated when it is shown."""


@cache
def _locale(lang: str) -> Locale:
    """Indonesian conventions for Indonesian; British ones for English."""
    return Locale.parse("en_GB" if lang == "en" else lang)


def number(value: float) -> str:
    """A number as the language writes it."""
    return _number(language.get(), value)


@lru_cache(maxsize=4096, typed=True)
def _number(lang: str, value: float) -> str:
    return numbers.format_decimal(value, locale=_locale(lang))


def percent(part: int, whole: int) -> str:
    """A share in whole percent; a dash where there is nothing to share."""
    if whole == 0:
        return "–"
    hundredths, rest = divmod(100 * part, whole)
    return _percent(language.get(), hundredths + (2 * rest > whole or (2 * rest == whole and hundredths % 2 == 1)))


@lru_cache(maxsize=256)
def _percent(lang: str, hundredths: int) -> str:
    return numbers.format_percent(Decimal(hundredths) / 100, locale=_locale(lang))


def date_in_words(value: date | datetime) -> str:
    """A long date in the installation's zone."""
    day = clock.local(value).date() if isinstance(value, datetime) else value
    return _date(language.get(), day)


@lru_cache(maxsize=2048)
def _date(lang: str, day: date) -> str:
    return dates.format_date(day, "long", locale=_locale(lang))


def month_in_words(number: int) -> str:
    """A month given as 202603, such as Mar 2026."""
    first = date(number // 100, number % 100, 1)
    return dates.format_skeleton("yMMM", first, locale=_locale(language.get()))


def date_and_time(value: datetime) -> str:
    """A date, a time and the name of the zone, such as 14 Maret 2026 pukul 16.00 WIB."""
    return f"{date_in_words(value)}, {_time(value)}"


_INDONESIAN_ZONES = {7: "WIB", 8: "WITA", 9: "WIT"}


def zone_name(here: datetime) -> str:
    """The zone's name as people say it."""
    if str(here.tzinfo) in ("Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura"):
        offset = here.utcoffset()
        assert offset is not None
        return _INDONESIAN_ZONES[int(offset.total_seconds() // 3600)]
    return dates.get_timezone_name(here, width="short", locale=_locale(language.get()))


def days_between(earlier: datetime, later: datetime) -> int:
    """Calendar days on the installation's wall clock from one instant to another."""
    return (clock.local(later).date() - clock.local(earlier).date()).days


def left(until: datetime) -> str:
    """How long something is still open, in words."""
    days = days_between(clock.now(), until)
    if days <= 0:
        return gettext("closes today at %(time)s") % {"time": _time(until)}
    if days == 1:
        return gettext("closes tomorrow at %(time)s") % {"time": _time(until)}
    return ngettext("%(num)s day left", "%(num)s days left", days) % {"num": number(days)}


def _time(instant: datetime) -> str:
    here = clock.local(instant)
    return f"{here:%H.%M} {zone_name(here)}" if language.get() == "id" else f"{here:%H:%M} {zone_name(here)}"
