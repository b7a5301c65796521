"""What officials fill in for a consultation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, create_model
from pydantic_core import PydanticCustomError

from app.consultations.models import PhaseKind, Voting
from app.core import labels
from app.core.forms import Form, Line, LocalInstant, Prose, Submission, Text, Ticked, Words
from app.core.i18n import N_, Message
from app.rules import ballots, charters, questions
from app.rules import phases as rules

ROWS = 8
CRITERIA = 6
KINDS = tuple(kind.value for kind in PhaseKind)
_EARLIEST, _LATEST = 2000, 2100


class TextsForm(Form):
    """The question itself, in one language or two. `seen` is the fingerprint of what the page showed."""

    when_empty: ClassVar[Mapping[str, str]] = {"title": N_("Write the question.")}
    title: Words = Field(min_length=5, max_length=150)
    summary: Prose = Field("", max_length=600)
    background: Text = Field("", max_length=30_000)
    other_title: Line = Field("", max_length=150)
    other_summary: Text = Field("", max_length=600)
    other_background: Text = Field("", max_length=30_000)
    seen: Line = Field("", max_length=64)


class QuestionForm(Form):
    """A question to be checked for what may bend the answers."""

    when_empty: ClassVar[Mapping[str, str]] = TextsForm.when_empty
    title: Words = Field(max_length=150)
    lang: Literal["id", "en"] = "id"


class DraftForm(TextsForm):
    """A consultation that is being prepared."""

    lang: Literal["id", "en"] = "id"
    office: int = 0
    area: Line = Field("", max_length=200)
    topics: list[str] = Field([], max_length=20)
    voting: Voting = Voting.SUPPORT
    vote_limit: int | None = Field(None, ge=1, le=100)
    open_counts: Ticked = False


class ReasonForm(Form):
    """Why something public is done."""

    when_empty: ClassVar[Mapping[str, str]] = {"reason": N_("Write the reason; everyone can read it.")}
    reason: Prose = Field(min_length=10, max_length=1000)


class ClosingForm(ReasonForm):
    """Which of the open phases are ended early, and why."""

    phases: list[int] = Field([], max_length=ROWS)


class AmendForm(TextsForm, ReasonForm):
    """A public change to the question."""

    when_empty: ClassVar[Mapping[str, str]] = {**TextsForm.when_empty, **ReasonForm.when_empty}
    note: Text = Field("", max_length=1000)


@dataclass(frozen=True)
class PhaseRow:
    """A phase as typed."""

    number: int
    kind: str
    opens: datetime
    closes: datetime
    edit: bool

    @property
    def acts(self) -> frozenset[str]:
        """What people can do in it."""
        return rules.acts_of(self.kind) | ({"edit"} if self.edit and self.kind == PhaseKind.VOTING else set())


class _Rows(Form):
    """Up to eight phases, each in fields with a number."""

    def rows(self) -> tuple[PhaseRow, ...]:
        """The rows that are filled in."""
        found = []
        for number in range(1, ROWS + 1):
            kind, opens, closes = (getattr(self, f"{name}_{number}") for name in ("kind", "opens", "closes"))
            if kind and opens and closes:
                found.append(PhaseRow(number, kind, opens, closes, getattr(self, f"edit_{number}")))
        return tuple(found)


class _ReasonedRows(_Rows, ReasonForm):
    """Phases together with the reason for moving them."""


def _fields() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for number in range(1, ROWS + 1):
        fields[f"kind_{number}"] = (Literal[("", *KINDS)], "")
        fields[f"opens_{number}"] = (LocalInstant | None, None)
        fields[f"closes_{number}"] = (LocalInstant | None, None)
        fields[f"edit_{number}"] = (Ticked, False)
    return fields


PhasesForm: type[_Rows] = create_model("PhasesForm", __base__=_Rows, **_fields())
DatesForm: type[_Rows] = create_model("DatesForm", __base__=_ReasonedRows, **_fields())


def _to_share(text: str) -> str:
    """A share as people write it, 1/2 or 50 %, in the spelling that is published."""
    plain = text.replace(" ", "").replace(",", ".")
    try:
        share = Fraction(plain.removesuffix("%")) / (100 if plain.endswith("%") else 1)
        return ballots.write_share(ballots.read_share(ballots.write_share(share)))
    except (ValueError, ZeroDivisionError):
        raise PydanticCustomError("no_share", N_("Write a share such as 1/2 or 2/3, or in percent.")) from None


Share = Annotated[Line, AfterValidator(lambda text: _to_share(text) if text else "")]


class _Charter(Form):
    """What an office promises; a draft may lack any of it. `seen` is the fingerprint of what the page showed."""

    engine: Literal["count/1", "approval/1"] = "count/1"
    quorum: int | None = Field(None, ge=1, le=300_000_000)
    turnout_least: Share = Field("", max_length=20)
    turnout_of: int | None = Field(None, ge=1, le=300_000_000)
    share_least: Share = Field("", max_length=20)
    share_of: Literal[("", *ballots.BASES)] = ""  # type: ignore[valid-type]
    share_more: Ticked = False
    most: int | None = Field(None, ge=1, le=1000)
    ties: Literal[("", *ballots.TIES)] = ""  # type: ignore[valid-type]
    influence: Literal[("", *charters.INFLUENCES)] = ""  # type: ignore[valid-type]
    threshold_supports: int | None = Field(None, ge=1, le=10_000_000)
    seen: Line = Field("", max_length=64)

    def content(self) -> dict[str, Any]:
        """The charter as it is stored; what was left empty is empty there too."""
        early = self._period("threshold")
        return {
            "v": 1,
            **{name: getattr(self, name) for name in charters.TEXTS},
            "influence": self.influence,
            "rule": self.rule(),
            "criteria": self.criteria(),
            "due": {
                **{kind: self._period(kind) for kind in charters.KINDS},
                "threshold": {"supports": self.threshold_supports, **early} if self.threshold_supports else None,
            },
            "other": {name: text for name in charters.TEXTS if (text := getattr(self, f"other_{name}"))},
        }

    def notes(self, flagged: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, Any]:
        """The public notes on what the question is flagged for, each with the words it is about."""
        written = ((kind, words, getattr(self, _note(kind))) for kind, words in flagged)
        return {kind: {"words": list(words), "note": note} for kind, words, note in written if note}

    def rule(self) -> dict[str, Any]:
        """The counting rule; an engine that only counts takes no parameters."""
        if self.engine not in ballots.CHOOSING:
            return dict(charters.COUNTED)
        share = {"least": self.share_least, "of": self.share_of, "more": self.share_more}
        return {
            "engine": self.engine,
            "quorum": self.quorum,
            "participation": {"least": self.turnout_least, "of": self.turnout_of} if self.turnout_least else None,
            "threshold": share if self.share_least else None,
            "most": self.most,
            "ties": self.ties,
        }

    def criteria(self) -> list[dict[str, Any]]:
        """The criteria that are filled in, with their weights where they have some."""
        rows = ((getattr(self, f"{name}_{n}") for name in ("criterion", "other_criterion", "weight"))
                for n in range(1, CRITERIA + 1))  # fmt: skip
        return [{"name": name, "other": other, "weight": weight} for name, other, weight in rows if name]

    def _period(self, kind: str) -> Any:
        days, basis = getattr(self, f"{kind}_days"), getattr(self, f"{kind}_basis")
        if basis == charters.NONE:
            return charters.NONE
        return {"days": days, "basis": basis} if days is not None and basis else None


def _note(kind: str) -> str:
    return f"note_{kind.replace('-', '_')}"


def _charter_fields() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name in charters.TEXTS:
        fields[name] = fields[f"other_{name}"] = (Text, Field("", max_length=5000))
    for kind in (*charters.KINDS, "threshold"):
        bases = charters.BASES if kind != "threshold" else (charters.WORKING, charters.CALENDAR)
        fields[f"{kind}_days"] = (int | None, Field(None, ge=1, le=366))
        fields[f"{kind}_basis"] = (Literal[("", *bases)], "")
    for kind in questions.KINDS:
        fields[_note(kind)] = (Text, Field("", max_length=1000))
    for number in range(1, CRITERIA + 1):
        fields[f"criterion_{number}"] = fields[f"other_criterion_{number}"] = (Line, Field("", max_length=200))
        fields[f"weight_{number}"] = (int | None, Field(None, ge=0, le=charters.WHOLE))
    return fields


class _ReasonedCharter(_Charter, ReasonForm):
    """A charter together with the reason for changing it, and the fingerprint of what was looked at last."""

    looked_at: Line = ""


CharterForm: type[_Charter] = create_model("CharterForm", __base__=_Charter, **_charter_fields())
AmendmentForm: type[_ReasonedCharter] = create_model("AmendmentForm", __base__=_ReasonedCharter, **_charter_fields())


def typed_charter(content: Mapping[str, Any]) -> dict[str, Any]:
    """A stored charter as the values of its form."""
    values: dict[str, Any] = {name: content.get(name, "") for name in (*charters.TEXTS, "influence")}
    values |= {f"other_{name}": text for name, text in content.get("other", {}).items()}
    values |= {_note(kind): kept["note"] for kind, kept in (content.get("notes") or {}).items()}
    values |= _typed_rule(charters.rule_of(content))
    for number, row in enumerate(content.get("criteria", ()), 1):
        values |= {f"criterion_{number}": row["name"], f"other_criterion_{number}": row["other"]}
        values[f"weight_{number}"] = row["weight"]
    for kind, stored in content.get("due", {}).items():
        given = stored if isinstance(stored, dict) else {"basis": stored or ""}
        values |= {f"{kind}_{name}": given.get(name) for name in ("days", "basis")}
        if kind == "threshold":
            values["threshold_supports"] = given.get("supports")
    return values


def _typed_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    turnout, share = rule.get("participation") or {}, rule.get("threshold") or {}
    return {
        **{name: rule.get(name) for name in ("engine", "quorum", "most", "ties")},
        **{f"turnout_{name}": turnout.get(name) for name in ("least", "of")},
        **{f"share_{name}": share.get(name) for name in ("least", "of", "more")},
    }


def whole_rule(form: Submission[Any]) -> None:
    """Blame a share without what it is a share of, and places without what happens to ties for them."""
    content = form.content
    if content is None or content.engine not in ballots.CHOOSING:
        return
    for name, message in (
        ("turnout", N_("Say how many people may vote.")),
        ("share", N_("Say what the share is a share of.")),
    ):
        if getattr(content, f"{name}_least") and not getattr(content, f"{name}_of"):
            form.blame(f"{name}_of", message)
    if content.turnout_of and not content.turnout_least:
        form.blame("turnout_least", N_("Say which share of them has to vote, or leave both fields empty."))
    if content.most and not content.ties:
        form.blame("ties", N_("Say what happens to proposals that tie for the last place."))


def whole_promises(form: Submission[Any]) -> None:
    """Blame a period without its days or the way they are counted, and a weight without its criterion."""
    content = form.content
    if content is None:
        return
    for kind in (*charters.KINDS, "threshold"):
        which = Message(labels.field(f"{kind}_days"))
        days, basis = getattr(content, f"{kind}_days"), getattr(content, f"{kind}_basis")
        if basis in (charters.WORKING, charters.CALENDAR) and days is None:
            form.blame(f"{kind}_days", N_("%(field)s: say within how many days."), field=which)
        if days is not None and not basis:
            form.blame(f"{kind}_basis", N_("%(field)s: say how the days are counted."), field=which)
    if content.threshold_supports and not content.threshold_basis:
        form.blame("threshold_basis", N_("%(field)s: say how the days are counted."), field=which)
    if content.threshold_basis and not content.threshold_supports:
        form.blame("threshold_supports", N_("Say from how many supports on."))
    for number in range(1, CRITERIA + 1):
        rest = getattr(content, f"other_criterion_{number}") or getattr(content, f"weight_{number}") is not None
        if rest and not getattr(content, f"criterion_{number}"):
            form.blame(f"criterion_{number}", N_("Name the criterion, or empty its row."))


class TopicForm(Form):
    """A topic's name, in one language or two."""

    when_empty: ClassVar[Mapping[str, str]] = {"name": N_("Write the name of the topic.")}
    name: Words = Field(min_length=2, max_length=60)
    name_en: Line = Field("", max_length=60)


