"""The tree of offices and the areas for everyone, and the administrators' pages about offices."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from sqlmodel import Session

from app.core import access, db, web
from app.core.access import guard
from app.core.forms import Submission, blank, clean_line, submitted
from app.core.i18n import N_
from app.offices import actions, queries
from app.offices.forms import OfficeForm
from app.offices.queries import OfficeView

router = APIRouter()
Places = tuple[queries.AreaView, ...]
Mine = Annotated[OfficeView, guard("offices.edit", queries.in_path)]


@router.get("/areas.json", dependencies=[guard("offices.read")])
@router.get("/areas", dependencies=[guard("offices.read")])
def areas(
    request: Request,
    session: db.Read,
    q: Annotated[str, Query(max_length=200)] = "",
    area: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Places to suggest for what is being typed; `area` is the name under which the field sends itself."""
    asked = clean_line(q or area)
    places = queries.matching_areas(session, asked)
    if web.wants_json(request):
        return JSONResponse([{"code": it.code, "name": it.name, "path": it.path} for it in places])
    if web.is_htmx(request):
        return web.render(request, "offices/_areas.html", places=places)
    return web.render(request, "offices/areas.html", places=places, form=blank(q=asked), asked=asked)


@router.get("/offices.json", dependencies=[guard("offices.read")])
@router.get("/offices", dependencies=[guard("offices.read")])
def tree(request: Request, session: db.Read) -> Response:
    """All offices as a tree."""
    branches = queries.tree(session)
    if web.wants_json(request):
        return JSONResponse([_branch(branch) for branch in branches])
    return web.render(request, "offices/tree.html", branches=branches)


def _branch(branch: queries.Branch) -> dict[str, Any]:
    return queries.facts(branch.office) | {"offices": [_branch(below) for below in branch.below]}


@router.get("/admin/offices", dependencies=[guard("offices.edit")])
def admin(request: Request, session: db.Read) -> Response:
    """All offices, to be set up, changed and closed."""
    return web.render(request, "offices/admin.html", branches=queries.tree(session))


def sent(
    session: db.Read, form: Annotated[Submission[OfficeForm], submitted(OfficeForm)]
) -> tuple[Submission[OfficeForm], Places]:
    """An office as typed, held against the known places."""
    places = queries.chosen_area(session, form)
    return form, places


Sent = Annotated[tuple[Submission[OfficeForm], Places], Depends(sent)]


def _form_page(
    request: Request,
    session: Session,
    form: Submission[Any],
    office: OfficeView | None = None,
    places: Places = (),
) -> Response:
    choices = queries.office_choices(session, but=office.id if office else None)
    return web.render(
        request, "offices/form.html", form.status, form=form, office=office, places=places, choices=choices
    )


@router.get("/admin/offices/new", dependencies=[guard("offices.edit")])
def new(request: Request, session: db.Read) -> Response:
    """An empty form for an office."""
    return _form_page(request, session, blank())


@router.post("/admin/offices", dependencies=[guard("offices.edit")])
async def create(request: Request, session: db.Read, actor: access.CurrentActor, sent: Sent) -> Response:
    """Set up an office."""
    form, places = sent
    slug = await form.attempt(lambda sent: db.write(actions.create, actor, sent, request.state.arrived))
    if form.valid:
        return web.done(request, f"/offices/{slug}", N_("The office is set up."))
    return _form_page(request, session, form, places=places)


@router.get("/admin/offices/{slug}")
def edit(request: Request, session: db.Read, office: Mine) -> Response:
    """What is said of an office, to be changed."""
    return _form_page(request, session, blank(**queries.typed_office(session, office.id)), office)


@router.post("/admin/offices/{slug}")
async def save(request: Request, session: db.Read, actor: access.CurrentActor, office: Mine, sent: Sent) -> Response:
    """Change what is said of an office."""
    form, places = sent
    await form.attempt(lambda sent: db.write(actions.edit, actor, office.id, sent, request.state.arrived))
    if form.valid:
        return web.done(request, office.url, N_("The office is changed."))
    return _form_page(request, session, form, office, places)


@router.get("/admin/offices/{slug}/closing")
def confirm_closing(request: Request, office: Mine) -> Response:
    """What closing an office means, before it is done."""
    return web.render(request, "offices/closing.html", office=office)


@router.post("/admin/offices/{slug}/closing")
async def close(request: Request, actor: access.CurrentActor, office: Mine) -> Response:
    """Close an office."""
    await db.write(actions.close, actor, office.id, request.state.arrived)
    return web.done(request, office.url, N_("The office is closed. Its page stays readable."))


@router.post("/admin/offices/{slug}/reopening")
async def reopen(request: Request, actor: access.CurrentActor, office: Mine) -> Response:
    """Open a closed office again."""
    await db.write(actions.reopen, actor, office.id, request.state.arrived)
    return web.done(request, office.url, N_("The office is open again."))
