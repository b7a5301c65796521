"""What the database keeps beside the facts is what counting the facts anew gives, whoever writes and in any order."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app import serving
from app.core import clock, db
from app.core.columns import table
from app.obligations import actions, queries
from app.obligations.models import HandOver, Obligation, ObligationCount, ObligationMonth
from app.proposals.models import Proposal
from app.responses.models import Answer, Reception, Response
from app.rules import obligations as rules
from app.settings import settings
from app.themes.models import Coding, Theme
from tests import factories
from tests.factories import DAY

pytestmark = pytest.mark.usefixtures("database")
OWED, A, R, H, K = (table(model) for model in (Obligation, Answer, Reception, HandOver, Coding))
SUMS = ("pending", "in_time", "late", "lapsed", "confirmed", "disputed")
COUNTED_AS = {"open": "pending", "answered": "in_time", "answered-late": "late", "lapsed": "lapsed"}


class Town:
    """Two offices, some proposals, and acts on them by plain SQL at instants around the due dates."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.now = clock.now().replace(microsecond=0)
        self.offices = [factories.office(), factories.office()]
        self.consultations = [factories.consultation(office) for office in self.offices]
        self.proposals = {factories.proposal(number): number for number in self.consultations for _ in range(2)}
        self.themes = {
            number: [factories.add(Theme(consultation_id=number, number=n)) for n in (1, 2)]
            for number in self.consultations
        }
        self.texts = {
            number: factories.add(
                Response(consultation_id=number, office_id=office, status="cost", text="Tidak.", created_at=self.now)
            )
            for number, office in zip(self.consultations, self.offices, strict=True)
        }

    def moment(self) -> datetime:
        return self.now + timedelta(hours=self.random.randint(-400, 400))

    def run(self, statement: Any) -> None:
        db.write_now(lambda session: session.execute(statement) and None)

    def rows(self, thing: Any) -> list[Any]:
        with db.reading() as session:
            return list(session.execute(select(thing).order_by(thing.c.id)).all())

    def some(self, thing: Any) -> Any:
        rows = self.rows(thing)
        return self.random.choice(rows) if rows else None

    def arise(self) -> None:
        proposal, due = self.random.choice(list(self.proposals)), self.moment()
        kind = self.random.choice(["closing", "threshold", "review"])
        disputed = self.random.choice([row.id for row in self.rows(A) if row.contribution_id == proposal] or [None])
        if (kind == "review") is (disputed is None):
            return
        if any(row.contribution_id == proposal and row.kind == kind for row in self.rows(OWED)):
            return
        office = self.offices[self.consultations.index(self.proposals[proposal])]
        self.run(insert(OWED).values(
            contribution_id=proposal, consultation_id=self.proposals[proposal], kind=kind, first_office_id=office,
            office_id=office, arose_at=due - 9 * DAY, due_at=due, due_month=due.year * 100 + due.month,
            answer_id=disputed,
        ))  # fmt: skip

    def answer(self) -> None:
        """Publish an answer, for a theme or not; what stood before to the same is superseded."""
        proposal, at = self.random.choice(list(self.proposals)), self.moment()
        theme = self.random.choice([None, *self.themes[self.proposals[proposal]] * 2])
        same = A.c.theme_id.is_(None) if theme is None else A.c.theme_id == theme
        self.run(update(A).where(A.c.contribution_id == proposal, A.c.published_at.is_not(None),
                                 A.c.superseded_at.is_(None), same).values(superseded_at=at))  # fmt: skip
        text = self.texts[self.proposals[proposal]]
        self.run(insert(A).values(response_id=text, contribution_id=proposal, published_at=at, h="", theme_id=theme))

    def find(self) -> None:
        """Find a theme in a proposal, unless it was found there."""
        proposal = self.random.choice(list(self.proposals))
        consultation = self.proposals[proposal]
        theme = self.random.choice(self.themes[consultation])
        standing = [it for it in self.rows(K) if it.retracted_at is None]
        if (proposal, theme) not in {(it.contribution_id, it.theme_id) for it in standing}:
            office = self.offices[self.consultations.index(consultation)]
            self.run(insert(K).values(
                contribution_id=proposal, theme_id=theme, version=1, source="person", begins=0, ends=1, quote="A",
                text_h="", office_id=office, name="Bu Sri", at=self.now, retracted_by="", h="",
            ))  # fmt: skip

    def take_theme_back(self) -> None:
        if row := self.some(K):
            self.run(update(K).where(K.c.id == row.id).values(retracted_at=self.now))

    def merge(self) -> None:
        first, second = self.random.choice(list(self.themes.values()))
        into = self.random.choice([None, second])
        self.run(update(table(Theme)).where(table(Theme).c.id == first).values(merged_into=into))

    def draft(self) -> None:
        proposal = self.random.choice(list(self.proposals))
        text = self.texts[self.proposals[proposal]]
        self.run(insert(A).values(response_id=text, contribution_id=proposal, h=""))

    def publish_draft(self) -> None:
        drafts = [row.id for row in self.rows(A) if row.published_at is None]
        if drafts:
            self.run(update(A).where(A.c.id == self.random.choice(drafts)).values(published_at=self.moment()))

    def take_back(self) -> None:
        if row := self.some(A):
            self.run(update(A).where(A.c.id == row.id).values(superseded_at=self.moment()))

    def stand_again(self) -> None:
        if row := self.some(A):
            self.run(update(A).where(A.c.id == row.id).values(superseded_at=None))

    def say(self) -> None:
        published = [row for row in self.rows(A) if row.published_at is not None]
        if not published:
            return
        row, said = self.random.choice(published), self.random.choice(["confirmed", "disputed"])
        if any(r.said == said and (r.answer_id == row.id or (said == "disputed" and
                                   r.contribution_id == row.contribution_id)) for r in self.rows(R)):  # fmt: skip
            return
        self.run(insert(R).values(contribution_id=row.contribution_id, answer_id=row.id, said=said, text="",
                                  at=self.moment()))  # fmt: skip

    def unsay(self) -> None:
        if row := self.some(R):
            self.run(delete(R).where(R.c.id == row.id))

    def hand_over(self) -> None:
        if row := self.some(OWED):
            self.run(insert(H).values(
                obligation_id=row.id, from_office_id=row.office_id, to_office_id=self.random.choice(self.offices),
                reason="Wewenang lain.", signed_by="", at=self.moment(),
            ))  # fmt: skip

    def withdraw(self) -> None:
        number = self.random.choice(list(self.proposals))
        at = self.random.choice([None, self.moment()])
        self.run(update(table(Proposal)).where(table(Proposal).c.id == number).values(withdrawn_at=at))

    def remove(self) -> None:
        """Somebody with the database removes what is owed, or an answer."""
        handed = {row.obligation_id for row in self.rows(H)}
        rows = [row.id for row in self.rows(OWED) if row.id not in handed]
        if rows and self.random.random() < 0.5:
            self.run(delete(OWED).where(OWED.c.id == self.random.choice(rows)))
        used = {row.answer_id for row in (*self.rows(OWED), *self.rows(R))}
        free = [row.id for row in self.rows(A) if row.id not in used]
        if free and self.random.random() < 0.3:
            self.run(delete(A).where(A.c.id == self.random.choice(free)))

    @property
    def acts(self) -> list[Callable[[], None]]:
        often = [self.arise, self.answer, self.say, self.hand_over, self.find, self.answer, self.arise] * 2
        seldom = [self.take_theme_back, self.merge, self.draft, self.publish_draft, self.take_back]
        return [*often, *seldom, self.stand_again, self.unsay, self.withdraw, self.remove]


