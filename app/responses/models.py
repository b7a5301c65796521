"""Tables of official answers: the signed text, and which contributions it answers."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, literal
from sqlmodel import Field, SQLModel

from app.core.columns import Instant, RowId, table
from app.rules.signing import Stage


def _text() -> Any:
    return Column(Text, nullable=False, server_default=literal(""))


class Status(StrEnum):
    """What an office does with a proposal; always together with a text."""

    ADOPTED = "adopted"
    PARTLY = "partly"
    ALREADY_PLANNED = "already-planned"
    NOT_COMPETENT = "not-competent"
    COST = "cost"
    LEGAL = "legal"
    EVIDENCE = "evidence"
    CONFLICT = "conflict"
    DUPLICATE = "duplicate"
    OUT_OF_SCOPE = "out-of-scope"


class Response(SQLModel, table=True):
    """One official text with its status; a draft until it is published, then never changed.

    With `theme_id` it is for a theme, and answers every contribution in which that theme is found.
    """

    __table_args__ = (Index("ix_response_stage", "stage", "office_id", "id"),)

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    consultation_id: int = Field(sa_column=Column(RowId, ForeignKey("consultation.id"), nullable=False, index=True))
    office_id: int = Field(sa_column=Column(RowId, ForeignKey("office.id"), nullable=False))
    theme_id: int | None = Field(default=None, sa_column=Column(RowId))
    status: str
    refers_to: str = ""
    #: The earlier published answer whose text it began with.
    reused_id: int | None = Field(default=None, sa_column=Column(RowId))
    lang: str = "id"
    text: str = Field(sa_column=Column(Text, nullable=False))
    other_text: str = Field(default="", sa_column=Column(Text, nullable=False))
    written_by: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))
    signed_by: str = ""
    signer_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))
    #: What it waits for, for lists alone; what may be done follows from the steps.
    stage: str = Field(default=Stage.WRITING, sa_column=Column(String, nullable=False, server_default=Stage.WRITING))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    published_at: datetime | None = Field(default=None, sa_column=Column(Instant, index=True))


class ResponseStep(SQLModel, table=True):
    """Somebody wrote on an answer, handed it on, sent it back, checked, signed or published it, as what, and when.

    `role` is what they say they act as. `digest` names the text, status, list and exceptions as they were.
    """

    __tablename__ = "response_step"
    __table_args__ = (Index("ix_response_step_response", "response_id", "act", "id"),)

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    response_id: int = Field(sa_column=Column(RowId, ForeignKey("response.id"), nullable=False))
    act: str
    account_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id"), index=True))
    participant_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("participant.id")))
    name: str = ""
    role: str = ""
    office_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("office.id")))
    note: str = Field(default="", sa_column=Column(Text, nullable=False))
    digest: str = ""
    at: datetime = Field(sa_column=Column(Instant, nullable=False))


class Answer(SQLModel, table=True):
    """A response answers a contribution; an earlier answer stays readable and names its successor.

    `quote` is a piece of the text that was answered, filled when it is published, and `quote_title` its title then.
    `exception` is what holds for this contribution alone. With `theme_id` it answers that theme in it and no other; of
    a draft for a theme only what has an exception has a row.
    """

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    response_id: int = Field(sa_column=Column(RowId, ForeignKey("response.id"), nullable=False, index=True))
    contribution_id: int = Field(sa_column=Column(RowId, ForeignKey("contribution.id"), nullable=False, index=True))
    theme_id: int | None = Field(default=None, sa_column=Column(RowId))
    published_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    superseded_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    nonce: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    h: str = ""
    quote_title: str = Field(default="", sa_column=_text())
    quote: str = Field(default="", sa_column=_text())
    exception: str = Field(default="", sa_column=_text())
    other_exception: str = Field(default="", sa_column=_text())


_q, _a = table(Response).c, table(Answer).c
#: What was written by theme, without reading the rest.
Index(
    "ix_response_theme", _q.theme_id, sqlite_where=_q.theme_id.is_not(None), postgresql_where=_q.theme_id.is_not(None)
)
Index(
    "ix_answer_theme", _a.theme_id, _a.contribution_id,
    sqlite_where=_a.theme_id.is_not(None), postgresql_where=_a.theme_id.is_not(None),
)  # fmt: skip


class Said(StrEnum):
    """What the person who was owed an answer says of it."""

    CONFIRMED = "confirmed"
    DISPUTED = "disputed"


class Reception(SQLModel, table=True):
    """Somebody says that an answer answers them or, once, that it does not; the words are for the office alone."""

    __table_args__ = (
        UniqueConstraint("answer_id", "said"),
        Index("ix_reception_contribution", "contribution_id", "said"),
    )

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    contribution_id: int = Field(sa_column=Column(RowId, ForeignKey("contribution.id"), nullable=False))
    answer_id: int = Field(sa_column=Column(RowId, ForeignKey("answer.id"), nullable=False))
    said: str
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    entered_by: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))


_r = table(Reception).c
#: Once for a contribution, whatever answers it gets.
Index(
    "ix_reception_disputed",
    _r.contribution_id,
    unique=True,
    sqlite_where=_r.said == Said.DISPUTED,
    postgresql_where=_r.said == Said.DISPUTED,
)
