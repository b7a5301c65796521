"""Tables of reports and of what moderators did about them."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, LargeBinary, Text
from sqlmodel import Field, SQLModel

from app.core.columns import Instant, RowId


class Report(SQLModel, table=True):
    """Somebody says that a contribution breaks the rules; seen by moderators only."""

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    contribution_id: int = Field(sa_column=Column(RowId, ForeignKey("contribution.id"), nullable=False, index=True))
    reporter_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("participant.id")))
    reason: str
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    settled_at: datetime | None = Field(default=None, sa_column=Column(Instant, index=True))
    outcome: str = ""


class ModerationAct(SQLModel, table=True):
    """A moderator hid or restored a contribution, with a public reason code."""

    __tablename__ = "moderation_act"

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    contribution_id: int = Field(sa_column=Column(RowId, ForeignKey("contribution.id"), nullable=False, index=True))
    act: str
    reason: str
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    by: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    nonce: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    h: str
