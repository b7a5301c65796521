"""Official answers as search finds them: by their text, at the first proposal they stand under."""

from collections.abc import Mapping, Sequence

from sqlalchemy import BigInteger, func, select
from sqlmodel import Session

from app.consultations import queries as consultations
from app.consultations.models import Consultation
from app.contributions.models import Contribution, Visibility
from app.core import indexing
from app.core.columns import table
from app.core.indexing import nothing, of_kind_named
from app.offices.models import Area
from app.proposals.models import Proposal
from app.responses.models import Answer, Response

_r, _a, _c, _p = (table(model).c for model in (Response, Answer, Contribution, Proposal))
_k, _place = table(Consultation).c, table(Area).c
#: The first proposal that stands and that a text is the present answer to; a text nobody can read has none.
_FIRST = (
    select(func.min(_a.contribution_id))
    .join_from(table(Answer), table(Contribution), _c.id == _a.contribution_id)
    .join(table(Proposal), _p.id == _c.id)
    .where(
        _a.response_id == _r.id,
        _a.published_at.is_not(None),
        _a.superseded_at.is_(None),
        _c.visibility == Visibility.PUBLIC,
        _p.withdrawn_at.is_(None),
    )
    .correlate(table(Response))
    .scalar_subquery()
)
_first = table(Contribution).alias("first")
_of_first = table(Proposal).alias("of_first")
FOUND = indexing.findable(
    indexing.Source(
        "answer",
        select(
            of_kind_named("answer").label("kind"),
            _r.id,
            _r.consultation_id,
            _of_first.c.title,
            _first.c.lang.label("title_lang"),
            _r.text,
            _r.lang,
            nothing().label("other_title"),
            _r.other_text,
            _r.published_at.label("at"),
            _first.c.code.label("place"),
            _k.title.label("about"),
            _k.lang.label("about_lang"),
            _k.other_title.label("about_other"),
            _r.status,
            _place.code.label("area_code"),
            nothing(BigInteger).label("topic_id"),
        )
        .select_from(table(Response))
        .join(table(Consultation), _k.id == _r.consultation_id)
        .join(_first, _first.c.id == _FIRST)
        .join(_of_first, _of_first.c.id == _first.c.id)
        .outerjoin(table(Area), _place.id == _k.area_id)
        .where(_r.published_at.is_not(None), _k.opened_at.is_not(None)),
        _r.id,
        consultations.topics_found_by,
    )
)
_ANSWERING = select(_a.response_id).where(_a.published_at.is_not(None)).distinct()


def answering(session: Session, contributions: Sequence[int]) -> list[int]:
    """The published texts that answer, or answered before, one of these."""
    return list(session.execute(_ANSWERING.where(_a.contribution_id.in_(contributions))).scalars())


@indexing.follows("proposal")
def answers_follow(session: Session, proposals: Sequence[int]) -> Mapping[str, Sequence[int]]:
    """What answers a proposal is found as long as the proposal is."""
    return {"answer": answering(session, proposals)}
