"""Reads about offices and areas."""

from app.offices.queries.areas import (
    NOWHERE,
    SEVERAL,
    AreaView,
    area_and_below,
    area_by_code,
    area_path,
    chosen_area,
    matching_areas,
    resolve_area,
    spelled,
)
from app.offices.queries.offices import (
    Branch,
    OfficePage,
    OfficeView,
    by_ids,
    facts,
    in_path,
    office_choices,
    office_page,
    tree,
    typed_office,
)
from app.offices.queries.officials import spoken_for, with_office

__all__ = [
    "NOWHERE",
    "SEVERAL",
    "AreaView",
    "Branch",
    "OfficePage",
    "OfficeView",
    "area_and_below",
    "area_by_code",
    "area_path",
    "by_ids",
    "chosen_area",
    "facts",
    "in_path",
    "matching_areas",
    "office_choices",
    "office_page",
    "resolve_area",
    "spelled",
    "spoken_for",
    "tree",
    "typed_office",
    "with_office",
]
