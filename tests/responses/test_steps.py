"""Draft, legal check, signature, publication: each by a named person, none skipped, void once the text changes."""

import threading
from typing import Any

import pytest
from sqlalchemy import event, select, update

from app.core import db
from app.core.access import Conflict, Denied
from app.core.columns import table
from app.responses import actions, queries
from app.responses.forms import ResponseForm
from app.responses.models import Response, ResponseStep
from app.rules.signing import Stage
from tests import answering, factories
from tests.factories import Person
from tests.page import Browser
from tests.responses.test_actions import TEXT, World, answers, events, form

HERE = "/desk/consultations/air/answers"
OTHER = "Setelah dihitung ulang, pipa diganti pada triwulan ketiga."


class Bureau(World):
    """An office with two officials, a legal checker and one draft."""

    def __init__(self) -> None:
        super().__init__()
        self.colleague = factories.official(self.office, "Pak Joko")
        self.checker = answering.checker()
        self.code = self.proposal()
        self.number = self.draft(self.code)

    def act(self, take: Any, person: Person, *given: Any) -> None:
        db.write_now(take, person.actor, self.number, *given)

    def hand_on(self) -> None:
        self.act(actions.hand_on, self.official, "Staf")

    def to_sign(self) -> None:
        self.hand_on()
        self.act(actions.check, self.checker, "Bagian Hukum")

    def to_publish(self) -> None:
        self.to_sign()
        self.act(actions.sign, self.official, "Kepala Dinas")

    @property
    def view(self) -> queries.ResponseView:
        with db.reading() as session:
            return queries.by_id(session, self.number)

    @property
    def stage(self) -> Stage:
        """By the rule, and the same in the column that lists read."""
        r = table(Response).c
        with db.reading() as session:
            listed = session.execute(select(r.stage).where(r.id == self.number)).scalar_one()
        assert listed == self.view.standing.stage
        return self.view.standing.stage


@pytest.fixture
def bureau(browser: Browser) -> Bureau:
    return Bureau()


def publish(bureau: Bureau, person: Person | None = None) -> None:
    bureau.act(actions.publish, person or bureau.official, "http://contoh.id", "Kepala Dinas")


def test_each_step_is_recorded_with_person_role_and_office_and_told_in_public(bureau: Bureau, browser: Browser) -> None:
    bureau.to_publish()
    publish(bureau, bureau.colleague)
    assert bureau.stage is Stage.PUBLISHED
    (answer,) = answers(bureau.code)
    assert answer.signed_by == "Bu Sri"
    assert [(it.act, it.name, it.role, it.office) for it in answer.steps] == [
        ("draft", "Bu Sri", "Staf", ""), ("check", "Bu Hukum", "Bagian Hukum", ""),
        ("signature", "Bu Sri", "Kepala Dinas", ""), ("publication", "Pak Joko", "Kepala Dinas", ""),
    ]  # fmt: skip
    for page in (browser.get(f"/proposals/{bureau.code}"), browser.get(f"/contributions/{bureau.code}")):
        assert "Ditulis oleh Bu Sri, Staf" in page.text and "Diperiksa oleh Bu Hukum, Bagian Hukum" in page.text
        assert "Ditandatangani oleh Bu Sri, Kepala Dinas" in page.text
    for address in (f"/proposals/{bureau.code}.json", f"/contributions/{bureau.code}.json"):
        (told,) = browser.client.get(address).json()["answers"]
        assert [(it["step"], it["by"]) for it in told["steps"]][1] == ("check", "Bu Hukum")
    (body,) = events("answer")
    assert "Sri" not in body and "Hukum" not in body


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_no_step_is_skipped(bureau: Bureau, steps: int) -> None:
    for step in (bureau.hand_on, lambda: bureau.act(actions.check, bureau.checker, "Bagian Hukum"))[:steps]:
        step()
    later = [
        lambda: bureau.act(actions.check, bureau.checker, "Bagian Hukum"),
        lambda: bureau.act(actions.sign, bureau.official, "Kepala"),
        lambda: publish(bureau),
    ]
    for step in later[steps:]:
        with pytest.raises(Conflict, match="order"):
            step()
    assert answers(bureau.code) == []


