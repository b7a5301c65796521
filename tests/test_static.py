"""Static files: vendored releases are what they claim, budgets hold, colours can be read."""

import re
import subprocess
from itertools import product
from pathlib import Path
from typing import Any

import brotli
import pytest

from app import vendoring

STATIC = vendoring.STATIC
TEMPLATES = vendoring.ROOT / "templates"
OWN_CSS = STATIC / "css" / "rembuk.css"
OWN_JS = STATIC / "js" / "rembuk.js"
KILOBYTE = 1024


def compressed(*paths: Path) -> int:
    return sum(len(brotli.compress(path.read_bytes())) for path in paths)


def test_vendored_files_have_the_hashes_on_the_list() -> None:
    assert vendoring.LIST.read_text(encoding="utf-8") == vendoring.listing()


def test_nothing_unlisted_is_vendored() -> None:
    listed = {file for release in vendoring.RELEASES for file in (release.file, release.licence_copy)}
    files = (path for path in vendoring.VENDOR.rglob("*") if path.is_file())
    present = {str(path.relative_to(vendoring.VENDOR)) for path in files if path.suffix not in (".br", ".gz")}
    assert present == listed | {"VENDORED.md"}


@pytest.mark.parametrize(
    ("paths", "limit"),
    [
        ((OWN_CSS, vendoring.VENDOR / "govuk-frontend.css"), 14 * KILOBYTE),
        ((vendoring.VENDOR / "htmx.min.js",), 12 * KILOBYTE),
        ((OWN_JS,), 3 * KILOBYTE),
        ((vendoring.VENDOR / "lucide.svg",), 5 * KILOBYTE),
        ((STATIC / "img" / "knot.svg",), 2 * KILOBYTE),
    ],
)
def test_what_a_visitor_loads_stays_small(paths: tuple[Path, ...], limit: int) -> None:
    assert compressed(*paths) <= limit


@pytest.mark.parametrize("css", [OWN_CSS, vendoring.VENDOR / "govuk-frontend.css"])
def test_styles_load_nothing_and_carry_no_foreign_identity(css: Path) -> None:
    text = css.read_text(encoding="utf-8").lower()
    assert not re.findall(r"url\(|@import|@font-face|gds transport|crown|https?://", text)


def test_our_script_makes_no_code_and_no_markup() -> None:
    text = OWN_JS.read_text(encoding="utf-8")
    assert not re.findall(r"\beval\(|new Function|insertAdjacentHTML|\.(?:inner|outer)HTML\s*=|\.style\b", text)


def test_every_icon_a_page_shows_is_in_the_sprite() -> None:
    shown = set()
    for template in TEMPLATES.rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        shown |= set(re.findall(r"""\bicon\(["']([a-z-]+)["']\)""", text))
        shown |= set(re.findall(r'lucide\.svg"\) \}\}#([a-z-]+)', text))
    assert shown
    assert shown <= set(vendoring.ICONS)


# -- colours ---------------------------------------------------------------------------------------


def tokens() -> dict[str, dict[str, str]]:
    """The custom properties of the light and the dark page."""
    text = OWN_CSS.read_text(encoding="utf-8")
    roots = re.findall(r":root {(.*?)}", text, re.DOTALL)
    light, dark = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", root)) for root in roots)
    return {"light": light, "dark": light | dark}


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


WORDS = ["ink", "muted", "link", "indigo", "leaf", "amber", "brick"]
PAIRS = [
    *product(WORDS, ["page", "panel"]),
    *product(["ink", "muted", "link"], ["indigo-soft", "turmeric-soft", "leaf-soft", "amber-soft", "brick-soft"]),
    *[(name, f"{name}-soft") for name in ("indigo", "leaf", "amber", "brick")],
    ("band-ink", "band"),
    ("on-turmeric", "turmeric"),
]


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_words_stand_out_from_their_ground(mode: str, text: str, ground: str) -> None:
    colours = tokens()[mode]
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_buttons_lines_and_the_focus_ring_stand_out(mode: str) -> None:
    colours = tokens()[mode]
    assert all(contrast("#fff", colours[name]) >= 4.5 for name in ("button", "button-over", "danger", "danger-over"))
    assert contrast(colours["line"], colours["page"]) >= 3
    assert max(contrast(colours[name], colours["page"]) for name in ("turmeric", "on-turmeric")) >= 3


# -- making them anew ------------------------------------------------------------------------------


def test_vendor_copies_compiles_and_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = tmp_path / "vendor"
    (vendor / "licences").mkdir(parents=True)
    (vendor / "licences" / "govuk-frontend.txt").write_text("kept as it is")
    monkeypatch.setattr(vendoring, "VENDOR", vendor)
    monkeypatch.setattr(vendoring, "LIST", vendor / "VENDORED.md")
    monkeypatch.setattr("shutil.which", lambda _name: "/usr/bin/npm")

    def run(command: list[str], cwd: Path | None = None, check: bool = False) -> Any:
        assert check
        if command[0] == "node":
            Path(command[-1]).write_text("a{}")
            return
        assert cwd is not None
        assert {"htmx.org@4.0.1", "govuk-frontend@6.6.0"} <= set(command)
        assert "--ignore-scripts" in command
        packages = cwd / "node_modules"
        (packages / "htmx.org" / "dist").mkdir(parents=True)
        (packages / "htmx.org" / "dist" / "htmx.min.js").write_text("htmx")
        (packages / "lucide-static" / "icons").mkdir(parents=True)
        for name in vendoring.ICONS:
            (packages / "lucide-static" / "icons" / f"{name}.svg").write_text('<svg x="1">\n <path d="M0 0" />\n</svg>')
        for package in ("htmx.org", "lucide-static"):
            (packages / package / "LICENSE").write_text(f"licence of {package}")

    monkeypatch.setattr(subprocess, "run", run)
    vendoring.vendor()

    assert (vendor / "htmx.min.js").read_text() == "htmx"
    assert (vendor / "govuk-frontend.css").read_text() == "a{}"
    assert '<symbol id="ear" viewBox="0 0 24 24"><path d="M0 0"/></symbol>' in (vendor / "lucide.svg").read_text()
    assert (vendor / "licences" / "govuk-frontend.txt").read_text() == "kept as it is"
    assert (vendor / "VENDORED.md").read_text() == vendoring.listing()


def test_vendor_without_npm_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(SystemExit, match=r"Install Node\.js"):
        vendoring.vendor()


def test_a_file_that_is_no_icon_is_refused(tmp_path: Path) -> None:
    for name in vendoring.ICONS:
        (tmp_path / f"{name}.svg").write_text("<html></html>")
    with pytest.raises(ValueError, match="is not an SVG icon"):
        vendoring.sprite(tmp_path)
