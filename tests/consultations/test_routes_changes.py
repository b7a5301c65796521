"""Public changes at the desk, and their history for everyone."""

import pytest

from app.consultations.models import Consultation, ConsultationChange, ConsultationPhase
from app.core import clock
from tests import factories
from tests.consultations.test_drafts import all_rows
from tests.consultations.test_routes_desk import typed
from tests.factories import DAY, HOUR, phase
from tests.page import Browser

WHY = "Jumlah keluarga dalam teks keliru."
DESK = "/desk/consultations/air"
TEXTS = {"title": "Bagaimana air dibagi?", "summary": "Warga mengusulkan.", "background": "Ada dua mata air."}
PHASES = (
    phase("information", -3 * DAY, -DAY),
    phase("proposals", -DAY, 3 * DAY),
    phase("voting", 3 * DAY, 6 * DAY),
)


@pytest.fixture
def office(database: str) -> int:
    return factories.office("Dinas Air")


@pytest.fixture
def desk(browser: Browser, office: int) -> Browser:
    factories.consultation(office, PHASES, slug="air", **TEXTS)
    return browser.as_(factories.official(office))


def test_the_desk_offers_what_can_still_be_done(desk: Browser) -> None:
    links = desk.get(DESK).links()
    assert {f"{DESK}/{page}" for page in ("texts", "dates", "documents", "closing", "cancellation")} <= set(links)
    assert "/consultations/air/changes" in links


def test_a_text_is_changed_in_public_word_by_word(desk: Browser) -> None:
    form = desk.get(f"{DESK}/texts")
    assert form.form(f"{DESK}/texts")["background"] == "Ada dua mata air."
    page = desk.submit(form, f"{DESK}/texts", background="Ada tiga mata air.", reason=WHY)
    assert page.url == "/consultations/air/changes"
    seen = desk.as_().get("/consultations/air/changes")
    assert [e.text.strip() for e in seen.all("del")] == ["dua"] and [e.text.strip() for e in seen.all("ins")] == [
        "tiga"
    ]
    assert WHY in seen.text and "WIB" in seen.text
    facts = desk.as_().get("/consultations/air/changes.json").response.json()
    assert facts["changes"][0]["changes"] == [
        {"what": "background", "before": "Ada dua mata air.", "after": "Ada tiga mata air."}
    ]


def test_two_officials_do_not_take_back_each_other_s_texts(desk: Browser, office: int) -> None:
    """The second to send gets both texts, keeps what was typed, and may send it once more knowing of the other."""
    at = f"{DESK}/texts"
    other = desk.as_(factories.official(office))
    stale = other.get(at)
    desk.submit(desk.get(at), at, background="Ada tiga mata air.", reason=WHY)
    typed = {"background": "Ada dua mata air dan satu sumur.", "reason": WHY}
    invalid = other.submit(stale, at, **typed | {"title": ""})
    assert invalid.status == 422
    refused = other.submit(invalid, at, title=TEXTS["title"])
    assert refused.status == 409 and "Orang lain mengubah isian ini" in refused.errors[0]
    assert refused.form(at)["background"] == typed["background"] and refused.form(at)["reason"] == WHY
    (beside,) = refused.all("section", id="meanwhile")
    assert [" ".join("".join(e.itertext()).split()) for e in beside.iter("del")] == ["tiga"]
    assert all_rows(Consultation)[0].background == "Ada tiga mata air."
    assert other.submit(refused, at).url == "/consultations/air/changes"
    assert all_rows(Consultation)[0].background == typed["background"]


def test_a_history_without_changes_says_so(desk: Browser) -> None:
    page = desk.as_().get("/consultations/air/changes")
    assert "/consultations/air" in page.links() and not page.all("ins")


@pytest.mark.parametrize("fields", [{"reason": ""}, {"reason": "pendek"}, {"title": ""}, {"other_title": "Half"}])
def test_an_invalid_change_keeps_what_was_typed(desk: Browser, fields: dict[str, str]) -> None:
    page = desk.post(f"{DESK}/texts", TEXTS | {"background": "Ada tiga mata air.", "reason": WHY} | fields)
    assert page.status == 422 and page.errors
    assert page.form(f"{DESK}/texts")["background"] == "Ada tiga mata air."
    assert all_rows(ConsultationChange) == []


def test_nothing_but_the_texts_can_be_changed(desk: Browser) -> None:
    hostile = {
        "voting": "support",
        "vote_limit": "1",
        "open_counts": "yes",
        "area": "33",
        "slug": "lain",
        "office": "9",
    }
    desk.post(f"{DESK}/texts", TEXTS | hostile | {"background": "Ada tiga mata air.", "reason": WHY})
    row = all_rows(Consultation)[0]
    assert (row.voting, row.vote_limit, row.open_counts, row.area_id, row.slug) == ("three", None, False, None, "air")
    assert row.background == "Ada tiga mata air."


@pytest.mark.parametrize("field", ["voting", "vote_limit", "open_counts"])
def test_the_rule_is_refused_once_it_is_open(desk: Browser, field: str) -> None:
    page = desk.post(DESK, TEXTS | {"office": "1", "voting": "support", "vote_limit": "1", "open_counts": "yes"})
    assert page.status == 409 and page.errors
    row = all_rows(Consultation)[0]
    assert getattr(row, field) == {"voting": "three", "vote_limit": None, "open_counts": False}[field]


