"""Two proposals that ask for the same become one, and stand on their own again: on a small screen without script."""

from playwright.sync_api import expect

from tests.journeys import life
from tests.journeys.conftest import Visit

WELL = "Sumur bor di samping balai desa"
WATER = "Air bersih untuk warga RT 3"
TEXT = "Warga berjalan dua kilometer untuk mengambil air. Kami minta sumur bor yang dalam, di dekat balai desa."


def test_an_office_proposes_a_merge_authors_agree_and_undo_it(visit: Visit) -> None:
    where = {"script": False, "width": 320}
    official = visit().sign_in(life.OFFICIAL)
    slug = life.open_consultation(official, "Di mana sumur berikutnya digali?", open_counts=True)
    citizen, neighbour = visit(**where).sign_in(life.CITIZEN), visit(**where).sign_in(life.FACILITATOR)
    kept = life.propose(citizen, slug, WELL, TEXT)
    source = life.propose(neighbour, slug, WATER, TEXT)
    voter = visit().sign_in(life.MODERATOR)
    for voted in (kept, source):
        life.vote(voter, voted, "Support")

    official.open(f"/proposals/{kept}")
    official.follow("Merge with others")
    official.fill("Codes of other proposals", source)
    official.fill("Why do they belong together?", "Keduanya meminta sumur yang sama.")
    official.press("Propose the merge")
    official.sees("The merge is proposed. The authors are asked.")
    merge = official.path
    for author, said in ((neighbour, "You agreed. The proposals are merged as soon as everyone else has agreed."),
                         (citizen, "You agreed. All have agreed now, so the proposals are merged.")):  # fmt: skip
        author.open(merge)
        author.press("I agree")
        author.sees(said)

    anyone = visit(**where).open(f"/consultations/{slug}/proposals")
    anyone.follow_title(WELL)
    expect(anyone.page.locator("#together figure")).to_contain_text("1 orang")
    anyone.follow_title(WATER)
    expect(anyone.page).to_have_url(f"{anyone.address}/proposals/{source}")
    anyone.reads("Keduanya meminta sumur yang sama.")

    neighbour.open(merge)
    neighbour.follow("Undo the merge")
    neighbour.fill("Why is the merge undone?", "Warga RT 3 tetap menginginkan sumur sendiri.")
    neighbour.press("Undo the merge")
    neighbour.sees("The merge is undone. Every proposal stands on its own again.")
    anyone.open(f"/consultations/{slug}/proposals")
    anyone.follow_title(WATER)
