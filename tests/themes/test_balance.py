"""Received is coded, excluded with a reason, and pending, after every step whatever is done in whichever order."""

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.comments import actions as comments
from app.comments.forms import CommentForm
from app.contributions import actions as contributions
from app.core import clock, db
from app.core.access import Conflict, Missing
from app.core.columns import table
from app.moderation import actions as moderation
from app.proposals import actions as writing
from app.proposals import queries as proposals
from app.themes import actions, queries
from app.themes.forms import AppealDecisionForm, AppealForm
from app.themes.models import Coding, CodingTotal, Exclusion
from tests import factories
from tests.contributions.world import by_hand, code_of, number_of
from tests.contributions.world import recounted as lights_recounted
from tests.page import Browser
from tests.responses.theming import Answering
from tests.themes.office import HERE, Office, recounted

TEXTS = (
    "Setuju.",
    "👍👍👍",
    "",
    "Ongkos naik dan jalan gelap. " * 3_500,
    "Ongkos naik dan jalan gelap, tolong diperbaiki segera.",
    "\u202eterbalik\u202c dan <script>alert(1)</script>",
)
_numbers = itertools.count()
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "comment",
                "comment",
                "find",
                "find",
                "find",
                "retract",
                "exclude",
                "take-in",
                "gone",
                "appeal",
                "decide",
                "remove",
                "hide",
                "show",
                "withdraw",
                "publish",
                "give",
                "merge",
                "delete",
            ]
        ),
        st.integers(0, 7),
        st.integers(1, 2),
        st.sampled_from(TEXTS) | st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=300),
    ),
    min_size=5,
    max_size=25,
)


