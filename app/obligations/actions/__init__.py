"""What makes an answer owed, and what its office may do until it comes."""

from app.obligations.actions.arising import Owed, arise, arise_some
from app.obligations.actions.holidays import copy_year, remove_holiday, set_holidays
from app.obligations.actions.offices import hand_over, reply

__all__ = [
    "Owed",
    "arise",
    "arise_some",
    "copy_year",
    "hand_over",
    "remove_holiday",
    "reply",
    "set_holidays",
]
