"""Tables of people: the participant who takes part, the account that signs in, and what belongs to it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, ForeignKey, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.columns import Instant, RowId


class Role(StrEnum):
    """What somebody may do beyond what every citizen may."""

    OFFICIAL = "official"
    CHECKER = "checker"
    FACILITATOR = "facilitator"
    MODERATOR = "moderator"
    ADMINISTRATOR = "administrator"


class Participant(SQLModel, table=True):
    """One person who takes part; several accounts may prove to be one, and a paper participant has none."""

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    name: str | None = None
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    erased_at: datetime | None = Field(default=None, sa_column=Column(Instant))


class Account(SQLModel, table=True):
    """A way to sign in."""

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    participant_id: int = Field(sa_column=Column(RowId, ForeignKey("participant.id"), nullable=False, index=True))
    email: str | None = Field(default=None, unique=True)
    password_hash: str = ""
    lang: str = "id"
    identity_level: str = "email"
    confirmed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    consented_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    consent_version: str
    answers_by_mail: bool = True
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    deleted_at: datetime | None = Field(default=None, sa_column=Column(Instant))


class SignIn(SQLModel, table=True):
    """One signed-in browser; only a digest of its token is kept."""

    __tablename__ = "sign_in"

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    token_hash: str = Field(unique=True)
    account_id: int = Field(sa_column=Column(RowId, ForeignKey("account.id"), nullable=False, index=True))
    device: str = ""
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    seen_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    expires_at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))


class RoleGrant(SQLModel, table=True):
    """A role held by an account, for an official in one office."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("account_id", "role", "office_id"),)

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    account_id: int = Field(sa_column=Column(RowId, ForeignKey("account.id"), nullable=False, index=True))
    role: str
    office_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("office.id"), index=True))
    granted_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    granted_by: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id")))


class MailToken(SQLModel, table=True):
    """A single-use link sent by mail: to confirm an address, change it, or set a new password."""

    __tablename__ = "mail_token"

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    token_hash: str = Field(unique=True)
    account_id: int = Field(sa_column=Column(RowId, ForeignKey("account.id"), nullable=False, index=True))
    purpose: str
    address: str = ""
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    expires_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    used_at: datetime | None = Field(default=None, sa_column=Column(Instant))


class HeldText(SQLModel, table=True):
    """What somebody was writing when their session ended, held a day under a random cookie for its author alone."""

    __tablename__ = "held_text"

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    token_hash: str = Field(unique=True)
    account_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("account.id"), index=True))
    path: str
    fields: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))
