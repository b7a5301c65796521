"""Tables of the clock: what is owed, what was done with it, and the days on which nobody works.

An obligation's own columns never change once it has arisen: the database refuses it. What stands below "kept" in it
follows from other recorded facts (answers, hand-overs, what the author says, what was taken back) and is kept exact
by triggers, whoever writes; so are both tables of counts.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Column, Computed, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.columns import Instant, RowId, table
from app.core.i18n import N_


class Kind(StrEnum):
    """At which moment it arose."""

    CLOSING = "closing"
    THRESHOLD = "threshold"
    QUESTION = "question"
    REVIEW = "review"


#: The kinds in words, in the order in which pages show them.
KINDS = {
    Kind.CLOSING: N_("Owed at closing"),
    Kind.THRESHOLD: N_("Enough supporters"),
    Kind.QUESTION: N_("Question to an office"),
    Kind.REVIEW: N_("Second look"),
}

OUTCOME = (
    "CASE WHEN answered_at IS NOT NULL THEN CASE WHEN answered_at <= due_at THEN 'answered' ELSE 'answered-late' END "
    "WHEN lapsed_at IS NOT NULL THEN 'lapsed' ELSE 'open' END"
)
RECEPTION = (
    "CASE WHEN answered_at IS NULL THEN '' WHEN disputed_at IS NOT NULL THEN 'disputed' "
    "WHEN confirmed_at IS NOT NULL THEN 'confirmed' ELSE 'not-confirmed' END"
)


class Obligation(SQLModel, table=True):
    """An answer an office owes to a contribution until an instant that nothing moves."""

    __table_args__ = (
        UniqueConstraint("contribution_id", "kind"),
        Index("ix_obligation_due", "outcome", "due_at", "id"),
        Index("ix_obligation_office", "office_id", "outcome", "due_at", "id"),
        Index("ix_obligation_kind", "kind", "outcome", "due_at", "id"),
        Index("ix_obligation_consultation", "consultation_id", "outcome", "due_at", "id"),
        Index("ix_obligation_reception", "reception", "due_at", "id"),
        Index("ix_obligation_office_reception", "office_id", "reception", "due_at", "id"),
        Index("ix_obligation_consultation_reception", "consultation_id", "reception", "due_at", "id"),
    )

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    contribution_id: int = Field(sa_column=Column(RowId, ForeignKey("contribution.id"), nullable=False))
    consultation_id: int = Field(sa_column=Column(RowId, ForeignKey("consultation.id"), nullable=False))
    kind: str
    first_office_id: int = Field(sa_column=Column(RowId, ForeignKey("office.id"), nullable=False))
    arose_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    due_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    #: Year and month in which it is due on the installation's calendar, as 202603; follows the zone at each start.
    due_month: int
    #: The answer that was disputed; only of a second look.
    answer_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("answer.id")))
    # -- kept
    office_id: int = Field(sa_column=Column(RowId, ForeignKey("office.id"), nullable=False))
    answered_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    lapsed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    confirmed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    disputed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    outcome: str = Field(default=None, sa_column=Column(String, Computed(OUTCOME, persisted=True)))
    reception: str = Field(default=None, sa_column=Column(String, Computed(RECEPTION, persisted=True)))


class ObligationCount(SQLModel, table=True):
    """How many obligations of an office, a kind and a consultation with one due instant stand where; by triggers."""

    __tablename__ = "obligation_count"

    consultation_id: int = Field(sa_column=Column(RowId, primary_key=True, autoincrement=False))
    office_id: int = Field(sa_column=Column(RowId, primary_key=True, autoincrement=False))
    kind: str = Field(primary_key=True)
    due_at: datetime = Field(sa_column=Column(Instant, primary_key=True))
    due_month: int
    pending: int = 0
    in_time: int = 0
    late: int = 0
    lapsed: int = 0
    confirmed: int = 0
    disputed: int = 0


class ObligationMonth(SQLModel, table=True):
    """The same by the month in which they are due: what is settled, for totals over years; by triggers."""

    __tablename__ = "obligation_month"

    office_id: int = Field(sa_column=Column(RowId, primary_key=True, autoincrement=False))
    kind: str = Field(primary_key=True)
    due_month: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    pending: int = 0
    in_time: int = 0
    late: int = 0
    lapsed: int = 0
    confirmed: int = 0
    disputed: int = 0


class HandOver(SQLModel, table=True):
    """An office gave an obligation to another; the clock runs on, and nobody changes this afterwards."""

    __tablename__ = "hand_over"

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    obligation_id: int = Field(sa_column=Column(RowId, ForeignKey("obligation.id"), nullable=False, index=True))
    from_office_id: int = Field(sa_column=Column(RowId, ForeignKey("office.id"), nullable=False))
    to_office_id: int = Field(sa_column=Column(RowId, ForeignKey("office.id"), nullable=False))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    by: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))
    signed_by: str = ""
    at: datetime = Field(sa_column=Column(Instant, nullable=False))


class HoldingReply(SQLModel, table=True):
    """An office says when its answer will come instead; it never moves the due instant."""

    __tablename__ = "holding_reply"

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    obligation_id: int = Field(sa_column=Column(RowId, ForeignKey("obligation.id"), nullable=False, index=True))
    office_id: int = Field(sa_column=Column(RowId, ForeignKey("office.id"), nullable=False))
    promised_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    text: str = Field(sa_column=Column(Text, nullable=False))
    by: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))
    signed_by: str = ""
    at: datetime = Field(sa_column=Column(Instant, nullable=False))


class Holiday(SQLModel, table=True):
    """A day on which nobody works in this installation."""

    day: date = Field(sa_column=Column(Date, primary_key=True))
    name: str
    name_en: str = ""


class Reminder(SQLModel, table=True):
    """An office was reminded of an obligation: once for each step."""

    obligation_id: int = Field(
        sa_column=Column(RowId, ForeignKey("obligation.id"), primary_key=True, autoincrement=False)
    )
    name: str = Field(primary_key=True)
    office_id: int = Field(sa_column=Column(RowId, ForeignKey("office.id"), primary_key=True, autoincrement=False))
    day: date = Field(sa_column=Column(Date, nullable=False, index=True))


class ReminderDigest(SQLModel, table=True):
    """An official got the day's reminders: at most one message a day."""

    __tablename__ = "reminder_digest"

    account_id: int = Field(sa_column=Column(RowId, ForeignKey("account.id"), primary_key=True, autoincrement=False))
    day: date = Field(sa_column=Column(Date, primary_key=True))


class ReminderRound(SQLModel, table=True):
    """The reminders of a day were begun; its row exists once, however many processes look."""

    __tablename__ = "reminder_round"

    day: date = Field(sa_column=Column(Date, primary_key=True))
    begun_at: datetime = Field(sa_column=Column(Instant, nullable=False))


_n = table(ObligationCount).c
Index(
    "ix_obligation_count_pending",
    *(_n.due_at, _n.office_id, _n.kind, _n.due_month, _n.pending),
    sqlite_where=_n.pending > 0,
    postgresql_where=_n.pending > 0,
)
