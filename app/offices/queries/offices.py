"""The tree of offices, and what is known of each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.core import db
from app.core.access import Missing
from app.core.columns import table
from app.core.i18n import language
from app.offices.models import Area, Office
from app.offices.queries.areas import area_path


@dataclass(frozen=True)
class OfficeView:
    """An office as pages show it; texts in the reader's language where there are two."""

    id: int
    slug: str
    name: str
    description: str
    description_lang: str
    email: str
    phone: str
    address: str
    parent_id: int | None
    area: str | None
    area_code: str | None
    closed_at: datetime | None

    @property
    def url(self) -> str:
        """Its address."""
        return f"/offices/{self.slug}"


@dataclass(frozen=True)
class Branch:
    """An office and the offices below it."""

    office: OfficeView
    below: tuple["Branch", ...] = ()


@dataclass(frozen=True)
class OfficePage:
    """An office among its neighbours in the tree."""

    office: OfficeView
    parent: OfficeView | None
    children: tuple[OfficeView, ...]


_o, _a = table(Office).c, table(Area).c
_BASE = (
    select(table(Office), _a.name.label("area"), _a.code.label("area_code"))
    .select_from(table(Office))
    .outerjoin(table(Area), _a.id == _o.area_id)
)
_ALL = _BASE.order_by(_o.name, _o.id)
_BY_SLUG = _BASE.where(_o.slug == bindparam("slug"))


def in_path(session: db.Read, slug: str) -> OfficeView:
    """The office a route's address names."""
    row = session.execute(_BY_SLUG, {"slug": slug}).first()
    if row is None:
        raise Missing
    return _view(row)


def by_ids(session: Session, ids: Iterable[int]) -> tuple[OfficeView, ...]:
    """Some offices, by name."""
    return tuple(_view(row) for row in session.execute(_ALL.where(_o.id.in_(list(ids)))).all())


def office_page(session: Session, office: OfficeView) -> OfficePage:
    """An office with the one above it and those below it."""
    rows = session.execute(
        _ALL.where((_o.parent_id == office.id) | (_o.id == (office.parent_id or 0))),
    ).all()
    views = [_view(row) for row in rows]
    parent = next((view for view in views if view.id == office.parent_id), None)
    return OfficePage(office, parent, tuple(view for view in views if view.parent_id == office.id))


def tree(session: Session) -> tuple[Branch, ...]:
    """All offices, each below the one it belongs to."""
    views = [_view(row) for row in session.execute(_ALL).all()]
    below: dict[int | None, list[OfficeView]] = {}
    for view in views:
        below.setdefault(view.parent_id, []).append(view)

    def grow(parent: int | None) -> tuple[Branch, ...]:
        return tuple(Branch(view, grow(view.id)) for view in below.get(parent, ()))

    return grow(None)


def office_choices(session: Session, but: int | None = None) -> list[tuple[str, str]]:
    """Offices to choose from as (slug, name), indented by their place in the tree; not `but` or those below it."""
    return choices_in(tree(session), but)


def choices_in(branches: tuple[Branch, ...], but: int | None = None) -> list[tuple[str, str]]:
    """The same, of a tree that has been read."""
    return [(office.slug, "– " * depth + office.name) for office, depth in walk(branches, but)]


def walk(branches: tuple[Branch, ...], but: int | None = None, depth: int = 0) -> Iterator[tuple[OfficeView, int]]:
    """The offices of a tree from the top, each with how deep it stands; not `but` or those below it."""
    for branch in branches:
        if branch.office.id != but:
            yield branch.office, depth
            yield from walk(branch.below, but, depth + 1)


def typed_office(session: Session, office_id: int) -> dict[str, Any]:
    """An office as its form shows it."""
    row = session.execute(_BASE.where(_o.id == office_id)).one()
    names = ("name", "name_en", "description", "description_en", "email", "phone", "address")
    parent = session.execute(select(_o.slug).where(_o.id == (row.parent_id or 0))).scalar()
    return {name: getattr(row, name) for name in names} | {
        "parent": parent or "",
        "area": area_path(session, row.area_id),
    }


def facts(office: OfficeView) -> dict[str, Any]:
    """What JSON says of an office."""
    return {
        "slug": office.slug,
        "url": office.url,
        "name": office.name,
        "description": office.description,
        "email": office.email,
        "phone": office.phone,
        "address": office.address,
        "area": {"code": office.area_code, "name": office.area} if office.area_code else None,
        "closed_at": office.closed_at.isoformat() if office.closed_at else None,
    }


def _view(row: Any) -> OfficeView:
    lang = language.get()
    english = lang == "en" and bool(row.description_en)
    return OfficeView(
        id=row.id,
        slug=row.slug,
        name=row.name_en if lang == "en" and row.name_en else row.name,
        description=row.description_en if english else row.description,
        description_lang="en" if english else "id",
        email=row.email,
        phone=row.phone,
        address=row.address,
        parent_id=row.parent_id,
        area=row.area,
        area_code=row.area_code,
        closed_at=row.closed_at,
    )
