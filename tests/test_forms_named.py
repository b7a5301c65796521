"""Every form says which field was left empty, and which is too long."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from starlette.datastructures import FormData

import app
from app.core import labels
from app.core.forms import Form, check
from app.core.i18n import gettext

#: A vote has one choice, and its refusal a sentence of its own.
ONE_FIELD = {"VoteForm"}


def forms() -> Iterator[type[Form]]:
    """Every form of the product."""
    for package in pkgutil.iter_modules(app.__path__):
        if package.ispkg:
            try:
                module = importlib.import_module(f"app.{package.name}.forms")
            except ModuleNotFoundError:
                continue
            made = (thing for thing in vars(module).values() if isinstance(thing, type) and issubclass(thing, Form))
            yield from (form for form in made if form.__module__ == module.__name__)


@pytest.mark.parametrize("form", sorted(set(forms()), key=str), ids=lambda form: form.__name__)
def test_an_empty_form_names_its_fields(form: type[Form]) -> None:
    errors = check(form, FormData({"proposal": ""})).errors
    assert form.__name__ in ONE_FIELD or gettext("Fill in this field.") not in errors.values(), errors


@pytest.mark.parametrize("form", sorted(set(forms()), key=str), ids=lambda form: form.__name__)
def test_a_form_names_the_fields_that_are_too_long(form: type[Form]) -> None:
    errors = check(form, FormData(dict.fromkeys(form.model_fields, "Kata " * 30_000))).errors
    unnamed = gettext(labels.OTHER)
    assert not [message for message in errors.values() if message.startswith(unnamed)], errors
    chosen = gettext("%(field)s: choose at most %(max_length)s.").partition("s: ")[2].partition("%")[0]
    lists = {"proposal", "contribution"}
    assert not [name for name, it in errors.items() if chosen in it and name not in lists], "a text is written"
