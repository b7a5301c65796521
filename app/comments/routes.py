"""Comments: a thread, the form, and changing or removing one's own."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from sqlmodel import Session

from app.comments import actions, queries
from app.comments.forms import BroughtForm, CommentForm
from app.comments.queries import CommentView, Thread
from app.core import access, db, web
from app.core.access import Actor, Conflict, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_, language
from app.core.paging import Cursor
from app.proposals import queries as proposals
from app.proposals.queries import ProposalView

router = APIRouter()
Readable = Annotated[ProposalView, guard("comments.read", proposals.in_path)]
Writable = Annotated[ProposalView, guard("comments.write", proposals.in_path)]
Mine = Annotated[CommentView, guard("comments.edit", queries.in_path)]
Typed = Annotated[Submission[CommentForm], submitted(CommentForm)]
Code = Annotated[str, Query(max_length=40)]
CHANGED, UNCHANGED = N_("Your comment is changed."), N_("Nothing was changed: your comment is as it was.")


@router.get("/proposals/{code}/comments.json")
@router.get("/proposals/{code}/comments")
def page(
    request: Request,
    session: db.Read,
    proposal: Readable,
    actor: access.CurrentActor,
    parent: Code = "",
    after: Cursor = "",
    comments: Literal["", "oldest", "newest"] = "",
) -> Response:
    """The comments on a proposal, or the replies to one of them, twenty at a time."""
    answered = queries.answered(session, proposal, parent)
    thread = queries.shown(session, proposal, answered, after or None, comments == "newest")
    if web.wants_json(request):
        return JSONResponse(_facts(thread))
    if web.is_htmx(request):
        return web.render(request, "comments/_list.html", thread=thread)
    writing = queries.writing(actor, proposal, answered)
    return web.render(request, "comments/page.html", thread=thread, writing=writing)


def _facts(thread: Thread) -> dict[str, object]:
    further = thread.next_url.replace("/comments?", "/comments.json?", 1) if thread.next_url else None
    told = {"proposal": thread.proposal.code, "parent": thread.parent.code if thread.parent else None}
    return told | {"comments": [queries.facts(it) for it in thread.items], "next": further}


@router.get("/proposals/{code}/comments/new")
def new(
    request: Request, session: db.Read, proposal: Writable, actor: access.CurrentActor, parent: Code = ""
) -> Response:
    """The form for a comment, or for a reply, on a page of its own."""
    return _form(request, session, actor, proposal, parent, blank(stance="neutral"))


@router.post("/proposals/{code}/comments/new")
def bring(
    request: Request,
    session: db.Read,
    actor: access.CurrentActor,
    proposal: Writable,
    brought: Annotated[Submission[BroughtForm], submitted(BroughtForm)],
) -> Response:
    """The form for a comment with what was to be a proposal of one's own; nothing is sent yet."""
    typed = (str(brought.values.get(name, "")).strip() for name in ("title", "body"))
    form: Submission[CommentForm] = blank(body="\n\n".join(text for text in typed if text), stance="for")
    return _form(request, session, actor, proposal, "", form)


def _form(
    request: Request, session: Session, actor: Actor, proposal: ProposalView, parent: str, form: Submission[CommentForm]
) -> Response:
    writing = queries.writing(actor, proposal, queries.answered(session, proposal, parent), form)
    template = "comments/_form.html" if web.is_htmx(request) else "comments/new.html"
    return web.render(request, template, form.status, writing=writing, form=form)


@router.post("/proposals/{code}/comments")
async def write(
    request: Request, session: db.Read, proposal: Writable, actor: access.CurrentActor, form: Typed
) -> Response:
    """Send a comment or a reply."""
    if form.valid:
        arrived, lang = request.state.arrived, language.get()
        try:
            code = await db.write(actions.write, actor, proposal.id, form.checked, arrived, lang=lang)
        except Conflict as refused:
            form.refuse(refused.reason)
        else:
            return _sent(request, actor, code)
    return _form(request, session, actor, proposal, str(form.values.get("parent", "")), form)


def _sent(request: Request, actor: Actor, code: str) -> Response:
    """The comment as it now stands: below the emptied form, or at the top of its thread."""
    with db.reading() as session:
        comment = queries.with_answers(session, queries.at_code(session, code))
        writing = queries.writing(actor, comment.proposal)
    show = lambda: web.render(request, "comments/_sent.html", comment=comment, writing=writing)  # noqa: E731
    return web.done(request, comment.place, N_("Your comment is published."), fragment=show)


@router.get("/comments/{code}/edit")
def edit_page(request: Request, comment: Mine) -> Response:
    """The form with which a comment is changed, while that is possible."""
    form: Submission[CommentForm] = blank(body=comment.body, stance=comment.stance)
    return web.render(request, "comments/edit.html", comment=comment, form=form)


@router.post("/comments/{code}/edit")
async def edit(request: Request, comment: Mine, actor: access.CurrentActor, form: Typed) -> Response:
    """Change one's own comment."""
    changed = await form.attempt(lambda sent: db.write(actions.edit, actor, comment.id, sent, request.state.arrived))
    if form.valid:
        return web.done(request, comment.place, CHANGED if changed else UNCHANGED)
    return web.render(request, "comments/edit.html", form.status, comment=comment, form=form)


@router.get("/comments/{code}/removal")
def confirm_removal(request: Request, comment: Mine) -> Response:
    """What removing a comment means, before it is done."""
    return web.render(request, "comments/removal.html", comment=comment)


@router.post("/comments/{code}/removal")
async def remove(request: Request, comment: Mine, actor: access.CurrentActor) -> Response:
    """Take one's own comment away."""
    await db.write(actions.remove, actor, comment.id)
    return web.done(request, comment.place, N_("Your comment is removed."))
