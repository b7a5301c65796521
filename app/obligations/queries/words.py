"""What is owed, in words: states, weekdays, and why it stays."""

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
#: Why an office keeps owing an answer for which little time is left.
TOO_SHORT = N_(
    "Less than a week is left, or less than half of a shorter period, so your office keeps owing this answer. "
    "If the matter is not in its power, say so in the answer and name the office it belongs to."
)
DAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip
