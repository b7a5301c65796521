"""An office with its official, contributions of both kinds, and the lights recounted from their facts."""

from typing import Any

from sqlalchemy import insert, select
from sqlmodel import Session

from app.contributions import actions, queries
from app.contributions.forms import HandlingForm
from app.contributions.models import Contribution
from app.core import clock, db
from app.core.columns import table
from app.responses.models import Answer, Response
from app.rules.lights import Totals, totals
from tests import factories
from tests import world as worlds
from tests.factories import Person

_c = table(Contribution).c


class World:
    """A consultation with an official who reads."""

    def __init__(self, slug: str = "air") -> None:
        self.office = factories.office("Dinas PU")
        self.official = factories.official(self.office, "Bu Sri")
        self.consultation = factories.consultation(self.office, worlds.DISCUSSED, slug=slug)
        self.author = factories.person("Warga")

    def proposal(self, author: Person | None = None, **fields: str) -> int:
        """A proposal."""
        return factories.proposal(self.consultation, author or self.author, **fields)

    def comment(self, proposal: int, author: Person | None = None, **said: str) -> int:
        """A comment on it."""
        return number_of(worlds.comment(proposal, author or self.author, **said))

    def handle(self, *ids: int, by: Person | None = None, **fields: Any) -> int:
        """Record that somebody read these, which were shown to them."""
        by, codes = by or self.official, [code_of(number) for number in ids]
        fields = {"outcome": "noted", "shown": queries.shown_to(by.actor, codes)} | fields
        form = HandlingForm.model_validate({"contribution": codes} | fields)
        return db.write_now(actions.handle, by.actor, self.consultation, form)

    def answer(self, *ids: int) -> int:
        """Publish an answer to these as bare rows; gives the number of the text."""
        now = clock.now()
        response = factories.add(
            Response(
                consultation_id=self.consultation, office_id=self.office, status="adopted", text="Ya.", created_at=now,
                signed_by="Bu Sri", published_at=now,
            )
        )  # fmt: skip
        for number in ids:
            factories.add(Answer(response_id=response, contribution_id=number, published_at=now))
        return int(response)

    def totals(self) -> Totals:
        """What the counters say."""
        with db.reading() as session:
            return queries.totals(session, self.consultation).all


def code_of(number: int) -> str:
    """The code of a contribution."""
    with db.reading() as session:
        return str(session.execute(select(_c.code).where(_c.id == number)).scalar_one())


def number_of(code: str) -> int:
    """The row number of a contribution."""
    with db.reading() as session:
        return int(session.execute(select(_c.id).where(_c.code == code)).scalar_one())


def lights(number: int) -> str:
    """The lights of a contribution as letters, small where they are not lit."""
    with db.reading() as session:
        row = session.execute(select(_c.id, _c.code, _c.received_at).where(_c.id == number)).one()
        found = queries.lights_of(session, [row])[number]
    return "".join(one.light[0].upper() if one.lit else one.light[0] for one in found.each)


def recounted(consultation: int) -> Totals:
    """The totals by the rule, from the facts of every contribution."""
    with db.reading() as session:
        rows = session.execute(select(_c.id, _c.code, _c.received_at).where(_c.consultation_id == consultation)).all()
        return totals(found.each for found in queries.lights_of(session, rows).values())


def by_hand(statement: Any) -> int:
    """Run a statement as somebody at the database would, outside the writer's acts; says how many rows it changed."""
    with db.current().writes.begin() as connection:
        return int(connection.execute(statement).rowcount)


def stored(session: Session, model: Any, **values: Any) -> None:
    """Store a row of bare values."""
    session.execute(insert(table(model)), values)
