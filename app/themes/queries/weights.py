"""How often each theme was found, in how many different arguments, and by how many people it was said."""

from dataclasses import dataclass

from sqlalchemy import bindparam, case, func, select
from sqlmodel import Session

from app.contributions.models import Contribution
from app.core.columns import table
from app.rules.coding import State
from app.themes.models import CampaignSignature, Coding, CodingCounted, Theme
from app.themes.queries.copies import OWN_WORDS
from app.themes.queries.queue import NUMBERS

_k, _t, _q, _c, _s = (table(model).c for model in (Coding, Theme, CodingCounted, Contribution, CampaignSignature))
_speaks = func.coalesce(_t.merged_into, _t.id)
#: What makes an argument another one: the campaign of a copy, below zero, else the contribution itself.
ARGUMENT = case((_s.campaign_id.is_(None) | OWN_WORDS, _c.id), else_=-_s.campaign_id)
_WEIGHTS = (
    select(
        _speaks,
        func.count(_c.id.distinct()),
        func.count(_c.participant_id.distinct()),
        func.count(case((_c.participant_id.is_(None), _c.id)).distinct()),
        func.count(ARGUMENT.distinct()),
    )
    .select_from(table(Theme))
    .join(table(Coding), (_k.theme_id == _t.id) & _k.retracted_at.is_(None))
    .join(table(CodingCounted), (_q.contribution_id == _k.contribution_id) & (_q.state == NUMBERS[State.CODED]))
    .join(table(Contribution), _c.id == _k.contribution_id)
    .outerjoin(table(CampaignSignature), _s.contribution_id == _k.contribution_id)
    .where(_t.consultation_id == bindparam("consultation"))
    .group_by(_speaks)
)


@dataclass(frozen=True)
class Weight:
    """In how many contributions a theme was found, and from how many people these are.

    A contribution is counted once for a theme, whatever was merged into it. One that came without an account, on paper
    or from another platform, counts as one person. Copies of one text are one argument, but what somebody added to a
    copy is one of its own.
    """

    contributions: int = 0
    people: int = 0
    arguments: int = 0


def weights(session: Session, consultation_id: int) -> dict[int, Weight]:
    """The weight of each theme that was found, by its row number; what was left out or taken back does not count."""
    rows = session.execute(_WEIGHTS, {"consultation": consultation_id})
    return {theme: Weight(volume, known + unknown, variety) for theme, volume, known, unknown, variety in rows}
