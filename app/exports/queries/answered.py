"""Asked, said, answered: the whole account of a consultation, which page, data and files all tell from here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlmodel import Session

from app.consultations import queries as consultations
from app.core import db
from app.core.i18n import N_
from app.decisions import queries as decisions
from app.responses import queries as responses
from app.rules.small_counts import Row
from app.themes import queries as themes

#: Why a passage stands for a theme, in words.
WHY = {
    "typical": N_("Typical"),
    "against": N_("From a comment against a proposal with it"),
    "unlike": N_("Unlike the others"),
}
#: What is told of the answer to a theme, and its columns beside the theme.
ANSWERED = ("status", "refers_to", "office", "signed_by", "published", "reached", "text", "lang")
ANSWER = tuple(f"answer_{name}" for name in ANSWERED)
#: What an office does that changes something, in the order in which the page tells it.
CHANGING = ("adopted", "partly", "already-planned")
#: The columns of each table, by its name in addresses and sheets. A place is one, none at all, or the rest together.
TABLES = {
    "balance": ("received", "coded", "excluded", "pending", "answered"),
    "themes": ("theme", "stance", "lang", "contributions", "arguments", "people", *ANSWER),
    "places": ("theme", "what", "code", "place", "contributions"),
    "quotes": ("theme", "why", "code", "quote", "lang"),
    "weeks": ("week", "contributions"),
}
#: The columns of all codings that stand; without words where they may not be quoted.
PASSAGES = ("theme", "code", "kind", "proposal", "stance", "version", "campaign", "passage", "lang")
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
    #: The published answer for each theme that has one, by the theme's row number.
    answers: Mapping[int, responses.ThemeAnswer]
    decision: decisions.DecisionView | None

    @property
    def answered(self) -> tuple[tuple[themes.ThemeSaid, responses.ThemeAnswer], ...]:
        """The themes that are answered, the heaviest first, each with its answer."""
        found = ((one, self.answers.get(one.theme.id)) for one in self.said.themes)
        return tuple((one, answer) for one, answer in found if answer is not None)

    @property
    def waiting(self) -> tuple[themes.ThemeSaid, ...]:
        """The themes that were found somewhere and wait for an answer."""
        return tuple(one for one in self.said.themes if one.weight.contributions and one.theme.id not in self.answers)

    @property
    def changing(self) -> tuple[tuple[str, tuple[themes.ThemeSaid, ...]], ...]:
        """What the answers change: the themes by what the office does, without what changes nothing."""
        by_status = ((act, tuple(one for one, answer in self.answered if answer.status == act)) for act in CHANGING)
        return tuple((act, some) for act, some in by_status if some)

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
            "answered": said.reconciled.answered,
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
            "arguments": one.weight.arguments,
            "people": one.weight.people,
            "places": [vars(it) for it in self.places(one.places)],
            "answer": _answer(self.answers.get(one.theme.id)),
            "quotes": [{"why": it.why, "code": it.code, "quote": it.shown, "lang": it.lang} for it in one.voices],
        }

    def rows(self, table: str) -> Iterator[Sequence[Any]]:
        """A table, row by row, made of the same facts."""
        facts = self.facts
        if table == "balance":
            yield (*facts["balance"].values(), facts["answered"])
        elif table == "places":
            every = [(None, facts["places"]), *((theme["theme"], theme["places"]) for theme in facts["themes"])]
            yield from ((theme, *it.values()) for theme, places in every for it in places)
        elif table == "quotes":
            yield from ((theme["theme"], *it.values()) for theme in facts["themes"] for it in theme["quotes"])
        elif table == "themes":
            for one in facts["themes"]:
                answer = one["answer"] or {}
                yield (*(one[name] for name in TABLES[table][: -len(ANSWER)]), *map(answer.get, ANSWERED))
        else:
            yield from (tuple(it[name] for name in TABLES[table]) for it in facts[table])


def _answer(answer: responses.ThemeAnswer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    told = {name: getattr(answer, name) for name in ANSWERED if name != "published"}
    return told | {"refers_to": answer.refers_to or None, "published": answer.published_at.isoformat()}


def _place(code: str, name: str, number: int) -> PlaceShown:
    return PlaceShown("place", code, name, number) if code else PlaceShown("none", None, None, number)


def account(session: Session, consultation: consultations.ConsultationView) -> Account:
    """The account of a consultation, in as many queries whatever was said."""
    said = themes.all_said(session, consultation)
    answers = responses.published_by_theme(session, consultation.id) if said.book else {}
    decision = decisions.of_consultation(session, consultation.id, consultation) if consultation.decided_at else None
    return Account(consultation, said, answers, decision if decision and decision.published_at else None)


def passages(consultation: consultations.ConsultationView) -> Iterator[Sequence[Any]]:
    """Every coding that stands, as a row of `PASSAGES`, a few hundred at a time: what the quotes are chosen from."""
    after = 0
    while True:
        with db.reading() as session:
            found = themes.passages(session, consultation, after, CHUNK)
        if not found:
            return
        for it in found:
            yield it.theme, it.code, it.kind, it.proposal, it.stance, it.version, it.campaign, it.quote, it.lang
        after = found[-1].contribution
