"""Each contributor reads their own words first, then the text for all, then what holds for them alone."""

import pytest
from sqlalchemy import select, update

from app.comments import actions as comments
from app.comments.forms import CommentForm
from app.comments.models import Comment
from app.core import clock, db, mail
from app.core.access import Conflict, Denied, Missing
from app.core.columns import table
from app.moderation import actions as moderation
from app.proposals.models import ProposalVersion
from app.responses import actions
from app.responses.forms import ExceptionForm
from app.responses.models import Answer
from app.rules.signing import Stage
from tests import answering, factories
from tests import world as worlds
from tests.contributions.world import number_of
from tests.page import Browser
from tests.responses.test_actions import TEXT, answers
from tests.responses.test_steps import Bureau

ONLY = "Untuk dusun Anda pipanya diganti lebih dahulu, karena sumurnya kering."
BODY = "Pipa kami bocor sejak tahun lalu. " + "Airnya tidak sampai ke rumah. " * 20


@pytest.fixture
def bureau(browser: Browser) -> Bureau:
    return Bureau()


def said(text: str = ONLY, **fields: str) -> ExceptionForm:
    return ExceptionForm.model_validate({"text": text} | fields)


def in_order(text: str, *parts: str) -> bool:
    places = [text.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


def test_own_words_come_first_then_the_answer_then_the_exception(bureau: Bureau, browser: Browser) -> None:
    author, other = factories.person(), factories.person(lang="en")
    mine, theirs = (
        factories.code(factories.proposal(bureau.consultation, who, title=f"Ganti pipa {who.name}", body=BODY))
        for who in (author, other)
    )
    number = bureau.draft(mine, theirs, other_text="The pipe is replaced in the second quarter.")
    bureau.number = number
    bureau.act(actions.write_exception, bureau.official, mine, said())
    answering.publish(number, bureau.official.actor)
    quote = "Pipa kami bocor sejak tahun lalu."
    for page in (browser.get(f"/proposals/{mine}"), browser.get(f"/contributions/{mine}")):
        panel = page.text[page.text.index("Yang dijawab di sini") :]
        assert in_order(panel, f"Ganti pipa {author.name}", quote, TEXT, ONLY)
    for page in (browser.get(f"/proposals/{theirs}"), browser.get(f"/contributions/{theirs}")):
        assert TEXT in page.text and ONLY not in page.text
    with db.reading() as session:
        sent = {it.to_address: it.body for it in mail.latest(session)}
    assert in_order(sent[author.email], f"> {quote}", TEXT, ONLY)
    assert in_order(sent[other.email], f"> {quote}", "The pipe is replaced") and ONLY not in sent[other.email]
    for address in (f"/proposals/{mine}.json", f"/contributions/{mine}.json"):
        (told,) = browser.client.get(address).json()["answers"]
        assert told["exception"] == ONLY and told["quote"]["text"] in BODY
        assert told["quote"]["title"] == f"Ganti pipa {author.name}"


def test_a_quote_is_an_exact_piece_of_the_version_that_was_answered(bureau: Bureau) -> None:
    proposal = number_of(bureau.code)
    factories.edit(proposal, "Judul yang kedua")
    comment = number_of(worlds.comment(proposal, factories.person()))
    from tests.contributions.world import code_of

    bureau.draft(bureau.code, code_of(comment), number=bureau.number)
    bureau.to_publish()
    bureau.act(actions.publish, bureau.official, "http://contoh.id", "Kepala")
    factories.edit(proposal, "Judul yang ketiga")
    v, m, a = table(ProposalVersion).c, table(Comment).c, table(Answer).c
    with db.reading() as session:
        second = session.execute(select(v.title, v.body).where(v.proposal_id == proposal, v.number == 2)).one()
        of_proposal = session.execute(select(a.quote_title, a.quote).where(a.contribution_id == proposal)).one()
        of_comment = session.execute(select(a.quote_title, a.quote).where(a.contribution_id == comment)).one()
        body = session.execute(select(m.body).where(m.id == comment)).scalar_one()
    assert of_proposal.quote_title == second.title and of_proposal.quote and of_proposal.quote in second.body
    assert of_comment.quote_title == "" and of_comment.quote and of_comment.quote in body


@pytest.mark.parametrize(
    ("handed_in", "kept"), [("bocor sejak", "bocor sejak"), ("bukan kata saya", "Pipa kami bocor")]
)
def test_a_span_that_is_handed_in_is_the_quote_if_it_is_exact(bureau: Bureau, handed_in: str, kept: str) -> None:
    code = factories.code(factories.proposal(bureau.consultation, body=BODY))
    number = bureau.draft(code)
    only = table(Answer).c.response_id == number
    db.write_now(lambda session: session.execute(update(table(Answer)).where(only).values(quote=handed_in)) and None)
    answering.publish(number, bureau.official.actor)
    assert answers(code)[0].quote.startswith(kept)


def test_what_is_hidden_or_taken_back_is_quoted_nowhere(bureau: Bureau, browser: Browser) -> None:
    moderator, author = factories.person(roles=("moderator",)), factories.person()
    before, after = (
        factories.proposal(
            bureau.consultation, author, title=f"Judul rahasia {n}", body=f"Kata rahasia {n} yang panjang."
        )
        for n in ("satu", "dua")
    )
    hide = (moderator.actor,)
    db.write_now(moderation.hide, *hide, before, "insult", "Alasan untuk umum.", "http://contoh.id")
    codes = [factories.code(it) for it in (before, after)]
    answering.publish(bureau.draft(*codes), bureau.official.actor)
    db.write_now(moderation.hide, *hide, after, "insult", "Alasan untuk umum.", "http://contoh.id")
    with db.reading() as session:
        kept = session.execute(
            select(table(Answer).c.quote).where(table(Answer).c.contribution_id == before)
        ).scalar_one()
    assert kept == ""
    for code in codes:
        for address in (
            f"/proposals/{code}",
            f"/contributions/{code}",
            f"/proposals/{code}.json",
            f"/contributions/{code}.json",
        ):
            text = browser.client.get(address).text
            assert TEXT in text and "rahasia" not in text, address


def test_words_a_comment_no_longer_says_are_quoted_no_more(bureau: Bureau, browser: Browser) -> None:
    author = factories.person()
    code = worlds.comment(number_of(bureau.code), author)
    answering.publish(bureau.draft(code), bureau.official.actor)
    assert answers_of(code).quote == "Pendapat saya tentang usulan ini."
    changed = CommentForm.model_validate({"body": "Sudah saya ubah.", "stance": "for"})
    db.write_now(comments.edit, author.actor, number_of(code), changed, clock.now())
    assert answers_of(code).quote == "" and "Pendapat saya" not in browser.get(f"/contributions/{code}").text


def answers_of(code: str):  # type: ignore[no-untyped-def]
    from app.responses import queries

    with db.reading() as session:
        return queries.answers_of(session, number_of(code))[0]


def test_an_exception_makes_the_steps_void_and_is_read_by_the_checker(bureau: Bureau, browser: Browser) -> None:
    bureau.to_publish()
    bureau.act(actions.write_exception, bureau.official, bureau.code, said())
    assert bureau.stage is Stage.WRITING
    bureau.draft(bureau.code, bureau.proposal(), number=bureau.number)
    assert [it.exception for it in bureau.view.exceptions] == [ONLY], "a change of the list keeps it"
    bureau.hand_on()
    assert ONLY in browser.as_(bureau.checker).get(f"/desk/answers/{bureau.number}/check").text
    bureau.act(actions.write_exception, bureau.colleague, bureau.code, said(""))
    assert bureau.stage is Stage.WRITING and not bureau.view.exceptions
    with pytest.raises(Conflict, match="order"):
        bureau.act(actions.check, bureau.checker, "Bagian Hukum")
    bureau.hand_on()
    with pytest.raises(Conflict, match="own-text"):
        bureau.act(actions.check, bureau.colleague, "Kepala")


def test_an_exception_is_for_what_the_draft_answers_by_who_may_write(bureau: Bureau) -> None:
    with pytest.raises(Missing):
        bureau.act(actions.write_exception, bureau.official, bureau.proposal(), said())
    for person in (bureau.checker, factories.person(), factories.official(factories.office())):
        with pytest.raises(Denied):
            bureau.act(actions.write_exception, person, bureau.code, said())
    bureau.to_publish()
    bureau.act(actions.publish, bureau.official, "http://contoh.id", "Kepala")
    with pytest.raises(Conflict, match="published"):
        bureau.act(actions.write_exception, bureau.official, bureau.code, said())


def test_the_pages_find_one_of_many_and_keep_what_was_typed(bureau: Bureau, browser: Browser) -> None:
    codes = [factories.code(factories.proposal(bureau.consultation, title=f"Pipa dusun {n}")) for n in range(60)]
    bureau.draft(bureau.code, *codes, number=bureau.number)
    desk, here = browser.as_(bureau.official), f"/desk/answers/{bureau.number}/exceptions"
    assert here in desk.get(f"/desk/answers/{bureau.number}").links()
    page = desk.get(here)
    assert len([it for it in page.links() if it.startswith(f"{here}/")]) == 50 and "11 lagi" in page.text
    for sought, expected in ((codes[59], 1), ("dusun 59", 1), ("pipa dusun 1", 11), ("tidak ada", 0)):
        assert len([it for it in desk.get(f"{here}?q={sought}").links() if it.startswith(f"{here}/")]) == expected
    address = f"{here}/{codes[59]}"
    page = desk.get(address)
    bureau.draft(bureau.code, *codes, number=bureau.number, status="partly")
    refused = desk.submit(page, address, text=ONLY)
    assert refused.status == 409 and refused.form(address)["text"].strip() == ONLY
    assert "Dengan pengecualian" in desk.submit(refused, address).text
    assert desk.get(f"{here}/AAAA-AAAAA").status == 404
