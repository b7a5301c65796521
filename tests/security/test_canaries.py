"""What is private is told to nobody else: each private thing holds a word, and all output is searched for it.

Everything that can be opened is opened as everybody: pages, JSON, CSV, files, what is made for search engines and
for sharing, redirects and refusals, with their headers. `canaries.MAY_READ` says who reads what where.
"""

import json
import re
from typing import Any

import pytest
import time_machine
from sqlalchemy import String, TypeDecorator

from app.core import clock, db, pagecache, web
from app.core.mail import Mail
from app.tables import metadata
from tests.page import Browser
from tests.security import canaries
from tests.security.canaries import HOLDER, MAY_READ, PUBLIC, Planted, word
from tests.security.crawl import crawl, everywhere, told
from tests.shelf import copy_of
from tests.test_architecture import ROUTES, guards_of, shown
from tests.test_permissions import PEOPLE, address, expected

EVERYBODY = (*PEOPLE, "silent")
#: Who also reads everything in English, where texts stand that nobody sees in Indonesian.
IN_ENGLISH = ("anonymous", "citizen", "moderator", "official", "other official")


@pytest.fixture
def planted(browser: Browser) -> Planted:
    made = copy_of(canaries.build)
    for _ in range(3):  # closings that are due are recorded when somebody looks
        browser.client.get("/consultations")
    return made


def visitor(browser: Browser, planted: Planted, name: str, lang: str = "id") -> Browser:
    """Somebody with their session, and the citizen with the text that is held for them in this browser."""
    arrived = browser.as_(planted.world.people[name], lang)
    if name == canaries.OWN:
        arrived.client.cookies.set(web.HELD_COOKIE, canaries.hold(planted.world, name))
    return arrived


def leaks(name: str, url: str, answer: Any, planted: Planted) -> list[str]:
    """What an answer tells somebody who may not know it."""
    text = told(answer)
    found = []
    for secret, thing in planted.words.items():
        if secret in text and thing != PUBLIC:
            places = [MAY_READ[thing][reader] for reader in (name, HOLDER) if reader in MAY_READ[thing]]
            if not any(re.fullmatch(place, url.partition("?")[0]) for place in places):
                at = text.index(secret)
                found.append(f"{thing} at {url} for {name}: …{text[max(0, at - 60) : at + 60]!r}…")
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("name", "lang"),
    [*((name, "id") for name in EVERYBODY), *(pytest.param(name, "en", marks=pytest.mark.once) for name in IN_ENGLISH)],
)
def test_each_word_is_read_only_where_the_table_says(
    name: str, lang: str, browser: Browser, planted: Planted, capfd: pytest.CaptureFixture[str]
) -> None:
    somebody = visitor(browser, planted, name, lang)
    answers = crawl(somebody, everywhere(planted.values, planted.world.values))
    assert len(answers) > 200
    found = [leak for url, answer in answers.items() for leak in leaks(name, url, answer, planted)]
    assert not found, "\n".join(found)
    everything = "\n".join(map(told, answers.values()))
    assert word(PUBLIC) in everything
    unread = [thing for thing, readers in MAY_READ.items() if name in readers and word(thing) not in everything]
    assert not unread, f"the crawl as {name} does not reach {unread}"
    logged = "".join(capfd.readouterr()).lower()
    assert not [thing for secret, thing in planted.words.items() if secret in logged], "the log holds nothing private"


@pytest.mark.parametrize("name", PEOPLE)
def test_a_refused_act_tells_nothing(name: str, browser: Browser, planted: Planted) -> None:
    somebody = visitor(browser, planted, name)
    for route in ROUTES:
        for draft in (False, True) if "{slug}" in route.path and "offices" not in route.path else (False,):
            (permission,) = guards_of(route.dependant)
            if "POST" in route.methods and expected(permission, name, draft):
                for htmx in ({}, {"HX-Request": "true"}):
                    url = address(route, planted.world, draft)
                    answer = somebody.client.post(url, headers=htmx, follow_redirects=False)
                    assert answer.status_code >= 400, shown(route)
                    assert not leaks(name, url, answer, planted)


