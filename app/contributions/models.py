"""The ledger: one row for everything a person puts in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.columns import Instant, RowId, table
from app.core.i18n import N_


class Kind(StrEnum):
    """What was put in."""

    PROPOSAL = "proposal"
    COMMENT = "comment"


class Channel(StrEnum):
    """How it reached us."""

    WEB = "web"
    PAPER = "paper"
    MEETING = "meeting"
    PHONE = "phone"
    IMPORT = "import"


#: How it reaches us from people without an account, entered by somebody else.
SPOKEN = (Channel.PAPER, Channel.MEETING, Channel.PHONE)


class Visibility(StrEnum):
    """What the public sees of it: all, or a tombstone with the reason."""

    PUBLIC = "public"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What an official did with a contribution they read, short of answering it."""

    NOTED = "noted"
    COMPARED = "compared"
    CHECKED = "checked"
    PASSED_ON = "passed-on"
    NOTHING_ASKED = "nothing-asked"
    CODED = "coded"


#: What an official can record at the reading desk; that something was coded follows from coding it.
BY_HAND = tuple(outcome for outcome in Outcome if outcome is not Outcome.CODED)


#: What an office can do with a contribution, in words; the status itself lives with the answer.
STATUSES = {
    "adopted": N_("Adopted"),
    "partly": N_("Partly adopted"),
    "already-planned": N_("Already planned"),
    "not-competent": N_("For another office"),
    "cost": N_("Not adopted: cost"),
    "legal": N_("Not adopted: law"),
    "evidence": N_("Not adopted: evidence"),
    "conflict": N_("Not adopted: earlier decision"),
    "duplicate": N_("Answered with another proposal"),
    "out-of-scope": N_("Outside this consultation"),
}


class Contribution(SQLModel, table=True):
    """One thing a person put in, with its public code."""

    __table_args__ = (
        UniqueConstraint("import_source", "import_id"),
        Index("ix_contribution_consultation", "consultation_id", "kind", "received_at"),
    )

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    code: str = Field(unique=True)
    kind: str
    consultation_id: int = Field(sa_column=Column(RowId, ForeignKey("consultation.id"), nullable=False))
    participant_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("participant.id"), index=True))
    group_id: int | None = Field(default=None, sa_column=Column(RowId))
    entered_by: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))
    channel: str = Channel.WEB
    received_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    entered_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    lang: str = "id"
    area_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("area.id"), index=True))
    identity_level: str = "email"
    visibility: str = Visibility.PUBLIC
    reason_code: str = ""
    import_source: str | None = None
    import_id: str | None = None
    canonical_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("contribution.id")))


_c = table(Contribution).c
#: What a facilitator entered for others, without reading the rest of the ledger.
Index(
    "ix_contribution_entered", _c.consultation_id, _c.entered_by, _c.id,
    sqlite_where=_c.entered_by.is_not(None), postgresql_where=_c.entered_by.is_not(None),
)  # fmt: skip

#: What was merged into a contribution, without reading the rest of the ledger.
Index(
    "ix_contribution_canonical", _c.canonical_id,
    sqlite_where=_c.canonical_id.is_not(None), postgresql_where=_c.canonical_id.is_not(None),
)  # fmt: skip


class Handling(SQLModel, table=True):
    """Somebody named read a contribution and recorded what they did with it; retracted, it stays and says so.

    `name` and `role` are published. Whose participant they are tells a handling by the author from others.
    """

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    contribution_id: int = Field(sa_column=Column(RowId, ForeignKey("contribution.id"), nullable=False, index=True))
    account_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))
    participant_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("participant.id")))
    office_id: int = Field(sa_column=Column(RowId, ForeignKey("office.id"), nullable=False))
    name: str
    role: str
    outcome: str
    note: str = Field(default="", sa_column=Column(Text, nullable=False))
    lang: str = "id"
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    retracted_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    retracted_by: str = ""
    nonce: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    h: str = ""


_h = table(Handling).c
#: Nobody has two handlings of one contribution that stand.
Index(
    "ix_handling_standing", _h.contribution_id, _h.account_id, unique=True,
    sqlite_where=_h.retracted_at.is_(None), postgresql_where=_h.retracted_at.is_(None),
)  # fmt: skip


class LightCounted(SQLModel, table=True):
    """What the totals have counted of one contribution, so that they know what to add and to take away.

    Written by triggers of the database alone. No light is read from it: a light is computed from its facts.
    """

    __tablename__ = "light_counted"
    __table_args__ = (Index("ix_light_counted_queue", "consultation_id", "considered", "contribution_id"),)

    contribution_id: int = Field(sa_column=Column(RowId, primary_key=True, autoincrement=False))
    consultation_id: int = Field(sa_column=Column(RowId, nullable=False))
    kind: str
    considered: int = 0
    answered: int = 0


class LightTotal(SQLModel, table=True):
    """How many contributions of a kind are heard, considered and answered; the sum over all shards.

    Written by triggers of the database alone. Sessions of PostgreSQL spread over shards, so that none waits for
    another because both add to the same consultation.
    """

    __tablename__ = "light_total"

    consultation_id: int = Field(sa_column=Column(RowId, primary_key=True, autoincrement=False))
    kind: str = Field(primary_key=True)
    shard: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    heard: int = 0
    considered: int = 0
    answered: int = 0
