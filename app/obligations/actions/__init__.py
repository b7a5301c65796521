"""What makes an answer owed, and keeping the days on which nobody works."""

from app.obligations.actions.arising import Owed, arise, arise_some
from app.obligations.actions.holidays import copy_year, remove_holiday, set_holidays

__all__ = [
    "Owed",
    "arise",
    "arise_some",
    "copy_year",
    "remove_holiday",
    "set_holidays",
]
