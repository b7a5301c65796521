"""Settings refuse what cannot be meant, and the README lists every one of them and every permission."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from app import readme
from app.permissions import TABLE
from app.settings import Settings, is_loopback


def test_the_readme_has_the_tables_as_the_code_says() -> None:
    text = readme.README.read_text(encoding="utf-8")
    assert readme.filled(text) == text, "run `./run readme`"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_means(name: str) -> None:
    assert f"| `REMBUK_{name.upper()}` |" in readme.settings_table()
    assert Settings.model_fields[name].description


@pytest.mark.parametrize("name", TABLE)
def test_every_permission_says_for_whom_it_is(name: str) -> None:
    row = next(line for line in readme.permissions_table().splitlines() if line.startswith(f"| `{name}` |"))
    assert row.removeprefix(f"| `{name}` |").strip(" |")


def test_a_readme_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="settings"):
        readme.filled("# Rembuk")


def test_tables_are_written_once_and_then_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "README.md"
    file.write_text("<!-- settings -->old<!-- /settings --><!-- permissions --><!-- /permissions -->", encoding="utf-8")
    monkeypatch.setattr(readme, "README", file)
    assert (readme.refresh(), readme.refresh()) == (True, False)
    assert "REMBUK_DATA_DIR" in file.read_text(encoding="utf-8")


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMBUK_SETTLE_SECONDS", "7")
    monkeypatch.setenv("REMBUK_DEMO", "0")
    assert (Settings().settle_seconds, Settings().demo) == (7, False)


@pytest.mark.parametrize(
    ("name", "value"), [("zone", "Asia/Atlantis"), ("default_lang", "de"), ("settle_seconds", "0"), ("demo", "perhaps")]
)
def test_a_setting_that_cannot_be_meant_is_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"REMBUK_{name.upper()}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_the_database_is_in_the_data_folder_unless_said_otherwise(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).database == f"sqlite:///{tmp_path}/rembuk.db"
    assert Settings(database_url="postgresql+psycopg://x/y").database == "postgresql+psycopg://x/y"


@pytest.mark.parametrize(
    ("host", "is_so"),
    [
        *[("localhost", True), ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True)],
        *[("0.0.0.0", False), ("10.0.0.1", False), ("rembuk.example", False), ("", False)],
    ],
)
def test_what_is_only_this_machine(host: str, is_so: bool) -> None:
    assert is_loopback(host) is is_so


@pytest.mark.parametrize(
    ("fields", "host", "allowed"),
    [
        ({}, "127.0.0.1", True),
        ({"demo": False}, "127.0.0.1", False),
        ({}, "0.0.0.0", False),
        ({"base_url": "https://rembuk.example"}, "127.0.0.1", False),
        ({"base_url": "http://127.0.0.1:8000"}, "localhost", True),
    ],
)
def test_demo_people_exist_only_on_this_machine_and_never_behind_https(
    fields: dict[str, object], host: str, allowed: bool
) -> None:
    assert Settings.model_validate(fields).demo_allowed(host) is allowed
