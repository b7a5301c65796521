"""Tables of ballots and votes. The voter is a pseudonym; nothing beside a choice says who or exactly when."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.columns import Instant, RowId


class Choice(StrEnum):
    """What a vote says."""

    SUPPORT = "support"
    OPPOSE = "oppose"
    NEUTRAL = "neutral"


class Ballot(SQLModel, table=True):
    """All the choices of one person in one voting phase; the id is random, so that its order tells nothing."""

    __table_args__ = (UniqueConstraint("voter", "phase_id"),)

    id: int = Field(sa_column=Column(RowId, primary_key=True, autoincrement=False))
    voter: str
    phase_id: int = Field(sa_column=Column(RowId, ForeignKey("phase.id"), nullable=False, index=True))
    hour: datetime = Field(sa_column=Column(Instant, nullable=False))
    nonce: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    h: str


class Vote(SQLModel, table=True):
    """One choice on one proposal, for the version that was voted on."""

    __table_args__ = {"sqlite_with_rowid": False}

    proposal_id: int = Field(sa_column=Column(RowId, ForeignKey("proposal.id"), primary_key=True, autoincrement=False))
    ballot_id: int = Field(
        sa_column=Column(RowId, ForeignKey("ballot.id"), primary_key=True, autoincrement=False, index=True)
    )
    version: int
    choice: str
    #: How many changes that ask voters were in force when it was cast or confirmed.
    rule: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))


class ConfirmedStat(SQLModel, table=True):
    """How many votes on a proposal agree to so many changes that ask voters; by triggers, and none for no change."""

    __tablename__ = "confirmed_stat"

    proposal_id: int = Field(sa_column=Column(RowId, ForeignKey("proposal.id"), primary_key=True, autoincrement=False))
    rule: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    supports: int = 0
    opposes: int = 0
    neutrals: int = 0
