"""The tables of the README that are made from the code: settings, and who may do what."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from app.permissions import TABLE
from app.settings import Settings

README = Path(__file__).parents[1] / "README.md"


def settings_table() -> str:
    """Every environment variable, its default and what it means."""
    prefix = Settings.model_config.get("env_prefix", "")
    rows = []
    for name, field in Settings.model_fields.items():
        default = int(field.default) if isinstance(field.default, bool) else field.default
        shown = f"`{default}`" if str(default) else ""
        rows.append((f"`{prefix}{name.upper()}`", shown, field.description or ""))
    return _table(("setting", "default", "meaning"), rows)


def permissions_table() -> str:
    """Every permission and all that must be true of whoever uses it."""
    rows = [(f"`{name}`", " ".join(_meaning(each) for each in predicates)) for name, predicates in TABLE.items()]
    return _table(("permission", "for"), rows)


def _meaning(predicate: object) -> str:
    return (predicate.__doc__ or "").splitlines()[0]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def filled(text: str) -> str:
    """A README with the tables between its markers as they are now; an error where a marker is missing."""
    for name, table in (("settings", settings_table()), ("permissions", permissions_table())):
        between = re.compile(f"(<!-- {name} -->).*?(<!-- /{name} -->)", re.S)
        text, found = between.subn(lambda marks, table=table: f"{marks[1]}\n{table}\n{marks[2]}", text)  # type: ignore[misc]
        if found != 1:
            raise ValueError(f"README.md needs <!-- {name} --> and <!-- /{name} --> once, and has them {found} times")
    return text


def refresh() -> bool:
    """Write the tables into the README; says whether anything changed."""
    before = README.read_text(encoding="utf-8")
    after = filled(before)
    README.write_text(after, encoding="utf-8")
    return after != before
