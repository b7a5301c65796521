"""The documents say what is there: links lead somewhere, named tests and settings exist."""

import re
from pathlib import Path

import pytest

from app.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]


@pytest.mark.parametrize("name", NAMES)
def test_every_link_to_a_file_leads_to_one(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in target:
            assert ((ROOT / name).parent / target).exists(), target


@pytest.mark.parametrize("name", NAMES)
def test_every_file_and_setting_that_is_named_exists(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    for path in re.findall(r"`((?:app|templates|tests|migrations)/[\w./-]+\.(?:py|html|po|json))`", text):
        assert (ROOT / path).exists(), path
    known = {f"REMBUK_{field.upper()}" for field in Settings.model_fields} | {"REMBUK_TEST_POSTGRES", "REMBUK_PYTHON"}
    assert set(re.findall(r"REMBUK_[A-Z_]+[A-Z]", text)) <= known


@pytest.mark.parametrize("name", NAMES)
def test_every_test_that_is_named_exists(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    for file, test in re.findall(r"`(tests/[\w/]+\.py)::([\w:]+)`", text):
        assert f"def {test.rpartition(':')[2]}(" in (ROOT / file).read_text("utf-8"), f"{file}::{test}"


#: The classes of faults that other platforms have published; each has a place in docs/security.md.
FAULTS = (
    "Script in stored text", "Script in what an address asks", "Rich text", "Embeds and previews", "Uploads",
    "A missing permission", "A second door", "Who voted what, and counts before their time", "Across offices",
    "Private files", "SQL in a sort or a search", "Commands", "Formulas in tables", "Requests sent on",
    "Led to another site", "Sent from another site", "Voting several times at once", "Rules changed during the vote",
    "Links, sessions, passwords", "Limits that can be passed by", "Told by the time it takes, and weak hashes",
    "One text that stops everything", "Somebody else's page from a cache",
)  # fmt: skip


def test_each_fault_and_each_kind_of_bad_input_has_its_tests() -> None:
    text = (ROOT / "docs" / "security.md").read_text("utf-8")
    faults, kinds = text.partition("## Bad input")[::2]
    assert tuple(re.findall(r"^### (.+)$", faults, re.M)) == FAULTS
    assert len(re.findall(r"^### ", kinds, re.M)) >= 16
    for part in re.split(r"^### ", text, flags=re.M)[1:]:
        assert re.findall(r"^- `tests/[\w/]+\.py::\w+`$", part, re.M), part.partition("\n")[0]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.name)
def test_a_decision_says_why_what_follows_and_what_enforces_it(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith(f"# {path.name[:3]} ")
    assert "**Status:**" in text
    assert re.findall(r"^## (.+)$", text, re.M) == ["Context", "Decision", "Consequences", "Enforced by"]
    assert len(text.split()) < 600, "one page"
    enforced = text.partition("## Enforced by")[2]
    assert re.findall(r"`tests/[\w/]+\.py::[\w:]+`", enforced)
