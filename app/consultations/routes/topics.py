"""The topics of the installation, for administrators."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.consultations import actions, queries
from app.consultations.forms import TopicForm
from app.core import access, db, web
from app.core.access import guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_

router = APIRouter()
TopicId = Annotated[int, Path(ge=1, le=2**53)]
Named = Annotated[Submission[TopicForm], submitted(TopicForm)]


def _page(request: Request, session: Session, form: Submission[Any], changing: int | None = None) -> Response:
    found = queries.all_topics(session)
    if changing is not None and all(row.id != changing for row in found):
        raise access.Missing
    return web.render(request, "consultations/topics.html", form.status, topics=found, form=form, changing=changing)


@router.get("/admin/topics", dependencies=[guard("consultations.arrange")])
def page(request: Request, session: db.Read) -> Response:
    """All topics, and a form for one more."""
    return _page(request, session, blank())


@router.post("/admin/topics", dependencies=[guard("consultations.arrange")])
async def add(request: Request, session: db.Read, actor: access.CurrentActor, form: Named) -> Response:
    """Add a topic."""
    if not form.valid:
        return _page(request, session, form)
    await db.write(actions.add_topic, actor, form.checked)
    return web.done(request, "/admin/topics", N_("The topic is added."))


@router.get("/admin/topics/{topic}", dependencies=[guard("consultations.arrange")])
def change(request: Request, session: db.Read, topic: TopicId) -> Response:
    """A topic's name, to be changed."""
    row = next((row for row in queries.all_topics(session) if row.id == topic), None)
    if row is None:
        raise access.Missing
    return _page(request, session, blank(name=row.name, name_en=row.name_en), topic)


@router.post("/admin/topics/{topic}", dependencies=[guard("consultations.arrange")])
async def rename(
    request: Request, session: db.Read, actor: access.CurrentActor, topic: TopicId, form: Named
) -> Response:
    """Give a topic another name."""
    if not form.valid:
        return _page(request, session, form, topic)
    await db.write(actions.rename_topic, actor, topic, form.checked)
    return web.done(request, "/admin/topics", N_("The topic has a new name."))
