"""Every form says which field was left empty."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from starlette.datastructures import FormData

import app
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
    general = {gettext("Fill in this field."), gettext("Write at least %(min_length)s characters.") % {"min_length": 1}}
    assert form.__name__ in ONE_FIELD or not general & set(errors.values()), errors