def test_nobody_checks_what_they_wrote(bureau: Bureau) -> None:
    bureau.draft(bureau.code, number=bureau.number, text=OTHER)
    db.write_now(actions.draft, bureau.colleague.actor, bureau.consultation, form(bureau.code), bureau.number)
    bureau.hand_on()
    for writer in (bureau.official, bureau.colleague):
        with pytest.raises(Conflict, match="own-text"):
            bureau.act(actions.check, writer, "Staf")
    twin = Person(bureau.checker.account, bureau.official.participant, "Bu Sri", "x@contoh.id", bureau.checker.roles,
                  frozenset())  # fmt: skip
    with pytest.raises(Conflict, match="own-text"):
        bureau.act(actions.check, twin, "Bagian Hukum")
    bureau.act(actions.check, bureau.checker, "Bagian Hukum")


def test_an_office_with_one_official_answers_with_a_checker_from_outside(bureau: Bureau) -> None:
    bureau.to_publish()
    publish(bureau)
    draft, check, signature, _ = answers(bureau.code)[0].steps
    assert draft.name == signature.name != check.name


def test_a_colleague_may_check_and_sign_it(bureau: Bureau) -> None:
    bureau.hand_on()
    bureau.act(actions.check, bureau.colleague, "Kepala Bidang")
    bureau.act(actions.sign, bureau.colleague, "Kepala Bidang")
    publish(bureau)
    assert answers(bureau.code)[0].signed_by == "Pak Joko"


CHANGES = {
    "text": {"text": OTHER}, "second text": {"other_text": OTHER}, "status": {"status": "partly"},
    "what it refers to": {"refers_to": "Keputusan 4"},
}  # fmt: skip


@pytest.mark.parametrize("what", [*CHANGES, "list"])
def test_a_change_makes_every_step_void_and_they_stay_in_sight(bureau: Bureau, browser: Browser, what: str) -> None:
    bureau.to_publish()
    codes = [bureau.code, bureau.proposal()] if what == "list" else [bureau.code]
    bureau.draft(*codes, number=bureau.number, **CHANGES.get(what, {}))
    assert bureau.stage is Stage.WRITING
    with pytest.raises(Conflict, match="order"):
        publish(bureau)
    bureau.draft(bureau.code, number=bureau.number)
    assert bureau.stage is Stage.WRITING, "changing it back makes nothing valid again"
    page = browser.as_(bureau.official).get(f"/desk/answers/{bureau.number}")
    assert "Sebelum perubahan" in page.text and "Diperiksa oleh Bu Hukum" in page.text


def test_saving_without_a_change_makes_nothing_void(bureau: Bureau) -> None:
    bureau.to_publish()
    bureau.draft(bureau.code, number=bureau.number)
    assert bureau.stage is Stage.PUBLICATION


def test_what_was_changed_behind_the_steps_is_not_published(bureau: Bureau) -> None:
    bureau.to_publish()
    db.write_now(lambda session: session.execute(update(table(Response)).values(text=OTHER)) and None)
    with pytest.raises(Conflict, match="order"):
        publish(bureau)


def test_what_is_sent_back_tells_its_writer_why(bureau: Bureau, browser: Browser) -> None:
    bureau.hand_on()
    desk, address = browser.as_(bureau.checker), f"/desk/answers/{bureau.number}/check"
    page = desk.get(address)
    refused = desk.submit(page, address, role="Bagian Hukum", note="", act="return")
    assert refused.status == 409 and "apa yang harus diubah" in refused.errors[0]
    assert refused.form(address)["role"] == "Bagian Hukum"
    desk.submit(page, address, role="Bagian Hukum", note="Sebutkan pasalnya, tolong.", act="return")
    assert bureau.stage is Stage.SENT_BACK
    writer = browser.as_(bureau.official)
    assert "Dikembalikan" in writer.get("/desk/answers").text
    assert "Sebutkan pasalnya, tolong." in writer.get(f"/desk/answers/{bureau.number}").text
    bureau.draft(bureau.code, number=bureau.number, text=OTHER)
    bureau.to_publish()
    bureau.act(actions.publish, bureau.official, "http://contoh.id", "Kepala")
    assert "Sebutkan pasalnya" not in browser.get(f"/proposals/{bureau.code}").text


def test_whoever_signs_may_send_it_back_too(bureau: Bureau) -> None:
    bureau.to_sign()
    with pytest.raises(Denied):
        bureau.act(actions.send_back, bureau.checker, "Bagian Hukum", "", "Itu sudah bukan giliran saya.")
    bureau.act(actions.send_back, bureau.colleague, "Kepala", "", "Tanggalnya keliru.")
    assert bureau.stage is Stage.SENT_BACK


