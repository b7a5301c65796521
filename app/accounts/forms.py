"""What people type about themselves."""

import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, EmailStr, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.accounts.models import Role
from app.core.forms import Form, Line, Ticked, Words, clean_line
from app.core.i18n import N_


def _as_typed(value: Any) -> Any:
    """A password exactly as meant: one spelling of each letter, blanks kept."""
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _consented(ticked: bool) -> bool:
    if not ticked:
        raise PydanticCustomError("no_consent", N_("Tick that you have read the privacy notice and agree."))
    return ticked


def _certain(ticked: bool) -> bool:
    if not ticked:
        raise PydanticCustomError("no_certainty", N_("Tick that you are certain."))
    return ticked


EmailAddress = Annotated[EmailStr, BeforeValidator(clean_line), AfterValidator(str.lower)]
TypedAddress = Annotated[Line, StringConstraints(max_length=254), AfterValidator(str.lower)]
Password = Annotated[str, StringConstraints(strip_whitespace=False, max_length=200), BeforeValidator(_as_typed)]
NewPassword = Annotated[
    str, StringConstraints(strip_whitespace=False, min_length=10, max_length=200), BeforeValidator(_as_typed)
]
Name = Annotated[Words, StringConstraints(min_length=2, max_length=80)]
Language = Literal["id", "en"]

NO_NAME = N_("Write the name that others are to see.")
NO_EMAIL = N_("Write your e-mail address.")
NO_PASSWORD = N_("Write your password.")
NO_NEW_PASSWORD = N_("Choose a password.")


class SignUpForm(Form):
    """Becoming somebody who can take part; `website` is a trap that people do not see."""

    when_empty: ClassVar[Mapping[str, str]] = {"name": NO_NAME, "email": NO_EMAIL, "password": NO_NEW_PASSWORD}
    name: Name
    email: EmailAddress
    password: NewPassword
    consent: Annotated[Ticked, AfterValidator(_consented)] = Field(False, validate_default=True)
    website: Line = ""
    next: Line = ""


class BackForm(Form):
    """Nothing but the page to go on to."""

    next: Line = ""


class SignInForm(Form):
    """Coming back."""

    when_empty: ClassVar[Mapping[str, str]] = {"email": NO_EMAIL, "password": NO_PASSWORD}
    email: TypedAddress
    password: Password
    next: Line = ""


class AddressForm(Form):
    """Which account a link is for."""

    when_empty: ClassVar[Mapping[str, str]] = {"email": NO_EMAIL}
    email: EmailAddress


class NewPasswordForm(Form):
    """A password chosen anew through a link."""

    when_empty: ClassVar[Mapping[str, str]] = {"new_password": NO_NEW_PASSWORD}
    new_password: NewPassword


class DetailsForm(Form):
    """What an account page may change at once."""

    when_empty: ClassVar[Mapping[str, str]] = {"name": NO_NAME, "lang": N_("Choose a language.")}
    name: Name
    lang: Language
    answers_by_mail: Ticked = False


class PasswordForm(Form):
    """Another password, by somebody who knows the present one."""

    when_empty: ClassVar[Mapping[str, str]] = {"current_password": NO_PASSWORD, "new_password": NO_NEW_PASSWORD}
    current_password: Password
    new_password: NewPassword


class NewAddressForm(Form):
    """Another e-mail address, by somebody who knows the password."""

    when_empty: ClassVar[Mapping[str, str]] = {"email": NO_EMAIL, "current_password": NO_PASSWORD}
    email: EmailAddress
    current_password: Password


class DeletionForm(Form):
    """Leaving for good."""

    when_empty: ClassVar[Mapping[str, str]] = {"current_password": NO_PASSWORD}
    current_password: Password
    certain: Annotated[Ticked, AfterValidator(_certain)] = Field(False, validate_default=True)


class GrantForm(Form):
    """A role for somebody; an official's is for one office."""

    when_empty: ClassVar[Mapping[str, str]] = {"role": N_("Choose a role.")}
    role: Role
    office: int | None = Field(None, ge=1, lt=2**31)
    certain: Annotated[Ticked, AfterValidator(_certain)] = Field(False, validate_default=True)