def as_rule(town: Town, row: Any) -> rules.Obligation:
    """An obligation from the facts alone, by the pure rules."""
    answers = [it for it in town.rows(A) if it.contribution_id == row.contribution_id and it.published_at is not None]
    said = [it for it in town.rows(R) if it.contribution_id == row.contribution_id]
    disputed = {it.answer_id for it in said if it.said == "disputed"}
    if row.kind == "review":
        disputed = {row.answer_id}
    speaks = {it.id: it.merged_into or it.id for it in town.rows(table(Theme))}
    found = {speaks[it.theme_id] for it in town.rows(K) if it.contribution_id == row.contribution_id
             and it.retracted_at is None}  # fmt: skip
    known = [
        rules.Published(it.published_at, it.superseded_at, it.id in disputed, speaks.get(it.theme_id)) for it in answers
    ]
    present = {it.id for it in answers if it.superseded_at is None}
    confirmed = [it.at for it in said if it.said == "confirmed" and it.answer_id in present
                 and (row.kind != "review" or it.answer_id != row.answer_id)]  # fmt: skip
    with db.reading() as session:
        withdrawn = session.get_one(Proposal, row.contribution_id).withdrawn_at
    return rules.Obligation(
        arose_at=row.arose_at,
        due_at=row.due_at,
        answered_at=rules.met_at(known, row.arose_at if row.kind == "review" else None, found),
        lapsed_at=withdrawn,
        confirmed_at=max(confirmed, default=None),
        disputed_at=min((it.at for it in said if it.said == "disputed"), default=None)
        if row.kind != "review"
        else None,
    )


