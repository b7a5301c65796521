"""Preparing and opening a consultation at the desk, as the pages do it."""

from datetime import timedelta
from typing import Any

import pytest

from app.consultations.forms import typed_charter
from app.consultations.models import Consultation, ConsultationPhase, ConsultationSalt, ConsultationTopic
from app.core import clock
from app.publiclog.models import Event
from tests import factories
from tests.consultations.test_drafts import all_rows
from tests.factories import DAY, HOUR
from tests.page import Browser

TEXTS = {
    "title": "Bagaimana air bersih sampai ke dusun atas?",
    "summary": "Warga diminta mengusulkan sumber air dan cara membaginya.",
    "background": "Ada **1.186** keluarga di desa ini.",
}
SLUG = "bagaimana-air-bersih-sampai-ke-dusun-atas"
DESK = f"/desk/consultations/{SLUG}"


def typed(delta: timedelta) -> str:
    return clock.local(clock.now() + delta).strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def office(database: str) -> int:
    return factories.office("Dinas Air")


@pytest.fixture
def desk(browser: Browser, office: int) -> Browser:
    return browser.as_(factories.official(office))


def draft(desk: Browser, **changes: Any) -> None:
    page = desk.submit(desk.get("/desk/consultations/new"), "/desk/consultations", **(TEXTS | changes))
    assert page.url == f"{DESK}/phases", page.errors


def phases(**changes: str) -> dict[str, str]:
    return {
        "kind_1": "proposals",
        "opens_1": typed(-HOUR),
        "closes_1": typed(5 * DAY),
        "kind_2": "voting",
        "opens_2": typed(5 * DAY),
        "closes_2": typed(9 * DAY),
        "edit_2": "yes",
    } | changes


def with_phases(desk: Browser) -> None:
    page = desk.submit(desk.get(f"{DESK}/phases"), f"{DESK}/phases", **phases())
    assert page.url == DESK, page.errors
    page = desk.submit(desk.get(f"{DESK}/charter"), f"{DESK}/charter", **typed_charter(factories.CHARTER))
    assert page.url == DESK, page.errors


def test_an_official_prepares_and_opens_a_consultation(desk: Browser) -> None:
    draft(desk)
    assert SLUG not in desk.as_().get("/consultations").html
    with_phases(desk)
    opened = desk.submit(desk.get(f"{DESK}/opening"), f"{DESK}/opening")
    assert opened.url == DESK and opened.status == 200
    row = all_rows(Consultation)[0]
    assert row.opened_at and len(row.frozen_hash) == 64
    assert [phase.acts for phase in all_rows(ConsultationPhase)] == ["comment edit propose", "comment edit vote"]
    assert len(all_rows(ConsultationSalt)[0].salt) == 32
    assert [event.type for event in all_rows(Event)] == ["open"]
    assert SLUG in desk.as_().get("/consultations").html


def test_dates_before_the_opening_are_named_and_the_public_reads_when_it_opened(desk: Browser) -> None:
    draft(desk)
    with_phases(desk)
    desk.submit(desk.get(f"{DESK}/phases"), f"{DESK}/phases", **phases(opens_1="2020-01-01T08:00"))
    confirm = desk.get(f"{DESK}/opening")
    assert "1 Januari 2020, 08.00 WIB" in confirm.text
    assert not [step for step in confirm.all("span", class_="timeline__when") if "2020" in (step.text or "")]
    desk.submit(confirm, f"{DESK}/opening")
    seen = desk.as_().get(f"/consultations/{SLUG}")
    assert "2020" not in seen.text and "Dibuka untuk umum pada" in seen.text


def test_opening_twice_is_a_conflict_and_changes_nothing(desk: Browser) -> None:
    draft(desk)
    with_phases(desk)
    assert desk.post(f"{DESK}/opening").status == 200
    again = desk.post(f"{DESK}/opening")
    assert again.status == 409 and again.errors
    assert len(all_rows(Event)) == 1
    assert desk.get(f"{DESK}/opening").status == desk.get(f"{DESK}/phases").status == 404
    assert desk.get(f"{DESK}/removal").status == 404
    for url, fields in ((DESK, TEXTS), (f"{DESK}/phases", phases()), (f"{DESK}/removal", {})):
        assert desk.post(url, fields).status == 409


def test_opening_says_what_is_missing(desk: Browser) -> None:
    draft(desk, background="")
    page = desk.get(f"{DESK}/opening")
    assert not page.all("button", class_="button button--primary")
    assert f"{DESK}/phases" in page.links()
    refused = desk.post(f"{DESK}/opening")
    assert refused.status == 409 and refused.errors
    assert all_rows(Consultation)[0].opened_at is None


