"""The steps of an official answer at the desk: what waits for whom, the check, the signature, the publication."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from app.core import db, web
from app.core.access import CurrentActor, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_
from app.core.paging import Cursor
from app.core.textdiff import compare
from app.responses import actions, queries
from app.responses.forms import StepForm
from app.responses.queries import ResponseView
from app.responses.routes.writing import onward
from app.rules.signing import Act, Stage

router = APIRouter()
ToCheck = Annotated[ResponseView, guard("responses.check", queries.in_path)]
ToSign = Annotated[ResponseView, guard("responses.sign", queries.in_path)]
ToPublish = Annotated[ResponseView, guard("responses.publish", queries.in_path)]
Sent = Annotated[Submission[StepForm], submitted(StepForm)]


@router.get("/desk/answers", dependencies=[guard("responses.list")])
def in_work(
    request: Request,
    session: db.Read,
    actor: CurrentActor,
    asked: Annotated[Literal["check", "signature", "publication", "writing"] | None, Query(alias="list")] = None,
    after: Cursor = "",
) -> Response:
    """The answers that wait for somebody, by the next step; unasked the first list in which something waits."""
    counts = queries.counts(session, actor)
    name: str = asked or next(filter(counts.get, counts), "check")
    found = queries.in_work(session, actor, name, after or None)
    return web.render(request, "responses/in_work.html", counts=counts, name=name, found=found, further=bool(after))


def _page(request: Request, act: Act, response: ResponseView, form: Submission[Any]) -> Response:
    """What is checked, signed or published, with the form for it where it is its turn."""
    if response.published_at is not None:
        return RedirectResponse(f"/desk/answers/{response.id}", 303)
    with db.reading() as session:
        form.values.setdefault("role", queries.last_role(session, request.state.actor))
        reused = queries.reused(session, response.reused_id)
    apart = compare(reused.text, response.text) if reused else None
    form.values["seen"] = response.digest
    own = act is Act.CHECK and request.state.actor.participant in response.standing.writers
    turn = response.standing.stage is Stage(act) and not own
    return web.render(
        request,
        "responses/step.html",
        form.status,
        response=response,
        form=form,
        act=act,
        own=own,
        turn=turn,
        reused=reused,
        apart=apart,
    )


@router.get("/desk/answers/{number}/check")
def check_page(request: Request, response: ToCheck) -> Response:
    """The text as its checker reads it."""
    return _page(request, Act.CHECK, response, blank())


@router.get("/desk/answers/{number}/signature")
def signature_page(request: Request, response: ToSign) -> Response:
    """The checked text, before it is signed."""
    return _page(request, Act.SIGNATURE, response, blank())


@router.get("/desk/answers/{number}/publication")
def publication_page(request: Request, response: ToPublish) -> Response:
    """The signed text as it will be read."""
    return _page(request, Act.PUBLICATION, response, blank())


@router.post("/desk/answers/{number}/check")
async def check(request: Request, actor: CurrentActor, response: ToCheck, form: Sent) -> Response:
    """Say that the text holds, or send it back."""
    told = N_("Checked. It waits for the signature now.")
    return await _step(request, actor, response, form, Act.CHECK, actions.check, told)


@router.post("/desk/answers/{number}/signature")
async def sign(request: Request, actor: CurrentActor, response: ToSign, form: Sent) -> Response:
    """Sign the text, or send it back."""
    told = N_("Signed. It waits for publication now.")
    return await _step(request, actor, response, form, Act.SIGNATURE, actions.sign, told)


async def _step(
    request: Request,
    actor: CurrentActor,
    response: ResponseView,
    form: Submission[StepForm],
    act: Act,
    take: Callable[..., None],
    told: str,
) -> Response:
    if request.state.typed.get("act") == "return":
        take, told = actions.send_back, N_("Sent back. The writer reads your note at the desk.")
    await form.attempt(lambda it: db.write(take, actor, response.id, it.role, it.seen, it.note))
    if not form.valid:
        return await run_in_threadpool(_again, request, act, response.id, form)
    return web.done(request, "/desk/answers", told)


@router.post("/desk/answers/{number}/publication")
async def publish(request: Request, actor: CurrentActor, response: ToPublish, form: Sent) -> Response:
    """Make the signed text public."""
    base = web.base_url(request)
    await form.attempt(lambda it: db.write(actions.publish, actor, response.id, base, it.role, it.seen))
    if not form.valid:
        return await run_in_threadpool(_again, request, Act.PUBLICATION, response.id, form)
    notice = N_("The answer is published. Authors whose address is known are told by mail.")
    return web.done(request, onward(actor, response), notice)


def _again(request: Request, act: Act, number: int, form: Submission[StepForm]) -> Response:
    """The page once more, with the text as it stands now and what was typed."""
    with db.reading() as session:
        response = queries.by_id(session, number)
    return _page(request, act, response, form)
