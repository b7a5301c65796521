"""What administrators fill in for an office."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import AfterValidator, EmailStr, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from app.core.forms import Form, Line, Text, Words
from app.core.i18n import N_

_ADDRESS = TypeAdapter(EmailStr)


def _reachable(address: str) -> str:
    try:
        return _ADDRESS.validate_python(address)
    except ValidationError:
        raise PydanticCustomError("not_an_address", N_("Write an e-mail address such as nama@contoh.id.")) from None


class OfficeForm(Form):
    """An office's name, what it does, how it is reached, and where it belongs."""

    when_empty: ClassVar[Mapping[str, str]] = {"name": N_("Write the name of the office.")}
    name: Words = Field(min_length=3, max_length=120)
    name_en: Line = Field("", max_length=120)
    description: Text = Field("", max_length=2000)
    description_en: Text = Field("", max_length=2000)
    email: Annotated[Line, AfterValidator(_reachable)] = Field("", max_length=254)
    phone: Line = Field("", max_length=40)
    address: Text = Field("", max_length=300)
    parent: Line = Field("", max_length=80)
    area: Line = Field("", max_length=200)
