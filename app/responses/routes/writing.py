"""The desk where official answers are written: what waits for one, and one text for one or many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.consultations import queries as consultations
from app.contributions.models import STATUSES
from app.core import db, web
from app.core.access import CurrentActor, Missing, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_, gettext
from app.core.paging import Cursor
from app.core.textdiff import Comparison, compare
from app.proposals import queries as proposals
from app.proposals.queries import ProposalView
from app.responses import actions, queries
from app.responses.forms import MANY, NO_ROLE, ResponseForm
from app.themes import queries as themes

router = APIRouter()
Consultation = Annotated[consultations.ConsultationView, guard("responses.write", queries.to_answer)]
Draft = Annotated[queries.ResponseView, guard("responses.write", queries.in_path)]
Codes = Annotated[tuple[str, ...], Query(max_length=500)]
State = Literal["unanswered", "drafted", "answered"]
KindWord = Literal["proposal", "comment"]
Under = Annotated[str, Query(max_length=40)]
NONE: tuple[str, ...] = ()
#: The longest search for an earlier answer.
LONGEST = 200
#: No number of a row is as long as this.
LONGEST_NUMBER = 19


@dataclass(frozen=True)
class Listed:
    """Which list of the desk was asked for; `under` narrows comments to those on one proposal."""

    state: State = "unanswered"
    kind: KindWord = "proposal"
    under: Under = ""
    after: Cursor = ""

    def address(self, consultation: consultations.ConsultationView, **changes: str) -> str:
        """The address of this list with changes; a page further on is named by a change only."""
        asked = {"state": self.state, "kind": self.kind if self.kind != "proposal" else "", "under": self.under}
        kept = {name: value for name, value in (asked | changes).items() if value}
        return f"/desk/consultations/{consultation.slug}/answers?{urlencode(kept)}"


Asked = Annotated[Listed, Depends()]


@router.get("/desk/consultations/{slug}/answers")
def at_desk(request: Request, session: db.Read, consultation: Consultation, asked: Asked) -> Response:
    """The proposals or the comments of a consultation by where their answer stands, to choose from."""
    return _list(request, session, consultation, asked, blank())


def _under(session: Session, consultation: consultations.ConsultationView, asked: Listed) -> ProposalView | None:
    """The proposal whose comments are asked for."""
    found = proposals.at_code(session, asked.under) if asked.under and asked.kind == "comment" else None
    if found is not None and found.consultation.id != consultation.id:
        raise Missing
    return found


def _list(
    request: Request,
    session: Session,
    consultation: consultations.ConsultationView,
    asked: Listed,
    form: Submission[Any],
) -> Response:
    under = _under(session, consultation, asked)
    number = under.id if under else None
    found = queries.at_desk(session, consultation.id, asked.state, asked.after or None, asked.kind, number)
    return web.render(
        request,
        "responses/desk.html",
        form.status,
        consultation=consultation,
        form=form,
        found=found,
        asked=asked,
        under=under,
        address=partial(asked.address, consultation),
        most=MANY,
        progress=queries.progress_at_desk(session, consultation.id, asked.kind),
    )


def _codes(form: Submission[Any]) -> list[str]:
    """The codes in a form, in fields of their own or in one with spaces between them."""
    codes = form.values.get("proposal", [])
    return [code for field in ([codes] if isinstance(codes, str) else codes) for code in field.split()]


def page(
    request: Request,
    consultation: consultations.ConsultationView,
    form: Submission[Any],
    response: queries.ResponseView | None = None,
    preview: bool = False,
    drafts: Mapping[str, int] = MappingProxyType({}),
    left_out: Sequence[queries.Answered] = (),
    found: Sequence[queries.Earlier] | None = None,
) -> Response:
    """Where one text is written, for what was chosen or for a theme."""
    with db.reading() as session:
        theme = response.theme if response else _theme(session, consultation, form)
        reach = queries.reach(session, theme.id) if theme and not response else 0
        named = response.items if response and response.theme is None else ()
        known = named if {item.code for item in named} == set(_codes(form)) else None
        chosen = known or (queries.chosen(session, consultation.id, _codes(form)) if _codes(form) else ())
        elsewhere = queries.chosen(session, consultation.id, list(drafts)) if drafts else ()
        words = queries.disputes(session, [item.id for item in chosen]) if chosen else {}
        reused, apart = _apart(session, form)
        form.values.setdefault("role", queries.last_role(session, request.state.actor))
    statuses = [(code, gettext(name)) for code, name in STATUSES.items()]
    return web.render(
        request,
        "responses/write.html",
        form.status,
        consultation=consultation,
        form=form,
        chosen=chosen,
        disputes=[(item, words[item.id]) for item in chosen if words.get(item.id)],
        left_out=left_out,
        elsewhere=[(item, drafts[item.code]) for item in elsewhere],
        statuses=[("", gettext("Choose a status")), *statuses],
        response=response,
        theme=theme,
        reach=reach,
        preview=preview,
        found=found,
        reused=reused,
        apart=apart,
    )


def _theme(
    session: Session, consultation: consultations.ConsultationView, form: Submission[Any]
) -> themes.ThemeView | None:
    """The theme a new text is for."""
    number = _number(str(form.values.get("theme", "")))
    book = themes.in_force(session, consultation.id) if number else None
    return book.by_number.get(number) if book and number else None


@router.get("/desk/consultations/{slug}/answers/new")
def new(
    request: Request,
    session: db.Read,
    actor: CurrentActor,
    consultation: Consultation,
    asked: Asked,
    proposal: Codes = NONE,
    every: Annotated[Literal["", "yes"], Query(alias="all")] = "",
) -> Response:
    """The page on which one text is written for what was chosen, or for a whole list; drafts are gone on with there."""
    if every:
        under = _under(session, consultation, asked)
        listed = queries.at_desk(
            session, consultation.id, "unanswered", None, asked.kind, under.id if under else None, MANY
        )
        proposal = tuple(item.code for item in listed.items)
    if not proposal:
        form = blank()
        form.blame("proposal", N_("Choose at least one contribution."))
        return _list(request, session, consultation, asked, form)
    drafts = queries.drafts_with(session, consultation.id, list(proposal))
    left_out: tuple[queries.Answered, ...] = ()
    if len(proposal) > 1:  # one by itself is refused when it is sent, with what was written kept
        several = queries.chosen(session, consultation.id, proposal)
        left_out = queries.answered_elsewhere(session, actor, consultation, several)
    others = {item.code for item in left_out}
    free = [code for code in proposal if code not in drafts and code not in others]
    if not free and not left_out and len(set(drafts.values())) == 1:
        return RedirectResponse(f"/desk/answers/{next(iter(drafts.values()))}", 303)
    return page(request, consultation, blank(proposal=free), drafts=drafts, left_out=left_out)


@router.post("/desk/consultations/{slug}/answers")
async def create(
    request: Request,
    actor: CurrentActor,
    consultation: Consultation,
    form: Annotated[Submission[ResponseForm], submitted(ResponseForm)],
) -> Response:
    """Keep the text as a draft, show it, or go on to publishing."""
    return await _keep(request, actor, consultation, form, None)


@router.get("/desk/answers/{number}")
def edit_page(request: Request, response: Draft) -> Response:
    """A draft to go on with; a published answer to read."""
    form = blank(
        theme=response.theme.number if response.theme else None,
        proposal=[item.code for item in response.items] if response.theme is None else None,
        status=response.status,
        refers_to=response.refers_to,
        text=response.text,
        other_text=response.other_text,
        seen=response.digest,
        reused=response.reused_id or None,
    )
    return page(request, response.consultation, form, response)


@router.post("/desk/answers/{number}")
async def edit(
    request: Request,
    actor: CurrentActor,
    response: Draft,
    form: Annotated[Submission[ResponseForm], submitted(ResponseForm)],
) -> Response:
    """Change a draft."""
    return await _keep(request, actor, response.consultation, form, response)


async def _keep(
    request: Request,
    actor: CurrentActor,
    consultation: consultations.ConsultationView,
    form: Submission[ResponseForm],
    response: queries.ResponseView | None,
) -> Response:
    wished = str(request.state.typed.get("act", ""))
    if wished == "search" or wished.startswith("reuse-"):
        return await run_in_threadpool(_reuse, request, consultation, form, response, wished)
    if form.valid and wished == "preview":
        return await run_in_threadpool(page, request, consultation, form, response, True)
    handing_on = request.state.typed.get("act") == "hand-on"
    if form.valid and handing_on and not form.checked.role:
        form.blame("role", NO_ROLE)
    number = response.id if response else None
    act = actions.finish if handing_on else actions.draft
    number = await form.attempt(lambda sent: db.write(act, actor, consultation.id, sent, number))
    if not form.valid:
        drafts = await run_in_threadpool(_other_drafts, consultation.id, form, number)
        return await run_in_threadpool(page, request, consultation, form, response, drafts=drafts)
    if handing_on:
        return web.done(request, f"/desk/answers/{number}", N_("Handed on. Somebody else checks it now."))
    return web.done(request, f"/desk/answers/{number}", N_("Draft saved. Nothing is public yet."))


def _reuse(
    request: Request,
    consultation: consultations.ConsultationView,
    form: Submission[ResponseForm],
    response: queries.ResponseView | None,
    wished: str,
) -> Response:
    """The page with earlier answers that have the words, or with the text of one of them to go on from."""
    form.errors.clear()
    form.status = 200
    number = wished.removeprefix("reuse-")
    with db.reading() as session:
        words = str(request.state.typed.get("q", ""))[:LONGEST]
        found = queries.earlier(session, words) if wished == "search" else []
        chosen = queries.reused(session, _number(number))
    if chosen is not None:
        form.values |= {"text": chosen.text, "other_text": chosen.other_text, "reused": str(chosen.id)}
        form.values["status"] = form.values.get("status") or chosen.status
    form.values["q"] = words
    return page(request, consultation, form, response, found=found if wished == "search" else None)


def _number(typed: str) -> int | None:
    """The number of an answer as a form names it; whatever else is typed names none."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < LONGEST_NUMBER else None


