"""Which job runs when."""

from datetime import datetime, timedelta

from app.accounts import actions as accounts
from app.consultations import jobs as consultations
from app.core import clock, db, jobs, mail, ratelimit
from app.obligations import actions as owed
from app.obligations import jobs as obligations
from app.proposals import jobs as proposals
from app.responses import jobs as responses
from app.themes import jobs as themes

#: The modules whose handlers jobs are given to; importing them registers the handlers.
HANDLED_IN = (mail, consultations, obligations, proposals, responses, themes)

#: How far a clock may be behind the newest recorded event before the server refuses to start.
TOLERANCE = timedelta(seconds=5)


def clock_limit() -> datetime:
    """The latest instant a recorded event may bear at start."""
    return clock.now() + TOLERANCE


@jobs.each_minute
def sweep() -> None:
    """Remove what has been kept long enough."""
    db.write_now(mail.sweep)
    db.write_now(ratelimit.sweep)
    db.write_now(accounts.sweep)


@jobs.each_minute
def remind() -> None:
    """Begin the day's reminders to offices, once it is morning there."""
    db.write_now(owed.begin_round)
