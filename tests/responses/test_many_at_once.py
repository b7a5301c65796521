"""Answering 500 contributions of Madrid in one act: the totals balance all the way, and nobody waits for long."""

import os
import time
from pathlib import Path

import pytest
from sqlalchemy import event, select

from app.contributions import queries as contributions
from app.contributions.models import Contribution
from app.core import clock, db, jobs
from app.core.columns import table
from app.exports.actions import Made, import_csv
from app.exports.forms import read_mapping
from app.responses import actions
from app.responses.forms import MANY, ResponseForm
from app.rules.lights import Totals
from app.votes import actions as votes
from tests import answering, factories
from tests.contributions.world import recounted
from tests.page import Browser

ROOT = Path(__file__).parents[2]
MADRID = Path(os.environ.get("REMBUK_SHARED", ROOT.parent / "shared")) / "data" / "madrid"
TEXT = "El ayuntamiento ha estudiado la propuesta y la incluye en el plan de este año."
#: A vote takes about 0.45 ms of the writer: what takes as much as 220 votes holds up others for about 100 ms.
VOTES = 220
c = table(Contribution).c


class Acts:
    """How much CPU time each transaction of the writer took, in its thread, in seconds."""

    def __init__(self) -> None:
        self.spent: list[float] = []
        self._begun = 0.0
        engine = db.current().writes
        event.listen(engine, "begin", self._begin)
        event.listen(engine, "commit", self._commit)

    def _begin(self, _connection: object) -> None:
        self._begun = time.thread_time()

    def _commit(self, _connection: object) -> None:
        self.spent.append(time.thread_time() - self._begun)


def cost_of_a_vote(acts: Acts) -> float:
    """What one vote takes of the writer here and now, in the middle of many."""
    consultation = factories.consultation(factories.office())
    proposal = factories.proposal(consultation)
    people = [factories.person() for _ in range(40)]
    acts.spent.clear()
    for person in people:
        db.write_now(votes.cast, person.actor, factories.code(proposal), "support", clock.now())
    return sorted(acts.spent)[len(acts.spent) // 2]


def counted(consultation: int) -> Totals:
    with db.reading() as session:
        return contributions.totals(session, consultation).all


@pytest.mark.skipif(not MADRID.is_dir(), reason="the Madrid data is not beside the repository")
@pytest.mark.timeout(300)
def test_500_answers_balance_and_hold_nobody_up(browser: Browser) -> None:
    office = factories.office(slug="madrid")
    official = factories.official(office)
    made = Made("¿Qué proponen los vecinos de Madrid?", "madrid", lang="es")
    mapping = read_mapping(ROOT / "docs" / "mappings" / "madrid.toml")
    import_csv("madrid", MADRID / "proposals.csv", MADRID / "comments.csv", mapping, made, lambda done, of: None)
    with db.reading() as session:
        rows = session.execute(select(c.id, c.code, c.consultation_id).order_by(c.id.desc()).limit(MANY)).all()
    consultation = rows[0].consultation_id
    assert counted(consultation) == recounted(consultation) == Totals(5713, 0, 0)

    acts = Acts()
    vote = cost_of_a_vote(acts)
    form = ResponseForm.model_validate({"proposal": [row.code for row in rows], "status": "adopted", "text": TEXT})
    acts.spent.clear()
    number = db.write_now(actions.draft, official.actor, consultation, form)
    answering.publish(number, official.actor)
    assert counted(consultation) == recounted(consultation) == Totals(5713, actions.CHUNK, actions.CHUNK)
    while jobs.run_due():
        pass
    assert counted(consultation) == recounted(consultation) == Totals(5713, MANY, MANY)
    longest = max(acts.spent)
    print(f"a vote {vote * 1000:.2f} ms, longest act {longest * 1000:.1f} ms, all {sum(acts.spent) * 1000:.0f} ms")
    assert longest < VOTES * vote, f"an act took as long as {longest / vote:.0f} votes"
