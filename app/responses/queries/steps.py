"""An official text on its way: what was done to it and by whom, what counts of that, and what it waits for."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any

from fastapi import Path
from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.accounts.models import Account
from app.consultations import queries as consultations
from app.core import db
from app.core.access import Actor, Missing
from app.core.columns import table
from app.core.i18n import language
from app.offices.models import Office
from app.responses.models import Response, ResponseStep
from app.responses.queries.by_theme import coded_with, reach
from app.responses.queries.desk import Answered, answered_by
from app.rules import signing
from app.rules.canonical import digest as digest_of
from app.rules.signing import Act, Stage
from app.themes import queries as themes
from app.themes.queries import ThemeName


@dataclass(frozen=True)
class StepView:
    """Something somebody did to an official text."""

    act: Act
    account_id: int | None
    person: int | None
    name: str
    role: str
    office: str
    note: str
    digest: str
    at: datetime


@dataclass(frozen=True)
class ResponseView(consultations.Within):
    """An official text at the desk, drafted or published."""

    id: int
    consultation: consultations.ConsultationView
    status: str
    refers_to: str
    text: str
    other_text: str
    lang: str
    published_at: datetime | None
    items: tuple[Answered, ...]
    #: The office that answers, which may be another than the one in charge.
    answering: int
    office: str
    steps: tuple[StepView, ...]
    reused_id: int | None = None
    #: The theme it is written for. Whom it reaches follows from the codings; `items` are those with an exception then.
    theme: ThemeName | None = None
    reach: int = 0

    @property
    def owing(self) -> frozenset[int]:
        """The office that answers, for permissions."""
        return frozenset({self.answering})

    @cached_property
    def digest(self) -> str:
        """What a step is taken of: text, status, list and exceptions. An author who edits meanwhile voids no step.

        Of a text for a theme it is what the theme means in place of the list, so that coding goes on meanwhile.
        """
        said = {it.code: [it.exception, it.other_exception] for it in self.exceptions}
        return digest_of(
            {
                "v": 1,
                "office": self.answering,
                "status": self.status,
                "refers_to": self.refers_to,
                "lang": self.lang,
                "text": self.text,
                "other_text": self.other_text,
                "answers": [] if self.theme else sorted(item.code for item in self.items),
                **({"exceptions": said} if said else {}),
                **({"theme": [self.theme.number, self.theme.since]} if self.theme else {}),
            }
        )

    @property
    def done(self) -> list[signing.Done]:
        """What was done to it, as the rule of the steps knows it."""
        return [signing.Done(step.act, step.person, step.digest) for step in self.steps]

    @cached_property
    def standing(self) -> signing.Standing:
        """Which steps count, and what comes next."""
        return signing.standing(self.done, self.digest)

    def step(self, act: Act) -> StepView | None:
        """The step of this kind that counts, if it was taken."""
        return next((self.steps[place] for place in self.standing.counting if self.steps[place].act is act), None)

    @property
    def counting(self) -> tuple[StepView, ...]:
        """The steps that count, in their order."""
        return tuple(self.steps[place] for place in self.standing.counting)

    @property
    def given(self) -> tuple[StepView, ...]:
        """Who gave it, once published, to contributions in which its theme was found later."""
        return tuple(it for it in self.steps if it.act is Act.GIVING)

    @property
    def void(self) -> tuple[StepView, ...]:
        """Steps that were taken before the text changed, or before it was sent back."""
        counting = set(self.standing.counting)
        done = enumerate(self.steps)
        return tuple(it for place, it in done if place not in counting and it.act in (*signing.STEPS, Act.RETURN))

    @property
    def sent_back(self) -> StepView | None:
        """Who sent it back and why, as long as it was not handed on again."""
        return self.steps[self.standing.sent_back] if self.standing.sent_back is not None else None

    @property
    def exceptions(self) -> tuple[Answered, ...]:
        """What is answered with words of its own."""
        return tuple(it for it in self.items if it.exception or it.other_exception)

    @property
    def page(self) -> str:
        """Where the next step is taken."""
        return f"/desk/answers/{self.id}{PLACES[self.standing.stage]}"


#: Where each step is taken, below the address of the text.
PLACES = {
    Stage.WRITING: "",
    Stage.SENT_BACK: "",
    Stage.CHECK: "/check",
    Stage.SIGNATURE: "/signature",
    Stage.PUBLICATION: "/publication",
    Stage.PUBLISHED: "",
}

_r, _s, _o, _a = (table(model).c for model in (Response, ResponseStep, Office, Account))
_ONE = themes.with_names(
    select(table(Response), _o.name, _o.name_en, *themes.name_columns()).join(table(Office), _o.id == _r.office_id),
    _r.theme_id,
).where(_r.id == bindparam("number"))
_STEPS = (
    select(_s.act, _s.account_id, _s.participant_id, _s.name, _s.role, _s.note, _s.digest, _s.at,
           _o.name.label("office"), _o.name_en.label("office_en"))
    .select_from(table(ResponseStep))
    .outerjoin(table(Office), _o.id == _s.office_id)
    .where(_s.response_id == bindparam("response"))
    .order_by(_s.id)
)  # fmt: skip
_LAST_ROLE = (
    select(_s.role)
    .where(_s.account_id == bindparam("account"), _s.role != "")
    .order_by(_s.id.desc())
    .limit(1)
)  # fmt: skip


def in_path(session: db.Read, number: Annotated[int, Path(ge=1, lt=2**63)]) -> ResponseView:
    """The official text a desk address names."""
    return by_id(session, number)


def by_id(session: Session, number: int) -> ResponseView:
    """An official text by its row number."""
    row = session.execute(_ONE, {"number": number}).first()
    if row is None:
        raise Missing
    theme = themes.named_by(row)
    return ResponseView(
        id=row.id,
        consultation=consultations.by_id(session, row.consultation_id),
        status=row.status,
        refers_to=row.refers_to,
        text=row.text,
        other_text=row.other_text,
        lang=row.lang,
        published_at=row.published_at,
        items=answered_by(session, number),
        answering=row.office_id,
        office=_named(row.name, row.name_en),
        reused_id=row.reused_id,
        theme=theme,
        reach=reach(session, theme.id) if theme else 0,
        steps=tuple(_step(it) for it in session.execute(_STEPS, {"response": number})),
    )


def answered_now(session: Session, response: ResponseView) -> tuple[Answered, ...]:
    """What a text answers as things stand: what was chosen, or everything in which its theme is found."""
    if response.theme is None or response.published_at is not None:
        return response.items
    return coded_with(session, response.theme.id, response.id)


def last_role(session: Session, actor: Actor) -> str:
    """What somebody last said they act as, so that they need not write it each time."""
    found = session.execute(_LAST_ROLE, {"account": actor.account}).scalar_one_or_none()
    return found or ""


def _step(row: Any) -> StepView:
    return StepView(
        Act(row.act), row.account_id, row.participant_id, row.name, row.role,
        _named(row.office or "", row.office_en), row.note, row.digest, row.at,
    )  # fmt: skip


def _named(name: str, english: str | None) -> str:
    return english if language.get() == "en" and english else name
