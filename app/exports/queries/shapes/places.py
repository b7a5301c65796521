"""What is told of offices and places, of what is found, and of the server."""

from typing import Literal

from app.exports.queries.shapes.basics import Address, Instant, Lang, Next, Number, Shape, State


class Place(Shape):
    """A place of the state, with those it lies in."""

    code: str
    name: str
    path: str


class OfficeArea(Shape):
    """The place an office is for."""

    code: str
    name: str


class Office(Shape):
    """A body that asks and answers."""

    slug: str
    url: Address
    name: str
    description: str
    email: str
    phone: str
    address: str
    area: OfficeArea | None
    closed_at: Instant | None


class Branch(Office):
    """An office with those below it."""

    offices: list["Branch"]


class Asked(Shape):
    """A consultation of an office."""

    slug: str
    url: Address
    title: str
    state: State


class OfficePage(Office):
    """An office among its neighbours, and the latest it has asked."""

    parent: str | None
    children: list[str]
    consultations: list[Asked]


class Result(Shape):
    """Something that has the words that were looked for."""

    kind: Literal["consultation", "proposal", "answer", "decision"]
    url: Address
    title: str
    excerpt: str
    lang: Lang
    consultation: str | None
    status: str | None
    at: Instant


class Results(Shape):
    """A part of what was found; `more` says that not all of it was counted."""

    found: Number
    more: bool
    results: list[Result]
    next: Next


class Ready(Shape):
    """Whether the database answers and has every migration."""

    ready: bool
