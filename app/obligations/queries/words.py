"""What is owed, in words: states and weekdays."""

from app.core.i18n import N_

#: What a list can show, in words, in the order of the filter.
STATES = {
    "overdue": N_("Overdue"),
    "due-soon": N_("Due within a week"),
    "on-time": N_("Not due yet"),
    "answered": N_("Answered in time"),
    "answered-late": N_("Answered late"),
    "not-confirmed": N_("Answered, not confirmed"),
    "confirmed": N_("Answered, and the author agrees"),
    "disputed": N_("Answered, and the author disagrees"),
    "lapsed": N_("Taken back by its author"),
}
DAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip
