"""A small town in which there is something to find."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlmodel import Session

from app import main, permissions
from app.consultations.models import ConsultationTopic
from app.core import access, db, indexing
from app.decisions.models import Decision
from app.responses import actions as responses
from app.responses.forms import ResponseForm
from tests import answering, factories
from tests.factories import Person


@dataclass(frozen=True)
class Town:
    """What is there; the texts are about roads and water."""

    office: int
    official: Person
    roads: int
    water: int
    road: int
    well: int
    topic: int


@pytest.fixture
def town(database: str) -> Town:
    """Two open consultations with a proposal each."""
    assert main.ROUTERS, "every feature has said what of it is found"
    access.fill(permissions.TABLE)
    office = factories.office()
    village = factories.area("33.05.01.2007", "Argosari", 4)
    factories.area("33.05", "Kabupaten Kebumen", 2)
    topic = factories.topic("jalan", "Jalan")
    roads = factories.consultation(
        office, slug="jalan", title="Jalan mana yang didahulukan?", other_title="Which road comes first?",
        summary="Anggaran perbaikan terbatas.", other_summary="The budget is small.",
    )  # fmt: skip
    water = factories.consultation(office, slug="air", title="Bagaimana air bersih dibagi?", area_id=village)
    db.write_now(lambda session: session.add(ConsultationTopic(consultation_id=roads, topic_id=topic)))
    db.write_now(indexing.changed, "consultation", [roads])
    return Town(
        office=office,
        official=factories.official(office),
        roads=roads,
        water=water,
        road=factories.proposal(
            roads, title="Perbaikan jalan di Dusun Krajan", body="Jalannya berlubang dan gelap.", topic="jalan"
        ),
        well=factories.proposal(water, title="Sumur bor untuk RT 03", body="Supaya kemarau tetap ada air."),
        topic=topic,
    )


def answered(town: Town, proposal: int, text: str, **fields: Any) -> int:
    """A published answer to a proposal."""

    checker = answering.checker().actor

    def act(session: Session) -> int:
        form = ResponseForm(
            proposal=[factories.code(proposal)], status="adopted", text=text + " Demikian jawaban kami.", **fields
        )
        number = responses.draft(session, town.official.actor, town.roads, form)
        answering.publish_within(session, number, town.official.actor, checker, "http://x")
        return number

    return db.write_now(act)


def decided(consultation: int, **fields: Any) -> int:
    """A published decision; its parts are given or say nothing."""
    parts = dict.fromkeys(("question", "proposed", "decided", "decided_by", "why", "next"), "Isi.") | fields
    moment = parts.pop("published_at", factories.clock.now())
    row = Decision(
        consultation_id=consultation, year=2026, number=7, saved_at=factories.clock.now(), published_at=moment, **parts
    )
    number = int(factories.add(row))
    db.write_now(indexing.changed, "decision", [number])
    return number