class Life:
    """Steps that befall the contributions of an office; what is refused changes nothing."""

    def __init__(self, office: Answering) -> None:
        self.office = office
        self.proposal = office.proposal()
        self.numbers = [self.proposal]
        self.moderator = factories.person("Mod", roles=("moderator",))
        self.text = ""

    def step(self, what: str, which: int, theme: int, text: str) -> None:
        number = self.numbers[which % len(self.numbers)]
        self.text = text
        try:
            getattr(self, what.replace("-", "_"))(number, which, theme)
        except Conflict:
            return

    def comment(self, _number: int, _which: int, _theme: int) -> None:
        form = CommentForm.model_construct(body=self.text, stance="for", parent="", asks=False)
        origin = contributions.Origin(participant=self.office.author.participant)

        def act(session: Any) -> str:
            view = proposals.by_id(session, self.proposal)
            return comments.enter(session, self.office.author.actor, view, form, clock.now(), origin=origin).code

        self.numbers.append(number_of(db.write_now(act)))

    def find(self, number: int, which: int, theme: int) -> None:
        self.office.find(number, theme, piece=[0, which])

    def retract(self, number: int, _which: int, _theme: int) -> None:
        for one in self.office.found(number)[:1]:
            db.write_now(actions.retract, self.office.official.actor, one.id)

    def exclude(self, number: int, _which: int, theme: int) -> None:
        self.office.exclude(number, ("repeated", "withdrawn")[theme - 1])

    def take_in(self, number: int, _which: int, _theme: int) -> None:
        if self.excluded(number):
            db.write_now(actions.take_in, self.office.official.actor, self.office.excluded(number).id)

    def gone(self, _number: int, _which: int, _theme: int) -> None:
        db.write_now(actions.exclude_gone, self.office.official.actor, self.office.consultation)

    def appeal(self, number: int, _which: int, _theme: int) -> None:
        db.write_now(actions.appeal, self.office.author.actor, code_of(number), AppealForm(text="Mohon dibaca lagi."))

    def decide(self, number: int, _which: int, theme: int) -> None:
        form = AppealDecisionForm(outcome="taken-in" if theme == 1 else "upheld", text="Sudah dibaca sekali lagi.")
        if self.excluded(number):
            of = self.office.excluded(number).id
            db.write_now(actions.decide, self.office.colleague.actor, of, form, HERE)

    def remove(self, number: int, _which: int, _theme: int) -> None:
        if number != self.proposal:
            db.write_now(comments.remove, self.office.author.actor, number)

    def hide(self, number: int, _which: int, _theme: int) -> None:
        db.write_now(moderation.hide, self.moderator.actor, number, "spam", "Iklan.", HERE)

    def show(self, number: int, _which: int, _theme: int) -> None:
        db.write_now(moderation.restore, self.moderator.actor, number, "Bukan iklan.", HERE)

    def withdraw(self, _number: int, _which: int, _theme: int) -> None:
        db.write_now(writing.withdraw, self.office.author.actor, self.proposal, "Sudah diperbaiki.")

    def publish(self, _number: int, which: int, theme: int) -> None:
        """Answer a theme; while a counter is wrong that is refused, and nothing of it appears."""
        text = self.office.draft(theme)
        self.office.sign(text)
        counter = table(CodingTotal)
        for name in ("pending", "coded", "excluded"):
            change = 1 if which % 2 else -1
            by_hand(counter.update().values({name: counter.c[name] + change}))
            with pytest.raises(Conflict, match="unbalanced"):
                self.office.publish_text(text)
            by_hand(counter.update().values({name: counter.c[name] - change}))
        assert self.office.balance().received == len(self.numbers)
        self.office.publish_text(text)

    def give(self, _number: int, _which: int, theme: int) -> None:
        self.office.give(theme)
        assert self.office.waiting().get(theme, 0) == 0, "whoever waited has it"

    def merge(self, _number: int, which: int, _theme: int) -> None:
        """Merge the second theme into the first, in a seventh of all cases, and publish that."""
        if which == 7:
            try:
                db.write_now(actions.merge, self.office.official.actor, self.office.consultation, 2, 1)
                self.office.publish()
            except Missing:
                return

    def delete(self, number: int, _which: int, theme: int) -> None:
        """Somebody at the database deletes facts outside every act."""
        facts = table((Coding, Exclusion)[theme - 1])
        by_hand(facts.delete().where(facts.c.contribution_id == number))

    def excluded(self, number: int) -> bool:
        with db.reading() as session:
            return bool(queries.exclusions_of(session, queries.words(session, code_of(number))))


@settings(max_examples=14, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_it_balances_after_every_step(browser: Browser, steps: list[tuple[str, int, int, str]]) -> None:
    """What is answered by theme is held against the facts too."""
    life = Life(Answering(slug=f"air-{next(_numbers)}"))
    for step in steps:
        life.step(*step)
        assert life.office.balance().received == len(life.numbers)
        assert life.office.totals() == lights_recounted(life.office.consultation)


def test_by_kind_and_of_nothing(browser: Browser) -> None:
    office = Office()
    with db.reading() as session:
        assert vars(queries.balance(session, office.consultation).counted) == {
            "received": 0, "coded": 0, "excluded": 0, "pending": 0,
        }  # fmt: skip
    proposal = office.proposal()
    office.find(office.comment(proposal))
    with db.reading() as session:
        kinds = queries.balance(session, office.consultation).by_kind
    assert {kind: (one.coded, one.pending) for kind, one in kinds.items()} == {"comment": (1, 0), "proposal": (0, 1)}


@pytest.mark.parametrize("model", [Coding, Exclusion])
def test_whoever_changes_the_facts_the_counts_follow(browser: Browser, model: Any) -> None:
    office = Office()
    one, other = office.proposal(), office.proposal()
    office.find(one)
    office.exclude(one)
    facts = table(model)
    assert by_hand(facts.update().values(contribution_id=other)) == 1
    assert office.balance() == recounted(office.consultation)
    assert by_hand(facts.update().values(name=" ")) == 1
    assert office.balance() == recounted(office.consultation)
    assert by_hand(facts.delete()) == 1
    assert office.balance().received == 2
