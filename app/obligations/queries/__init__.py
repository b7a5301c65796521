"""Reads of what is owed: until when, by whom, and how offices keep their promises."""

from app.consultations.queries import promises
from app.consultations.queries.charter import instant
from app.obligations.queries.asking import Asked, asked
from app.obligations.queries.board import Board, board, facts, item_facts
from app.obligations.queries.calendar import HolidayView, holidays, known_days, month_of, rest_days, working_days
from app.obligations.queries.lists import STATES, Item, all_items, items
from app.obligations.queries.one import Owed, by_id, consultation_of, held_by, in_path, of_contribution, owing
from app.obligations.queries.promised import due_after, due_at_closing, due_of_second_look, period_for
from app.obligations.queries.standings import Month, Narrowed, Said, Standings, standings, total
from app.obligations.queries.words import DAYS, TOO_SHORT
from app.obligations.queries.words import STATES as STATE_WORDS

__all__ = [
    "DAYS",
    "STATES",
    "STATE_WORDS",
    "TOO_SHORT",
    "Asked",
    "Board",
    "HolidayView",
    "Item",
    "Month",
    "Narrowed",
    "Owed",
    "Said",
    "Standings",
    "all_items",
    "asked",
    "board",
    "by_id",
    "consultation_of",
    "due_after",
    "due_at_closing",
    "due_of_second_look",
    "facts",
    "held_by",
    "holidays",
    "in_path",
    "instant",
    "item_facts",
    "items",
    "known_days",
    "month_of",
    "of_contribution",
    "owing",
    "period_for",
    "promises",
    "rest_days",
    "standings",
    "total",
    "working_days",
]
