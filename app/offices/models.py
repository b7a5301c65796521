"""Tables of offices and areas, both trees."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Text
from sqlmodel import Field, SQLModel

from app.core.columns import Instant, RowId


class Area(SQLModel, table=True):
    """A place: province, regency or city, district, village; the code is the region code of the state."""

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    code: str = Field(unique=True)
    name: str
    level: int
    parent_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("area.id"), index=True))
    sought: str = Field(index=True)


class Office(SQLModel, table=True):
    """A body that asks and answers."""

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True, autoincrement=True))
    slug: str = Field(unique=True)
    name: str
    name_en: str = ""
    description: str = Field(default="", sa_column=Column(Text, nullable=False))
    description_en: str = Field(default="", sa_column=Column(Text, nullable=False))
    email: str = ""
    phone: str = ""
    address: str = ""
    parent_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("office.id"), index=True))
    area_id: int | None = Field(default=None, sa_column=Column(RowId, ForeignKey("area.id")))
    closed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
