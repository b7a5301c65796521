"""The offices and topics of the district."""

from sqlalchemy import select
from sqlmodel import Session

from app.consultations.models import Topic
from app.core.columns import table
from app.demo import content
from app.demo.diary import District
from app.offices.models import Area, Office


def know_areas(session: Session, district: District) -> None:
    """Learn the row numbers of the areas, which have been loaded before."""
    t = table(Area).c
    district.areas.update((row.code, row.id) for row in session.execute(select(t.code, t.id)).all())


def set_up_offices(session: Session, district: District) -> None:
    """Make the offices, each after the one above it, and the topics."""
    told = content.places()
    for office in told["offices"]:
        row = Office(
            slug=office["key"],
            name=office["name"],
            name_en=office["name_en"],
            description=office["description"],
            description_en=office["description_en"],
            email=office["email"],
            parent_id=district.offices[office["parent"]] if office["parent"] else None,
            area_id=district.areas.get(office["area"]),
        )
        session.add(row)
        session.flush()
        assert row.id is not None
        district.offices[office["key"]] = row.id
    for topic in told["topics"]:
        session.add(Topic(slug=topic["slug"], name=topic["name"], name_en=topic["name_en"]))