def _apart(session: Session, form: Submission[Any]) -> tuple[queries.Earlier | None, Comparison | None]:
    """The answer a text began with, and what differs from it by now."""
    kept = queries.reused(session, _number(str(form.values.get("reused", ""))))
    return kept, compare(kept.text, str(form.values.get("text", ""))) if kept else None


def _other_drafts(consultation_id: int, form: Submission[ResponseForm], number: int | None) -> dict[str, int]:
    """The other drafts that answer one of the contributions of a form."""
    with db.reading() as session:
        found = queries.drafts_with(session, consultation_id, _codes(form))
    return {code: draft for code, draft in found.items() if draft != number}


@router.post("/desk/answers/{number}/removal")
async def remove(request: Request, actor: CurrentActor, response: Draft) -> Response:
    """Throw a draft away."""
    await db.write(actions.remove_draft, actor, response.id)
    return web.done(request, onward(actor, response), N_("The draft is gone."))


def onward(actor: CurrentActor, response: queries.ResponseView) -> str:
    """Where somebody goes on: to the answers of the consultation, or from what was handed over to what is owed."""
    if response.consultation.office_id in actor.offices:
        return f"/desk/consultations/{response.consultation.slug}/answers{'/themes' if response.theme else ''}"
    return "/desk/obligations"
