"""Bodies and files as no browser of ours would send them, to every route that takes any."""

import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest
from fastapi.routing import APIRoute
from PIL import Image
from sqlalchemy import func, select

from app.consultations.models import Document
from app.core import db
from app.core.columns import table
from app.publiclog.models import Event
from app.settings import settings
from tests import factories
from tests.page import Browser
from tests.security.sending import SENDING, fitting, form_of, person_for, sender
from tests.test_architecture import shown
from tests.test_permissions import address
from tests.world import World

URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"


def part(head: str, body: bytes) -> bytes:
    return b"--x\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + body + b"\r\n"


BODIES: dict[str, tuple[str, bytes]] = {
    "nothing": (URLENCODED, b""),
    "no type": ("", b"title=a&body=b"),
    "JSON": ("application/json", b'{"title": "a", "choice": "support"}'),
    "deep JSON": ("application/json", b"[" * 100_000),
    "JSON said to be a form": (URLENCODED, b'{"title": {"a": 1}}'),
    "XML with entities": ("application/xml", b'<!DOCTYPE a [<!ENTITY x "xx">]><a>&x;</a>'),
    "text": ("text/plain", b"title=a"),
    "bytes that are no UTF-8": (URLENCODED, b"title=%ff%fe%80&body=\xff\xfe&choice=%C0%AE"),
    "names that are no UTF-8": (URLENCODED, b"%ff=1&\x80=2&%00=3"),
    "half escapes": (URLENCODED, b"title=%&body=%z&choice=%u0041&reason=%2"),
    "signs only": (URLENCODED, b"&&&===&=&%"),
    "repeated fields": (
        URLENCODED,
        b"&".join(b"title=a&body=b&choice=support&choice=oppose&reason=c" for _ in range(50)),
    ),
    "thousands of fields": (URLENCODED, b"&".join(b"f%d=1" % n for n in range(5_000))),
    "nested names": (URLENCODED, b"title[a][b]=1&title[]=2&title.c=3&" + b"a[" * 1_000 + b"=1"),
    "a huge name": (URLENCODED, b"a" * 200_000 + b"=1"),
    "no boundary": ("multipart/form-data", b"--x\r\n\r\n--x--"),
    "no end": (MULTIPART, b"--x\r\nContent-Disposition: form-data; name="),
    "no name": (MULTIPART, part("", b"a") + b"--x--\r\n"),
    "no head": (MULTIPART, b"--x\r\n\r\na\r\n--x--\r\n"),
    "a text as a file": (MULTIPART, part('name="title"; filename="a.txt"', b"a") + b"--x--\r\n"),
    "a file without a name": (MULTIPART, part('name="file"; filename=""', b"a") + b"--x--\r\n"),
    "many files": (MULTIPART, b"".join(part('name="file"; filename="a"', b"a") for _ in range(60)) + b"--x--\r\n"),
    "many parts": (MULTIPART, b"".join(part('name="title"', b"a") for _ in range(2_000)) + b"--x--\r\n"),
    "a huge part": (MULTIPART, part('name="title"', b"a" * 2_000_000) + b"--x--\r\n"),
    "an unknown charset": (MULTIPART.replace(";", "; charset=klingon;"), part('name="title"', b"a") + b"--x--\r\n"),
    "a charset that is no text": (MULTIPART.replace(";", "; charset=hex;"), part('name="title"', b"zz") + b"--x--\r\n"),
    "a huge boundary": ("multipart/form-data; boundary=" + "x" * 5_000, b"--x--\r\n"),
    "two types": (URLENCODED + ", application/json", b"title=a"),
    "packed": (URLENCODED, zlib.compress(b"title=a")),
}


@pytest.mark.once
@pytest.mark.parametrize("route", SENDING, ids=shown)
def test_no_body_brings_a_route_down(browser: Browser, world: World, route: APIRoute) -> None:
    """Whatever comes, the answer is a page that says what is wrong."""
    (method,) = route.methods
    url = address(route, world, False)
    for visitor in (sender(browser, world, route), browser):
        for what, (kind, body) in BODIES.items():
            headers = {"Content-Type": kind} if kind else {}
            if "packed" in what:
                headers["Content-Encoding"] = "deflate"
            answer = visitor.client.request(method, url, content=body, headers=headers, follow_redirects=False)
            assert answer.status_code < 500, what


FOREIGN = (
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://lain.127.0.0.1"},
    {"Sec-Fetch-Site": "", "Origin": "null"},
    {"Sec-Fetch-Site": "", "Origin": "http://127.0.0.1:8001"},
    {"Sec-Fetch-Site": "", "Origin": "", "Referer": "http://127.0.0.1:8000/"},
)


def events() -> int:
    with db.reading() as session:
        return int(session.execute(select(func.count()).select_from(table(Event))).scalar_one())


