"""The environment of the templates: Jinja, with what pages do hundreds of times made cheap."""

from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from app.core import i18n


class Pages(Environment):
    """Jinja for pages of many small parts, each of which imports the same macros."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One dictionary for all templates: a chain of two for each makes every import in a loop slow."""
        return super().make_globals(d) if d else self.globals


def translated(message: str, /, **values: Any) -> Markup:
    """A message of the page in the language of the request; its values are escaped, `%%` is a percent sign."""
    if values:
        return _message(i18n.language.get(), message) % values
    return _without_values(i18n.language.get(), message)


def translated_number(one: str, many: str, number: int, /, **values: Any) -> Markup:
    """A message in the form for a number, which it may name `num`."""
    return Markup(i18n.ngettext(one, many, number)) % {"num": number, **values}  # noqa: S704


@lru_cache(maxsize=8192)
def _message(_lang: str, message: str) -> Markup:
    return Markup(i18n.gettext(message))  # noqa: S704


@lru_cache(maxsize=8192)
def _without_values(lang: str, message: str) -> Markup:
    return _message(lang, message) % {}
