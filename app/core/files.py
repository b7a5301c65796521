"""Pictures and documents people upload: checked, made harmless, and kept under a name nobody chose.

A picture is decoded and written anew as WebP, which leaves behind everything that is not the picture: place and
camera, programs hidden after its end, a second format in the same bytes. A document is a PDF and nothing else:
there is no other format that offices use and that can be told by its bytes (spreadsheets become the data of a
consultation by import, not by upload). Files are named by the SHA-256 of their bytes.
"""

import io
import os
import re
import tempfile
import unicodedata
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Literal

import puremagic
from PIL import Image, ImageOps

Reason = Literal["too-big", "not-a-picture", "not-a-pdf", "too-many-pixels", "damaged"]

MAX_PICTURE_BYTES = 10_000_000
MAX_DOCUMENT_BYTES = 20_000_000
MAX_PIXELS = 40_000_000
MAX_SIDE = 20_000
LARGE_SIDE, SMALL_SIDE = 1600, 480
"""The longest side, in pixels, of the two sizes in which a picture is kept."""

PICTURE_TYPE, DOCUMENT_TYPE = "image/webp", "application/pdf"

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_QUALITY = 80
_NAME = re.compile("[0-9a-f]{64}")
_MAX_NAME = 100


class FileRefused(ValueError):
    """The file cannot be taken; `reason` is a code: too-big, not-a-picture, not-a-pdf, too-many-pixels, damaged."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True)
class Stored:
    """A file that may be kept and shown: its bytes, media type and, for a picture, its size and a small copy."""

    blob: bytes
    media_type: str
    width: int | None = None
    height: int | None = None
    small: "Stored | None" = None
    name: str = ""


def accept_picture(source: bytes | BinaryIO) -> Stored:
    """Take a JPEG, PNG, WebP or GIF picture as a WebP of at most 1600 pixels a side, with one of 480.

    It is turned upright, of a moving picture the first frame is kept, and no place or camera data stays.
    Raises FileRefused: too-big, not-a-picture, too-many-pixels or damaged.
    """
    blob = _read(source, MAX_PICTURE_BYTES)
    try:
        picture = Image.open(io.BytesIO(blob), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise FileRefused("too-many-pixels") from None
    except Exception:  # a decoder fed by strangers may raise anything
        raise FileRefused("not-a-picture") from None
    with picture:
        if picture.width * picture.height > MAX_PIXELS or max(picture.size) > MAX_SIDE:
            raise FileRefused("too-many-pixels")
        try:
            large = _pixels(picture)
        except Exception:  # as above: each format has its own errors
            raise FileRefused("damaged") from None
    small = large.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE))
    return _webp(large, _webp(small))


def accept_document(blob: bytes | BinaryIO, name: str) -> Stored:
    """Take a PDF document as it is, with the name to show for it.

    Raises FileRefused: too-big; not-a-pdf for any other format and for a file that is a ZIP as well; damaged
    for a PDF without its end.
    """
    content = _read(blob, MAX_DOCUMENT_BYTES)
    if not re.match(rb"%PDF-[12]\.[0-9]", content) or not _is_pdf(content) or _is_zip(content):
        raise FileRefused("not-a-pdf")
    if b"startxref" not in content[-2048:] or b"%%EOF" not in content[-1024:]:
        raise FileRefused("damaged")
    return Stored(content, DOCUMENT_TYPE, name=display_name(name, ".pdf"))


def display_name(name: str, ending: str = "") -> str:
    """Clean the name a file came with, for showing only: one line, no path, no marks, at most 100 characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(" " if character in '<>:"|?*%;' else character for character in last if _shown(character))
    plain = " ".join(plain.split()).strip(" .")
    if ending and plain.lower().endswith(ending):
        plain = plain[: -len(ending)].rstrip(" .")
    return (plain[: _MAX_NAME - len(ending)].rstrip(" .") or "file") + ending


def save(root: Path, blob: bytes, media_type: str) -> str:
    """Keep a file under the name its bytes give it, whole or not at all, and return that name (64 hex digits).

    The same bytes are kept once. Raises ValueError for a media type that is not taken, OSError if the disk fails.
    """
    if media_type not in (PICTURE_TYPE, DOCUMENT_TYPE):
        raise ValueError(f"files of the type {media_type} are not kept")
    name = sha256(blob).hexdigest()
    path = path_of(root, name)
    if path.exists():
        return name
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(blob)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    for folder in (path.parent, root):
        _sync_folder(folder)
    return name


def path_of(root: Path, name: str) -> Path:
    """Where the file with this name is kept, whether it is there or not. Raises ValueError for any other text."""
    if not _NAME.fullmatch(name):
        raise ValueError("a kept file is named by 64 hex digits")
    return root / name[:2] / name


def _read(source: bytes | BinaryIO, limit: int) -> bytes:
    blob = source if isinstance(source, bytes) else source.read(limit + 1)
    if len(blob) > limit:
        raise FileRefused("too-big")
    return blob


def _pixels(picture: Image.Image) -> Image.Image:
    """The bare pixels, upright and small enough; a JPEG is made smaller while it is read, to save memory."""
    picture.draft("RGB", (LARGE_SIDE, LARGE_SIDE))
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    bare = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    bare.info.clear()
    bare.thumbnail((LARGE_SIDE, LARGE_SIDE))
    return bare


def _webp(picture: Image.Image, small: Stored | None = None) -> Stored:
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=_QUALITY, method=4)
    return Stored(file.getvalue(), PICTURE_TYPE, picture.width, picture.height, small)


def _is_pdf(content: bytes) -> bool:
    try:
        return bool(puremagic.from_string(content[:4096], mime=True) == DOCUMENT_TYPE)
    except (puremagic.PureError, ValueError):
        return False


def _is_zip(content: bytes) -> bool:
    return zipfile.is_zipfile(io.BytesIO(content))


def _shown(character: str) -> bool:
    return character.isspace() or unicodedata.category(character)[0] not in "CZ"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
