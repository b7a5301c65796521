"""An answer for a theme reaches everyone in whose words it was found, and nobody is silently left out."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.comments import actions as comments
from app.core import clock, db, mail
from app.core.access import Conflict, Denied, Missing
from app.core.columns import table
from app.responses import actions, queries
from app.responses.forms import ReceptionForm, ResponseForm
from app.responses.models import Answer, ResponseStep
from app.themes import actions as coding
from app.themes.models import Coding, CodingTotal
from tests import answering, factories
from tests.contributions.world import by_hand, code_of, lights, recounted
from tests.counting import queries_asked
from tests.factories import Person
from tests.obligations.samples import one_owed, owed
from tests.page import Browser
from tests.responses.test_words import in_order
from tests.responses.theming import Answering, answered, parts, text_for

BODY = "Salam hormat untuk semua. Tarif yang naik memberatkan anak kami. Jalan ke sekolah juga gelap sekali."
FARES, DARK = "Tarif yang naik memberatkan anak kami.", "Jalan ke sekolah juga gelap sekali."
ONLY = "Untuk anak Anda berlaku kartu pelajar yang sudah terbit."


@pytest.fixture
def office(browser: Browser) -> Answering:
    return Answering()


def with_both(office: Answering, author: Person | None = None) -> int:
    """A proposal that carries both themes."""
    number = office.proposal(author, body=BODY)
    office.find(number, 1, quote=FARES)
    office.find(number, 2, quote=DARK)
    return number


def with_one(office: Answering, theme: int = 1, author: Person | None = None) -> int:
    """A proposal that carries one theme."""
    number = office.proposal(author, body=BODY)
    office.find(number, theme, quote=(FARES, DARK)[theme - 1])
    return number


def take_back(office: Answering, number: int, theme: int) -> None:
    """Take back that a theme was found."""
    (one,) = [it for it in office.found(number) if it.theme and it.theme.number == theme]
    db.write_now(coding.retract, office.official.actor, one.id)


def held_against_the_rule(office: Answering) -> None:
    """What the database counts is what the facts say."""
    assert office.totals() == recounted(office.consultation)


def test_of_two_themes_one_is_answered_then_both(office: Answering, browser: Browser) -> None:
    mine, only = with_both(office), with_one(office)
    office.answer_theme(1)
    assert (parts(mine), parts(only), lights(mine)) == ((False, 1, 2), (True, 1, 1), "HCa")
    held_against_the_rule(office)
    page = browser.get(f"/contributions/{code_of(mine)}")
    assert "Dijawab: 1 dari 2 tema" in page.text and text_for(1) in page.text
    facts = browser.get(f"/contributions/{code_of(mine)}.json").response.json()
    light = facts["lights"]["answered"]
    assert (light["lit"], light["evidence"], light["themes"], light["themes_answered"]) == (False, None, 2, 1)
    assert [(one["theme"], one["quote"]["text"]) for one in facts["answers"]] == [(1, FARES)]
    rows = browser.client.get("/consultations/air/contributions.csv").text.removeprefix("\ufeff")
    listed = csv.DictReader(io.StringIO(rows))
    told = {row["code"]: (row["themes"], row["themes_answered"], bool(row["answered_at"])) for row in listed}
    assert told == {code_of(mine): ("2", "1", False), code_of(only): ("1", "1", True)}
    own = browser.as_(office.author).get("/me/contributions").text
    assert in_order(own, FARES, text_for(1)) and "Dijawab: 1 dari 2 tema" in own
    office.answer_theme(2)
    assert parts(mine) == (True, 2, 2)
    assert {one.theme.number: one.quote for one in office.answers(mine) if one.theme} == {1: FARES, 2: DARK}
    held_against_the_rule(office)
    shown = browser.get(f"/proposals/{code_of(mine)}").text
    assert text_for(1) in shown and text_for(2) in shown and "Jawaban sebelumnya" not in shown


def test_what_is_owed_stays_open_until_every_theme_is_answered(office: Answering) -> None:
    mine = with_both(office)
    office.owe(mine)
    office.answer_theme(1)
    assert (one_owed(mine).outcome, one_owed(mine).answered_at) == ("open", None)
    assert answered(mine).awaited_until is not None
    office.answer_theme(2)
    last = max(one.published_at for one in office.answers(mine))
    assert (one_owed(mine).outcome, one_owed(mine).answered_at) == ("answered", last)


def test_an_answer_to_it_alone_answers_all_of_it(office: Answering) -> None:
    mine = with_both(office)
    office.owe(mine)
    office.answer_theme(1)
    form = {"proposal": [code_of(mine)], "theme": None}
    number = office.draft(**{"text": "Kepada Anda sendiri kami jawab begini."}, **form)  # type: ignore[arg-type]
    answering.publish(number, office.official.actor)
    assert parts(mine) == (True, 1, 2)
    assert one_owed(mine).outcome == "answered"
    assert len(office.answers(mine)) == 2, "neither takes the place of the other"
    held_against_the_rule(office)


def test_codings_that_change_change_what_is_answered(office: Answering) -> None:
    mine = with_both(office)
    office.owe(mine)
    office.answer_theme(1)
    take_back(office, mine, 2)
    assert (parts(mine), one_owed(mine).outcome) == ((True, 1, 1), "answered")
    held_against_the_rule(office)
    office.find(mine, 2, quote=DARK)
    assert (parts(mine), one_owed(mine).outcome) == ((False, 1, 2), "open")
    take_back(office, mine, 1)
    assert parts(mine) == (False, 0, 1), "an answer for what it does not say answers nothing"
    take_back(office, mine, 2)
    assert parts(mine) == (False, 0, 0)
    assert len(office.answers(mine)) == 1, "what was published stays readable"
    held_against_the_rule(office)


def test_what_is_found_later_waits_openly_until_somebody_gives_it(office: Answering, browser: Browser) -> None:
    with_one(office)
    text = office.answer_theme(1)
    with pytest.raises(Conflict, match="no-answer"):
        office.give(2)
    assert office.give(1) == 0
    author = factories.person(lang="en")
    late = with_one(office, author=author)
    office.owe(late)
    assert parts(late) == (False, 0, 1) and office.waiting() == {1: 1, 2: 0}
    page = browser.as_(office.official).get("/desk/consultations/air/answers/themes")
    assert "Beri jawaban ini kepada 1 masukan" in page.text
    colleague = browser.as_(office.colleague)
    done = colleague.submit(page, "/desk/consultations/air/answers/themes/1/giving")
    assert "Diberikan kepada 1 masukan" in done.text
    assert (parts(late), office.waiting()[1]) == ((True, 1, 1), 0)
    (answer,) = office.answers(late)
    assert (answer.quote, answer.signed_by) == (FARES, "Bu Sri")
    with db.reading() as session:
        s = table(ResponseStep).c
        who = session.execute(select(s.name).where(s.response_id == text, s.act == "giving")).scalars().all()
    assert who == ["Pak Joko"], "named, and once"
    assert "Diberikan oleh Pak Joko" in colleague.get(f"/desk/answers/{text}").text
    assert one_owed(late).answered_at == answer.published_at > one_owed(late).arose_at
    held_against_the_rule(office)


def test_merged_themes_are_one_and_the_first_passage_speaks(office: Answering) -> None:
    mine, other = with_both(office), with_one(office, 2)
    office.owe(mine)
    office.answer_theme(2)
    db.write_now(coding.merge, office.official.actor, office.consultation, 2, 1)
    assert parts(mine) == (False, 1, 2), "a draft of the codebook changes nothing"
    office.publish()
    assert (parts(mine), parts(other)) == ((True, 1, 1), (True, 1, 1))
    assert one_owed(mine).outcome == "answered"
    held_against_the_rule(office)
    assert office.waiting() == {1: 0}
    office.answer_theme(1)
    (answer,) = office.answers(mine)
    assert (answer.text, answer.quote) == (text_for(1), FARES), "it takes the place of the one for what was merged"
    assert [one.quote for one in office.answers(other)] == [DARK]


def test_an_exception_goes_to_one_alone_and_never_to_nobody(office: Answering, browser: Browser) -> None:
    mine, other, apart = with_one(office), with_one(office), office.proposal()
    number = office.draft(1)
    with pytest.raises(Missing):
        office.except_for(number, apart, ONLY)
    office.except_for(number, mine, ONLY)
    desk = browser.as_(office.official)
    listed = desk.get(f"/desk/answers/{number}/exceptions").text
    assert code_of(mine) in listed and code_of(other) in listed and code_of(apart) not in listed
    office.sign(number)
    take_back(office, mine, 1)
    with pytest.raises(Conflict, match="exception"):
        office.publish_text(number)
    office.find(mine, 1, quote=FARES)
    office.publish_text(number)
    assert [one.exception for it in (mine, other) for one in office.answers(it)] == [ONLY, ""]
    page = browser.get(f"/contributions/{code_of(mine)}").text
    assert in_order(page[page.index("Yang dijawab di sini") :], FARES, text_for(1), ONLY)


def test_taking_an_exception_away_and_throwing_the_draft_away(office: Answering) -> None:
    mine = with_one(office)
    number = office.draft(1)
    office.except_for(number, mine, ONLY)
    office.except_for(number, mine, "")
    with db.reading() as session:
        assert session.execute(select(func.count()).select_from(table(Answer))).scalar() == 0
        assert queries.by_id(session, number).items == ()
    office.except_for(number, mine, ONLY)
    db.write_now(actions.remove_draft, office.official.actor, number)
    assert office.draft(1) > 0


def test_each_gets_own_words_first_by_mail_and_hears_what_is_still_to_come(office: Answering) -> None:
    author, reader = factories.person(), factories.person(lang="en")
    with_one(office, author=author)
    with_both(office, author=reader)
    office.answer_theme(1, other_text="The fares stay as they are until the end of the year.")
    with db.reading() as session:
        sent = {it.to_address: it.body for it in mail.latest(session)}
    assert in_order(sent[author.email], f"> {FARES}", "Tarif yang naik memberatkan pelajar", text_for(1))
    assert "masih akan dijawab" not in sent[author.email]
    assert in_order(sent[reader.email], f"> {FARES}", "The fares stay", "still to be answered")


def test_coding_goes_on_while_it_is_signed_and_a_new_meaning_voids_the_steps(office: Answering) -> None:
    first = with_one(office)
    number = office.draft(1)
    office.sign(number)
    later = with_one(office)
    with db.reading() as session:
        assert queries.by_id(session, number).standing.stage == "publication"
    office.theme("Tarif yang naik memberatkan pelajar dan guru", 1)
    office.publish()
    with pytest.raises(Conflict, match="order"):
        office.publish_text(number)
    assert not office.answers(first) and not office.answers(later)


def test_only_the_office_in_charge_and_one_draft_at_a_time(office: Answering) -> None:
    elsewhere = factories.official(factories.office())
    with pytest.raises(Denied):
        office.draft(1, by=elsewhere)
    number = office.draft(1)
    with pytest.raises(Conflict, match="drafted"):
        office.draft(1)
    with pytest.raises(Conflict, match="no-theme"):
        office.draft(7)
    with pytest.raises(Missing):
        db.write_now(
            actions.draft,
            office.official.actor,
            office.consultation,
            answering_form(office.proposal()),
            number,
        )
    mine = with_one(office)
    office.except_for(number, mine, ONLY)
    alone = db.write_now(actions.draft, office.official.actor, office.consultation, answering_form(mine))
    assert alone != number, "an exception for a theme keeps nobody from answering it alone"


def answering_form(number: int) -> ResponseForm:
    """A form for one contribution alone."""
    return ResponseForm.model_validate({"proposal": [code_of(number)], "status": "adopted", "text": text_for(9)})


def test_what_another_office_still_has_time_to_answer_is_left_to_it(office: Answering) -> None:
    mine, theirs = with_one(office), with_one(office)
    other = factories.office()
    office.owe(theirs, office=other)
    office.answer_theme(1)
    assert (parts(mine)[0], parts(theirs)[0], office.waiting()[1]) == (True, False, 1)
    assert office.give(1) == 1 and not parts(theirs)[0], "it waits in sight, with that office"
    assert one_owed(theirs).outcome == "open"


def test_a_second_look_is_met_by_an_answer_to_it_alone(office: Answering, browser: Browser) -> None:
    mine = with_both(office)
    office.owe(mine)
    office.answer_theme(1)
    form = ReceptionForm.model_validate({"said": "disputed", "text": "Tidak menjawab soal kartu pelajar."})
    db.write_now(actions.receive, office.author.actor, code_of(mine), form)
    office.answer_theme(2)
    review = next(it for it in owed(mine) if it.kind == "review")
    assert review.outcome == "open", "what is said to all of another theme is no second look"
    number = db.write_now(actions.draft, office.colleague.actor, office.consultation, answering_form(mine))
    answering.publish(number, office.colleague.actor)
    assert next(it for it in owed(mine) if it.kind == "review").outcome == "answered"


def test_nothing_is_quoted_that_nobody_may_read_any_more(office: Answering, browser: Browser) -> None:
    hidden, changed = with_one(office), with_one(office)
    removed = office.comment(hidden)
    office.find(removed, 1)
    db.write_now(comments.remove, office.author.actor, removed)
    by_hand(update(table(Coding)).where(table(Coding).c.contribution_id == changed).values(quote="Sudah diubah."))
    office.answer_theme(1)
    assert [one.quote for one in office.answers(removed)] == [""]
    assert office.answers(changed)[0].quote == BODY, "the beginning stands for a passage that is not in it any more"
    assert office.answers(hidden)[0].quote == FARES


def test_nothing_is_published_while_it_does_not_balance(office: Answering, browser: Browser) -> None:
    mine = with_one(office)
    number = office.draft(1)
    office.sign(number)
    by_hand(update(table(CodingTotal)).values(coded=table(CodingTotal).c.coded - 1))
    with pytest.raises(Conflict, match="unbalanced"):
        office.publish_text(number)
    assert not office.answers(mine)
    desk = browser.as_(office.official)
    page = desk.get(f"/desk/answers/{number}/publication")
    refused = desk.submit(page, page.url, role="Kepala Dinas", act="take")
    assert refused.status == 409
    assert "Dari 1 masukan yang diterima hanya 0 yang tercatat" in refused.text
    assert "Belum semua" in desk.get("/desk/consultations/air/answers/themes").text
    by_hand(update(table(CodingTotal)).values(coded=table(CodingTotal).c.coded + 1))
    office.publish_text(number)
    assert parts(mine) == (True, 1, 1)
    by_hand(update(table(CodingTotal)).values(pending=table(CodingTotal).c.pending + 1))
    with pytest.raises(Conflict, match="unbalanced"):
        office.give(1)


def test_answers_that_were_published_are_told_by_theme(office: Answering) -> None:
    with_one(office)
    with_one(office)
    office.answer_theme(1)
    with db.reading() as session:
        found = queries.published_by_theme(session, office.consultation)
    (one,) = found.values()
    assert (one.theme.number, one.text, one.reached, one.office) == (1, text_for(1), 2, "Dinas PU")
    office.answer_theme(1, text="Tema 1: sekarang jawabannya lebih lengkap daripada dahulu.")
    with db.reading() as session:
        (one,) = queries.published_by_theme(session, office.consultation).values()
    assert (one.text[:16], one.reached) == ("Tema 1: sekarang", 2)
    assert clock.now() - one.published_at < timedelta(minutes=1)


def test_pages_ask_as_much_for_many_as_for_few(office: Answering, browser: Browser) -> None:
    reader, desk = browser.as_(office.author), browser.as_(office.official)
    first = with_both(office)
    office.answer_theme(1)
    draft = office.draft(2)
    here = "/desk/consultations/air/answers/themes"
    pages = {
        "/me/contributions": reader, f"/contributions/{code_of(first)}": reader, here: desk, f"{here}/1": desk,
        f"/desk/answers/{draft}": desk, f"/desk/answers/{draft}/exceptions": desk, "/desk/answers?list=writing": desk,
    }  # fmt: skip
    few, many = {}, {}
    for costs in (few, many):
        for path, somebody in pages.items():
            with queries_asked() as asked:
                assert somebody.get(path).status == 200
            costs[path] = sum(1 for one in asked if one != "BEGIN")
        for _ in range(0 if many else 6):
            with_both(office)
        office.give(1)
    assert few == many
    assert all(cost <= 8 for path, cost in few.items() if path.startswith("/desk")), few
    assert few["/me/contributions"] <= 9, "one more than without answers"
