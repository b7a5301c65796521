"""The themes found in what was said in the district: a codebook, passages that carry a theme, what was left out."""

from collections.abc import Callable
from datetime import time

from sqlalchemy import select
from sqlmodel import Session

from app.contributions.models import Contribution
from app.core.access import Actor
from app.core.columns import table
from app.demo.answering import answering_theme
from app.demo.content import Told
from app.demo.diary import Diary, District
from app.themes import actions, queries
from app.themes.forms import CodebookForm, CodingForm, ExclusionForm, ThemeForm

#: So many days before today the office codes.
_DAY = -20
_c = table(Contribution).c


def note_themes(diary: Diary, district: District, told: Told, base_url: str) -> None:
    """Write down that the office published its codebook, found its themes, left some out, and answered a theme."""
    if told.get("themes"):
        diary.note(diary.day(_DAY, time(9)), _coding(district, told, base_url))
    for number, theme in enumerate(told.get("themes", ()), 1):
        if answer := theme.get("answer"):
            diary.note(diary.day(answer["day"], time(10)), answering_theme(district, told, number, answer, base_url))


def _coding(district: District, told: Told, base_url: str) -> Callable[[Session], None]:
    def code(session: Session) -> None:
        official, consultation = district.official(told["office"]), district.consultations[told["slug"]]
        for theme in told["themes"]:
            form = ThemeForm(
                stance=theme["stance"], other_stance=theme["stance_en"], includes=theme["includes"],
                excludes=theme["excludes"],
            )  # fmt: skip
            actions.keep_theme(session, official, consultation, form)
        actions.publish(session, official, consultation, CodebookForm(reason=""))
        said = _texts(session, consultation)
        for number, theme in enumerate(told["themes"], 1):
            for quote in theme["found"]:
                _find(session, official, _with(said, quote), number, quote)
        for one in told["left_out"]:
            form_ = ExclusionForm(ground=one["ground"], text=one["text"])
            actions.exclude(session, official, _with(said, one["quote"]).code, form_, base_url)
        actions.compare(session, official, consultation)

    return code


def _texts(session: Session, consultation: int) -> list[queries.Words]:
    codes = session.execute(select(_c.code).where(_c.consultation_id == consultation)).scalars().all()
    return [queries.words(session, code) for code in codes]


def _with(said: list[queries.Words], quote: str) -> queries.Words:
    """The one contribution with these words."""
    (found,) = (one for one in said if quote in one.text)
    return found


def _find(session: Session, official: Actor, item: queries.Words, theme: int, quote: str) -> None:
    actions.assign(session, official, item.code, CodingForm(theme=theme, quote=quote, seen=item.h))
