"""What pages say of merges: the way through the forms, where a source went, and what a page costs."""

import pytest

from app.core import jobs
from app.core.mail import Mail
from app.proposals import queries
from tests import factories
from tests.comments import samples
from tests.consultations.test_drafts import all_rows
from tests.counting import queries_asked
from tests.page import Browser
from tests.proposals.merging import WHY, Village


@pytest.fixture
def village(browser: Browser) -> Village:
    return Village(open_counts=True)


def path(proposal: int) -> str:
    return f"/proposals/{factories.code(proposal)}"


def test_from_proposing_to_undoing_through_the_forms(village: Village, browser: Browser) -> None:
    first, second = (browser.as_(person) for person in village.authors[:2])
    page = first.get(path(village.target))
    assert f"{path(village.target)}/merges/new" in page.links()
    assert f"{path(village.target)}/merges/new" not in second.get(path(village.target)).links()
    form = first.get(f"{path(village.target)}/merges/new")
    refused = first.submit(form, f"{path(village.target)}/merges", codes="", reason=WHY)
    assert refused.status == 409 and "Pilih sedikitnya satu usulan lain" in refused.errors[0]
    assert first.submit(form, f"{path(village.target)}/merges", codes="x", reason="").status == 422
    sent = first.submit(form, f"{path(village.target)}/merges", codes=factories.code(village.source), reason=WHY)
    merge = sent.url
    assert "menunggu" in sent.text and WHY in sent.text
    (letter,) = (it for it in all_rows(Mail) if it.to_address == village.authors[1].email)
    assert f"http://127.0.0.1:8000{merge}" in letter.body and WHY in letter.body
    assert "Persetujuan Anda diperlukan" in second.get(path(village.source)).text
    agreed = second.submit(second.get(merge), f"{merge}/agreement")
    assert "usulan digabung" in agreed.text and "Dilaksanakan pada" in agreed.text
    undone = first.submit(first.get(f"{merge}/reversal"), f"{merge}/reversal", reason="Ternyata lain tempat.")
    assert undone.url == merge and "Ternyata lain tempat." in undone.text
    facts = browser.client.get(f"{merge}.json").json()
    assert (facts["state"], facts["into"], facts["ended_role"]) == ("undone", factories.code(village.target), "author")
    for lang, words in (("id", "Dibatalkan pada"), ("en", "Undone on")):
        assert words in browser.as_(lang=lang).get(merge).text


def test_refusing_needs_a_reason_that_everyone_reads(village: Village, browser: Browser) -> None:
    merge = f"/merges/{village.propose(village.official)}"
    author = browser.as_(village.authors[1])
    assert author.submit(author.get(merge), f"{merge}/refusal", reason="").status == 422
    author.submit(author.get(merge), f"{merge}/refusal", reason="Usulan saya tentang jalan lain.")
    page = browser.get(merge)
    assert "Usulan saya tentang jalan lain." in page.text and "Ditolak" in page.text
    assert "Usulan saya tentang jalan lain." in next(iter(reversed(all_rows(Mail)))).body
    official = browser.as_(village.official).get(f"{path(village.source)}/merges/new")
    assert official.status == 200, "another can be proposed"


def test_a_source_says_where_it_went_and_the_list_shows_it_under_what_remains(
    village: Village, browser: Browser
) -> None:
    voter = factories.person()
    village.cast(voter, village.source)
    merge = village.merged()
    source, target = path(village.source), path(village.target)
    page = browser.as_(voter).get(source)
    assert {target, f"/merges/{merge}"} <= set(page.links()) and WHY in page.text
    assert "Suara kini diberikan di sana" in page.text
    assert f'action="{source}/vote"' not in page.html and f'action="{source}/vote/withdrawal"' in page.html
    assert "Berkomentarlah di sana" in page.text and f'action="{source}/comments"' not in page.html
    assert f"/merges/{merge}" in browser.get(f"/contributions/{factories.code(village.source)}").links()
    for query in ("sort=newest", "sort=support", "sort=random&seed=2", "q=nomor"):
        links = browser.get(f"/consultations/air/proposals?{query}").links()
        assert source not in links and f"{target}#together" in links, query
    other = browser.get(target)
    assert "1 usulan digabung ke usulan ini" in other.text and source in other.links()
    assert f"Bersama: {village.authors[1].name}" in other.text
    assert f"{target}/edit" in browser.as_(village.authors[1]).get(target).links()
    assert f"/merges/{merge}" in browser.get("/consultations/air/merges").links()
    assert source in browser.as_(village.authors[1]).get("/me/contributions").links()


def test_the_support_of_the_group_is_shown_once_per_voter(village: Village, browser: Browser) -> None:
    both, one = factories.person(), factories.person()
    for person, proposal in ((both, village.target), (both, village.source), (one, village.source)):
        village.cast(person, proposal)
    village.merged()
    page = browser.get(path(village.target)).text
    assert "2 orang" in page and "1 pendukung mendukung beberapa" in page
    answered = browser.as_(one).post(f"{path(village.source)}/vote/withdrawal", htmx=True)
    assert answered.status == 200 and "Suara kini diberikan di sana" in answered.html
    refused = browser.as_(one).post(f"{path(village.source)}/vote", {"choice": "support"}, htmx=True)
    assert refused.status == 409 and "Berikan suara di sana" in refused.html


def test_a_hidden_title_is_not_shown_by_a_merge(village: Village, browser: Browser) -> None:
    title = village.view(village.source).title
    merge = village.merged()
    samples.set_visibility(village.source, "hidden", "insult")
    for page in (f"/merges/{merge}", "/consultations/air/merges", path(village.target), f"{path(village.target)}.json"):
        assert title not in browser.client.get(page).text, page


def test_an_author_with_two_of_them_answers_for_both_at_once(village: Village) -> None:
    mine = factories.proposal(village.consultation, village.authors[0])
    merge = village.propose(village.authors[0], mine)
    assert village.merge(merge).state == queries.CARRIED
    assert village.propose(village.authors[0], mine) == merge, "pressed twice"


def test_a_page_costs_the_same_however_many_were_merged(village: Village, browser: Browser) -> None:
    more = [factories.proposal(village.consultation, village.authors[1]) for _ in range(8)]
    merge, costs = village.merged(), []
    pages = [path(village.target), path(village.source), f"/merges/{merge}", "/consultations/air/merges"]
    pages += ["/consultations/air/proposals?sort=newest", f"/contributions/{factories.code(village.source)}"]
    for _ in range(2):
        cost = {}
        for page in pages:
            with queries_asked() as statements:
                assert browser.as_(village.authors[1]).get(page).status == 200
            cost[page] = sum(1 for it in statements if it.startswith("SELECT"))
        costs.append(cost)
        village.merged(*more[: len(costs) * 8])
    assert costs[0] == costs[1] and max(costs[0].values()) <= 8, costs
    while jobs.run_due():
        pass


def test_an_unmerged_proposal_asks_nothing_more(village: Village, browser: Browser) -> None:
    with queries_asked() as before:
        browser.get(path(village.other))
    village.merged()
    with queries_asked() as after:
        browser.get(path(village.other))
    assert len(after) == len(before) and not [it for it in after if "FROM merge " in it]