def office_of(town: Town, row: Any) -> int:
    """The office that holds it: the last to whom it was handed."""
    handed = [it.to_office_id for it in town.rows(H) if it.obligation_id == row.id]
    return int(handed[-1] if handed else row.first_office_id)


def recounted(town: Town) -> tuple[Counter[Any], Counter[Any]]:
    """Both tables of counts, counted anew from the facts."""
    finely, by_month = Counter[Any](), Counter[Any]()
    for row in town.rows(OWED):
        rule = as_rule(town, row)
        state = rules.state(rule, rule.due_at)
        said = rules.reception(rule)
        counted = ["pending" if state not in ("answered", "answered-late", "lapsed") else COUNTED_AS[state]]
        counted += [str(said)] if said in ("confirmed", "disputed") else []
        for name in counted:
            finely[row.consultation_id, office_of(town, row), row.kind, row.due_at, name] += 1
            by_month[office_of(town, row), row.kind, row.due_month, name] += 1
    return finely, by_month


def stored() -> tuple[Counter[Any], Counter[Any]]:
    """Both tables of counts as the triggers keep them."""
    finely, by_month = Counter[Any](), Counter[Any]()
    with db.reading() as session:
        for row in session.execute(select(table(ObligationCount))).all():
            for name in SUMS:
                finely[row.consultation_id, row.office_id, row.kind, row.due_at, name] += getattr(row, name)
        for row in session.execute(select(table(ObligationMonth))).all():
            for name in SUMS:
                by_month[row.office_id, row.kind, row.due_month, name] += getattr(row, name)
    return +finely, +by_month


def differences(town: Town) -> Iterator[str]:
    """Where what is shown is not what follows from the facts."""
    for row in town.rows(OWED):
        rule = as_rule(town, row)
        shown = (row.answered_at, row.lapsed_at, row.confirmed_at, row.disputed_at, row.office_id)
        meant = (rule.answered_at, rule.lapsed_at, rule.confirmed_at, rule.disputed_at, office_of(town, row))
        if shown != meant:
            yield f"{row.kind} {row.id}: {shown} instead of {meant}"
        state = rules.state(rule, rule.due_at)
        if row.outcome != ("open" if state in ("on-time", "due-soon", "overdue") else state):
            yield f"{row.kind} {row.id}: {row.outcome} instead of {state}"
        if row.reception != str(rules.reception(rule) or ""):
            yield f"{row.kind} {row.id}: {row.reception} instead of {rules.reception(rule)}"


@pytest.mark.parametrize("seed", range(6))
def test_after_random_acts_everything_kept_is_what_the_facts_say(seed: int) -> None:
    town, owed = Town(seed), 0
    for step in range(90):
        town.random.choice(town.acts)()
        owed = max(owed, len(town.rows(OWED)))
        if step % 6 == 5:
            assert list(differences(town)) == []
            assert stored() == recounted(town)
    assert owed, "something was owed"


