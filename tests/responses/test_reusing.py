"""A new answer can begin with an earlier one, and everybody at the desk sees what differs."""

import pytest
from sqlalchemy import update

from app.core import db
from app.core.columns import table
from app.responses import actions
from app.responses.models import Response
from app.rules.signing import Stage
from tests import answering, factories
from tests.page import Browser
from tests.responses.test_actions import TEXT
from tests.responses.test_steps import Bureau

EARLIER = "Sumur kerbau digali pada bulan Mei, dengan anggaran perubahan tahun ini."


@pytest.fixture
def bureau(browser: Browser) -> Bureau:
    return Bureau()


@pytest.fixture
def earlier(bureau: Bureau) -> int:
    number = bureau.draft(bureau.proposal(), text=EARLIER, other_text="The buffalo well is dug in May.")
    answering.publish(number, bureau.official.actor)
    return number


def test_it_is_found_taken_over_changed_and_compared(bureau: Bureau, earlier: int, browser: Browser) -> None:
    desk, here = browser.as_(bureau.official), f"/desk/consultations/{bureau.view.consultation.slug}/answers"
    page = desk.get(f"{here}/new?proposal={bureau.proposal()}")
    mine = "Ini tulisan saya yang belum selesai."
    found = desk.submit(page, here, text=mine, q="sumur kerbau", act="search")
    assert found.status == 200 and EARLIER in found.text and not found.errors
    assert found.form(here)["text"].strip() == mine, "searching loses nothing"
    taken = desk.submit(found, here, act=f"reuse-{earlier}")
    assert taken.form(here)["text"].strip() == EARLIER and taken.form(here)["status"] == "adopted"
    assert taken.form(here)["other_text"].strip() == "The buffalo well is dug in May."
    assert "Sama kata demi kata" in taken.text
    changed = EARLIER.replace("Mei", "Juli")
    draft = desk.submit(taken, here, text=changed, role="Staf", act="hand-on")
    assert [it.text.strip() for it in draft.all("ins")] == ["Juli"]
    check = browser.as_(bureau.checker).get(f"{draft.url}/check")
    assert [it.text.strip() for it in check.all("del")] == ["Mei"], "the checker sees what was changed"
    again = desk.submit(desk.get(draft.url), draft.url, text=changed, act="draft")
    assert again.all("ins"), "the draft keeps from which answer it came"


def test_only_published_answers_are_found_and_taken_over(bureau: Bureau, earlier: int, browser: Browser) -> None:
    secret = "Kambing rahasia belum boleh dibaca siapa pun di luar instansi."
    other = factories.official(factories.office())
    consultation = factories.consultation(next(iter(other.offices)))
    from tests.responses.test_actions import form

    code = factories.code(factories.proposal(consultation))
    number = db.write_now(actions.draft, other.actor, consultation, form(code, text=secret))
    desk, address = browser.as_(bureau.official), f"/desk/answers/{bureau.number}"
    page = desk.get(address)
    assert "Tidak ada jawaban terbit" in desk.submit(page, address, q="kambing rahasia", act="search").text
    for wished in (f"reuse-{number}", "reuse-x", "reuse-", "reuse-99999999999999999999"):
        assert secret not in desk.submit(page, address, act=wished).text
    assert desk.submit(page, address, reused=str(number), act="draft").status == 200
    assert bureau.view.reused_id is None
    assert desk.post(address, {"proposal": bureau.code, "status": "cost", "text": TEXT, "reused": "x"}).status == 422


def test_from_where_a_text_came_makes_no_step_void(bureau: Bureau, earlier: int) -> None:
    bureau.to_publish()
    only = table(Response).c.id == bureau.number
    db.write_now(
        lambda session: session.execute(update(table(Response)).where(only).values(reused_id=earlier)) and None
    )
    assert bureau.stage is Stage.PUBLICATION
