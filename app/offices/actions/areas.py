"""Loading the regions of the state: province, regency or city, district, village."""

from collections.abc import Callable, Iterator

from lokal import wilayah
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.core import db
from app.core.columns import table
from app.offices.models import Area
from app.offices.queries import spelled

CHUNK = 1000
Row = tuple[str, str]


class UnknownProvince(ValueError):
    """There is no province with this code."""


def load_areas(province: str | None = None, told: Callable[[int, int], object] | None = None) -> int:
    """Load all regions, or those of one province by its code; says how many.

    Doing it again changes nothing but names that have changed. Each chunk is a write of its own, so that other
    writes do not wait long; `told` hears how many of how many are stored.
    """
    rows = list(_regions(province))
    if province and not rows:
        raise UnknownProvince(province)
    rows.sort(key=lambda row: (row[0].count("."), row[0]))
    done = 0
    for level in range(4):
        of_level = [row for row in rows if row[0].count(".") == level]
        for start in range(0, len(of_level), CHUNK):
            chunk = of_level[start : start + CHUNK]
            db.write_now(_store, chunk)
            done += len(chunk)
            if told is not None:
                told(done, len(rows))
    return len(rows)


def _regions(province: str | None) -> Iterator[Row]:
    """Codes and names below a province and the province itself, or everything."""
    waiting = [region for region in wilayah.list_wilayah() if province in (None, region.code)]
    while waiting:
        region = waiting.pop()
        yield region.code, region.name
        if region.level < 4:
            waiting.extend(wilayah.list_wilayah(region.code))


def _store(session: Session, chunk: list[Row]) -> None:
    """Insert or rename the regions of one chunk; those above them are there already."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    t = table(Area)
    above = {code.rpartition(".")[0] for code, _ in chunk} - {""}
    parents: dict[str, int] = {
        row.code: row.id for row in session.execute(select(t.c.id, t.c.code).where(t.c.code.in_(above)))
    }
    rows = [
        {
            "code": code,
            "name": name,
            "level": code.count(".") + 1,
            "parent_id": parents.get(code.rpartition(".")[0]),
            "sought": spelled(name),
        }
        for code, name in chunk
    ]
    statement = insert(t)
    new = statement.excluded
    changed = {"name": new.name, "sought": new.sought, "parent_id": new.parent_id}
    session.execute(statement.on_conflict_do_update(index_elements=["code"], set_=changed), rows)
