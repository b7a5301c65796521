"""The command that loads the regions of the state."""

from pathlib import Path

from sqlalchemy import create_engine, func, select
from typer.testing import CliRunner

from app.__main__ import cli
from app.core.columns import table
from app.offices.models import Area
from app.settings import settings


def stored() -> int:
    engine = create_engine(settings().database)
    with engine.connect() as connection:
        number = int(connection.execute(select(func.count()).select_from(table(Area))).scalar_one())
    engine.dispose()
    return number


def test_regions_are_loaded_from_the_command_line(installation: Path) -> None:
    told = CliRunner().invoke(cli, ["areas", "--province", "31"])
    assert told.exit_code == 0, told.output
    assert stored() > 300
    assert f"{stored()} regions are stored." in told.output


def test_an_unknown_province_is_an_error(installation: Path) -> None:
    told = CliRunner().invoke(cli, ["areas", "--province", "99"])
    assert told.exit_code == 1
    assert "no province with the code 99" in told.output
    assert stored() == 0
