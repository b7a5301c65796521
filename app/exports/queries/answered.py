"""Asked, said, answered: the whole account of a consultation, which page, data and files all tell from here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlmodel import Session

from app.consultations import queries as consultations
from app.core import db
from app.core.i18n import N_
from app.decisions import queries as decisions
from app.rules.small_counts import Row
from app.themes import queries as themes

#: Why a passage stands for a theme, in words.
WHY = {
    "typical": N_("Typical"),
    "against": N_("From a comment against a proposal with it"),
    "unlike": N_("Unlike the others"),
}
#: The columns of each table, by its name in addresses and sheets. A place is one, none at all, or the rest together.
TABLES = {
    "balance": ("received", "coded", "excluded", "pending"),
    "themes": ("theme", "stance", "lang", "contributions", "people"),
    "places": ("theme", "what", "code", "place", "contributions"),
    "quotes": ("theme", "why", "code", "quote", "lang"),
    "weeks": ("week", "contributions"),
}
#: The columns of all codings that stand; without words where they may not be quoted.
PASSAGES = ("theme", "code", "kind", "proposal", "stance", "version", "passage", "lang")
CHUNK = 300


@dataclass(frozen=True)
class PlaceShown:
    """How many contributions are about a place, about none that is named, or about all the others together."""

    what: str
    code: str | None
    place: str | None
    contributions: int


@dataclass(frozen=True)
class Account:
    """What was asked, what was said, what was answered and what was decided."""

    consultation: consultations.ConsultationView
    said: themes.AllSaid
    decision: decisions.DecisionView | None

    def places(self, row: Row) -> tuple[PlaceShown, ...]:
        """A row by place, the most first, the rest last; nothing where only its total may be shown."""
        if not row.told:
            return ()
        order = sorted(row.shown.items(), key=lambda it: (-it[1], it[0]))
        named = [_place(code, self.said.place_names[code], number) for code, number in order]
        return (*named, *([PlaceShown("rest", None, None, row.rest)] if row.rest else []))

    @cached_property
    def facts(self) -> dict[str, Any]:
        """The same as data."""
        view, said = self.consultation, self.said
        asked = {"title": view.title, "summary": view.summary, "lang": view.lang, "office": view.office}
        return {
            "consultation": view.slug,
            "asked": asked,
            "balance": vars(said.reconciled.counted),
            "codebook": said.book.number if said.book else None,
            "seed": said.seed or None,
            "people": said.people,
            "themes": [self._theme(one) for one in said.themes],
            "places": [vars(it) for it in self.places(said.places)],
            "weeks": [{"week": monday.isoformat(), "contributions": number} for monday, number in said.weeks],
            "decision": self.decision.number if self.decision else None,
        }

    def _theme(self, one: themes.ThemeSaid) -> dict[str, Any]:
        return {
            "theme": one.theme.number,
            "stance": one.theme.says,
            "lang": one.theme.says_lang,
            "contributions": one.weight.contributions,
            "people": one.weight.people,
            "places": [vars(it) for it in self.places(one.places)],
            "quotes": [{"why": it.why, "code": it.code, "quote": it.shown, "lang": it.lang} for it in one.voices],
        }

    def rows(self, table: str) -> Iterator[Sequence[Any]]:
        """A table, row by row, made of the same facts."""
        facts = self.facts
        if table == "balance":
            yield tuple(facts["balance"][name] for name in TABLES[table])
        elif table == "places":
            every = [(None, facts["places"]), *((theme["theme"], theme["places"]) for theme in facts["themes"])]
            yield from ((theme, *it.values()) for theme, places in every for it in places)
        elif table == "quotes":
            yield from ((theme["theme"], *it.values()) for theme in facts["themes"] for it in theme["quotes"])
        else:
            yield from (tuple(it[name] for name in TABLES[table]) for it in facts[table])


def _place(code: str, name: str, number: int) -> PlaceShown:
    return PlaceShown("place", code, name, number) if code else PlaceShown("none", None, None, number)


def account(session: Session, consultation: consultations.ConsultationView) -> Account:
    """The account of a consultation, in as many queries whatever was said."""
    said = themes.all_said(session, consultation)
    decision = decisions.of_consultation(session, consultation.id, consultation) if consultation.decided_at else None
    return Account(consultation, said, decision if decision and decision.published_at else None)


def passages(consultation: consultations.ConsultationView) -> Iterator[Sequence[Any]]:
    """Every coding that stands, as a row of `PASSAGES`, a few hundred at a time: what the quotes are chosen from."""
    after = 0
    while True:
        with db.reading() as session:
            found = themes.passages(session, consultation, after, CHUNK)
        if not found:
            return
        yield from ((it.theme, it.code, it.kind, it.proposal, it.stance, it.version, it.quote, it.lang) for it in found)
        after = found[-1].contribution