def test_a_draft_comes_back_as_it_was_typed(desk: Browser, office: int) -> None:
    factories.area("33.05", "Kabupaten Kebumen", 2)
    factories.topic("air", "Air")
    factories.topic("pasar", "Pasar")
    draft(
        desk, area="kebumen", topics=["air", "pasar"], voting="limited", vote_limit="3", open_counts="yes",
        other_title="How does water get there?", other_summary="Say how.",
    )  # fmt: skip
    fields = desk.get(DESK).form(DESK)
    assert fields | TEXTS == fields
    assert (fields["area"], fields["topics"]) == ("Kab. Kebumen", ["air", "pasar"])
    assert (fields["voting"], fields["vote_limit"], fields["open_counts"]) == ("limited", "3", "yes")
    assert (fields["other_title"], fields["lang"]) == ("How does water get there?", "id")
    page = desk.post(DESK, {**fields, "topics": ["air"], "title": "Judul yang lain?"})
    assert page.url == DESK and page.status == 200
    assert all_rows(Consultation)[0].title == "Judul yang lain?"
    assert len(all_rows(ConsultationTopic)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "Air"),
        ("title", "x" * 151),
        ("title", "🙂🙂🙂🙂🙂🙂"),
        ("summary", "x" * 601),
        ("lang", "fr"),
        ("voting", "ranked"),
        ("vote_limit", "0"),
        ("vote_limit", "banyak"),
        ("other_title", "Only a title"),
        ("other_background", "Only a background"),
        ("area", "atlantis"),
    ],
)
def test_invalid_input_is_said_and_nothing_typed_is_lost(desk: Browser, field: str, value: str) -> None:
    page = desk.post("/desk/consultations", TEXTS | {"office": "1", "background": "Latar yang panjang.", field: value})
    assert page.status == 422
    assert page.errors and "Latar yang panjang." in page.html
    assert all_rows(Consultation) == []


def test_limited_supports_without_a_number_are_invalid(desk: Browser) -> None:
    page = desk.post("/desk/consultations", TEXTS | {"office": "1", "voting": "limited"})
    assert page.status == 422 and page.all("a", href="#vote_limit")


def test_a_place_with_a_common_name_is_chosen_from_a_list(desk: Browser, office: int) -> None:
    factories.area("33.05.01.2007", "Argosari", 4)
    factories.area("34.02.17.2001", "Argosari", 4)
    page = desk.post("/desk/consultations", TEXTS | {"office": str(office), "area": "argosari"})
    assert page.status == 422
    assert len(page.all("input", type="radio", name="area")) == 2
    chosen = TEXTS | {"office": str(office), "area": "34.02.17.2001"}
    assert desk.post("/desk/consultations", chosen).status == 200


def test_only_one_of_the_own_offices_can_ask(desk: Browser, office: int) -> None:
    other = factories.office("Dinas Lain")
    for number in (str(other), "0", "99999999999999999999999"):
        page = desk.post("/desk/consultations", TEXTS | {"office": number})
        assert page.status == 409 and page.errors
    assert all_rows(Consultation) == []


def test_an_official_without_an_open_office_is_told_so(browser: Browser) -> None:
    office = factories.office(closed_at=clock.now())
    page = browser.as_(factories.official(office)).get("/desk/consultations/new")
    assert "/offices" in page.links() and not page.all("textarea")


def test_phases_come_back_as_they_were_typed_and_can_be_emptied(desk: Browser) -> None:
    draft(desk)
    with_phases(desk)
    fields = desk.get(f"{DESK}/phases").form(f"{DESK}/phases")
    assert {name: fields[name] for name in phases()} == phases()
    assert "edit_1" not in fields and fields["kind_3"] == ""
    page = desk.post(f"{DESK}/phases", fields | {"kind_1": "", "opens_1": "", "closes_1": ""})
    assert page.url == DESK
    assert [phase.kind for phase in all_rows(ConsultationPhase)] == ["voting"]


