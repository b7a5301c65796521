"""Contributions enter the ledger under codes of their own, even where chance draws one that is taken."""

import pytest
from sqlalchemy import select

from app.contributions import actions
from app.contributions.models import Contribution
from app.core import db
from app.core.codes import new_code
from app.core.columns import table
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


def codes() -> list[str]:
    with db.reading() as session:
        return list(session.execute(select(table(Contribution).c.code)).scalars())


def test_a_code_that_is_taken_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    consultation = factories.consultation(factories.office())
    factories.proposal(consultation)
    (taken,), fresh = codes(), new_code()
    drawn = iter([taken, taken, fresh])
    monkeypatch.setattr(actions, "new_code", lambda: next(drawn))
    factories.proposal(consultation, title="Jembatan baru")
    assert sorted(codes()) == sorted([taken, fresh])


def test_a_source_of_codes_that_has_only_one_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is stored, and nobody waits for ever."""
    consultation = factories.consultation(factories.office())
    factories.proposal(consultation)
    (taken,) = codes()
    monkeypatch.setattr(actions, "new_code", lambda: taken)
    with pytest.raises(RuntimeError, match="all taken"):
        factories.proposal(consultation, title="Jembatan baru")
    assert codes() == [taken]
