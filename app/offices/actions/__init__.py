"""Acts on offices and areas."""

from app.offices.actions.areas import UnknownProvince, load_areas
from app.offices.actions.offices import close, create, edit, reopen

__all__ = ["UnknownProvince", "close", "create", "edit", "load_areas", "reopen"]
