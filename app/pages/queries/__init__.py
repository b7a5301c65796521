"""Reads across features for the pages made of several of them."""

from app.pages.queries.installation import Installation, installation
from app.pages.queries.own import AmendedCharter, Voted, contributed, own_votes, reminders
from app.pages.queries.totals import Totals, totals
from app.pages.queries.trails import Trail, trail
from app.pages.queries.waiting import Waiting, next_waiting, waiting

__all__ = [
    "AmendedCharter",
    "Installation",
    "Totals",
    "Trail",
    "Voted",
    "Waiting",
    "contributed",
    "installation",
    "next_waiting",
    "own_votes",
    "reminders",
    "totals",
    "trail",
    "waiting",
]
