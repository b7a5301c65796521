"""The months in which answers are due, held against the calendar of the installation."""

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from app.core.columns import Instant, table
from app.obligations.models import Obligation, ObligationCount
from app.obligations.queries import month_of

_o, _n = table(Obligation), table(ObligationCount)
_DUE = select(_n.c.due_at, _n.c.due_month).distinct()
_AT = bindparam("at", type_=Instant())
#: Each outcome by itself, which is how the index that leads to a due instant begins.
OUTCOMES = ("open", "answered", "answered-late", "lapsed")
_MOVE = (
    update(_o)
    .where(_o.c.outcome.in_(OUTCOMES), _o.c.due_at == _AT)
    .values(due_month=bindparam("month"))
)  # fmt: skip
_NAME = update(_n).where(_n.c.due_at == _AT).values(due_month=bindparam("month"))


def follow_the_calendar(session: Session) -> int:
    """Put each due instant into the month in which it lies here and now; says how many instants moved. Idempotent.

    The instants themselves never move. Which month one lies in depends on the zone of the installation, and is kept
    only so that sums by month stay cheap; it is made anew wherever it is not what the zone says.
    """
    wrong = [row.due_at for row in session.execute(_DUE).all() if row.due_month != month_of(row.due_at)]
    for due_at in wrong:
        for statement in (_MOVE, _NAME):
            session.execute(statement, {"at": due_at, "month": month_of(due_at)})
    return len(wrong)
