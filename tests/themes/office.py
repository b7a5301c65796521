"""An office with two officials who code, contributions of both kinds, and the balance counted by hand."""

from typing import Any

from sqlalchemy import select

from app.contributions.models import Contribution
from app.core import db
from app.core.columns import table
from app.rules.coding import Assignment, Balance, State, state
from app.rules.coding import Exclusion as Excluded
from app.rules.coding import balance as balanced
from app.themes import actions, queries
from app.themes.forms import CodebookForm, CodingForm, ExclusionForm, ThemeForm
from app.themes.models import Coding, CodingCounted, Exclusion
from tests import factories
from tests.contributions.world import World, code_of
from tests.factories import Person

HERE = "http://127.0.0.1"
FARES = "Tarif yang naik memberatkan pelajar"
LIGHTS = "Jalan ke sekolah perlu lampu"


class Office(World):
    """A consultation with a codebook of two themes in force."""

    def __init__(self, *stances: str, slug: str = "air") -> None:
        super().__init__(slug)
        self.colleague = factories.official(self.office, "Pak Joko")
        for stance in stances or (FARES, LIGHTS):
            self.theme(stance)
        self.publish()

    def theme(self, stance: str, number: int | None = None, **fields: Any) -> int:
        """A theme kept in the draft."""
        form = ThemeForm.model_validate({"stance": stance} | fields)
        return db.write_now(actions.keep_theme, self.official.actor, self.consultation, form, number)

    def publish(self, reason: str = "Pemeriksaan pertama selesai.") -> int:
        """Put the draft in force."""
        form = CodebookForm(reason=reason)
        return db.write_now(actions.publish, self.official.actor, self.consultation, form)

    def find(self, number: int, theme: int = 1, by: Person | None = None, **fields: Any) -> None:
        """Say that a contribution contains a theme."""
        item = self.words(number)
        form = CodingForm.model_validate({"theme": theme, "seen": item.h} | fields)
        db.write_now(actions.assign, (by or self.official).actor, item.code, form)

    def exclude(self, number: int, ground: str = "no-argument", by: Person | None = None) -> None:
        """Leave a contribution out."""
        form = ExclusionForm.model_validate({"ground": ground, "text": "Isinya salam saja."})
        db.write_now(actions.exclude, (by or self.official).actor, code_of(number), form, HERE)

    def words(self, number: int) -> queries.Words:
        """A contribution as the desk shows it."""
        with db.reading() as session:
            return queries.words(session, code_of(number))

    def found(self, number: int) -> tuple[queries.Found, ...]:
        """What was found in a contribution and stands."""
        with db.reading() as session:
            item = queries.words(session, code_of(number))
            every = queries.found_in(session, item, queries.in_force(session, self.consultation))
        return tuple(one for one in every if one.retracted_at is None)

    def excluded(self, number: int) -> queries.ExclusionView:
        """The last exclusion of a contribution."""
        with db.reading() as session:
            return queries.exclusions_of(session, queries.words(session, code_of(number)))[-1]

    def book(self) -> queries.CodebookView:
        """The codebook in force."""
        with db.reading() as session:
            found = queries.in_force(session, self.consultation)
        assert found is not None
        return found

    def draft(self) -> queries.CodebookView:
        """The draft of the next."""
        with db.reading() as session:
            found = queries.draft(session, self.consultation)
        assert found is not None
        return found

    def balance(self) -> Balance:
        """What the counters say, after they were held against the facts."""
        with db.reading() as session:
            found = queries.balance(session, self.consultation)
        assert found.holds
        assert found.counted == recounted(self.consultation)
        return found.counted


def recounted(consultation: int) -> Balance:
    """The balance by the rule, from the facts of every contribution; also what is kept of each is held against it."""
    with db.reading() as session:
        ledger = session.execute(select(Contribution.id).where(table(Contribution).c.consultation_id == consultation))
        ids = list(ledger.scalars())
        codings = session.execute(select(Coding)).scalars().all()
        exclusions = session.execute(select(Exclusion)).scalars().all()
        kept = session.execute(select(CodingCounted.contribution_id, CodingCounted.state))
        stored = {row.contribution_id: row.state for row in kept}
    states = {
        number: state(
            [Assignment(one.name, one.retracted_at) for one in codings if one.contribution_id == number],
            [
                Excluded(one.name, one.ground, one.text, one.lifted_at)
                for one in exclusions
                if one.contribution_id == number
            ],
        )
        for number in ids
    }
    numbers = {State.PENDING: 0, State.CODED: 1, State.EXCLUDED: 2}
    assert {number: numbers[one] for number, one in states.items()} == {number: stored[number] for number in ids}
    return balanced(states.values())
