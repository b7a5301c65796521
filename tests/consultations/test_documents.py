"""Documents and pictures are checked, made harmless, and given only to those who may read the consultation."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.consultations import actions, queries
from app.consultations.actions.documents import MOST, Upload
from app.consultations.models import Consultation, ConsultationChange, Document
from app.core import clock, db
from app.core.access import Conflict, Missing
from app.publiclog.models import Event
from app.settings import settings
from tests import factories
from tests.consultations.test_drafts import all_rows
from tests.page import Browser, Page

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n9\n%%EOF\n"
WHY = "Peta lama memuat batas yang keliru."
SAID = {"title": "Peta mata air", "description": "Peta tiga mata air di utara desa."}


def picture(width: int = 40, height: int = 30, form: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, form)
    return file.getvalue()


@pytest.fixture
def office(database: str) -> int:
    return factories.office("Dinas Air")


@pytest.fixture
def desk(browser: Browser, office: int) -> Browser:
    factories.consultation(office, slug="air", opened=False)
    factories.consultation(office, slug="buka")
    return browser.as_(factories.official(office))


def send(desk: Browser, blob: bytes, name: str, slug: str = "air", **fields: str) -> Page:
    url = f"/desk/consultations/{slug}/documents"
    return desk.post(url, SAID | fields, files={"file": (name, blob, "application/octet-stream")})


def test_a_pdf_is_kept_and_given_to_be_saved(desk: Browser) -> None:
    page = send(desk, PDF, "../../peta.pdf", "buka", reason=WHY)
    assert page.url == "/desk/consultations/buka/documents" and "Peta mata air" in page.text
    (row,) = all_rows(Document)
    assert (row.kind, row.media_type, row.size) == ("document", "application/pdf", len(PDF))
    answer = desk.as_().get(f"/consultations/buka/documents/{row.id}").response
    assert answer.content == PDF
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "peta%20mata%20air.pdf" in answer.headers["content-disposition"].lower()
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"


def test_a_picture_is_made_anew_and_shown_with_its_description(desk: Browser) -> None:
    send(desk, picture(900, 600), "peta.png", "buka", reason=WHY)
    (row,) = all_rows(Document)
    assert (row.kind, row.media_type, row.width, row.height) == ("picture", "image/webp", 900, 600)
    for name in (row.sha256, row.small_sha256):
        answer = desk.as_().get(f"/files/{name}.webp").response
        assert answer.status_code == 200 and answer.headers["content-type"] == "image/webp"
        assert answer.content[:4] == b"RIFF"
        assert "sandbox" in answer.headers["content-security-policy"]
    shown = desk.get("/desk/consultations/buka/preview")
    (image,) = shown.all("img")
    assert image.get("alt") == SAID["description"] and row.small_sha256 in (image.get("src") or "")


@pytest.mark.parametrize(
    ("blob", "name"),
    [
        (b"<svg onload='alert(1)'/>", "peta.png"),
        (b"<html><script>alert(1)</script>", "peta.pdf"),
        (b"%PDF-1.7 without an end", "peta.pdf"),
        (b"", "kosong.png"),
        (b"PK\x03\x04", "tabel.xlsx"),
        (picture()[:60], "rusak.png"),
    ],
)
def test_what_is_not_what_it_says_is_refused(desk: Browser, blob: bytes, name: str) -> None:
    page = send(desk, blob, name)
    assert page.status == 422 and page.all("a", href="#file")
    assert page.form("/desk/consultations/air/documents")["title"] == SAID["title"]
    assert all_rows(Document) == []
    folder = settings().data_dir / "files"
    assert not folder.exists() or not [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_over_the_limit_is_refused(desk: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMBUK_MAX_UPLOAD_MB", "1")
    settings.cache_clear()
    page = send(desk, PDF + b" " * 1_100_000, "besar.pdf")
    assert page.status == 422 and "1 MB" in " ".join(page.errors)


@pytest.mark.parametrize(
    ("fields", "blamed"),
    [({"title": ""}, "title"), ({"description": ""}, "description"), ({"description": "-"}, "description")],
)
def test_a_picture_needs_a_title_and_words_for_those_who_do_not_see(
    desk: Browser, fields: dict[str, str], blamed: str
) -> None:
    page = send(desk, picture(), "peta.png", **fields)
    assert page.status == 422 and page.all("a", href=f"#{blamed}")
    assert all_rows(Document) == []


def test_a_file_has_to_be_chosen(desk: Browser) -> None:
    page = desk.post("/desk/consultations/air/documents", SAID)
    assert page.status == 422 and page.all("a", href="#file")


def test_after_opening_a_document_comes_and_goes_in_public(desk: Browser) -> None:
    assert send(desk, PDF, "peta.pdf", "buka").status == 422
    send(desk, PDF, "peta.pdf", "buka", reason=WHY)
    (row,) = all_rows(Document)
    own = f"/desk/consultations/buka/documents/{row.id}/removal"
    confirm = desk.get(own)
    assert desk.submit(confirm, own, reason="").status == 422
    page = desk.submit(confirm, own, reason="Diganti dengan peta yang benar.")
    assert page.url == "/desk/consultations/buka/documents"
    changes = [(it.what, it.before, it.after) for it in all_rows(ConsultationChange)]
    assert changes == [("document", "", "Peta mata air"), ("document", "Peta mata air", "")]
    assert [event.type for event in all_rows(Event)] == ["amend", "amend"]
    history = desk.as_().get("/consultations/buka/changes")
    assert [e.text for e in history.all("ins")] == [e.text for e in history.all("del")] == ["Peta mata air"]
    assert desk.get(own).status == 404
    assert desk.as_().get(f"/consultations/buka/documents/{row.id}").status == 404


def test_a_draft_changes_its_documents_freely(desk: Browser) -> None:
    send(desk, picture(), "peta.png")
    (row,) = all_rows(Document)
    own = f"/desk/consultations/air/documents/{row.id}/removal"
    assert desk.submit(desk.get(own), own).url == "/desk/consultations/air/documents"
    assert all_rows(ConsultationChange) == [] and all_rows(Event) == []
    assert desk.get(f"/files/{row.sha256}.webp").status == 404


def test_files_of_a_draft_are_for_its_office_only(desk: Browser) -> None:
    send(desk, picture(), "peta.png")
    send(desk, PDF, "peta.pdf")
    shown, filed = all_rows(Document)
    urls = [
        f"/files/{shown.sha256}.webp",
        f"/files/{shown.small_sha256}.webp",
        f"/consultations/air/documents/{filed.id}",
    ]
    own = [desk.get(url).response for url in urls]
    assert {answer.status_code for answer in own} == {200}
    assert {answer.headers["cache-control"] for answer in own} == {"private, no-store"}
    other = factories.official(factories.office())
    for person in (None, factories.person(), other, factories.person(roles=("administrator", "moderator"))):
        assert {desk.as_(person).get(url).status for url in urls} == {404}


def test_the_same_picture_in_a_draft_and_in_public_is_public(desk: Browser, office: int) -> None:
    send(desk, picture(), "peta.png")
    (row,) = all_rows(Document)
    url = f"/files/{row.sha256}.webp"
    elsewhere = factories.office()
    factories.consultation(elsewhere, slug="lain", opened=False)
    other = desk.as_(factories.official(elsewhere))
    assert other.get(url).status == 404
    send(other, picture(), "peta.png", "lain")
    assert other.get(url).status == desk.get(url).status == 200
    assert desk.as_().get(url).status == 404
    send(desk, picture(), "peta.png", "buka", reason=WHY)
    assert desk.as_().get(url).status == 200


@pytest.mark.parametrize("name", ["0" * 64, "../rembuk.db", "x" * 64, "0" * 63])
def test_a_file_nobody_shows_is_no_address(desk: Browser, name: str) -> None:
    assert desk.get(f"/files/{name}.webp").status == 404


def test_a_document_belongs_to_its_consultation(desk: Browser) -> None:
    send(desk, PDF, "peta.pdf")
    (row,) = all_rows(Document)
    assert desk.get(f"/consultations/buka/documents/{row.id}").status == 404
    assert desk.get(f"/desk/consultations/buka/documents/{row.id}/removal").status == 404
    for number in ("0", "-1", "x", "99999999999999999999999"):
        assert desk.get(f"/consultations/air/documents/{number}").status == 404


def test_a_file_that_is_gone_from_the_disk_is_no_address(desk: Browser) -> None:
    send(desk, PDF, "peta.pdf")
    (row,) = all_rows(Document)
    for path in Path(settings().data_dir / "files").rglob("*"):
        if path.is_file():
            path.unlink()
    assert desk.get(f"/consultations/air/documents/{row.id}").status == 404


def test_others_may_not_add_or_take_away(desk: Browser) -> None:
    send(desk, PDF, "peta.pdf", "buka", reason=WHY)
    (row,) = all_rows(Document)
    own = f"/desk/consultations/buka/documents/{row.id}/removal"
    for person, status in ((None, 401), (factories.person(), 403), (factories.official(factories.office()), 403)):
        visitor = desk.as_(person)
        assert send(visitor, PDF, "lain.pdf", "buka", reason=WHY).status == status
        assert visitor.get(own).status == visitor.post(own, {"reason": WHY}).status == status
        assert visitor.get("/desk/consultations/buka/documents").status == status
    assert [it.removed_at for it in all_rows(Document)] == [None]


def test_the_number_of_documents_is_bounded_and_a_reason_is_needed_in_public(office: int) -> None:
    official = factories.official(office).actor
    draft, opened = factories.consultation(office, opened=False), factories.consultation(office)
    upload = Upload("document", "Peta", "", "0" * 64, "", "application/pdf", 10)

    def add(number: int, reason: str = "") -> Any:
        return db.write_now(actions.add_document, official, number, upload, reason, clock.now())

    for _ in range(MOST):
        add(draft)
    with pytest.raises(Conflict, match="too-many"):
        add(draft)
    with pytest.raises(Conflict, match="reason"):
        add(opened)
    add(opened, WHY)
    with db.reading() as session:
        (document,) = queries.documents_of(session, opened)
        assert queries.charter(session, opened)["documents"][0]["sha256"] == "0" * 64
    with pytest.raises(Missing):
        db.write_now(actions.remove_document, official, draft, document.id, "", clock.now())
    with pytest.raises(Missing):
        db.write_now(actions.remove_document, official, draft, 12345, "", clock.now())


def test_a_refusal_of_the_act_comes_back_in_the_form(desk: Browser, office: int) -> None:
    send(desk, PDF, "peta.pdf", "buka", reason=WHY)
    (row,) = all_rows(Document)

    def cancel(session: Any) -> None:
        session.get(Consultation, row.consultation_id).cancelled_at = clock.now()

    db.write_now(cancel)
    added = send(desk, PDF, "peta.pdf", "buka", reason=WHY)
    assert added.status == 409 and added.errors and WHY in added.html
    removed = desk.post(f"/desk/consultations/buka/documents/{row.id}/removal", {"reason": WHY})
    assert removed.status == 409 and removed.errors and WHY in removed.html
    assert len(all_rows(Document)) == 1
