"""The decision summary: for everyone, and at the desk where it is written and published."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from app.consultations import queries as consultations
from app.core import db, web
from app.core.access import Conflict, CurrentActor, Missing, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_
from app.decisions import actions, queries
from app.decisions.forms import PARTS, DecisionForm
from app.responses import queries as responses
from app.votes import queries as votes

router = APIRouter()
Published = Annotated[queries.DecisionView, guard("decisions.read", queries.in_path)]
AtDesk = Annotated[consultations.ConsultationView, guard("decisions.write", consultations.at_desk)]
Readable = Annotated[consultations.ConsultationView, guard("consultations.read", consultations.in_path)]


@router.get("/decisions/{number}.json")
def facts(session: db.Read, decision: Published) -> Response:
    """The same facts as JSON."""
    assert decision.published_at is not None
    return JSONResponse(
        {
            "number": decision.number,
            "consultation": decision.consultation.slug,
            "lang": decision.lang,
            "published": decision.published_at.isoformat(),
            **decision.texts,
            "engine": consultations.rule(session, decision.consultation)["engine"],
            "result": decision.result.facts() if decision.result else None,
            "h": decision.h,
            "ballots": votes.voters(session, decision.consultation),
            "counts": [
                {
                    "code": count.code,
                    "title": count.title or None,
                    "status": count.status or None,
                    "supports": count.supports,
                    "opposes": count.opposes,
                    "neutrals": count.neutrals,
                    "confirmed": list(count.confirmed) if count.confirmed else None,
                    "together": list(count.together) if count.together else None,
                    "merged_into": count.merged_into,
                    "by_version": [version._asdict() for version in count.by_version],
                }
                for count in decision.counts
            ],
        }
    )


@router.get("/decisions/{number}")
def page(request: Request, session: db.Read, decision: Published) -> Response:
    """A decision on one page: asked, said, decided, why, what next, and what was changed on the way."""
    consultation = decision.consultation
    first_lang = consultations.lang_of(session, consultation.id)
    changes = consultations.changes_of(session, consultation.id, first_lang)
    return web.render(
        request,
        "decisions/page.html",
        decision=decision,
        facts=_linked_data(request, decision),
        voters=votes.voters(session, consultation),
        engine=consultations.rule(session, consultation)["engine"],
        result=decision.result,
        changes=changes,
        first_lang=first_lang,
    )


def _linked_data(request: Request, decision: queries.DecisionView) -> dict[str, Any]:
    """The decision in the words of schema.org, for machines that read the page."""
    base = web.base_url(request)
    assert decision.published_at is not None
    return {
        "@context": "https://schema.org",
        "@type": "Report",
        "@id": base + decision.url,
        "url": base + decision.url,
        "identifier": decision.number,
        "name": decision.consultation.title,
        "abstract": decision.texts["decided"],
        "inLanguage": decision.lang,
        "datePublished": decision.published_at.isoformat(),
        "publisher": {"@type": "GovernmentOrganization", "name": decision.consultation.office},
        "isBasedOn": base + decision.consultation.url,
    }


@router.get("/consultations/{slug}/decision")
def of_consultation(session: db.Read, consultation: Readable) -> Response:
    """The decision of a consultation, at its own address."""
    decision = queries.of_consultation(session, consultation.id)
    if decision is None or decision.number is None:
        raise Missing
    return RedirectResponse(decision.url, 303)


def _write_page(
    request: Request, consultation: consultations.ConsultationView, form: Submission[Any] | None = None
) -> Response:
    with db.reading() as session:
        decision = queries.of_consultation(session, consultation.id)
        counted = queries.counted(session, consultation) if consultation.counts_shown else queries.Counted()
        engine = consultations.rule(session, consultation)["engine"]
        voters = votes.voters(session, consultation) if consultation.counts_shown else 0
        progress = responses.progress(session, [consultation.id])[consultation.id]
    return web.render(
        request,
        "decisions/write.html",
        form.status if form else 200,
        consultation=consultation,
        decision=decision,
        form=form or blank(**(_stored(decision) if decision else {"question": consultation.title})),
        counts=counted.counts,
        result=counted.result if consultation.counted else None,
        engine=engine,
        voters=voters,
        progress=progress,
    )


def _stored(decision: queries.DecisionView) -> dict[str, str]:
    return decision.first | {f"other_{part}": decision.other[part] for part in PARTS}


@router.get("/desk/consultations/{slug}/decision")
def write_page(request: Request, consultation: AtDesk) -> Response:
    """The summary being written, with the counts beside it."""
    return _write_page(request, consultation)


@router.post("/desk/consultations/{slug}/decision")
async def save(
    request: Request,
    actor: CurrentActor,
    consultation: AtDesk,
    form: Annotated[Submission[DecisionForm], submitted(DecisionForm)],
) -> Response:
    """Keep the draft, or go on to publishing."""
    await form.attempt(lambda sent: db.write(actions.save, actor, consultation.id, sent))
    if not form.valid:
        return await run_in_threadpool(_write_page, request, consultation, form)
    here = f"/desk/consultations/{consultation.slug}/decision"
    if request.state.typed.get("act") == "publish":
        return web.done(request, f"{here}/publication")
    return web.done(request, here, N_("Draft saved. Nothing is public yet."))


@router.get("/desk/consultations/{slug}/decision/publication")
def publication_page(request: Request, session: db.Read, consultation: AtDesk) -> Response:
    """The summary as it will be read, before it gets its number."""
    return _publication(request, session, consultation, None)


def _publication(
    request: Request, session: Any, consultation: consultations.ConsultationView, refused: Conflict | None
) -> Response:
    decision = queries.of_consultation(session, consultation.id)
    if decision is None:
        raise Missing
    form = blank()
    if refused is not None:
        form.refuse(refused.reason)
    counted = queries.counted(session, consultation) if consultation.counts_shown else queries.Counted()
    progress = responses.progress(session, [consultation.id])[consultation.id]
    return web.render(
        request,
        "decisions/publication.html",
        form.status,
        decision=decision,
        counts=decision.counts or counted.counts,
        result=decision.result if decision.published_at else counted.result if consultation.counted else None,
        engine=consultations.rule(session, consultation)["engine"],
        voters=votes.voters(session, consultation) if consultation.counts_shown else 0,
        consultation=consultation,
        form=form,
        progress=progress,
    )


@router.post("/desk/consultations/{slug}/decision/publication")
async def publish(request: Request, actor: CurrentActor, consultation: AtDesk) -> Response:
    """Publish the summary under its number."""
    try:
        number = await db.write(actions.publish, actor, consultation.id)
    except Conflict as refused:
        with db.reading() as session:
            return _publication(request, session, consultation, refused)
    return web.done(request, f"/decisions/{number}", N_("The decision is published."))
