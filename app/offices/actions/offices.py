"""Setting up offices, changing what is said of them, closing them and opening them again."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from app.core import access, clock
from app.core.access import Actor, Conflict, Missing
from app.core.columns import table
from app.core.i18n import N_
from app.core.slugs import free_slug
from app.offices import queries
from app.offices.forms import OfficeForm
from app.offices.models import Office

_o = table(Office).c
_PLAIN = ("name", "name_en", "description", "description_en", "email", "phone", "address")


def create(session: Session, actor: Actor, form: OfficeForm, at: datetime) -> str:
    """Set up an office; its address part is made from the name and stays."""
    access.require("offices.edit", actor)
    office = Office(slug=free_slug(session, _o.slug, form.name, "instansi", ("new",)), name=form.name)
    _fill(session, office, form)
    session.add(office)
    return office.slug


def edit(session: Session, actor: Actor, office_id: int, form: OfficeForm, at: datetime) -> None:
    """Change what is said of an office."""
    _fill(session, _office(session, actor, office_id), form)


def close(session: Session, actor: Actor, office_id: int, at: datetime) -> None:
    """Close an office: it asks nothing new, and its page and its consultations stay readable."""
    office = _office(session, actor, office_id)
    if office.closed_at is not None:
        raise Conflict("closed", N_("This office was closed on %(when)s."), when=office.closed_at)
    office.closed_at = clock.now()


def reopen(session: Session, actor: Actor, office_id: int, at: datetime) -> None:
    """Open a closed office again."""
    office = _office(session, actor, office_id)
    if office.closed_at is None:
        raise Conflict("open", N_("This office is open."))
    office.closed_at = None


def _office(session: Session, actor: Actor, office_id: int) -> Office:
    access.require("offices.edit", actor)
    office: Office | None = session.execute(
        select(Office).where(_o.id == office_id).with_for_update()
    ).scalar_one_or_none()
    if office is None:
        raise Missing
    return office


def _fill(session: Session, office: Office, form: OfficeForm) -> None:
    for name in _PLAIN:
        setattr(office, name, getattr(form, name))
    office.parent_id = _parent(session, office, form.parent) if form.parent else None
    place = queries.resolve_area(session, form.area) if form.area else None
    if isinstance(place, tuple):
        raise Conflict("area", N_("Choose a place from the list."))
    office.area_id = place.id if place else None


def _parent(session: Session, office: Office, slug: str) -> int:
    """The office above; Conflict for one that does not exist or lies below this one."""
    parent: int | None = session.execute(select(_o.id).where(_o.slug == slug)).scalar()
    if parent is None:
        raise Conflict("parent", N_("Choose an office from the list."))
    above: int | None = parent
    while above is not None:
        if above == office.id:
            raise Conflict("circle", N_("An office cannot belong to itself or to an office below it."))
        above = session.execute(select(_o.parent_id).where(_o.id == above)).scalar()
    return parent
