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


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.name)
def test_a_decision_says_why_what_follows_and_what_enforces_it(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith(f"# {path.name[:3]} ")
    assert "**Status:**" in text
    assert re.findall(r"^## (.+)$", text, re.M) == ["Context", "Decision", "Consequences", "Enforced by"]
    assert len(text.split()) < 600, "one page"
    enforced = text.partition("## Enforced by")[2]
    named = re.findall(r"`(tests/[\w/]+\.py)::([\w:]+)`", enforced)
    assert named
    for file, test in named:
        assert f"def {test.rpartition(':')[2]}(" in (ROOT / file).read_text("utf-8"), test