class DocumentForm(Form):
    """What is said of an uploaded file."""

    when_empty: ClassVar[Mapping[str, str]] = {"title": N_("Write a title for the document.")}
    title: Words = Field(min_length=3, max_length=120)
    description: Line = Field("", max_length=300)
    reason: Text = Field("", max_length=1000)


class RemovalForm(Form):
    """Why a document is taken away; needed once the consultation is open."""

    reason: Text = Field("", max_length=1000)


HALF = N_("Write the question and the summary in the second language together, or leave both empty.")


def whole_translation(form: Submission[Any]) -> None:
    """Blame a second language that has a question without a summary, or the reverse."""
    if form.content is None:
        return
    texts = form.content
    if bool(texts.other_title) != bool(texts.other_summary) or (texts.other_background and not texts.other_title):
        form.blame("other_title" if not texts.other_title else "other_summary", HALF)


def whole_rows(form: Submission[Any]) -> None:
    """Blame rows that are half filled in, close before they open, or lie out of all time."""
    content = form.content
    if content is None:
        return
    for number in range(1, ROWS + 1):
        kind, opens, closes = (getattr(content, f"{name}_{number}") for name in ("kind", "opens", "closes"))
        if not (kind or opens or closes):
            continue
        for name, value in (("kind", kind), ("opens", opens), ("closes", closes)):
            if not value:
                form.blame(f"{name}_{number}", N_("Phase %(n)s: fill in this field, or empty the whole row."), n=number)
        for name, moment in (("opens", opens), ("closes", closes)):
            if moment and not _EARLIEST <= moment.year <= _LATEST:
                form.blame(f"{name}_{number}", N_("Phase %(n)s: check the year."), n=number)
        if opens and closes and opens >= closes:
            form.blame(f"closes_{number}", N_("Phase %(n)s has to close after it opens."), n=number)


def typed_rows(phases: Any) -> dict[str, Any]:
    """Known phases as the values of the numbered fields."""
    values: dict[str, Any] = {}
    for number, phase in enumerate(phases, 1):
        values |= {
            f"kind_{number}": phase.kind,
            f"opens_{number}": phase.opens,
            f"closes_{number}": phase.closes,
            f"edit_{number}": phase.kind == PhaseKind.VOTING and "edit" in phase.acts,
        }
    return values
