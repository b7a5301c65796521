"""What of consultations everyone may find."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import BigInteger, Select, select
from sqlmodel import Session

from app.consultations.models import Consultation, ConsultationTopic
from app.consultations.queries.lists import state_condition
from app.core import indexing
from app.core.columns import table
from app.core.indexing import nothing, of_kind_named
from app.offices.models import Area

_c, _a, _ct = (table(model).c for model in (Consultation, Area, ConsultationTopic))
_TOPICS = select(_ct.consultation_id, _ct.topic_id)


def topics_found_by(session: Session, ids: Sequence[int]) -> Mapping[int, Iterable[int]]:
    """The topics of consultations, by which these and what belongs to them are narrowed."""
    found: dict[int, list[int]] = {}
    for row in session.execute(_TOPICS.where(_ct.consultation_id.in_(ids))):
        found.setdefault(row.consultation_id, []).append(row.topic_id)
    return found


def in_state(state: str) -> Select[tuple[int]]:
    """The consultations in a state, for `column.in_(…)`."""
    return select(_c.id).where(_c.opened_at.is_not(None), state_condition(state))


FOUND = indexing.findable(
    indexing.Source(
        "consultation",
        select(
            of_kind_named("consultation").label("kind"),
            _c.id,
            _c.id.label("consultation_id"),
            _c.title,
            _c.lang.label("title_lang"),
            (_c.summary + "\n" + _c.background).label("text"),
            _c.lang,
            _c.other_title,
            (_c.other_summary + "\n" + _c.other_background).label("other_text"),
            _c.opened_at.label("at"),
            _c.slug.label("place"),
            nothing().label("about"),
            nothing().label("about_lang"),
            nothing().label("about_other"),
            nothing().label("status"),
            _a.code.label("area_code"),
            nothing(BigInteger).label("topic_id"),
        )
        .select_from(table(Consultation))
        .outerjoin(table(Area), _a.id == _c.area_id)
        .where(_c.opened_at.is_not(None)),
        _c.id,
        topics_found_by,
    )
)
