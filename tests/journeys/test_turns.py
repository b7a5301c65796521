"""What may happen on the way: a session ends while writing, a text changes after votes, a comment is reported."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import life
from tests.journeys.conftest import Visit
from tests.journeys.visitor import Visitor

BOTH_WAYS = pytest.mark.parametrize(("script", "lang"), [(True, "en"), (False, "id")], ids=["script", "without-script"])


def some_proposal(visit: Visit, question: str, **where: object) -> tuple[str, Visitor, Visitor]:
    """A fresh consultation with one proposal: its code, its author, and the official."""
    official = visit(**where).sign_in(life.OFFICIAL)
    slug = life.open_consultation(official, question)
    author = visit(**where).sign_in(life.FACILITATOR)
    code = life.propose(author, slug, "Taman baca di balai desa", "Taman baca dibuka setiap sore untuk anak-anak.")
    return code, author, official


@BOTH_WAYS
def test_a_session_that_ends_while_writing_loses_no_text(visit: Visit, script: bool, lang: str) -> None:
    where = {"script": script, "lang": lang}
    code, _author, _official = some_proposal(visit, f"Apa yang dibaca anak-anak ({lang})?", **where)
    citizen = visit(**where).sign_in(life.CITIZEN)
    citizen.open(f"/proposals/{code}")
    text = "Tulisan panjang yang tidak boleh hilang, walau sesi saya sudah berakhir."
    citizen.fill("Your comment", text)
    citizen.choose("For")
    citizen.context.clear_cookies(name="rembuk_session")
    with citizen.refused(401):
        citizen.press("Send comment")
        citizen.sees("What you sent is held for 24 hours. Sign in, and you find it again and can send it.")
    citizen.page.get_by_role("main").get_by_role("link", name=citizen.t("Sign in"), exact=True).first.click()
    citizen.fill("E-mail address", life.CITIZEN)
    citizen.fill("Password", "rembuk-demo")
    citizen.press("Sign in")
    expect(citizen.page).not_to_have_url(re.compile("/sign-in"))
    citizen.open(f"/held?lang={lang}")
    citizen.title("Your text is still here")
    expect(citizen.page.get_by_role("textbox").first).to_have_value(text)
    citizen.press("Send now")
    citizen.open(f"/proposals/{code}")
    citizen.reads(text)


@BOTH_WAYS
def test_after_a_change_supporters_are_asked_to_keep_or_withdraw(visit: Visit, script: bool, lang: str) -> None:
    where = {"script": script, "lang": lang}
    code, author, _official = some_proposal(visit, f"Di mana taman baca dibuka ({lang})?", **where)
    citizen = visit(**where).sign_in(life.CITIZEN)
    life.vote(citizen, code, "Support")
    author.open(f"/proposals/{code}")
    author.follow("Change")
    author.fill("Your proposal", "Taman baca dibuka setiap pagi untuk anak-anak.")
    author.press("Publish the change")
    author.reads("Taman baca dibuka setiap pagi untuk anak-anak.")
    citizen.open(f"/proposals/{code}/versions")
    expect(citizen.page.locator("del").first).to_have_text("sore")
    expect(citizen.page.locator("ins").first).to_have_text("pagi")
    citizen.open("/me/contributions")
    citizen.open(f"/proposals/{code}")
    citizen.sees("Your vote: %(choice)s, for version %(n)s.", choice=citizen.t("Support"), n=1)
    citizen.press("Support")
    citizen.sees("Your vote: %(choice)s.", choice=citizen.t("Support"))
    citizen.press("Withdraw vote")
    expect(citizen.button("Support")).to_be_visible()
    citizen.sees_not("Your vote: %(choice)s.", choice=citizen.t("Support"))


@BOTH_WAYS
def test_a_report_hides_a_comment_and_leaves_a_tombstone(visit: Visit, script: bool, lang: str) -> None:
    where = {"script": script, "lang": lang}
    code, _author, _official = some_proposal(visit, f"Siapa yang menjaga taman baca ({lang})?", **where)
    citizen = visit(**where).sign_in(life.CITIZEN)
    text = f"Ketua RT itu penipu, semua orang tahu ({lang})."
    life.comment(citizen, code, text, "Against")
    stranger = visit(**where)
    stranger.open(f"/proposals/{code}")
    stranger.page.get_by_role("article").filter(has_text=text).get_by_role("link", name=stranger.t("Report")).click()
    stranger.page.get_by_role("radio").first.check()
    stranger.press("Send report")
    stranger.title("Your report has arrived")
    moderator = visit(**where).sign_in(life.MODERATOR)
    moderator.open("/moderation")
    moderator.page.get_by_role("article").filter(has_text=text).get_by_role("heading").get_by_role("link").click()
    moderator.choose("Hide it")
    moderator.field("Reason for hiding it").select_option(value="insult")
    moderator.fill("Explanation for the public", "Menyebut seseorang penipu tanpa bukti.")
    moderator.press("Decide")
    stranger.open(f"/proposals/{code}")
    stranger.sees("Hidden by a moderator: %(reason)s.", reason=stranger.t("it insults somebody"))
    expect(stranger.page.get_by_text(text)).to_have_count(0)
    citizen.open("/demo/mail")
    expect(citizen.page.get_by_role("article").filter(has_text=life.CITIZEN).first).to_be_visible()
    moderator.open("/moderation?list=hidden")
    moderator.page.get_by_role("article").filter(has_text=text).get_by_role("heading").get_by_role("link").click()
    moderator.choose("Show it again")
    moderator.fill("Explanation for the public", "Penulisnya menjelaskan maksudnya.")
    moderator.press("Decide")
    stranger.open(f"/proposals/{code}")
    stranger.reads(text)


def test_a_form_that_is_not_complete_says_so_and_keeps_everything(visit: Visit) -> None:
    for script in (True, False):
        code, _author, _official = some_proposal(visit, f"Kapan taman baca buka ({script})?", script=script)
        citizen = visit(script=script).sign_in(life.CITIZEN)
        citizen.open(f"/proposals/{code}")
        citizen.choose("Against")
        with citizen.refused(422):
            citizen.press("Send comment")
            citizen.sees("Nothing you typed is lost. Correct what is listed here and send again.")
        expect(citizen.page.get_by_role("radio", name=citizen.t("Against"), exact=True).first).to_be_checked()
        citizen.fill("Your comment", "Setiap hari, juga pada hari Minggu.")
        citizen.press("Send comment")
        citizen.reads("Setiap hari, juga pada hari Minggu.")
        citizen.open("/me/contributions")
        citizen.reads("Setiap hari, juga pada hari Minggu.")


def test_somebody_leaves_and_what_they_wrote_stays_without_a_name(visit: Visit) -> None:
    code, _author, _official = some_proposal(visit, "Siapa yang pergi?")
    citizen = visit().sign_up("Pak Pergi", "pergi@contoh.id", "kuda baterai tepat jepit")
    life.comment(citizen, code, "Saya pindah ke kota lain bulan depan.")
    citizen.open("/me/deletion")
    citizen.fill("Current password", "kuda baterai tepat jepit")
    citizen.choose("I want to delete my account for good", "checkbox")
    citizen.press("Delete my account")
    expect(citizen.page).not_to_have_url(re.compile("/me/deletion"))
    stranger = visit()
    stranger.open(f"/proposals/{code}")
    stranger.reads("Saya pindah ke kota lain bulan depan.")
    expect(stranger.page.get_by_text("Pak Pergi")).to_have_count(0)
