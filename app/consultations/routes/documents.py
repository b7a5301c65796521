"""Documents and pictures: uploading them at the desk, and giving them to readers."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, Response
from sqlmodel import Session
from starlette.datastructures import UploadFile

from app.consultations import actions, queries
from app.consultations.actions.documents import Upload
from app.consultations.forms import DocumentForm, RemovalForm
from app.consultations.queries import ConsultationView
from app.consultations.queries.documents import Filed
from app.core import access, db, files, web
from app.core.access import Conflict, guard
from app.core.forms import Submission, blank, submitted
from app.core.i18n import N_
from app.settings import settings

router = APIRouter()
Mine = Annotated[ConsultationView, guard("consultations.edit", queries.at_desk)]
Described = Annotated[Submission[DocumentForm], submitted(DocumentForm)]

_REFUSED = {
    "too-big": N_("The file is too big. The largest possible is %(size)s MB."),
    "not-a-picture": N_("This is neither a picture (JPEG, PNG, WebP, GIF) nor a PDF."),
    "not-a-pdf": N_("This file cannot be taken. Save it as a PDF and choose that."),
    "too-many-pixels": N_("The picture has too many pixels. Make it smaller and try again."),
    "damaged": N_("The file is damaged. Open it on your device, save it anew and try again."),
}
#: A description of a picture has at least so many letters.
_WORDS = 3
_HARMLESS = {"Content-Security-Policy": "sandbox; default-src 'none'"}


def _page(request: Request, session: Session, view: ConsultationView, form: Submission[Any]) -> Response:
    return web.render(
        request,
        "consultations/documents.html",
        form.status,
        form=form,
        view=view,
        documents=queries.documents_of(session, view.id),
        most_mb=settings().max_upload_mb,
    )


@router.get("/desk/consultations/{slug}/documents")
def page(request: Request, session: db.Read, view: Mine) -> Response:
    """The documents of a consultation, and a form for one more."""
    return _page(request, session, view, blank())


@router.post("/desk/consultations/{slug}/documents")
async def add(request: Request, session: db.Read, actor: access.CurrentActor, view: Mine, form: Described) -> Response:
    """Take a file, if it is what it says."""
    upload = await _taken(form, bool(view.opened_at))
    if form.valid and upload is not None:
        reason = form.checked.reason if view.opened_at else ""
        try:
            given = (upload, reason, request.state.arrived, web.base_url(request))
            await db.write(actions.add_document, actor, view.id, *given)
        except Conflict as refused:
            form.refuse(refused.reason)
        else:
            to = f"/desk/consultations/{view.slug}/documents"
            return web.done(request, to, N_("The file is stored."))
    return _page(request, session, view, form)


async def _taken(form: Submission[DocumentForm], public: bool) -> Upload | None:
    """The file of a form, checked and kept; what is wrong with it is said in the form."""
    chosen = form.files.get("file", [])
    if not chosen:
        form.blame("file", N_("Choose a file."))
        return None
    if public and form.content is not None and len(form.content.reason) < 10:
        form.blame("reason", N_("After opening, every change needs a reason that everyone can read."))
    is_pdf = (await chosen[0].read(4)) == b"%PDF"
    await chosen[0].seek(0)
    if not is_pdf and form.content is not None and not _says_something(form.content.description):
        form.blame("description", N_("Say what the picture shows, for people who cannot see it."))
    if not form.valid:
        return None
    try:
        return await run_in_threadpool(_keep, chosen[0], form.checked, is_pdf)
    except files.FileRefused as refused:
        form.blame("file", _REFUSED[refused.reason], size=settings().max_upload_mb)
        return None


def _says_something(description: str) -> bool:
    """Whether it is words rather than a dash to fill the field."""
    return sum(character.isalpha() for character in description) >= _WORDS


def _keep(file: UploadFile, form: DocumentForm, is_pdf: bool) -> Upload:
    """Check a file by its content and keep it in the data folder."""
    if (file.size or 0) > settings().max_upload_mb * 1_000_000:
        raise files.FileRefused("too-big")
    name = file.filename or ""
    stored = files.accept_document(file.file, name) if is_pdf else files.accept_picture(file.file)
    root = settings().data_dir / "files"
    small = files.save(root, stored.small.blob, stored.small.media_type) if stored.small else ""
    return Upload(
        kind="document" if is_pdf else "picture",
        title=form.title,
        description=form.description,
        sha256=files.save(root, stored.blob, stored.media_type),
        small_sha256=small,
        media_type=stored.media_type,
        size=len(stored.blob),
        width=stored.width or 0,
        height=stored.height or 0,
    )


Removed = Annotated[Filed, guard("consultations.edit", queries.document_at_desk)]


@router.get("/desk/consultations/{slug}/documents/{document}/removal")
def confirm_removal(request: Request, filed: Removed) -> Response:
    """What taking a document away means, before it is done."""
    return _removal_page(request, filed, blank())


def _removal_page(request: Request, filed: Filed, form: Submission[Any]) -> Response:
    return web.render(
        request,
        "consultations/document_removal.html",
        form.status,
        form=form,
        view=filed.consultation,
        document=filed.document,
    )


@router.post("/desk/consultations/{slug}/documents/{document}/removal")
async def remove(
    request: Request,
    actor: access.CurrentActor,
    filed: Removed,
    form: Annotated[Submission[RemovalForm], submitted(RemovalForm)],
) -> Response:
    """Take a document away."""
    view = filed.consultation
    if view.opened_at is not None and form.content is not None and len(form.content.reason) < 10:
        form.blame("reason", N_("After opening, every change needs a reason that everyone can read."))
    if not form.valid:
        return _removal_page(request, filed, form)
    reason = form.checked.reason
    try:
        given = (filed.document.id, reason, request.state.arrived, web.base_url(request))
        await db.write(actions.remove_document, actor, view.id, *given)
    except Conflict as refused:
        form.refuse(refused.reason)
        return _removal_page(request, filed, form)
    return web.done(request, f"/desk/consultations/{view.slug}/documents", N_("The document is removed."))


@router.get("/consultations/{slug}/documents/{document}")
def download(filed: Annotated[Filed, guard("consultations.read", queries.document_in_path)]) -> Response:
    """A document, to be saved; the browser is told not to open it as part of the site."""
    document = filed.document
    name = files.display_name(document.title, ".webp" if document.is_picture else ".pdf")
    return _file(document.sha256, document.media_type, filed, name)


@router.get("/files/{sha256}.webp")
def picture(sha256: str, filed: Annotated[Filed, guard("consultations.read", queries.picture_in_path)]) -> Response:
    """A picture that a consultation shows."""
    return _file(sha256, files.PICTURE_TYPE, filed)


def _file(sha256: str, media_type: str, filed: Filed, name: str | None = None) -> Response:
    path = files.path_of(settings().data_dir / "files", sha256)
    if not path.is_file():
        raise access.Missing
    kept = "public, max-age=86400" if filed.opened_at is not None else "private, no-store"
    return FileResponse(path, media_type=media_type, filename=name, headers={**_HARMLESS, "Cache-Control": kept})
