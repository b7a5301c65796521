"""One state of a consultation beside another: texts word by word, dates and figures in words."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.consultations.queries.charter import promised, rule_of
from app.consultations.queries.checklist import CHARTER_PARTS, in_words
from app.consultations.queries.desk import typed_texts
from app.consultations.queries.lists import topics
from app.consultations.queries.pages import TEXTS, WORDS_OF_KIND, lang_of, span
from app.consultations.queries.views import ConsultationView
from app.core import clock
from app.core.i18n import LANGUAGES, N_, Message, say
from app.core.textdiff import Paragraph, compare
from app.rules import charters, phases
from app.rules.canonical import canonical

_NAMES = {
    "closing": N_("Closed early"),
    "cancellation": N_("Cancelled"),
    "document": N_("Documents"),
}
_CHOSEN = {
    "lang": N_("Language of the question"),
    "area": N_("Place it is about"),
    "topics": N_("Topics"),
    "voting": N_("What a vote can say"),
    "vote_limit": N_("Supports for each person"),
    "open_counts": N_("Show counts while people vote"),
}
_OPTIONS = {
    "support": N_("Support only"),
    "three": N_("Support, oppose or neutral"),
    "limited": N_("A limited number of supports for each person"),
    "yes": N_("Yes"),
    **LANGUAGES,
}


@dataclass(frozen=True)
class Change:
    """One thing that changed; a text shows what was added and removed, a date shows before and after."""

    what: str
    label: str
    before: str
    after: str
    paragraphs: tuple[Paragraph, ...] = ()
    lang: str = ""
    rules: tuple[dict[str, Any], ...] = ()


def change_of(what: str, before: str, after: str, lang: str, cast: Mapping[str, Any]) -> Change:
    """One recorded difference, ready to be shown; `lang` is the language of the first texts.

    `cast` says how votes are cast, which a counting rule is read together with.
    """
    if what in TEXTS:
        its_lang = _second(lang) if what.startswith("other_") else lang
        return Change(what, say(TEXTS[what]), before, after, compare(before, after).paragraphs, its_lang)
    if what.startswith("charter."):
        return _charter_change(what, before, after, lang, cast)
    if what in ("phase", "closing"):
        old, new = json.loads(before), json.loads(after)
        kind = say(WORDS_OF_KIND[old["kind"]])
        label = kind if what == "phase" else f"{say(_NAMES['closing'])}: {kind}"
        return Change(what, label, _dates(old), _dates(new))
    return Change(what, say(_NAMES[what]), before, after)


def _charter_change(what: str, before: str, after: str, lang: str, cast: Mapping[str, Any]) -> Change:
    """A part of the charter: texts word by word; figures are said in words first, and compared so."""
    part = what.removeprefix("charter.")
    other = part.startswith("other_")
    name = CHARTER_PARTS[part.removeprefix("other_")]
    label = say(N_("%(part)s, second language"), {"part": Message(name)}) if other else say(name)
    if part == "rule":
        return Change(what, label, before, after, rules=tuple(_rule_in_force(one, cast) for one in (before, after)))
    if part in charters.TEXTS or other:
        its_lang = _second(lang) if other else lang
        return Change(what, label, before, after, compare(before, after).paragraphs, its_lang)
    before, after = (in_words(part, one) for one in (before, after))
    return Change(
        what, label, before, after, compare(before, after).paragraphs, lang if part in ("criteria", "notes") else ""
    )


def _rule_in_force(stored: str, cast: Mapping[str, Any]) -> dict[str, Any]:
    """A counting rule with how votes were cast under it, which an amendment cannot change."""
    return {name: cast[name] for name in ("voting", "limit", "counts")} | (json.loads(stored) or dict(charters.COUNTED))


def _second(lang: str) -> str:
    return "en" if lang == "id" else "id"


def _dates(phase: dict[str, str]) -> str:
    return span(datetime.fromisoformat(phase["opens"]), datetime.fromisoformat(phase["closes"]))


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The parts in which two charters differ, each with both states: texts as they are, all else canonically."""
    for part in sorted({*before, *after} - {"v", "other"}):
        old, new = before.get(part), after.get(part)
        if old != new:
            yield part, _spelled(part, old), _spelled(part, new)
    first, second = before.get("other", {}), after.get("other", {})
    for part in sorted({*first, *second}):
        if first.get(part, "") != second.get(part, ""):
            yield f"other_{part}", first.get(part, ""), second.get(part, "")


def _spelled(part: str, value: Any) -> str:
    return value or "" if part in charters.TEXTS or part == "influence" else canonical(value).decode()


def charter_apart(session: Session, view: ConsultationView, typed: Mapping[str, Any]) -> tuple[Change, ...]:
    """Where a typed charter differs from the one that is stored by now."""
    stored, lang = promised(session, view.id), lang_of(session, view.id)
    cast = rule_of(view, stored)
    return tuple(change_of(f"charter.{part}", old, new, lang, cast) for part, old, new in differing(stored, typed))


def reopened_by(session: Session, view: ConsultationView, typed: Mapping[str, Any]) -> charters.Reopening | None:
    """What a typed charter would reopen if it were published now; None where it would be refused."""
    changed = {part for part, _, _ in differing(promised(session, view.id), typed)}
    voting = [phase for phase in view.phases if phases.VOTE in phase.acts]
    decided = charters.reopening(changed, voting, clock.now(), view.rule_from)
    return decided if isinstance(decided, charters.Reopening) else None


def texts_apart(session: Session, consultation_id: int, typed: Mapping[str, Any]) -> tuple[Change, ...]:
    """Where typed texts, and what else a draft's form asks, differ from what is stored by now."""
    stored = typed_texts(session, consultation_id)
    texts = [(name, stored[name], str(typed.get(name, ""))) for name in TEXTS]
    found = [change_of(name, old, new, stored["lang"], {}) for name, old, new in texts if old != new]
    named = {topic.slug: topic.name for topic in topics(session)}
    for name, label in _CHOSEN.items() if "voting" in typed else ():
        before, after = (_in_words(one, named) for one in (stored[name], typed.get(name)))
        if before != after:
            found.append(Change(name, say(label), before, after))
    return tuple(found)


def _in_words(chosen: Any, topics_named: Mapping[str, str]) -> str:
    """What was chosen in a form, whether it comes from there or from the database."""
    if isinstance(chosen, list):
        return ", ".join(sorted(topics_named.get(one, one) for one in chosen))
    spelled = "" if chosen in (None, False) else "yes" if chosen is True else str(chosen)
    return say(_OPTIONS[spelled]) if spelled in _OPTIONS else spelled
