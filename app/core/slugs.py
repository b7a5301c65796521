"""The readable end of an address, made from a name once and never changed after that."""

import re
import unicodedata
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import Session

LONGEST = 60
_OTHER = re.compile(r"[^a-z0-9]+")


def slug_of(name: str, otherwise: str) -> str:
    """A name in lower-case ASCII words with hyphens; `otherwise` where the name has no Latin letter or digit."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = _OTHER.sub("-", plain).strip("-")
    if len(words) > LONGEST:
        words = words[: LONGEST + 1].rsplit("-", 1)[0][:LONGEST]
    return words or otherwise


def free_slug(
    session: Session, column: ColumnElement[Any], name: str, otherwise: str, reserved: Collection[str] = ()
) -> str:
    """The first of `name`, `name-2`, `name-3` … that nothing else has."""
    base = slug_of(name, otherwise)
    taken = {*session.execute(select(column).where(column.startswith(base, autoescape=True))).scalars(), *reserved}
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"