@pytest.mark.parametrize(
    ("changes", "blamed"),
    [
        ({"kind_1": ""}, "kind_1"),
        ({"opens_1": ""}, "opens_1"),
        ({"closes_1": ""}, "closes_1"),
        ({"closes_1": "besok sore"}, "closes_1"),
        ({"closes_1": "0001-01-01T00:00"}, "closes_1"),
        ({"closes_1": "1999-01-01T00:00"}, "closes_1"),
        ({"closes_1": "9999-12-31T23:59"}, "closes_1"),
        ({"kind_1": "lottery"}, "kind_1"),
        ({"opens_1": "2030-01-02T00:00", "closes_1": "2030-01-02T00:00"}, "closes_1"),
        ({"opens_1": "2030-01-02T00:00", "closes_1": "2030-01-01T00:00"}, "closes_1"),
    ],
)
def test_rows_that_cannot_be_are_blamed(desk: Browser, changes: dict[str, str], blamed: str) -> None:
    draft(desk)
    page = desk.post(f"{DESK}/phases", phases(**changes))
    assert page.status == 422
    assert page.all("a", href=f"#{blamed}"), page.errors
    assert page.form(f"{DESK}/phases")["closes_2"] == phases()["closes_2"]
    assert all_rows(ConsultationPhase) == []


def test_dates_are_read_and_shown_in_the_zone_of_the_installation(desk: Browser) -> None:
    draft(desk)
    desk.post(f"{DESK}/phases", phases(opens_1="2030-03-14T16:00", closes_1="2030-03-15T00:00"))
    opens = min(phase.opens_at for phase in all_rows(ConsultationPhase) if phase.kind == "proposals")
    assert opens.isoformat() == "2030-03-14T09:00:00+00:00"
    assert "14 Maret 2030, 16.00 WIB" in desk.get(f"{DESK}/preview").text


def test_the_preview_shows_what_the_public_will_see_and_says_what_it_is(desk: Browser) -> None:
    draft(desk)
    with_phases(desk)
    page = desk.get(f"{DESK}/preview")
    assert page.h1 == TEXTS["title"] and "1.186" in page.text and "Pratinjau" in page.text
    assert page.all("strong") and page.all("meta", name="robots", content="noindex")
    english = desk.as_(factories.official(1), lang="en").get(f"{DESK}/preview")
    assert english.all("h1", lang="id")


def test_a_draft_can_be_thrown_away(desk: Browser) -> None:
    draft(desk)
    with_phases(desk)
    confirm = desk.get(f"{DESK}/removal")
    assert confirm.form(f"{DESK}/removal") == {}
    sent = desk.client.post(f"{DESK}/removal", follow_redirects=False)
    assert (sent.status_code, sent.headers["location"]) == (303, "/desk")
    assert all_rows(Consultation) == []


PAGES = ("", "/phases", "/preview", "/opening", "/removal", "/documents")
POSTS = ("", "/phases", "/opening", "/removal", "/documents")


def test_a_draft_is_not_there_for_anybody_else(desk: Browser) -> None:
    draft(desk)
    with_phases(desk)
    other = factories.official(factories.office())
    mighty = factories.person(roles=("administrator", "moderator", "facilitator"))
    for person in (factories.person(), other, mighty):
        visitor = desk.as_(person)
        for slug in (SLUG, "tidak-ada"):
            assert {visitor.get(f"/desk/consultations/{slug}{page}").status for page in PAGES} == {404}
            assert {visitor.post(f"/desk/consultations/{slug}{page}", TEXTS).status for page in POSTS} == {404}
        assert visitor.get(f"/consultations/{SLUG}/changes").status == 404
    anonymous = desk.as_()
    for slug in (SLUG, "tidak-ada"):
        assert {anonymous.get(f"/desk/consultations/{slug}{page}").status for page in PAGES} == {401}
        assert {anonymous.post(f"/desk/consultations/{slug}{page}", TEXTS).status for page in POSTS} == {401}
    assert anonymous.get(f"/consultations/{SLUG}/changes").status == 404
    assert anonymous.get(f"/consultations/{SLUG}/changes.json").status == 404
    row = all_rows(Consultation)[0]
    assert row.opened_at is None and row.title == TEXTS["title"]


def test_only_officials_begin_consultations(browser: Browser, office: int) -> None:
    for person, status in ((None, 401), (factories.person(), 403), (factories.person(roles=("administrator",)), 403)):
        visitor = browser.as_(person)
        assert visitor.get("/desk/consultations/new").status == status
        assert visitor.post("/desk/consultations", TEXTS | {"office": str(office)}).status == status
    assert all_rows(Consultation) == []


def test_fields_that_are_not_in_the_form_change_nothing(desk: Browser) -> None:
    draft(desk)
    hostile = {"slug": "lain", "opened_at": "2026-01-01", "decided_at": "2026-01-01", "id": "7", "frozen_hash": "x"}
    desk.post(DESK, TEXTS | hostile | {"office": "999"})
    row = all_rows(Consultation)[0]
    assert (row.slug, row.opened_at, row.decided_at, row.frozen_hash, row.office_id) == (SLUG, None, None, "", 1)
