"""What a visitor wants to see of the board, as the address says it."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Query

from app.consultations import queries as consultations
from app.consultations.queries import ConsultationView
from app.core import db
from app.core.access import Missing
from app.obligations.queries.standings import Narrowed
from app.offices import queries as offices
from app.offices.queries import OfficeView

State = Literal[
    "",
    "overdue",
    "due-soon",
    "on-time",
    "answered",
    "answered-late",
    "not-confirmed",
    "confirmed",
    "disputed",
    "lapsed",
]
Kind = Literal["", "closing", "threshold", "question", "review"]
Slug = Annotated[str, Query(max_length=120)]


@dataclass(frozen=True)
class Asked:
    """What a visitor wants to see; None and "" mean all."""

    office: OfficeView | None
    kind: str
    state: str
    consultation: ConsultationView | None

    @property
    def narrowed(self) -> Narrowed:
        """The same for the queries."""
        return Narrowed(
            self.office.id if self.office else 0, self.kind, self.consultation.id if self.consultation else 0
        )

    @property
    def values(self) -> dict[str, str]:
        """The same as the address and the filter say it."""
        return {
            "office": self.office.slug if self.office else "",
            "kind": self.kind,
            "state": self.state,
            "consultation": self.consultation.slug if self.consultation else "",
        }


def asked(session: db.Read, office: Slug = "", kind: Kind = "", state: State = "", consultation: Slug = "") -> Asked:
    """What the address asks for; an office or consultation that does not exist is an address that does not."""
    view = consultations.in_path(session, consultation) if consultation else None
    if view is not None and view.opened_at is None:
        raise Missing
    return Asked(offices.in_path(session, office) if office else None, kind, state or "overdue", view)