@pytest.mark.parametrize("name", ["due_at", "arose_at"])
def test_nobody_moves_what_is_owed(name: str) -> None:
    town = Town(1)
    while not town.rows(OWED):
        town.arise()
    later: dict[str, Any] = {name: clock.now() + 90 * DAY}
    with pytest.raises(DBAPIError):
        town.run(update(OWED).values(later))
    with pytest.raises(DBAPIError):
        town.run(update(OWED).values(kind="question"))
    assert stored() == recounted(town)


def test_history_is_neither_changed_nor_removed() -> None:
    town = Town(2)
    while not town.rows(H):
        town.arise()
        town.hand_over()
    for statement in (update(H).values(reason="Lain."), update(H).values(at=clock.now()), delete(H)):
        with pytest.raises(DBAPIError):
            town.run(statement)
    assert all(row.reason == "Wewenang lain." for row in town.rows(H))


def test_what_an_insert_claims_is_not_believed() -> None:
    town = Town(3)
    proposal, consultation = next(iter(town.proposals.items()))
    due = town.now - DAY

    def cheat(session: Session) -> None:
        session.execute(insert(OWED).values(
            contribution_id=proposal, consultation_id=consultation, kind="closing", first_office_id=town.offices[0],
            office_id=town.offices[1], arose_at=due - DAY, due_at=due, due_month=202603, answered_at=due - DAY,
        ))  # fmt: skip

    db.write_now(cheat)
    (row,) = town.rows(OWED)
    assert (row.outcome, row.answered_at, row.office_id) == ("open", None, town.offices[0])
    assert stored() == recounted(town)


def test_months_follow_the_zone_of_the_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is due in the last second of March in Jakarta is due in April in Jayapura; no due instant moves."""
    town = Town(4)
    for _ in range(40):
        town.random.choice(town.acts)()
    border = datetime(2026, 3, 31, 16, 59, 59, tzinfo=UTC)
    number, office = factories.consultation(town.offices[0]), town.offices[0]
    town.run(insert(OWED).values(
        contribution_id=factories.proposal(number), consultation_id=number, kind="question", first_office_id=office,
        office_id=office, arose_at=border - DAY, due_at=border, due_month=202603,
    ))  # fmt: skip
    due = [(row.id, row.due_at) for row in town.rows(OWED)]
    for zone, month in (("Asia/Jayapura", 202604), ("Pacific/Pago_Pago", 202603), ("Asia/Jakarta", 202603)):
        monkeypatch.setattr(settings(), "zone", zone)
        assert db.write_now(actions.follow_the_calendar) > 0 or zone == "Asia/Jakarta"
        assert db.write_now(actions.follow_the_calendar) == 0
        rows = town.rows(OWED)
        assert [(row.id, row.due_at) for row in rows] == due
        assert [row.due_month for row in rows] == [queries.month_of(row.due_at) for row in rows]
        assert (month in {row.due_month for row in rows if row.due_at == border}) and stored() == recounted(town)
        with db.reading() as session:
            for row in session.execute(select(table(ObligationCount))):
                assert row.due_month == queries.month_of(row.due_at)


def test_a_start_puts_what_is_due_into_the_months_of_the_zone_that_holds_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sets another zone and starts again reads the board by it."""
    town = Town(5)
    number, office = factories.consultation(town.offices[0]), town.offices[0]
    border = datetime(2026, 3, 31, 16, 59, 59, tzinfo=UTC)
    town.run(insert(OWED).values(
        contribution_id=factories.proposal(number), consultation_id=number, kind="question", first_office_id=office,
        office_id=office, arose_at=border - DAY, due_at=border, due_month=202603,
    ))  # fmt: skip
    db.close_database()
    monkeypatch.setattr(settings(), "zone", "Asia/Jayapura")
    with serving.installation():
        assert [row.due_month for row in town.rows(OWED)] == [202604]
        assert stored() == recounted(town)
    db.open_database(settings().database)
