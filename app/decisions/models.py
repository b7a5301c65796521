"""The table of decision summaries."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.columns import Instant, RowId


class Decision(SQLModel, table=True):
    """A decision summary; numbered when it is published and never changed after that."""

    __table_args__ = (UniqueConstraint("year", "number"),)

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    consultation_id: int = Field(sa_column=Column(RowId, ForeignKey("consultation.id"), nullable=False, unique=True))
    year: int | None = None
    number: int | None = None
    lang: str = "id"
    question: str = Field(default="", sa_column=Column(Text, nullable=False))
    proposed: str = Field(default="", sa_column=Column(Text, nullable=False))
    decided: str = Field(default="", sa_column=Column(Text, nullable=False))
    decided_by: str = Field(default="", sa_column=Column(Text, nullable=False))
    why: str = Field(default="", sa_column=Column(Text, nullable=False))
    next: str = Field(default="", sa_column=Column(Text, nullable=False))
    other: str = Field(default="", sa_column=Column(Text, nullable=False))
    counts: str = Field(default="", sa_column=Column(Text, nullable=False))
    outcome: str = Field(default="", sa_column=Column(Text, nullable=False))
    h: str = ""
    written_by: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))
    saved_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    published_at: datetime | None = Field(default=None, sa_column=Column(Instant, index=True))
