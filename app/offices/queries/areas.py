"""Finding a place by what a person types: a code, a name, or a name with the places above it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select
from sqlmodel import Session

from app.core.columns import table
from app.core.forms import Submission
from app.core.i18n import N_
from app.offices.models import Area

SHOWN = 10
#: More places than this with one name are not looked through; typing the place above narrows them.
_MOST = 500
_LONGEST = 200

_PLACE = table(Area).c
_BASE = select(_PLACE.id, _PLACE.code, _PLACE.name, _PLACE.level, _PLACE.sought)
_BY_ID = _BASE.where(_PLACE.id == bindparam("id"))
_ORDER = (_PLACE.level, _PLACE.sought, _PLACE.code)
_SIGNS = re.compile(r"[^\w/]+")
_CODE = re.compile(r"[0-9]{2}(\.[0-9]{1,2}(\.[0-9]{1,2}(\.[0-9]{1,4})?)?)?\.?")
_DIGITS = re.compile(r"[0-9]{2,10}")
#: Words that may stand before a name and that people leave out.
_BEFORE = ("", "kabupaten ", "kota ", "kota administrasi ", "kabupaten administrasi ")
_KINDS = {
    "provinsi": (1, ""),
    "prov": (1, ""),
    "kabupaten": (2, "kabupaten "),
    "kab": (2, "kabupaten "),
    "kota": (2, "kota "),
    "kecamatan": (3, ""),
    "kec": (3, ""),
    "distrik": (3, ""),
    "kelurahan": (4, ""),
    "kel": (4, ""),
    "desa": (4, ""),
}


@dataclass(frozen=True)
class AreaView:
    """A place, with the places it lies in: "Desa X, Kec. Y, Kab. Z"."""

    id: int
    code: str
    name: str
    level: int
    path: str


def spelled(text: str) -> str:
    """A name as it is compared: small letters, no signs, single spaces."""
    return _SIGNS.sub(" ", text.casefold().replace("'", "").replace("’", "")).strip()


def resolve_area(session: Session, typed: str) -> AreaView | tuple[AreaView, ...]:
    """The one place that was typed, or the places it may mean: none, or at most eleven."""
    text = _dotted(typed)
    if _CODE.fullmatch(text):
        return area_by_code(session, text.rstrip(".")) or ()
    name, above = _parts(text)
    if not name:
        return ()
    found = _within(_views(session, _BASE.where(_called(name)).order_by(*_ORDER).limit(_MOST)), above)
    if len(found) > 1:
        found = [place for place in found if spelled(place.path) == spelled(text)] or found
    if len(found) == 1:
        return found[0]
    return tuple(found[: SHOWN + 1]) or matching_areas(session, text)


NOWHERE = N_("No place with this name or code is known here. Write the name of a village, district or regency.")
SEVERAL = N_("Several places have this name. Choose the one you mean.")


def chosen_area(session: Session, form: Submission[Any], name: str = "area") -> tuple[AreaView, ...]:
    """Hold a form's field for a place against the known places: blame it unless it names one.

    Gives the places it may mean, for `offices/_area_field.html` to offer.
    """
    typed = str(form.values.get(name, "")).strip()
    if not typed or name in form.errors:
        return ()
    found = resolve_area(session, typed)
    if isinstance(found, AreaView):
        return ()
    form.blame(name, SEVERAL if found else NOWHERE)
    return found


def matching_areas(session: Session, typed: str, limit: int = SHOWN) -> tuple[AreaView, ...]:
    """Places to suggest for what has been typed so far, the bigger ones first."""
    text = _dotted(typed)
    if _CODE.fullmatch(text):
        code = text.rstrip(".")
        return tuple(_views(session, _BASE.where(_PLACE.code.startswith(code)).order_by(_PLACE.code).limit(limit)))
    name, above = _parts(text)
    if len(name) < 2:
        return ()
    rows = _views(session, _BASE.where(_beginning(name)).order_by(*_ORDER).limit(_MOST if above else limit))
    return tuple(_within(rows, above)[:limit])


def area_by_code(session: Session, code: str) -> AreaView | None:
    """The place with a code of the state, or None."""
    found = _views(session, _BASE.where(_PLACE.code == code))
    return found[0] if found else None


def area_path(session: Session, area_id: int | None) -> str:
    """A place with the places it lies in; empty where there is none."""
    found = _views(session, _BY_ID, {"id": area_id}) if area_id is not None else []
    return found[0].path if found else ""


def area_and_below(session: Session, area_id: int) -> Select[Any]:
    """The row numbers of a place and of all places in it, for `column.in_(…)`."""
    code = str(session.execute(_BY_ID, {"id": area_id}).one().code)
    return select(_PLACE.id).where(or_(_PLACE.code == code, _PLACE.code.startswith(f"{code}.", autoescape=True)))


def _dotted(typed: str) -> str:
    """What was typed, with the dots of a code where it came without them."""
    text = typed.strip()[:_LONGEST]
    if not _DIGITS.fullmatch(text):
        return text
    return ".".join(part for part in (text[:2], text[2:4], text[4:6], text[6:]) if part)


def _parts(text: str) -> tuple[str, list[str]]:
    """What was typed as a name and the names of places above it."""
    parts = [spelled(part) for part in text.split(",")]
    name, *above = [part for part in parts if part] or [""]
    return name, above


def _called(name: str) -> ColumnElement[bool]:
    """The condition that a place has this name, with or without the word for its kind."""
    kind, _, rest = name.partition(" ")
    same = _PLACE.sought.in_([before + name for before in _BEFORE])
    if kind not in _KINDS or not rest:
        return same
    level, word = _KINDS[kind]
    return or_(same, and_(_PLACE.level == level, _PLACE.sought == word + rest))


def _beginning(name: str) -> ColumnElement[bool]:
    """The condition that the name of a place begins with what was typed."""
    kind, _, rest = name.partition(" ")
    same = or_(*(_PLACE.sought.startswith(before + name, autoescape=True) for before in _BEFORE))
    if kind not in _KINDS or not rest:
        return same
    level, word = _KINDS[kind]
    return or_(same, and_(_PLACE.level == level, _PLACE.sought.startswith(word + rest, autoescape=True)))


def _within(places: Iterable[AreaView], above: list[str]) -> list[AreaView]:
    """Those that lie in all the places named after the comma."""
    return [place for place in places if all(part in spelled(place.path.partition(",")[2]) for part in above)]


def _views(session: Session, statement: Select[Any], values: dict[str, Any] | None = None) -> list[AreaView]:
    """Rows as views with their paths; two queries however many there are."""
    rows = session.execute(statement, values or {}).all()
    codes = {above for row in rows for above in _codes_above(row.code)}
    names: dict[str, str] = {}
    if codes:
        found = session.execute(select(_PLACE.code, _PLACE.name).where(_PLACE.code.in_(codes)))
        names = {row.code: row.name for row in found}
    return [AreaView(row.id, row.code, row.name, row.level, _path(row, names)) for row in rows]


def _codes_above(code: str) -> list[str]:
    parts = code.split(".")
    return [".".join(parts[:size]) for size in range(len(parts) - 1, 0, -1)]


def _path(row: Any, names: dict[str, str]) -> str:
    """The place and those above it; the province is left out where the regency says enough."""
    above = [code for code in _codes_above(row.code) if code in names and (row.level == 2 or "." in code)]
    return ", ".join([titled(row.code, row.name), *(titled(code, names[code]) for code in above)])


def titled(code: str, name: str) -> str:
    """A place's name with the word for its kind, as addresses write it."""
    parts = code.split(".")
    if len(parts) == 4:
        word = {"1": "Kel.", "3": "Kampung"}.get(parts[3][:1], "Desa")
        return f"{word} {name}"
    if len(parts) == 3:
        return f"{'Distrik' if parts[0] >= '91' else 'Kec.'} {name}"
    if len(parts) == 2:
        return name.replace("Kabupaten", "Kab.", 1) if name.startswith("Kabupaten ") else name
    return name
