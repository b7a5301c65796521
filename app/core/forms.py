"""Forms: what was typed, whether it is valid, and what to say about it. Nothing typed is ever lost."""

import re
import unicodedata
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Generic, TypeVar, get_args, get_origin

from fastapi import Depends, Request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError
from starlette.datastructures import FormData, UploadFile

from app.core import clock, labels
from app.core.access import Conflict, Reason
from app.core.i18n import N_, Message, say

MAX_FIELDS, MAX_FILES, MAX_PART = 400, 12, 500_000

#: Controls, marks that turn text round, blanks without width, and letters that show nothing (fillers of Hangul).
_REMOVED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u206f"
    "\u3164\ufeff\uffa0]"
)
#: Joiners shape what stands on both sides of them; elsewhere they only make an empty text look long.
_JOINERS = re.compile("(?<![^\\s])[\u200c\u200d]+|(?<=[\u200c\u200d])[\u200c\u200d]+|[\u200c\u200d]+(?=\\s|$)")
#: What no database and no answer can hold, whatever the field: NUL, and halves of characters.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_SPACES = re.compile(r"[^\S\n]+")


class Form(BaseModel):
    """What a form may contain; fields it does not name are not looked at."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)
    #: What to say of a field left empty (of a list, nothing chosen), as "Fill in this field" would not tell which.
    when_empty: ClassVar[Mapping[str, str]] = {}


def clean_line(text: Any) -> Any:
    """One line of text without invisible controls or runs of spaces."""
    if not isinstance(text, str):
        return text
    return _SPACES.sub(" ", _visible(text).replace("\n", " ")).strip()


def clean_text(text: Any) -> Any:
    """Text of several lines, with one kind of line end and without invisible controls."""
    if not isinstance(text, str):
        return text
    return _visible(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _visible(text: str) -> str:
    return unicodedata.normalize("NFC", _JOINERS.sub("", _REMOVED.sub("", text)))


def in_words(text: str) -> str:
    """Refuse a text without a single letter, such as emoji or dashes only."""
    if not any(character.isalpha() for character in text):
        raise PydanticCustomError("no_words", N_("Write it in words, so that everyone can read it."))
    return text


def _to_instant(value: Any) -> Any:
    """A date and time as the browser's field or a person writes it, on the installation's clock."""
    if not isinstance(value, str):
        return value
    try:
        typed = datetime.fromisoformat(value.strip())
        return clock.from_local(typed) if typed.tzinfo is None else typed.astimezone(UTC)
    except (ValueError, OverflowError):
        raise PydanticCustomError("no_instant", N_("Write date and time like this: 2026-03-14 16:00.")) from None


def _yes(value: Any) -> Any:
    return value in ("yes", "on", "1", "true", True)


Line = Annotated[str, BeforeValidator(clean_line)]
Text = Annotated[str, BeforeValidator(clean_text)]
Words = Annotated[str, BeforeValidator(clean_line), AfterValidator(in_words)]
Prose = Annotated[str, BeforeValidator(clean_text), AfterValidator(in_words)]
LocalInstant = Annotated[datetime, BeforeValidator(_to_instant)]
Ticked = Annotated[bool, BeforeValidator(_yes)]

_MESSAGES = {
    "missing": N_("Fill in this field."),
    "string_too_short": N_("%(field)s: write at least %(min_length)s characters."),
    "string_too_long": N_("%(field)s: write at most %(max_length)s characters."),
    "too_short": N_("%(field)s: choose at least %(min_length)s."),
    "too_long": N_("%(field)s: choose at most %(max_length)s."),
    "int_parsing": N_("%(field)s: write a whole number."),
    "int_type": N_("%(field)s: write a whole number."),
    "greater_than_equal": N_("%(field)s: the smallest number possible is %(ge)s."),
    "less_than_equal": N_("%(field)s: the largest number possible is %(le)s."),
    "literal_error": N_("Choose one of the options."),
    "enum": N_("Choose one of the options."),
    "value_error": N_("Check this field: what is in it cannot be used."),
}
_EMAIL = N_("Write an e-mail address such as nama@contoh.id.")
_OTHER = N_("Check this field: what is in it cannot be used.")

F = TypeVar("F", bound=BaseModel)
T = TypeVar("T")


@dataclass
class Submission(Generic[F]):
    """One sending of a form: what was typed, the errors by field, and the checked content if there are none."""

    values: dict[str, str | list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    content: F | None = None
    files: dict[str, list[UploadFile]] = field(default_factory=dict)
    status: int = 200

    @property
    def valid(self) -> bool:
        """Whether it can be acted on."""
        return self.content is not None and not self.errors

    @property
    def checked(self) -> F:
        """The content of a valid submission."""
        assert self.content is not None
        return self.content

    def blame(self, name: str, message: str, **values: Any) -> None:
        """Say of one field what is wrong with it."""
        self.errors[name] = say(message, values)
        self.status = 422

    async def attempt(self, act: Callable[[F], Awaitable[T]]) -> T | None:
        """Do what a valid form asks for, and give what comes of it; a Conflict is said in the form, which shows it.

        Afterwards the form is valid only where it was done.
        """
        if self.valid:
            try:
                return await act(self.checked)
            except Conflict as refused:
                self.refuse(refused.reason)
        return None

    def refuse(self, reason: Reason) -> None:
        """Say that the whole cannot be done now."""
        self.errors[""] = say(reason.text, reason.values)
        self.status = reason.status


def blank(**initial: Any) -> Submission[Any]:
    """A form nobody has sent yet, with what is known filled in."""
    return Submission(values={name: _as_typed(value) for name, value in initial.items() if value is not None})


def _as_typed(value: Any) -> str | list[str]:
    if isinstance(value, list | tuple | set | frozenset):
        return [str(item) for item in value]
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, datetime):
        return clock.local(value).strftime("%Y-%m-%dT%H:%M")
    return str(value)


async def typed(request: Request) -> FormData:
    """The fields of a request's body, within the bounds of the house."""
    sent = await request.form(max_fields=MAX_FIELDS, max_files=MAX_FILES, max_part_size=MAX_PART)
    fields = [(name, _UNSTORABLE.sub("", it) if isinstance(it, str) else it) for name, it in sent.multi_items()]
    form = FormData(fields)
    request.state.typed = form
    return form