@pytest.mark.once
@pytest.mark.parametrize("route", SENDING, ids=shown)
def test_no_route_takes_a_form_from_another_site(browser: Browser, world: World, route: APIRoute) -> None:
    """From the table of routes, so that none is left out; with a session, and a form that would be taken."""
    (method,) = route.methods
    url, form = address(route, world, False), form_of(route)
    visitor = browser.as_(world.people[person_for(route)] or world.people["citizen"])
    before = events()
    for headers in FOREIGN:
        visitor.client.headers.pop("Sec-Fetch-Site", None)
        sent = {name: value for name, value in headers.items() if value}
        answer = visitor.client.request(method, url, data=fitting(form, world), headers=sent, follow_redirects=False)
        assert answer.status_code == 403, (headers, answer.status_code)
        assert "set-cookie" not in answer.headers
    assert events() == before


# -- files -----------------------------------------------------------------------------------------


def picture(width: int = 40, height: int = 30, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(out, kind)
    return out.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb(width: int, height: int) -> bytes:
    """A small PNG of very many pixels, all of them really in it."""
    rows = zlib.compressobj(9)
    packed = b"".join(rows.compress(b"\0" * (width // 8 + 1)) for _ in range(height)) + rows.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def zipped(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, content)
    return out.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>'
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n9\n%%EOF\n"
REFUSED = {
    "nothing": ("kosong.pdf", b""),
    "HTML": ("halaman.html", b"<html><script>alert(1)</script>"),
    "HTML named PDF": ("halaman.pdf", b"<html><script>alert(1)</script>"),
    "HTML named PNG": ("foto.png", b"<script>alert(1)</script>"),
    "script": ("a.js", b"alert(1)"),
    "SVG": ("peta.svg", SVG),
    "SVG named PNG": ("<svg onload=alert(1)>.png", SVG),
    "ZIP": ("a.zip", zipped("../../etc/cron.d/x", b"x")),
    "zip bomb": ("a.zip", zipped("a", b"\0" * 30_000_000)),
    "zip bomb named PDF": ("a.pdf", zipped("a", b"\0" * 30_000_000)),
    "PDF and ZIP": ("a.pdf", PDF + zipped("a.html", b"<script>") + b"\nstartxref\n9\n%%EOF\n"),
    "picture of very many pixels": ("foto.png", bomb(19_000, 19_000)),
    "half a picture": ("foto.png", picture()[:60]),
    "gzip": ("a.pdf", b"\x1f\x8b\x08" + b"\0" * 50),
    "program": ("a.pdf", b"MZ" + b"\0" * 50),
}
TAKEN = {
    "a path as a name": ("../../../etc/passwd.png", picture()),
    "a path of Windows": ("..\\..\\boot.png", picture()),
    "markup as a name": ('"><img src=x onerror=alert(1)>.png', picture()),
    "picture and HTML": ("foto.png", picture() + b"<script>alert(1)</script>"),
    "picture and ZIP": ("foto.png", picture() + zipped("a.html", b"<script>")),
    "the wrong type": ("foto.html", picture(kind="JPEG")),
    "NUL in the name": ("foto.png\0.html", picture()),
    "a long name": ("a" * 3_000 + ".png", picture()),
}


@pytest.fixture
def desk(browser: Browser) -> tuple[Browser, str]:
    office = factories.office()
    factories.consultation(office, slug="air", opened=False)
    return browser.as_(factories.official(office)), "/desk/consultations/air/documents"


def upload(desk: tuple[Browser, str], name: str, content: bytes) -> int:
    visitor, url = desk
    files = {"file": (name, content, "image/png")}
    fields = {"title": "Peta desa", "description": "Peta mata air di desa."}
    return int(visitor.client.post(url, data=fields, files=files, follow_redirects=False).status_code)


def kept() -> list[str]:
    d = table(Document).c
    with db.reading() as session:
        return [row.media_type for row in session.execute(select(d.media_type))]


@pytest.mark.parametrize("what", [*REFUSED, *TAKEN])
def test_a_hostile_upload_is_refused_or_made_harmless(desk: tuple[Browser, str], what: str) -> None:
    name, content = (REFUSED | TAKEN)[what]
    status = upload(desk, name, content)
    if what in REFUSED:
        assert (status, kept()) == (422, [])
        return
    assert (status, kept()) == (303, ["image/webp"])
    root = settings().data_dir / "files"
    stored = [path for path in root.rglob("*") if path.is_file()]
    assert stored and all(len(path.name) == 64 for path in stored)
    for path in stored:
        blob = path.read_bytes()
        assert b"<script" not in blob and b"PK\x03\x04" not in blob and blob.startswith(b"RIFF")
    page = desk[0].get("/desk/consultations/air/documents")
    assert "onerror=alert" not in page.html and "etc/passwd" not in page.html


def test_a_small_file_that_unpacks_into_a_huge_picture_costs_no_memory(desk: tuple[Browser, str]) -> None:
    blob = bomb(19_000, 19_000)
    assert len(blob) < 100_000
    tracemalloc.start()
    try:
        assert upload(desk, "foto.png", blob) == 422
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 20_000_000
