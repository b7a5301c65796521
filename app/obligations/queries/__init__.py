"""Reads of what is owed: until when, by whom, and how offices keep their promises."""

from app.consultations.queries import promises
from app.obligations.queries.calendar import HolidayView, holidays, known_days, rest_days, working_days
from app.obligations.queries.promised import (
    due_after,
    due_at_closing,
    due_of_second_look,
    period_for,
)

__all__ = [
    "HolidayView",
    "due_after",
    "due_at_closing",
    "due_of_second_look",
    "holidays",
    "known_days",
    "period_for",
    "promises",
    "rest_days",
    "working_days",
]