def check(model: type[F], form: FormData, path: str = "") -> Submission[F]:
    """Hold what was typed against a form; the address it was sent to tells what its fields are called."""
    submission: Submission[F] = Submission()
    raw: dict[str, Any] = {}
    for name in model.model_fields:
        values = [value for value in form.getlist(name) if isinstance(value, str)]
        if _takes_many(model, name):
            submission.values[name] = raw[name] = values
        elif values:
            submission.values[name] = values[0]
            if values[0].strip():
                raw[name] = values[0]
    for name, value in form.multi_items():
        if isinstance(value, UploadFile) and value.filename:
            submission.files.setdefault(name, []).append(value)
    try:
        submission.content = model.model_validate(raw)
    except ValidationError as error:
        submission.status = 422
        for problem in error.errors():
            place = str(problem["loc"][0]) if problem["loc"] else ""
            submission.errors.setdefault(place, _message(dict(problem), model, path))
    return submission


def _takes_many(model: type[BaseModel], name: str) -> bool:
    annotation = model.model_fields[name].annotation
    origins = (get_origin(annotation), *(get_origin(part) for part in get_args(annotation)))
    return any(origin in (list, tuple, set, frozenset) for origin in origins)


def _message(problem: Mapping[str, Any], model: type[BaseModel], path: str) -> str:
    kind, context = str(problem["type"]), dict(problem.get("ctx") or {})
    name = str(problem["loc"][0]) if problem["loc"] else ""
    context["field"] = Message(labels.field(name, path))
    if kind in ("too_short", "too_long") and isinstance(problem.get("input"), str):
        kind = f"string_{kind}"  # a text is counted in characters, wherever in its annotation the bound stands
    empty: Mapping[str, str] = getattr(model, "when_empty", {})
    if kind in ("missing", "too_short") and name in empty:
        return say(empty[name])
    if kind in _MESSAGES and "email" not in str(problem.get("msg", "")):
        return say(_MESSAGES[kind], context)
    if "email" in str(problem.get("msg", "")):
        return say(_EMAIL)
    if kind.startswith(("no_", "is_", "not_")):  # ours: the message is a msgid
        return say(str(problem["msg"]), context)
    return say(_OTHER)


def submitted(model: type[F]) -> Any:
    """A route's parameter that receives a form."""

    async def receive(request: Request) -> Submission[F]:
        return check(model, await typed(request), request.url.path)

    return Depends(receive)