def test_dates_are_moved_in_public(desk: Browser) -> None:
    form = desk.get(f"{DESK}/dates")
    fields = form.form(f"{DESK}/dates")
    assert "closes_1" not in fields and fields["kind_2"] == "proposals"
    page = desk.submit(form, f"{DESK}/dates", closes_2=typed(5 * DAY), opens_3=typed(5 * DAY), reason=WHY)
    assert page.url == "/consultations/air/changes", page.errors
    assert len(page.all("ins")) == len(page.all("del")) == 2
    assert len(all_rows(ConsultationChange)) == 2


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"reason": ""}, 422),
        ({"closes_3": ""}, 422),
        ({"closes_3": "2020-01-01T00:00"}, 422),
        ({"closes_2": typed(-HOUR)}, 409),
        ({}, 409),
        ({"kind_1": "information", "opens_1": typed(-2 * DAY), "closes_1": typed(9 * DAY)}, 409),
        ({"kind_4": "voting", "opens_4": typed(7 * DAY), "closes_4": typed(9 * DAY)}, 409),
    ],
)
def test_dates_that_cannot_be_are_refused(desk: Browser, fields: dict[str, str], status: int) -> None:
    page = desk.submit(desk.get(f"{DESK}/dates"), f"{DESK}/dates", **({"reason": WHY} | fields))
    assert page.status == status and page.errors
    assert all_rows(ConsultationChange) == [] and len(all_rows(ConsultationPhase)) == 3


def test_open_phases_are_closed_early_after_a_question(desk: Browser) -> None:
    confirm = desk.get(f"{DESK}/closing")
    assert "Usulan" in confirm.text
    assert desk.submit(confirm, f"{DESK}/closing").status == 422
    assert desk.submit(confirm, f"{DESK}/closing", reason=WHY, phases=[]).all("a", href="#phases")
    page = desk.submit(confirm, f"{DESK}/closing", reason=WHY)
    assert page.url == DESK and page.status == 200
    ended = {it.kind: it.ended_at is not None for it in all_rows(ConsultationPhase) if it.kind != "information"}
    assert ended == {"proposals": True, "voting": False}
    assert desk.submit(confirm, f"{DESK}/closing", reason=WHY).status == 409
    assert not desk.get(f"{DESK}/closing").all("textarea")
    assert WHY in desk.as_().get("/consultations/air/changes").text


def test_a_cancelled_consultation_says_why_and_offers_nothing_more(desk: Browser) -> None:
    confirm = desk.get(f"{DESK}/cancellation")
    assert desk.submit(confirm, f"{DESK}/cancellation", reason="").status == 422
    page = desk.submit(confirm, f"{DESK}/cancellation", reason=WHY)
    assert page.url == DESK and WHY in page.text
    assert f"{DESK}/cancellation" not in page.links() and f"{DESK}/dates" not in page.links()
    assert desk.post(f"{DESK}/cancellation", {"reason": WHY}).status == 409
    assert desk.post(f"{DESK}/texts", TEXTS | {"title": "Lain sekali?", "reason": WHY}).status == 409
    assert "/consultations/air" in desk.as_().get("/consultations?state=cancelled").links()
    assert "/consultations/air" not in desk.as_().get("/consultations?state=closed").links()
    assert WHY in desk.as_().get("/consultations/air/changes").text


def test_the_offices_own_time_is_not_ticked_for_closing(browser: Browser, office: int) -> None:
    phases = (phase("proposals", -DAY, DAY), phase("review", -DAY, 9 * DAY))
    factories.consultation(office, phases, slug="air", **TEXTS)
    page = browser.as_(factories.official(office)).get(f"{DESK}/closing")
    boxes = page.all("input", name="phases")
    assert [box.get("checked") is not None for box in boxes] == [True, False]


def test_cancelling_is_offered_only_before_closing(browser: Browser, office: int) -> None:
    factories.consultation(office, factories.OVER, slug="air", **TEXTS)
    desk = browser.as_(factories.official(office))
    page = desk.get(DESK)
    assert f"{DESK}/cancellation" not in page.links()
    assert {f"{DESK}/answers", f"{DESK}/decision"} <= set(page.links())
    refused = desk.get(f"{DESK}/cancellation")
    assert refused.status == 409 and "WIB" in refused.text
    assert desk.post(f"{DESK}/cancellation", {"reason": WHY}).status == 409


CHANGES = ("texts", "dates", "closing", "cancellation")


def test_others_may_read_but_not_change(desk: Browser) -> None:
    other = factories.official(factories.office())
    for person, status in ((None, 401), (factories.person(), 403), (other, 403)):
        visitor = desk.as_(person)
        for page in CHANGES:
            assert visitor.get(f"{DESK}/{page}").status == status
            assert visitor.post(f"{DESK}/{page}", TEXTS | {"reason": WHY}).status == status
        assert visitor.get("/consultations/air/changes").status == 200
    assert all_rows(ConsultationChange) == []


def test_a_draft_has_no_pages_for_public_changes(desk: Browser, office: int) -> None:
    factories.consultation(office, PHASES, slug="rancangan", opened=False, **TEXTS)
    own = "/desk/consultations/rancangan"
    for page in CHANGES:
        assert desk.get(f"{own}/{page}").status == 404
        fields = TEXTS | {"title": "Lain sekali?", "reason": WHY, "kind_1": "voting", "phases": "1"}
        sent = desk.post(f"{own}/{page}", fields | {"opens_1": typed(DAY), "closes_1": typed(2 * DAY)})
        assert sent.status == 409
    assert desk.get("/consultations/rancangan/changes").status == 200
    assert clock.now() > all_rows(Consultation)[0].opened_at


def test_texts_in_another_language_than_the_page_say_so(desk: Browser) -> None:
    desk.post(f"{DESK}/texts", TEXTS | {"background": "Ada tiga mata air.", "reason": WHY})
    page = desk.as_(lang="en").get("/consultations/air/changes")
    assert page.all("span", lang="id") and page.all("div", class_="diff", lang="id")
