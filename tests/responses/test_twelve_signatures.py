"""500 people with 12 themes are answered by 12 signatures, each with own words first, and nobody waits for long."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from app.accounts.models import Account, Participant
from app.comments.models import Comment
from app.contributions.models import Contribution
from app.core import clock, codes, db, jobs, mail
from app.core.columns import table
from app.responses import actions
from app.responses.models import Answer, ResponseStep
from app.themes.models import Coding, Theme
from tests.contributions.world import recounted
from tests.page import Browser
from tests.responses.test_many_at_once import VOTES, Acts, cost_of_a_vote
from tests.responses.theming import BASE, Answering

PEOPLE, THEMES = 500, 12
STANCES = [f"Tema ke-{number} perlu dijawab sekarang" for number in range(1, THEMES + 1)]


def themes_of(person: int) -> tuple[int, ...]:
    """One theme for most, two for every fifth."""
    first = person % THEMES + 1
    return (first, first % THEMES + 1) if person % 5 == 0 else (first,)


def passage(person: int, theme: int) -> str:
    """What a person says of a theme."""
    return f"Kata warga {person} tentang tema {theme}."


def fill(office: Answering, proposal: int) -> dict[int, int]:
    """A comment of each person with its themes found, in few statements; the people by their contributions."""
    now, first = clock.now(), 10_000
    people = range(PEOPLE)
    rows: dict[Any, list[dict[str, Any]]] = {model: [] for model in (Participant, Account, Contribution, Comment)}
    with db.reading() as session:
        t = table(Theme).c
        ids = {row.number: row.id for row in session.execute(select(t.number, t.id))}
    found = []
    for person in people:
        number, body = first + person, " ".join(["Salam hormat.", *(passage(person, it) for it in themes_of(person))])
        rows[Participant].append({"id": number, "name": f"Warga {person}", "created_at": now})
        rows[Account].append({
            "id": number, "participant_id": number, "email": f"massa{person}@contoh.id", "password_hash": "",
            "lang": "id", "identity_level": "email", "confirmed_at": now, "consented_at": now, "consent_version": "1",
            "answers_by_mail": True, "created_at": now,
        })  # fmt: skip
        rows[Contribution].append({
            "id": number, "code": codes.new_code(), "kind": "comment", "consultation_id": office.consultation,
            "participant_id": number, "channel": "web", "received_at": now, "entered_at": now, "lang": "id",
            "identity_level": "email", "visibility": "public", "reason_code": "",
        })  # fmt: skip
        rows[Comment].append({
            "id": number, "proposal_id": proposal, "parent_id": 0, "depth": 0, "replies": 0, "stance": "for",
            "asks": False, "body": body, "html": body, "at": now, "imported_for": 0, "imported_against": 0, "h": "h",
        })  # fmt: skip
        found += [{
            "contribution_id": number, "theme_id": ids[theme], "version": 1, "source": "person",
            "begins": body.index(passage(person, theme)), "ends": len(body), "quote": passage(person, theme),
            "text_h": "h", "office_id": office.office, "name": "Bu Sri", "at": now, "retracted_by": "", "h": "h",
        } for theme in themes_of(person)]  # fmt: skip

    def write(session: Any) -> None:
        for model, of_it in (*rows.items(), (Coding, found)):
            session.execute(insert(table(model)), of_it)

    db.write_now(write)
    return {first + person: person for person in people}


@pytest.mark.timeout(240)
def test_twelve_signatures_answer_500_people(browser: Browser) -> None:
    office = Answering(*STANCES)
    people = fill(office, office.proposal())
    acts = Acts()
    vote = cost_of_a_vote(acts)
    texts = {theme: office.draft(theme) for theme in range(1, THEMES + 1)}
    for text in texts.values():
        office.sign(text)
    acts.spent.clear()
    for text in texts.values():
        db.write_now(actions.publish, office.official.actor, text, BASE, "Kepala Dinas")
    while jobs.run_due():
        pass
    longest = max(acts.spent)
    a, s = table(Answer).c, table(ResponseStep).c
    with db.reading() as session:
        given = session.execute(select(a.contribution_id, a.quote, a.response_id)).all()
        signed = session.execute(select(func.count()).where(s.act == "signature")).scalar()
        sent = Counter(session.execute(select(table(mail.Mail).c.to_address)).scalars())
    theme_of = {text: theme for theme, text in texts.items()}
    assert sorted((it.contribution_id, it.quote) for it in given) == sorted(
        (number, passage(person, theme)) for number, person in people.items() for theme in themes_of(person)
    )
    assert all(f"tema {theme_of[it.response_id]}." in it.quote for it in given)
    assert signed == THEMES
    assert sent == {f"massa{person}@contoh.id": len(themes_of(person)) for person in people.values()}
    assert office.waiting() == dict.fromkeys(texts, 0)
    totals = office.totals()
    assert (totals, totals.answered) == (recounted(office.consultation), PEOPLE)
    print(f"a vote {vote * 1000:.2f} ms, longest act {longest * 1000:.1f} ms, {len(given)} answers")
    assert longest < VOTES * vote, f"an act took as long as {longest / vote:.0f} votes"
