"""The charter: written at the desk, read by everyone."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.consultations import actions, queries
from app.consultations.forms import CRITERIA, CharterForm, typed_charter, whole_promises, whole_rule
from app.consultations.queries import ConsultationView
from app.core import access, db, web
from app.core.access import Conflict, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_
from app.rules.canonical import canonical

router = APIRouter()
Mine = Annotated[ConsultationView, guard("consultations.edit", queries.at_desk)]
Readable = Annotated[ConsultationView, guard("consultations.read", queries.in_path)]


def _form_page(request: Request, session: Session, view: ConsultationView, form: Submission[Any]) -> Response:
    return web.render(
        request,
        "consultations/charter_form.html",
        form.status,
        form=form,
        view=view,
        ways=queries.ways_of(view),
        rows=CRITERIA,
        lacking=queries.lacking(session, view),
    )


@router.get("/desk/consultations/{slug}/charter")
def write(request: Request, session: db.Read, view: Mine) -> Response:
    """The charter of a draft, in one form."""
    if view.opened_at is not None:
        raise access.Missing
    return _form_page(request, session, view, blank(**typed_charter(queries.promised(session, view.id))))


@router.post("/desk/consultations/{slug}/charter")
async def save(
    request: Request,
    session: db.Read,
    actor: access.CurrentActor,
    view: Mine,
    form: Annotated[Submission[Any], submitted(CharterForm)],
) -> Response:
    """Give a draft its charter."""
    whole_promises(form)
    whole_rule(form)
    if form.valid:
        try:
            await db.write(actions.set_charter, actor, view.id, form.checked.content(), request.state.arrived)
        except Conflict as refused:
            form.refuse(refused.reason)
        else:
            return web.done(request, f"/desk/consultations/{view.slug}", N_("The charter is saved."))
    return _form_page(request, session, view, form)


@router.get("/consultations/{slug}/charter/rule.json")
def rule(session: db.Read, view: Readable) -> Response:
    """The counting rule in the spelling that its fingerprint is of."""
    return Response(canonical(queries.rule(session, view)), media_type="application/json")


@router.get("/consultations/{slug}/charter.json")
@router.get("/consultations/{slug}/charter")
def read(request: Request, session: db.Read, view: Readable) -> Response:
    """What is promised, in plain words, or in the spelling that the fingerprint is of."""
    if web.wants_json(request):
        return Response(canonical(queries.charter(session, view.id)), media_type="application/json")
    page, charter = queries.consultation_page(session, view), queries.charter_page(session, view)
    return web.render(request, "consultations/charter.html", view=view, page=page, charter=charter)
