"""Third-party files that pages load: made anew from their npm releases by `./run vendor`."""

import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
LIST = VENDOR / "VENDORED.md"
GOVUK_SOURCE = STATIC / "css" / "src" / "govuk-frontend.scss"

SASS = "1.108.2"

ICONS = (
    "arrow-left arrow-right bell building calendar check circle-alert circle-check clock download ear eye eye-off "
    "file-text flag gavel history inbox info landmark languages lightbulb link mail map-pin megaphone "
    "message-circle message-square minus pencil plus printer reply rotate-ccw scale search send settings shield "
    "thumbs-down thumbs-up triangle-alert upload user users vote x"
).split()


@dataclass(frozen=True)
class Release:
    """One published package and the file we keep from it.

    `licence_file` is None where the package carries no licence text; the copy is then kept as it is.
    """

    package: str
    version: str
    licence: str
    licence_file: str | None
    file: str

    @property
    def licence_copy(self) -> str:
        """The name under which the licence text is kept beside the file."""
        return f"licences/{self.package}.txt"


HTMX = Release("htmx.org", "4.0.1", "0BSD", "LICENSE", "htmx.min.js")
GOVUK = Release("govuk-frontend", "6.6.0", "MIT", None, "govuk-frontend.css")
LUCIDE = Release("lucide-static", "1.62.0", "ISC", "LICENSE", "lucide.svg")
RELEASES = (HTMX, GOVUK, LUCIDE)


def vendor() -> None:
    """Fetch the releases from npm into a temporary folder and remake `static/vendor/` from them."""
    if shutil.which("npm") is None:
        raise SystemExit("npm was not found. Install Node.js 20 or newer, then run this again.")
    with tempfile.TemporaryDirectory(prefix="rembuk-vendor-") as folder:
        _install(Path(folder))
        packages = Path(folder) / "node_modules"
        VENDOR.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(packages / HTMX.package / "dist" / HTMX.file, VENDOR / HTMX.file)
        _compile(packages, VENDOR / GOVUK.file)
        (VENDOR / LUCIDE.file).write_text(sprite(packages / LUCIDE.package / "icons"), encoding="utf-8")
        for release in RELEASES:
            _copy_licence(packages, release)
    LIST.write_text(listing(), encoding="utf-8")


def _install(folder: Path) -> None:
    wanted = [f"{release.package}@{release.version}" for release in RELEASES] + [f"sass@{SASS}"]
    command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--omit=optional"]
    (folder / "package.json").write_text("{}", encoding="utf-8")
    subprocess.run([*command, *wanted], cwd=folder, check=True)


def _copy_licence(packages: Path, release: Release) -> None:
    copy = VENDOR / release.licence_copy
    copy.parent.mkdir(exist_ok=True)
    if release.licence_file is not None:
        shutil.copyfile(packages / release.package / release.licence_file, copy)


def _compile(packages: Path, target: Path) -> None:
    sass = packages / "sass" / "sass.js"
    options = ["--style=compressed", "--no-source-map", "--no-charset", f"--load-path={packages}"]
    subprocess.run(["node", str(sass), *options, str(GOVUK_SOURCE), str(target)], check=True)


def sprite(icons: Path) -> str:
    """One SVG file with a symbol for each icon that pages may show beside words."""
    symbols = "\n".join(_symbol(name, (icons / f"{name}.svg").read_text(encoding="utf-8")) for name in ICONS)
    note = f"<!-- {LUCIDE.package} {LUCIDE.version}, {LUCIDE.licence} licence: see {LUCIDE.licence_copy} -->"
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{note}\n{symbols}\n</svg>\n'


def _symbol(name: str, svg: str) -> str:
    inside = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    if inside is None:
        raise ValueError(f"{name} is not an SVG icon")
    shapes = " ".join(inside.group(1).split()).replace(" />", "/>").replace("> <", "><").strip()
    return f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>'


def listing() -> str:
    """The table of what is vendored, as `VENDORED.md` shows it."""
    rows = "\n".join(_rows())
    return (
        "# Files from others\n\n"
        "Made by `./run vendor` from the npm releases named here; never edited by hand. "
        "`tests/test_static.py` checks every hash.\n\n"
        "| file | package | version | licence | SHA-256 |\n|---|---|---|---|---|\n"
        f"{rows}\n\n"
        f"`{GOVUK.file}` is compiled with sass {SASS} from `static/css/src/{GOVUK_SOURCE.name}`; "
        f"`{LUCIDE.file}` gathers the icons named in `app/vendoring.py`.\n"
    )


def _rows() -> Iterator[str]:
    for release in RELEASES:
        for file in (release.file, release.licence_copy):
            digest = hashlib.sha256((VENDOR / file).read_bytes()).hexdigest()
            yield f"| `{file}` | {release.package} | {release.version} | {release.licence} | `{digest}` |"