def test_who_may_take_which_step(bureau: Bureau) -> None:
    stranger = factories.official(factories.office())
    citizen, administrator = factories.person(), factories.person(roles=("administrator",))
    bureau.hand_on()
    for person in (stranger, citizen, administrator):
        with pytest.raises(Denied):
            bureau.act(actions.check, person, "Siapa saja")
    bureau.act(actions.check, bureau.checker, "Bagian Hukum")
    for person in (stranger, citizen, administrator, bureau.checker):
        with pytest.raises(Denied):
            bureau.act(actions.sign, person, "Siapa saja")
    bureau.act(actions.sign, bureau.official, "Kepala")
    for person in (stranger, citizen, administrator, bureau.checker):
        with pytest.raises(Denied):
            publish(bureau, person)


def test_pressing_twice_records_one_step(bureau: Bureau) -> None:
    for _ in range(2):
        bureau.hand_on()
    for _ in range(2):
        bureau.act(actions.check, bureau.checker, "Bagian Hukum")
    for _ in range(2):
        bureau.act(actions.sign, bureau.official, "Kepala")
    for _ in range(2):
        publish(bureau)
    assert [step.act for step in bureau.view.steps] == ["writing", "draft", "check", "signature", "publication"]


def test_two_people_at_once_take_a_step_once(bureau: Bureau) -> None:
    """The others read that it is no longer their turn: PostgreSQL locks the row, SQLite has one writer."""
    bureau.hand_on()
    others = [answering.checker(f"Pemeriksa {n}") for n in range(4)]
    outcomes: list[str] = []

    def take(person: Person) -> None:
        try:
            bureau.act(actions.check, person, "Bagian Hukum")
            outcomes.append("checked")
        except Conflict as refused:
            outcomes.append(refused.reason.code)

    threads = [threading.Thread(target=take, args=(person,)) for person in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["checked", "order", "order", "order"]


def test_a_text_that_changed_while_it_was_read_is_not_checked(bureau: Bureau, browser: Browser) -> None:
    bureau.hand_on()
    address = f"/desk/answers/{bureau.number}/check"
    desk = browser.as_(bureau.checker)
    page = desk.get(address)
    bureau.draft(bureau.code, number=bureau.number, text=OTHER)
    bureau.hand_on()
    refused = desk.submit(page, address, role="Bagian Hukum", note="Catatan saya.", act="take")
    assert refused.status == 409 and OTHER in refused.text
    assert refused.form(address)["note"].strip() == "Catatan saya."
    assert bureau.stage is Stage.CHECK
    desk.submit(refused, address, act="take")
    assert bureau.stage is Stage.SIGNATURE


def test_two_browsers_do_not_overwrite_each_other(bureau: Bureau, browser: Browser) -> None:
    address = f"/desk/answers/{bureau.number}"
    first, second = browser.as_(bureau.official), browser.as_(bureau.colleague)
    pages = first.get(address), second.get(address)
    first.submit(pages[0], address, text=OTHER, act="draft")
    mine = "Tulisan saya yang lain, yang tidak boleh hilang."
    refused = second.submit(pages[1], address, text=mine, act="draft")
    assert refused.status == 409 and refused.form(address)["text"].strip() == mine
    assert bureau.view.text == OTHER
    assert second.submit(refused, address, act="draft").status == 200
    assert bureau.view.text == mine


def test_handing_on_needs_a_role_and_keeps_what_was_typed(bureau: Bureau, browser: Browser) -> None:
    address = f"/desk/answers/{bureau.number}"
    desk = browser.as_(bureau.official)
    refused = desk.submit(desk.get(address), address, text=OTHER, role="", act="hand-on")
    assert refused.status == 422 and refused.form(address)["text"].strip() == OTHER
    assert bureau.view.text == TEXT
    done = desk.submit(refused, address, role="Staf Bidang Pipa", act="hand-on")
    assert bureau.stage is Stage.CHECK and "Ditulis oleh Bu Sri, Staf Bidang Pipa" in done.text
    assert desk.get(f"{HERE.replace('air', bureau.view.consultation.slug)}/new?proposal={bureau.proposal()}").form(
        HERE.replace("air", bureau.view.consultation.slug))["role"] == "Staf Bidang Pipa"  # fmt: skip


def test_lists_show_what_waits_for_whom(bureau: Bureau, browser: Browser) -> None:
    def waits(person: Person) -> dict[str, int]:
        with db.reading() as session:
            return {name: number for name, number in queries.counts(session, person.actor).items() if number}

    stranger = factories.official(factories.office())
    people = (bureau.official, bureau.colleague, bureau.checker, stranger)
    assert [waits(it) for it in people] == [{"writing": 1}, {"writing": 1}, {}, {}]
    bureau.hand_on()
    assert [waits(it) for it in people] == [{}, {"check": 1}, {"check": 1}, {}]
    page = browser.as_(bureau.checker).get("/desk/answers")
    assert f"/desk/answers/{bureau.number}/check" in page.links() and "Pipa diganti" in page.text
    bureau.act(actions.check, bureau.checker, "Bagian Hukum")
    assert [waits(it) for it in people] == [{"signature": 1}, {"signature": 1}, {}, {}]
    bureau.act(actions.sign, bureau.official, "Kepala")
    assert [waits(it) for it in people] == [{"publication": 1}, {"publication": 1}, {}, {}]
    assert f"/desk/answers/{bureau.number}/publication" in browser.as_(bureau.official).get("/desk/answers").links()
    assert "Untuk diterbitkan" in browser.as_(bureau.official).get("/desk").text
    publish(bureau)
    assert [waits(it) for it in people] == [{}, {}, {}, {}]
    for name in queries.LISTS:
        assert browser.as_(bureau.official).get(f"/desk/answers?list={name}").all("p", class_="empty__title")


def test_pages_of_the_steps_ask_few_queries_however_much_waits(bureau: Bureau, browser: Browser) -> None:
    asked: list[str] = []
    event.listen(db.current().reads, "before_cursor_execute", lambda c, cur, sql, *rest: asked.append(sql))
    desk, costs = browser.as_(bureau.colleague), []
    bureau.hand_on()
    for more in (0, 15):
        for _ in range(more):
            number = bureau.draft(*(bureau.proposal() for _ in range(3)))
            db.write_now(actions.hand_on, bureau.official.actor, number, "Staf")
        for address in ("/desk/answers", f"/desk/answers/{bureau.number}/check", f"/desk/answers/{bureau.number}"):
            asked.clear()
            assert desk.get(address).status == 200
            costs.append(len([sql for sql in asked if sql.startswith("SELECT")]))
    assert costs[:3] == costs[3:] and max(costs) <= 8, costs


def test_an_answer_from_before_the_steps_still_names_who_signed(bureau: Bureau, browser: Browser) -> None:
    bureau.to_publish()
    publish(bureau)
    db.write_now(lambda session: session.execute(table(ResponseStep).delete()) and None)
    page = browser.get(f"/proposals/{bureau.code}").text
    assert "Bu Sri" in page and "Bu Hukum" not in page


def test_whoever_signed_the_first_answer_takes_no_step_of_the_second(bureau: Bureau) -> None:
    from app.responses.forms import ReceptionForm

    author = factories.person()
    code = factories.code(factories.proposal(bureau.consultation, author))
    answering.publish(bureau.draft(code), bureau.official.actor)
    disputed = ReceptionForm.model_validate({"said": "disputed", "text": "Dusun kami tidak disebut."})
    db.write_now(actions.receive, author.actor, code, disputed)
    sent = ResponseForm.model_validate({"proposal": [code], "status": "cost", "text": OTHER})
    second = db.write_now(actions.draft, bureau.colleague.actor, bureau.consultation, sent)
    db.write_now(actions.hand_on, bureau.colleague.actor, second, "Kepala Bidang")
    with pytest.raises(Conflict, match="second-person"):
        db.write_now(actions.check, bureau.official.actor, second, "Kepala")
    db.write_now(actions.check, bureau.checker.actor, second, "Bagian Hukum")
    with pytest.raises(Conflict, match="second-person"):
        db.write_now(actions.sign, bureau.official.actor, second, "Kepala")
    db.write_now(actions.sign, bureau.colleague.actor, second, "Kepala Bidang")
    db.write_now(actions.publish, bureau.colleague.actor, second, "http://contoh.id", "Kepala Bidang")
    assert answers(code)[0].signed_by == "Pak Joko"
