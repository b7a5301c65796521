"""What people upload is checked, made harmless and kept under a name nobody chose."""

import hashlib
import io
import os
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import puremagic
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.core import files
from app.core.files import FileRefused, accept_document, accept_picture, display_name, path_of, save

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!DOCTYPE html><script>alert(1)</script>"


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, 200 if mode in "L1P" else tuple([200, 30, 30, 128][: len(mode)])).save(file, kind, **options)
    return file.getvalue()


def opened(blob: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(blob))
    image.load()
    return image


def refused(blob: bytes) -> str:
    with pytest.raises(FileRefused) as caught:
        accept_picture(blob)
    assert str(caught.value) == caught.value.reason
    return caught.value.reason


def zipped(name: str = "x.html", content: bytes = HTML) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and carries next to nothing."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)), (b"IDAT", zlib.compress(b"\0" * 9))]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in [*chunks, (b"IEND", b"")]
    )
    return b"\x89PNG\r\n\x1a\n" + body


class TestPicture:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
    def test_the_usual_formats_become_webp_in_two_sizes(self, kind: str) -> None:
        stored = accept_picture(picture(kind, (2000, 1000)))
        assert (stored.media_type, stored.width, stored.height) == ("image/webp", 1600, 800)
        assert opened(stored.blob).format == "WEBP"
        assert opened(stored.blob).size == (1600, 800)
        assert stored.small is not None
        assert (stored.small.width, stored.small.height) == opened(stored.small.blob).size == (480, 240)
        assert stored.small.small is None

    def test_a_small_picture_is_not_blown_up(self) -> None:
        stored = accept_picture(picture(size=(60, 40)))
        assert (stored.width, stored.height) == (60, 40)
        assert stored.small is not None
        assert (stored.small.width, stored.small.height) == (60, 40)

    def test_a_stream_is_read_like_bytes(self) -> None:
        assert accept_picture(io.BytesIO(picture())) == accept_picture(picture())

    @pytest.mark.parametrize(("kind", "mode"), [("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "1"), ("PNG", "P")])
    def test_every_way_of_storing_colour_is_taken(self, kind: str, mode: str) -> None:
        assert opened(accept_picture(picture(kind, mode=mode)).blob).mode == "RGB"

    def test_what_shines_through_still_does(self) -> None:
        assert opened(accept_picture(picture("PNG", mode="RGBA")).blob).mode == "RGBA"
        see_through = picture("GIF", mode="P", transparency=200)
        assert opened(accept_picture(see_through).blob).mode == "RGBA"

    def test_of_a_moving_picture_the_first_frame_is_kept(self) -> None:
        frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
        file = io.BytesIO()
        frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
        kept = opened(accept_picture(file.getvalue()).blob)
        assert getattr(kept, "n_frames", 1) == 1
        red, _, blue = kept.convert("RGB").getpixel((5, 5))  # type: ignore[misc]
        assert red > 200 > 60 > blue

    def test_place_camera_profile_and_comments_are_dropped(self) -> None:
        exif = Image.Exif()
        exif[0x010F] = "CAMERA-MAKER"
        exif[0x8825] = {1: "S", 2: (7.0, 47.0, 12.0), 3: "E", 4: (110.0, 22.0, 5.0)}
        source = picture(exif=exif, icc_profile=b"PROFILE" * 30, comment=b"SECRET-COMMENT", xmp=b"<x:xmpmeta/>")
        assert opened(source).getexif().get_ifd(0x8825)
        stored = accept_picture(source)
        assert stored.small is not None
        for blob in (stored.blob, stored.small.blob):
            assert not opened(blob).getexif()
            assert not {"exif", "icc_profile", "xmp", "comment"} & set(opened(blob).info)
            for word in (b"CAMERA-MAKER", b"PROFILE", b"SECRET-COMMENT", b"xmpmeta", b"EXIF", b"ICCP"):
                assert word not in blob

    def test_a_picture_taken_sideways_is_turned_upright(self) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        stored = accept_picture(picture(size=(60, 40), exif=exif))
        assert (stored.width, stored.height) == (40, 60)

    @pytest.mark.parametrize("tail", [zipped(), HTML, PDF, b"<?php system($_GET[0]); ?>"])
    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
    def test_a_second_format_behind_a_picture_is_left_behind(self, kind: str, tail: bytes) -> None:
        stored = accept_picture(picture(kind) + tail)
        assert tail not in stored.blob
        assert not zipfile.is_zipfile(io.BytesIO(stored.blob))
        assert stored.blob[:4] == b"RIFF"
        assert struct.unpack("<I", stored.blob[4:8])[0] == len(stored.blob) - 8

    @pytest.mark.parametrize(
        "blob",
        [SVG, HTML, PDF, zipped(), b"", b"GIF89a", b"GIF89a/*<svg onload=alert(1)>*/=1;", SVG + picture(), b"BM" * 99],
        ids=["svg", "html", "pdf", "zip", "empty", "gif-start", "gif-script", "svg-then-jpeg", "bmp"],
    )
    def test_what_is_no_picture_is_refused(self, blob: bytes) -> None:
        assert refused(blob) == "not-a-picture"

    @pytest.mark.parametrize("kind", ["BMP", "TIFF", "ICO", "PPM", "TGA", "PDF", "EPS"])
    def test_formats_that_are_not_offered_are_refused(self, kind: str) -> None:
        assert refused(picture(kind)) == "not-a-picture"

    @pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
    @pytest.mark.parametrize(
        ("width", "height"), [(10_000, 10_000), (50_000, 50_000), (8_000, 5_001), (20_001, 1), (1, 2**31 - 1)]
    )
    def test_a_picture_that_unpacks_into_too_much_is_refused_unopened(self, width: int, height: int) -> None:
        assert refused(png_header(width, height)) == "too-many-pixels"

    @pytest.mark.filterwarnings("error")
    def test_a_warning_about_pixels_is_a_refusal_too(self) -> None:
        assert refused(png_header(10_000, 10_000)) == "too-many-pixels"

    @pytest.mark.parametrize(("width", "height"), [(8_000, 5_000), (20_000, 1), (1, 20_000)])
    def test_the_largest_size_is_still_opened(self, width: int, height: int) -> None:
        assert refused(png_header(width, height)) == "damaged"

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_a_truncated_picture_is_damaged(self, kind: str) -> None:
        whole = picture(kind, (400, 300)) if kind != "PNG" else picture(kind, (400, 300), compress_level=0)
        assert refused(whole[: len(whole) * 2 // 3]) in ("damaged", "not-a-picture")
        if kind != "WEBP":
            assert refused(whole[: len(whole) * 2 // 3]) == "damaged"

    def test_as_many_bytes_as_are_allowed_are_taken(self) -> None:
        whole = picture()
        assert accept_picture(whole + b"\0" * (files.MAX_PICTURE_BYTES - len(whole))).width == 60

    def test_too_many_bytes_are_refused_and_not_all_read(self) -> None:
        assert refused(picture() + b"\0" * files.MAX_PICTURE_BYTES) == "too-big"
        stream = io.BytesIO(b"\0" * (files.MAX_PICTURE_BYTES + 1000))
        with pytest.raises(FileRefused, match="too-big"):
            accept_picture(stream)
        assert stream.tell() == files.MAX_PICTURE_BYTES + 1

    @given(st.integers(0, 600), st.binary(min_size=1, max_size=4), st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]))
    def test_a_broken_picture_is_refused_or_made_whole_and_nothing_else(
        self, place: int, noise: bytes, kind: str
    ) -> None:
        blob = picture(kind)
        try:
            stored = accept_picture(blob[:place] + noise + blob[place + len(noise) :])
        except FileRefused:
            return
        assert opened(stored.blob).format == "WEBP"


class TestDocument:
    def test_a_pdf_is_kept_as_it_is_with_a_clean_name(self) -> None:
        stored = accept_document(PDF, "../Rencana Kerja 2026.PDF")
        assert (stored.blob, stored.media_type, stored.name) == (PDF, "application/pdf", "Rencana Kerja 2026.pdf")
        assert (stored.width, stored.height, stored.small) == (None, None, None)
        assert accept_document(io.BytesIO(PDF), "a").name == "a.pdf"

    @pytest.mark.parametrize(
        "blob",
        [
            b"",
            HTML,
            SVG,
            zipped(),
            picture(),
            b"a,b\n1,2\n",
            b"%PDF",
            b"%PDF-x",
            b" " + PDF,
            HTML + PDF,
            PDF + zipped(),
        ],
        ids=["empty", "html", "svg", "zip", "jpeg", "csv", "start", "no-version", "space", "html-pdf", "pdf-zip"],
    )
    def test_what_is_no_pdf_or_something_else_as_well_is_refused(self, blob: bytes) -> None:
        with pytest.raises(FileRefused) as caught:
            accept_document(blob, "laporan.pdf")
        assert caught.value.reason == "not-a-pdf"

    @pytest.mark.parametrize("blob", [PDF[:-8], PDF[:40], PDF.replace(b"startxref", b""), PDF + b"\0" * 1100])
    def test_a_pdf_without_its_end_is_damaged(self, blob: bytes) -> None:
        with pytest.raises(FileRefused) as caught:
            accept_document(blob, "laporan.pdf")
        assert caught.value.reason == "damaged"

    def test_too_many_bytes_are_refused(self) -> None:
        with pytest.raises(FileRefused) as caught:
            accept_document(PDF + b"\0" * files.MAX_DOCUMENT_BYTES, "a.pdf")
        assert caught.value.reason == "too-big"

    def test_a_format_the_detector_does_not_know_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unknown(*_: object, **__: object) -> str:
            raise puremagic.PureError("unknown")

        monkeypatch.setattr(puremagic, "from_string", unknown)
        with pytest.raises(FileRefused, match="not-a-pdf"):
            accept_document(PDF, "a.pdf")


class TestName:
    @pytest.mark.parametrize(
        ("given_name", "shown"),
        [
            ("<svg onload=alert(1)>.png", "svg onload=alert(1) .png"),
            ("../../etc/passwd", "passwd"),
            ("..\\..\\boot.ini", "boot.ini"),
            ("C:\\Users\\Ani\\foto sumur.jpg", "foto sumur.jpg"),
            ("..", "file"),
            ("", "file"),
            (".htaccess", "htaccess"),
            ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie x=1.pdf"),
            ("foto\u202egpj.exe", "fotogpj.exe"),
            ("a\x00b\x1b[31m.pdf", "ab[31m.pdf"),
            ("\ud800x", "x"),
            ("cafe\u0301.pdf", "caf\u00e9.pdf"),
            ("laporan مياه.pdf", "laporan مياه.pdf"),
        ],
        ids=ascii,
    )
    def test_a_name_is_one_harmless_line(self, given_name: str, shown: str) -> None:
        assert display_name(given_name) == shown

    def test_the_ending_is_the_one_the_bytes_have(self) -> None:
        assert display_name("laporan.pdf.exe", ".pdf") == "laporan.pdf.exe.pdf"
        assert display_name(".pdf", ".pdf") == "pdf.pdf"
        assert display_name("...", ".pdf") == "file.pdf"
        assert display_name("a" * 300 + ".pdf", ".pdf") == "a" * 96 + ".pdf"

    @given(st.text())
    def test_any_name_becomes_a_short_line_without_path_or_marks(self, name: str) -> None:
        shown = display_name(name, ".pdf")
        assert 5 <= len(shown) <= 100
        assert shown.endswith(".pdf")
        assert shown.isprintable()
        assert not set(shown) & set('/\\<>:"|?*%;\r\n')


class TestStore:
    def test_a_file_is_kept_under_the_name_its_bytes_give_it(self, tmp_path: Path) -> None:
        name = save(tmp_path, PDF, "application/pdf")
        assert name == hashlib.sha256(PDF).hexdigest()
        assert path_of(tmp_path, name).read_bytes() == PDF
        assert path_of(tmp_path, name) == tmp_path / name[:2] / name

    def test_the_same_bytes_are_kept_once(self, tmp_path: Path) -> None:
        name = save(tmp_path / "new" / "folder", PDF, "application/pdf")
        kept = path_of(tmp_path / "new" / "folder", name)
        before = kept.stat().st_ino
        assert save(tmp_path / "new" / "folder", PDF, "application/pdf") == name
        assert kept.stat().st_ino == before
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == [kept]

    @pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "", "image/png"])
    def test_no_other_type_is_kept(self, tmp_path: Path, media_type: str) -> None:
        with pytest.raises(ValueError, match="not kept"):
            save(tmp_path, HTML, media_type)
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize(
        "name", ["", "../x", "a" * 63, "a" * 65, "A" * 64, "g" * 64, "a" * 64 + "\n", "/" + "a" * 63, "..%2f" * 13]
    )
    def test_no_name_leads_out_of_the_folder(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(ValueError, match="64 hex digits"):
            path_of(tmp_path, name)

    @pytest.mark.parametrize("step", ["fsync", "replace"])
    def test_a_failing_disk_leaves_nothing_half_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, step, full)
        with pytest.raises(OSError, match="No space"):
            save(tmp_path, PDF, "application/pdf")
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]

    def test_the_bytes_are_on_the_disk_before_they_have_their_name(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        done: list[str] = []
        fsync, replace = os.fsync, os.replace

        def noted_fsync(handle: int) -> None:
            done.append("fsync")
            fsync(handle)

        def noted_replace(old: str, new: Path) -> None:
            done.append("rename")
            replace(old, new)

        monkeypatch.setattr(os, "fsync", noted_fsync)
        monkeypatch.setattr(os, "replace", noted_replace)
        save(tmp_path, PDF, "application/pdf")
        assert done == ["fsync", "rename", "fsync", "fsync"]
