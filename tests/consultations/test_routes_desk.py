"""Preparing and opening a consultation at the desk, as the pages do it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.consultations.models import Consultation, ConsultationPhase, ConsultationSalt
from app.core import clock, db
from app.publiclog.models import Event
from tests import factories
from tests.page import Browser

TEXTS = {
    "title": "Bagaimana air bersih sampai ke dusun atas?",
    "summary": "Warga diminta mengusulkan sumber air dan cara membaginya.",
    "background": "Ada **1.186** keluarga di desa ini.",
}


def typed(delta: timedelta) -> str:
    return clock.local(clock.now() + delta).strftime("%Y-%m-%dT%H:%M")


def rows(model: Any) -> list[Any]:
    with db.reading() as session:
        return list(session.execute(select(model)).scalars())


@pytest.fixture
def office(database: str) -> int:
    return factories.office("Dinas Air")


@pytest.fixture
def desk(browser: Browser, office: int) -> Browser:
    return browser.as_(factories.official(office))


def draft(desk: Browser, **changes: Any) -> str:
    page = desk.submit(desk.get("/desk/consultations/new"), "/desk/consultations", **(TEXTS | changes))
    assert page.url.endswith("/phases"), page.errors
    return page.url.split("/")[-2]


def with_phases(desk: Browser, slug: str) -> None:
    url = f"/desk/consultations/{slug}/phases"
    fields = {
        "kind_1": "proposals",
        "opens_1": typed(-timedelta(hours=1)),
        "closes_1": typed(timedelta(days=5)),
        "kind_2": "voting",
        "opens_2": typed(timedelta(days=5)),
        "closes_2": typed(timedelta(days=9)),
        "edit_2": "yes",
    }
    page = desk.submit(desk.get(url), url, **fields)
    assert page.url == f"/desk/consultations/{slug}", page.errors


def test_an_official_prepares_and_opens_a_consultation(desk: Browser) -> None:
    slug = draft(desk)
    assert slug == "bagaimana-air-bersih-sampai-ke-dusun-atas"
    with_phases(desk, slug)
    confirm = desk.get(f"/desk/consultations/{slug}/opening")
    opened = desk.submit(confirm, f"/desk/consultations/{slug}/opening")
    assert opened.url == f"/desk/consultations/{slug}" and opened.status == 200
    row = rows(Consultation)[0]
    assert row.opened_at and len(row.frozen_hash) == 64
    assert [phase.acts for phase in rows(ConsultationPhase)] == ["comment edit propose", "comment edit vote"]
    assert len(rows(ConsultationSalt)[0].salt) == 32
    assert [event.type for event in rows(Event)] == ["open"]
    assert slug in desk.as_().get("/consultations").html
