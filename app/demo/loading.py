"""Filling an empty database with the district, in one transaction: all of it or nothing."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select
from sqlmodel import Session

from app.accounts.models import Account
from app.consultations.models import Consultation
from app.core import clock
from app.core.columns import table
from app.demo import content
from app.demo.answering import note_answers
from app.demo.clocking import enter_holidays, note_clock
from app.demo.coding import note_themes
from app.demo.consulting import note_consultation
from app.demo.contributing import note_comments, note_proposals
from app.demo.diary import Diary, District
from app.demo.merging import note_merges
from app.demo.people import move_in
from app.demo.places import know_areas, set_up_offices
from app.demo.voting import note_votes

#: The province and how long before today the story begins.
PROVINCE = "33"
BEGINNING = timedelta(days=150)
Told = Callable[[int, int], object]


def empty(session: Session) -> bool:
    """Whether nobody has used this database yet."""
    return all(session.execute(select(table(model).c.id).limit(1)).first() is None for model in (Account, Consultation))


def load(session: Session, told: Told, base_url: str) -> None:
    """Tell the whole story of the district; the regions of its province have been loaded before.

    `base_url` is where the links of mail lead that people get for an answer.
    """
    diary, district = Diary(clock.now()), District()
    know_areas(session, district)
    with clock.told(diary.now - BEGINNING):
        set_up_offices(session, district)
        move_in(session, district)
        enter_holidays(session)
    for consultation in content.consultations():
        note_consultation(diary, district, consultation)
        note_proposals(diary, district, consultation)
        note_comments(diary, district, consultation)
        note_merges(diary, district, consultation, base_url)
        note_votes(diary, district, consultation)
        note_answers(diary, district, consultation, base_url)
        note_clock(diary, district, consultation)
        note_themes(diary, district, consultation, base_url)
    diary.happen(session, told)
