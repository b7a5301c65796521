"""Which office somebody speaks for, so that pages can say it beside what they wrote."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app.accounts.models import Account, Role, RoleGrant
from app.core.columns import table
from app.core.i18n import language
from app.offices.models import Office

_a, _g = table(Account).c, table(RoleGrant).c
_spoken = table(Office).alias("spoken")


def with_office(statement: Select[Any], participant: ColumnElement[Any]) -> Select[Any]:
    """A read of contributions with the office of each author who is an official; of several offices the first."""
    number = (
        select(func.min(_g.office_id))
        .join_from(table(Account), table(RoleGrant), _g.account_id == _a.id)
        .where(_a.participant_id == participant, _g.role == Role.OFFICIAL)
        .correlate_except(table(Account), table(RoleGrant))
        .scalar_subquery()
    )
    columns = (_spoken.c.name.label("spoken_name"), _spoken.c.name_en.label("spoken_en"))
    return statement.add_columns(*columns).outerjoin(_spoken, _spoken.c.id == number)


def spoken_for(name: str | None, name_en: str | None) -> str | None:
    """The name of that office in the reader's language; None for who is no official."""
    return name_en if language.get() == "en" and name_en else name