def test_two_people_at_one_cache_read_only_their_own(
    browser: Browser, planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages stay in the cache as long as they can; those who may read come first, then everybody else."""
    monkeypatch.setattr(pagecache, "OLDEST", 3600)
    monkeypatch.setattr(pagecache, "UNDER_WRITES", 3600)
    start, nobody = everywhere(planted.values, planted.world.values), browser.as_()
    for first in (canaries.DRAFTER, canaries.OWN, canaries.MODERATOR):
        somebody = visitor(browser, planted, first)
        read = [url for url, answer in crawl(somebody, start).items() if leaks("anonymous", url, answer, planted)]
        assert len(read) >= 5
        for url in read:
            somebody.client.get(url, follow_redirects=False)
            assert not leaks("anonymous", url, nobody.client.get(url, follow_redirects=False), planted)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", ["anonymous", "citizen", "other official"])
def test_asking_for_a_private_word_finds_nothing(name: str, browser: Browser, planted: Planted) -> None:
    """Whatever is asked with a private word is answered like a word that stands nowhere: no filter looks there."""
    nowhere = word("a thing that is not there")
    somebody = browser.as_(planted.world.people[name])
    secrets = [thing for thing, readers in MAY_READ.items() if name not in readers]
    with time_machine.travel(clock.now(), tick=False):  # the board says of which instant it is
        for route in ROUTES:
            names = [one.name for one in route.dependant.query_params if "GET" in route.methods]
            if not names or "{token}" in route.path or expected(guards_of(route.dependant)[0], name, False):
                continue
            for parameter in [*names, "title", "email", "body"]:
                answers = set()
                for asked in [*map(word, secrets), nowhere]:
                    answer = somebody.client.get(address(route, planted.world, False), params={parameter: asked})
                    assert answer.status_code < 500
                    answers.add((answer.status_code, answer.text.replace(asked, "")))
                assert len(answers) == 1, f"{shown(route)} ?{parameter}= tells private words apart"


# -- messages ---------------------------------------------------------------------------------------


def test_messages_hold_what_their_reader_may_know(browser: Browser, planted: Planted) -> None:
    messages = canaries.rows(Mail)
    assert len(messages) > 2
    for message in messages:
        text = json.dumps([message.subject, message.body, message.unsubscribe]).lower()
        held = {thing for secret, thing in planted.words.items() if secret in text}
        assert held <= {"message", PUBLIC}, f"{message.subject} to {message.to_address}: {held}"
    assert not [m for m in messages if word("address of somebody erased") in m.to_address]


# -- the table is whole ----------------------------------------------------------------------------

#: Columns that hold what people wrote or what only some may know, and the things of MAY_READ that try them;
#: () where everybody may read them.
WRITTEN: dict[str, tuple[str, ...]] = {
    "account.email": ("address of the citizen", "address of somebody erased"),
    "account.password_hash": ("secret",),
    "answer.exception": ("exception in a draft",),
    "answer.other_exception": ("exception in a draft",),
    "answer.quote": ("quote of a hidden proposal",),
    "answer.quote_title": ("quote of a hidden proposal",),
    "area.name": (),
    "ballot.h": ("secret",),
    "ballot.voter": ("secret",),
    "charter.content": ("charter of a draft",),
    "blind_check.name": (),
    "blind_item.name": (),
    "campaign_addition.cleared_by": (),
    "campaign_run.name": (),
    "codebook.name": (),
    "codebook.reason": (),
    "coding.name": (),
    "coding.quote": ("passage of a hidden text",),
    "coding.retracted_by": (),
    "comment.body": ("hidden comment", "removed comment", "comment in a draft"),
    "comment.html": ("hidden comment", "removed comment", "comment in a draft"),
    "consultation.background": ("draft of a consultation",),
    "consultation.cancel_reason": (),
    "consultation.frozen": (),
    "consultation.other_background": ("draft of a consultation",),
    "consultation.other_summary": ("draft of a consultation",),
    "consultation.other_title": ("draft of a consultation",),
    "consultation.summary": ("draft of a consultation",),
    "consultation.title": ("draft of a consultation",),
    "consultation_change.after": (),
    "consultation_change.before": (),
    "consultation_change.reason": (),
    "amendment.content": (),
    "amendment.reason": (),
    "decision.counts": (),
    "decision.decided": ("draft of a decision",),
    "decision.decided_by": ("draft of a decision",),
    "decision.next": ("draft of a decision",),
    "decision.other": (),
    "decision.proposed": ("draft of a decision",),
    "decision.question": ("draft of a decision",),
    "decision.why": ("draft of a decision",),
    "document.description": ("document of a draft", "removed document"),
    "document.title": ("document of a draft",),
    "exclusion.appeal": (),
    "exclusion.decided_by": (),
    "exclusion.decision": (),
    "exclusion.lifted_by": (),
    "exclusion.name": (),
    "exclusion.text": (),
    "hand_over.reason": (),
    "hand_over.signed_by": (),
    "handling.name": (),
    "handling.note": (),
    "handling.retracted_by": (),
    "held_text.fields": ("held text",),
    "holding_reply.signed_by": (),
    "holding_reply.text": (),
    "holiday.name": (),
    "holiday.name_en": (),
    "index_entry.stems": (),
    "index_entry.title": (),
    "mail.body": ("message",),
    "mail.subject": ("message",),
    "mail.to_address": ("address of somebody erased",),
    "mail.unsubscribe": ("message",),
    "mail_token.address": ("new address of the citizen",),
    "mail_token.token_hash": ("secret",),
    "merge.ended_by": (),
    "merge.ended_reason": (),
    "merge.name": (),
    "merge.reason": (),
    "merge_part.agreed_name": (),
    "moderation_act.text": (),
    "office.address": (),
    "office.description": (),
    "office.description_en": (),
    "office.email": (),
    "office.name": (),
    "office.name_en": (),
    "office.phone": (),
    "participant.name": ("name of somebody who said nothing", "name of somebody erased"),
    "proposal.excerpt": ("hidden proposal", "proposal in a draft"),
    "proposal.title": ("hidden proposal", "proposal in a draft"),
    "proposal.withdrawn_reason": (),
    "proposal_draft.area": ("draft of a proposal",),
    "proposal_draft.body": ("draft of a proposal", "draft of a new version"),
    "proposal_draft.title": ("draft of a proposal", "draft of a new version"),
    "proposal_draft.topic": ("draft of a proposal",),
    "proposal_version.body": ("hidden proposal", "earlier version of a hidden proposal"),
    "proposal_version.difference": ("hidden proposal", "earlier version of a hidden proposal"),
    "proposal_version.html": ("hidden proposal", "earlier version of a hidden proposal"),
    "proposal_version.title": ("hidden proposal", "earlier version of a hidden proposal"),
    "reception.text": ("words about an answer",),
    "report.text": ("report",),
    "response_step.name": (),
    "response_step.note": ("step of a draft",),
    "response_step.role": ("step of a draft",),
    "response.other_text": ("draft of an answer",),
    "response.refers_to": ("draft of an answer",),
    "response.signed_by": ("draft of an answer",),
    "response.text": ("draft of an answer",),
    "shared_coding.name": (),
    "shared_coding.quote": ("passage of a hidden text",),
    "shared_coding.retracted_by": (),
    "sign_in.device": ("browser of the citizen",),
    "sign_in.token_hash": ("secret",),
    "theme_version.excludes": ("draft of a codebook",),
    "theme_version.includes": ("draft of a codebook",),
    "theme_version.other_stance": ("draft of a codebook",),
    "theme_version.stance": ("draft of a codebook",),
    "topic.name": (),
    "topic.name_en": (),
}
#: Columns that hold codes, kinds, hashes and addresses that the program chose.
CHOSEN = {
    "account.consent_version", "account.identity_level", "account.lang", "amendment.after_hash",
    "amendment.before_hash", "answer.h", "area.code", "area.sought",
    "blind_check.seed", "blind_item.first", "blind_item.second",
    "campaign_run.parameters", "campaign_signature.text_h", "shared_coding.text_h",
    "codebook.h", "codebook.lang", "coding.h", "coding.source", "coding.text_h", "coding_counted.code",
    "coding_counted.kind", "coding_total.kind", "exclusion.ground", "exclusion.h", "exclusion.lang",
    "theme_origin.act", "attempts.key", "comment.h", "comment.stance", "consultation.frozen_hash",
    "consultation.imported_from",
    "consultation.lang", "consultation.slug", "consultation.voting", "consultation_change.what",
    "contribution.channel", "contribution.code", "contribution.identity_level", "contribution.import_id",
    "contribution.import_source", "contribution.kind", "contribution.lang", "contribution.reason_code",
    "contribution.visibility", "decision.h", "decision.lang", "decision.outcome",
    "document.kind", "document.media_type",
    "document.sha256", "document.small_sha256", "event.body", "event.subject_kind", "event.type", "handling.h",
    "handling.lang", "handling.outcome", "handling.role", "held_text.path", "light_counted.kind", "light_total.kind",
    "held_text.token_hash", "index_entry.kind", "index_state.edition",
    "obligation.kind", "obligation.outcome", "obligation.reception", "obligation_count.kind", "obligation_month.kind",
    "reception.said", "reminder.name",
    "merge.ended_h", "merge.ended_how", "merge.ended_lang", "merge.ended_role", "merge.h", "merge.lang", "merge.role",
    "merge_part.agreed_role",
    "job.error", "job.kind", "job.payload", "mail_token.purpose", "moderation_act.act",
    "moderation_act.h", "moderation_act.reason", "office.slug", "phase.acts", "phase.kind", "proposal.status",
    "proposal_version.h", "proposal_version.lang", "report.outcome", "report.reason", "response.lang",
    "response.stage", "response.status", "response_step.act", "response_step.digest", "role_grant.role",
    "topic.slug", "vote.choice",
}  # fmt: skip


def _holds_text(kind: Any) -> bool:
    return isinstance(kind.impl if isinstance(kind, TypeDecorator) else kind, String)


def test_every_column_with_text_is_in_the_table() -> None:
    """A new column is either what the program chose, or public, or has a word that the crawl looks for."""
    columns = {
        f"{table.name}.{c.name}" for table in metadata.sorted_tables for c in table.columns if _holds_text(c.type)
    }
    assert sorted(columns - set(WRITTEN) - CHOSEN) == []
    assert sorted((set(WRITTEN) | CHOSEN) - columns) == [] and not set(WRITTEN) & CHOSEN
    assert {thing for things in WRITTEN.values() for thing in things} <= set(MAY_READ)


def test_the_words_lie_where_they_should(browser: Browser, planted: Planted) -> None:
    """Each column that is tried holds its word, but where the product itself has taken it away."""
    gone = {"removed comment", "name of somebody erased", "address of somebody erased", "comment before it was changed"}
    canaries.hold(planted.world, canaries.OWN)
    browser.as_(planted.world.people[canaries.OWN])
    stored: dict[str, str] = {}
    with db.reading() as session:
        for table in metadata.sorted_tables:
            for row in session.execute(table.select()).mappings():
                for name, value in row.items():
                    key = f"{table.name}.{name}"
                    stored[key] = stored.get(key, "") + str(value).lower()
    for column, things in WRITTEN.items():
        for thing in things:
            there = any(secret in stored[column] for secret, of in planted.words.items() if of == thing)
            assert there is (thing not in gone), f"{thing} in {column}"
