"""The mapping file: which columns of another platform's files mean what."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator


class BadMapping(ValueError):
    """The mapping file cannot be used; the message says why."""


Columns = Annotated[list[str], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class ProposalColumns(_Part):
    """Columns of the file of proposals; several columns of a text become its paragraphs."""

    id: str
    title: str
    body: Columns
    date: Columns
    supports: str = ""
    comments: str = ""


class CommentColumns(_Part):
    """Columns of the file of comments."""

    id: str
    proposal: str
    body: Columns
    date: Columns
    parent: str = ""
    no_parent: list[str] = ["", "-1", "0"]
    orphans: Literal["leave out", "first level"] = "leave out"
    empty: Literal["leave out", "removed"] = "leave out"
    positive: str = Field("", alias="for")
    negative: str = Field("", alias="against")


class Written(_Part):
    """How a file is written; what is empty is told from the file itself."""

    encoding: str = ""
    delimiter: str = Field("", max_length=1)

    @field_validator("encoding")
    @classmethod
    def known_encoding(cls, name: str) -> str:
        """Refuse an encoding that does not exist."""
        try:
            "".encode(name or "utf-8")
        except LookupError:
            raise ValueError("there is no such encoding") from None
        return name


class Mapping(Written):
    """Everything that has to be known of the files."""

    source: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,59}$")
    lang: str = Field(pattern=r"^[a-z]{2,3}$")
    zone: str = "UTC"
    date_formats: list[str] = []
    proposals: ProposalColumns
    comments: CommentColumns | None = None

    @field_validator("zone")
    @classmethod
    def known_zone(cls, name: str) -> str:
        """Refuse a time zone that does not exist."""
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError("there is no such time zone") from None
        return name


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file; BadMapping says which line or entry is wrong."""
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
        return Mapping.model_validate(written)
    except OSError as error:
        raise BadMapping(f"{path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadMapping(f"{path} is not TOML: {error}") from None
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise BadMapping(f"{path}: {wrong}") from None
