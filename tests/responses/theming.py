"""An office that answers by theme: contributions with themes found in them, and texts taken to their publication."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.contributions import queries as contributions
from app.contributions.models import Contribution
from app.core import clock, db, jobs
from app.core.columns import table
from app.obligations import actions as owing
from app.obligations.models import Kind as Due
from app.responses import actions, queries
from app.responses.forms import ExceptionForm, ResponseForm
from app.rules.lights import Shown
from app.themes import queries as themes
from tests import answering
from tests.contributions.world import code_of
from tests.factories import DAY, Person
from tests.themes.office import Office

BASE = "http://contoh.id"
_c = table(Contribution).c


def text_for(theme: int) -> str:
    """What the office says of a theme."""
    return f"Tema {theme}: Dinas PU memasukkannya ke dalam anggaran perubahan tahun ini."


class Answering(Office):
    """An office with two themes, and a checker from outside."""

    def __init__(self, *stances: str, slug: str = "air") -> None:
        super().__init__(*stances, slug=slug)
        self.checker = answering.checker()

    def draft(self, theme: int = 1, by: Person | None = None, **fields: Any) -> int:
        """A draft of an answer for a theme."""
        form = ResponseForm.model_validate({"theme": theme, "status": "adopted", "text": text_for(theme)} | fields)
        return db.write_now(actions.draft, (by or self.official).actor, self.consultation, form)

    def sign(self, number: int) -> None:
        """Take a draft as far as its signature."""
        answering.sign(number, self.official.actor, self.checker.actor)

    def publish_text(self, number: int) -> None:
        """Publish what was signed, to the last answer."""
        db.write_now(actions.publish, self.official.actor, number, BASE, answering.ROLE)
        while jobs.run_due():
            pass

    def answer_theme(self, theme: int = 1, **fields: Any) -> int:
        """A published answer for a theme."""
        number = self.draft(theme, **fields)
        self.sign(number)
        self.publish_text(number)
        return number

    def give(self, theme: int = 1) -> int:
        """Give the published answer to those found since."""
        given = db.write_now(actions.give, self.official.actor, self.consultation, theme, BASE)
        while jobs.run_due():
            pass
        return given

    def except_for(self, number: int, contribution: int, text: str) -> None:
        """Say something to one contribution alone."""
        form = ExceptionForm(text=text)
        db.write_now(actions.write_exception, self.official.actor, number, code_of(contribution), form)

    def answers(self, contribution: int) -> list[queries.AnswerView]:
        """The answers to a contribution that stand."""
        with db.reading() as session:
            found = queries.answers_of(session, contribution)
        return [one for one in found if one.superseded_at is None]

    def owe(self, contribution: int, due_at: datetime | None = None, office: int | None = None) -> None:
        """Let an answer to a contribution be owed, by default within a day."""
        now = clock.now()
        owed = [owing.Owed(contribution, code_of(contribution))]
        due_at, office = due_at or now + DAY, office or self.office
        db.write_now(owing.arise, Due.CLOSING, self.consultation, office, now, due_at, owed)

    def waiting(self) -> dict[int, int]:
        """How many wait for each theme, by its number."""
        with db.reading() as session:
            book = themes.in_force(session, self.consultation)
            return {one.theme.number: one.waiting for one in queries.themes_at_desk(session, self.consultation, book)}


def answered(contribution: int) -> Shown:
    """The light Answered of a contribution."""
    with db.reading() as session:
        row = session.execute(select(_c.id, _c.code, _c.received_at).where(_c.id == contribution)).one()
        return contributions.lights_of(session, [row])[contribution].answered


def parts(contribution: int) -> tuple[bool, int, int]:
    """Whether it is answered, and for how many of how many themes."""
    light = answered(contribution)
    return light.lit, light.done, light.themes
