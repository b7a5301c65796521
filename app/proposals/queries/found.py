"""What of proposals everyone may find: those that stand, in the words of their present version."""

from sqlalchemy import func, select

from app.consultations.models import Consultation
from app.contributions.models import Contribution, Visibility
from app.core import indexing
from app.core.columns import table
from app.core.indexing import nothing, of_kind_named
from app.offices.models import Area
from app.proposals.models import Proposal, ProposalVersion

_place = table(Area).alias("place_of_consultation")
_p, _c, _v, _k, _a = (table(model).c for model in (Proposal, Contribution, ProposalVersion, Consultation, Area))

FOUND = indexing.findable(
    indexing.Source(
        "proposal",
        select(
            of_kind_named("proposal").label("kind"),
            _p.id,
            _p.consultation_id,
            _v.title,
            _c.lang.label("title_lang"),
            _v.body.label("text"),
            _c.lang,
            nothing().label("other_title"),
            nothing().label("other_text"),
            _c.received_at.label("at"),
            _c.code.label("place"),
            _k.title.label("about"),
            _k.lang.label("about_lang"),
            _k.other_title.label("about_other"),
            _p.status,
            func.coalesce(_a.code, _place.c.code).label("area_code"),
            _p.topic_id,
        )
        .select_from(table(Proposal))
        .join(table(Contribution), _c.id == _p.id)
        .join(table(ProposalVersion), (_v.proposal_id == _p.id) & (_v.number == _p.version))
        .join(table(Consultation), _k.id == _p.consultation_id)
        .outerjoin(table(Area), _a.id == _c.area_id)
        .outerjoin(_place, _place.c.id == _k.area_id)
        .where(_c.visibility == Visibility.PUBLIC, _p.withdrawn_at.is_(None), _k.opened_at.is_not(None)),
        _p.id,
    )
)
