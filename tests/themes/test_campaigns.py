"""Texts that many sent: one group, coded once, what each added read by itself, nothing hidden or multiplied."""

from random import Random

import pytest
from sqlalchemy import select, update

from app.comments import actions as comments
from app.core import clock, db, jobs
from app.core.access import Conflict, Denied
from app.core.columns import table
from app.themes import actions, queries
from app.themes.forms import NextForm
from app.themes.models import Campaign, CampaignRun, CampaignSignature, Coding, SharedCoding
from tests import factories
from tests.contributions.world import code_of
from tests.counting import queries_asked
from tests.page import Browser
from tests.rules.test_campaigns import LETTER, OWN, VOCABULARY, edited
from tests.themes.copies import ROADS, WITH_OWN, code_all, compare, groups, send
from tests.themes.office import Office

CHANGED = LETTER.replace("Banyak murid", "Sangat banyak pelajar")


@pytest.fixture
def office(browser: Browser) -> Office:
    return Office()


def weight(office: Office, theme: int = 1) -> tuple[int, int]:
    """Volume and variety of a theme."""
    with db.reading() as session:
        found = queries.weights(session, office.consultation)
    one = found.get(office.book().by_number[theme].id, queries.Weight())
    return one.contributions, one.arguments


def listed(office: Office, which: str) -> list[tuple[int, int]]:
    """What stands in a list of the desk, with how many copies each stands for."""
    with db.reading() as session:
        found = queries.listed(session, which, office.consultation, 0, None)
    return [(one.id, one.alike) for one in found.items]


@pytest.mark.once
def test_a_thousand_copies_with_one_word_in_twenty_changed_are_one_argument(office: Office) -> None:
    random = Random(3)
    copies = [edited(LETTER, 0.05, random) for _ in range(1000)]
    others = [" ".join(random.choices(VOCABULARY, k=random.randrange(20, 60))) for _ in range(100)]
    short = ["Setuju, perbaiki jalan desa kami segera."] * 50
    proposal = office.proposal()
    mixed = random.sample([*copies, *others, *short], 1150)
    numbers = send(office, proposal, mixed)
    run = compare(office)
    (campaign,) = groups(office)
    assert campaign.signatures >= 950
    assert (run.received, run.groups, run.grouped, run.gone) == (1151, 1, campaign.signatures, 0)
    assert run.short + run.apart + run.grouped == run.received
    with db.reading() as session:
        members = set(queries.campaigns_of(session, office.consultation))
    assert all(mixed[numbers.index(number)] not in {*others, *short} for number in members)
    assert office.balance().pending == 1151
    assert [it for it in listed(office, "pending") if it[1] > 1] == [(campaign.first_id, campaign.signatures)]


def test_one_coding_stands_in_each_copy_with_its_own_words(office: Office) -> None:
    numbers = send(office, office.proposal(), [LETTER, CHANGED, LETTER.upper(), *[LETTER] * 12])
    compare(office)
    (campaign,) = groups(office)
    code_all(office, campaign)
    for number in numbers:
        (one,) = office.found(number)
        item = office.words(number)
        assert item.text[one.begins : one.ends] == one.quote
        assert (one.name, one.version, one.source) == ("Bu Sri", 1, "person")
    assert office.found(numbers[0])[0].quote == ROADS
    assert office.found(numbers[1])[0].quote.startswith("banyak pelajar berangkat dengan")
    assert office.found(numbers[2])[0].quote == ROADS.upper()
    assert office.balance().coded == len(numbers)
    assert weight(office) == (len(numbers), 1)
    code_all(office, campaign)
    assert weight(office) == (len(numbers), 1)


def test_taking_it_back_takes_it_from_all_copies_and_from_nothing_else(office: Office) -> None:
    proposal = office.proposal()
    numbers = send(office, proposal, [LETTER] * 14)
    compare(office)
    (campaign,) = groups(office)
    office.find(numbers[3], 2, quote=ROADS, by=office.colleague)
    code_all(office, campaign)
    with db.reading() as session:
        (shared,) = queries.shared_in(session, campaign, office.book())
    assert (shared.made, shared.through) == (14, None)
    for _ in range(2):
        db.write_now(actions.retract_all, office.colleague.actor, shared.id)
        while jobs.run_due():
            office.balance()
    assert [len(office.found(number)) for number in numbers] == [1 if at == 3 else 0 for at in range(14)]
    assert office.balance().coded == 1
    code_all(office, campaign)
    assert office.balance().coded == 14


