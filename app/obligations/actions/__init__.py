"""What makes an answer owed, what its office may do until it comes, and reminding it."""

from app.obligations.actions.arising import Owed, arise, arise_some
from app.obligations.actions.holidays import copy_year, remove_holiday, set_holidays
from app.obligations.actions.months import follow_the_calendar
from app.obligations.actions.offices import hand_over, reply
from app.obligations.actions.reminding import begin_round, remind_some, write_some

__all__ = [
    "Owed",
    "arise",
    "arise_some",
    "begin_round",
    "copy_year",
    "follow_the_calendar",
    "hand_over",
    "remind_some",
    "remove_holiday",
    "reply",
    "set_holidays",
    "write_some",
]