def test_what_may_not_be_coded_with_the_others_is_left(office: Office) -> None:
    own = factories.official(office.office, "Bu Lastri")
    proposal = office.proposal()
    plain, found, excluded, leased, edited_since, without, gone = send(
        office,
        proposal,
        [LETTER, LETTER, LETTER, LETTER, LETTER, LETTER.replace(ROADS, "Kami juga mohon maaf."), LETTER],
    )
    (mine,) = send(office, proposal, [LETTER], office.official)
    compare(office)
    (campaign,) = groups(office)
    office.find(found, 1, by=office.colleague, quote="Kami menolak kenaikan tarif angkutan kota")
    office.exclude(excluded)
    take = NextForm.model_validate({"order": "age", "after": code_of(excluded)})
    assert db.write_now(actions.take_next, own.actor, office.consultation, take) == code_of(leased)
    text = update(table(CampaignSignature)).where(table(CampaignSignature).c.contribution_id == edited_since)
    db.write_now(lambda session: session.execute(text.values(text_h="f" * 64)) and None)
    db.write_now(comments.remove, office.author.actor, gone)
    code_all(office, campaign)
    standing = {number: [it.name for it in office.found(number)] for number in (plain, found, excluded, leased)}
    assert standing == {plain: ["Bu Sri"], found: ["Pak Joko"], excluded: [], leased: []}
    assert [office.found(number) for number in (edited_since, without, gone, mine)] == [()] * 4
    assert office.balance().coded == 2
    with pytest.raises(Denied):
        db.write_now(actions.retract_all, office.author.actor, 1)


def test_another_passage_for_the_same_theme_is_refused(office: Office) -> None:
    send(office, office.proposal(), [LETTER, LETTER])
    compare(office)
    (campaign,) = groups(office)
    code_all(office, campaign)
    with pytest.raises(Conflict, match="found-already"):
        code_all(office, campaign, quote="Kami menolak kenaikan tarif")
    with pytest.raises(Conflict, match="not-there"):
        code_all(office, campaign, theme=2, quote="kata yang tidak ada")
    with pytest.raises(Conflict, match="no-theme"):
        code_all(office, campaign, theme=9)


def test_an_addition_waits_until_a_theme_is_found_in_it_or_somebody_clears_it(office: Office) -> None:
    plain, first, second = send(office, office.proposal(), [LETTER, WITH_OWN, WITH_OWN])
    compare(office)
    (campaign,) = groups(office)
    assert (campaign.signatures, campaign.with_additions, campaign.waiting) == (3, 2, 2)
    code_all(office, campaign)
    assert [number for number, _ in listed(office, "additions")] == [first, second]
    assert listed(office, "coded") == [(plain, 3)]
    office.find(first, 2, quote=OWN)
    assert [number for number, _ in listed(office, "additions")] == [second]
    assert weight(office) == (3, 1)
    assert weight(office, 2) == (1, 1)
    office.find(second, 2, quote=OWN, by=office.colleague)
    assert weight(office, 2) == (2, 2), "what each of them added is an argument of its own"
    (taken,) = (one for one in office.found(second) if one.number == 2)
    db.write_now(actions.retract, office.official.actor, taken.id)
    assert [number for number, _ in listed(office, "additions")] == [second]
    db.write_now(actions.clear, office.colleague.actor, code_of(second))
    assert listed(office, "additions") == []
    compare(office)
    assert listed(office, "additions") == [], "what was cleared stays cleared"
    with db.reading() as session:
        copy = queries.copy_of(session, office.words(second))
    assert copy is not None
    assert [(it.quote, it.waits, it.cleared_by) for it in copy.additions] == [(OWN[:-1], False, "Pak Joko")]


def test_that_all_copies_were_coded_is_no_reading_of_what_stands_in_the_middle(office: Office) -> None:
    inside = LETTER.replace("setiap pagi, dan", f"setiap pagi, {OWN[:-1].lower()}, dan")
    _, copy = send(office, office.proposal(), [LETTER, inside])
    compare(office)
    (campaign,) = groups(office)
    code_all(office, campaign)
    assert "jembatan gantung" in office.found(copy)[0].quote
    assert [number for number, _ in listed(office, "additions")] == [copy]
    assert weight(office) == (2, 1)


def test_what_comes_later_joins_and_what_is_gone_leaves(office: Office) -> None:
    proposal = office.proposal()
    first, second, third = send(office, proposal, [LETTER] * 3)
    compare(office)
    (campaign,) = groups(office)
    code_all(office, campaign)
    (late,) = send(office, proposal, [CHANGED])
    compare(office)
    compare(office)
    assert [(it.id, it.signatures, it.pending) for it in groups(office)] == [(campaign.id, 4, 1)]
    code_all(office, campaign)
    assert office.balance().coded == 4
    db.write_now(comments.remove, office.author.actor, first)
    compare(office)
    (same,) = groups(office)
    assert (same.id, same.first_id, same.signatures) == (campaign.id, second, 3)
    for number in (second, third):
        db.write_now(comments.remove, office.author.actor, number)
    run = compare(office)
    assert (groups(office), run.gone, run.groups) == ([], 3, 0)
    assert len(office.found(late)) == 1


def test_a_comparison_is_asked_for_once_and_begun_anew_when_it_was_lost(office: Office) -> None:
    send(office, office.proposal(), [LETTER, LETTER])
    for _ in range(3):
        db.write_now(actions.compare, office.official.actor, office.consultation)
    assert len(jobs.due()) == 1
    with pytest.raises(Denied):
        db.write_now(actions.compare, office.author.actor, office.consultation)
    (job,) = jobs.due()
    long_ago = update(table(CampaignRun)).values(at=clock.now() - 2 * actions.LOST)
    db.write_now(lambda session: session.execute(long_ago) and None)
    db.write_now(actions.compare, office.official.actor, office.consultation)
    jobs.run(job)
    assert groups(office) == [], "a comparison that was given up stores nothing"
    jobs.run_due()
    assert len(groups(office)) == 1
    assert jobs.due() == []


def test_the_pages_of_a_text_that_many_sent(browser: Browser, office: Office) -> None:
    desk = browser.as_(office.official)
    here = "/desk/consultations/air/campaigns"
    proposal = office.proposal()
    numbers = send(office, proposal, [LETTER, CHANGED, WITH_OWN])
    assert desk.post(here, {}).status == 200
    assert desk.get(here).html.count('action="/desk/consultations/air/campaigns"') == 0
    jobs.run_due()
    (campaign,) = groups(office)
    assert campaign.page in desk.get(here).html
    page = desk.get(campaign.page)
    assert "<ins>Sangat banyak pelajar" in page.html
    assert OWN[:-1] in page.html
    assert desk.post(campaign.page, {"theme": "1", "seen": office.words(numbers[0]).h}).status == 409
    kept = desk.post(campaign.page, {"theme": "1", "seen": "f" * 64, "piece": ["1"]})
    assert kept.status == 409
    assert 'value="1" checked' in kept.html
    sent = {"theme": "1", "seen": office.words(numbers[0]).h, "piece": ["1"]}
    assert desk.post(campaign.page, sent).status == 200
    assert office.balance().coded == 3
    assert campaign.page in desk.get("/desk/consultations/air/coding?list=coded").html
    added = desk.get("/desk/consultations/air/coding?list=additions").html
    assert [code_of(number) in added for number in numbers] == [False, False, True]
    facts = browser.get("/consultations/air/themes.json").response.json()
    assert facts["weights"][0] == {"theme": 1, "contributions": 3, "arguments": 1, "people": 1}
    assert facts["additions_unread"] == 1
    one = f"/desk/contributions/{code_of(numbers[2])}"
    assert campaign.page in desk.get(f"{one}/coding").html
    assert desk.post(f"{one}/additions", {}).status == 200
    assert browser.get("/consultations/air/themes.json").response.json()["additions_unread"] == 0
    assert desk.post("/desk/shared-codings/1/retraction", {}).status == 200
    assert office.balance().pending == 4


def test_the_pages_cost_the_same_at_any_number_of_copies(browser: Browser, office: Office) -> None:
    desk, proposal = browser.as_(office.official), office.proposal()
    spent = []
    for number in (2, 18):
        copies = send(office, proposal, [LETTER, WITH_OWN] * number)
        compare(office)
        (campaign,) = groups(office)
        asked = []
        one = f"/desk/contributions/{code_of(copies[0])}/coding"
        desk_pages = (campaign.page, "/desk/consultations/air/campaigns", one, "/desk/consultations/air/coding")
        for path in (*desk_pages, "/consultations/air/themes"):
            with queries_asked() as statements:
                assert desk.get(path).status == 200
            asked.append(len(statements))
        spent.append(asked)
    assert spent[0] == spent[1]


def test_nothing_is_left_behind_of_a_group(office: Office) -> None:
    numbers = send(office, office.proposal(), [WITH_OWN, WITH_OWN])
    compare(office)
    (campaign,) = groups(office)
    code_all(office, campaign)
    assert [len(office.found(number)) for number in numbers] == [1, 1]
    with db.reading() as session:
        assert {row.shared_id for row in session.execute(select(Coding)).scalars()} == {
            session.execute(select(SharedCoding.id)).scalar_one()
        }
        assert session.execute(select(Campaign.first_id)).scalar_one() == numbers[0]
