"""The proposals of a consultation."""

import secrets
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import AfterValidator

from app.consultations import queries as consultations
from app.contributions.models import STATUSES
from app.core import db, paging, web
from app.core.access import CurrentActor, guard
from app.core.forms import blank, clean_line
from app.core.i18n import N_, gettext
from app.proposals import queries

router = APIRouter()
Consultation = Annotated[consultations.ConsultationView, guard("proposals.read", consultations.in_path)]
Status = Annotated[str, Query(pattern=f"^({'|'.join(STATUSES)})?$")]
Word = Annotated[str, Query(max_length=80, pattern=r"^[a-z0-9-]*$")]
Place = Annotated[str, Query(max_length=300), AfterValidator(queries.genuine_place)]
SORT_NAMES = {
    "random": N_("Random order"),
    "newest": N_("Newest first"),
    "support": N_("Most supported"),
    "discussed": N_("Most discussed"),
}


class Asked:
    """What a visitor asked of the list."""

    def __init__(
        self,
        sort: Annotated[str, Query(pattern="^(newest|support|discussed|random)?$")] = "",
        seed: Annotated[int | None, Query(ge=0, lt=queries.SEEDS)] = None,
        topic: Word = "",
        status: Status = "",
        q: Annotated[str, Query(max_length=200)] = "",
        after: Place = "",
    ) -> None:
        self.sort, self.seed, self.after = sort, seed, after
        self.filters = queries.Filters(topic, status, clean_line(q))

    def address(self, **changes: Any) -> str:
        """The query string of this list with changes."""
        pairs: dict[str, Any] = {
            "sort": self.sort, "seed": self.seed, "topic": self.filters.topic, "status": self.filters.status,
            "q": self.filters.q,
        }  # fmt: skip
        kept = {name: value for name, value in (pairs | changes).items() if value not in ("", None)}
        return f"?{urlencode(kept)}" if kept else ""


def _found(session: db.Read, consultation: consultations.ConsultationView, asked: Asked) -> paging.Page[queries.Item]:
    sort = asked.sort if _offered(asked.sort, consultation) else "newest"
    return queries.listing(session, consultation.id, sort, asked.filters, asked.after or None, asked.seed or 0)


@router.get("/consultations/{slug}/proposals")
def listing(
    request: Request,
    session: db.Read,
    consultation: Consultation,
    actor: CurrentActor,
    asked: Annotated[Asked, Depends()],
) -> Response:
    """A page of the list; without an order asked for, the visitor gets a random one that stays."""
    asked.sort = asked.sort or default_sort(consultation)
    if asked.sort == "random" and asked.seed is None:
        return RedirectResponse(
            consultation.url + "/proposals" + asked.address(seed=secrets.randbelow(queries.SEEDS)), 303
        )
    found = _found(session, consultation, asked)
    sealed = not _offered(asked.sort, consultation)
    base = f"{consultation.url}/proposals"
    return web.render(
        request,
        "proposals/list.html",
        consultation=consultation,
        found=found,
        form=blank(sort="newest" if sealed else asked.sort, **vars(asked.filters)),
        sorts=[(code, gettext(name)) for code, name in SORT_NAMES.items() if _offered(code, consultation)],
        topics=_topics(session, consultation.id),
        statuses=_statuses(consultation),
        sort=asked.sort,
        sealed_sort=sealed,
        narrowed=any(vars(asked.filters).values()),
        voted=consultation.has_voting,
        mine=queries.own_votes(session, actor, consultation, found.items),
        next_url=base + asked.address(after=found.next) if found.next else None,
        first_url=base + asked.address() if asked.after else None,
    )


def _offered(sort: str, consultation: consultations.ConsultationView) -> bool:
    """Whether an order tells nothing of counts that are still sealed."""
    return sort != "support" or consultation.counts_shown


def default_sort(consultation: consultations.ConsultationView) -> str:
    """Random while people can still act, so that being early gives no advantage; most supported after that."""
    if consultation.state in ("upcoming", "open", "counting"):
        return "random"
    return "support" if consultation.has_voting or consultation.imported_from else "newest"


def _topics(session: db.Read, consultation_id: int) -> list[tuple[str, str]]:
    names = topic_options(session, consultation_id)
    return [("", gettext("All topics")), *names] if len(names) > 1 else []


def topic_options(session: db.Read, consultation_id: int) -> list[tuple[str, str]]:
    """The topics of a consultation to choose from."""
    found = consultations.topics_of_many(session, [consultation_id]).get(consultation_id, ())
    return [(topic.slug, topic.name) for topic in found]


def _statuses(consultation: consultations.ConsultationView) -> list[tuple[str, str]]:
    if consultation.state not in ("closed", "decided"):
        return []
    return [("", gettext("All answers")), *((code, gettext(name)) for code, name in STATUSES.items())]


@router.get("/consultations/{slug}/proposals.json")
def listing_facts(session: db.Read, consultation: Consultation, asked: Annotated[Asked, Depends()]) -> Response:
    """The same list as JSON."""
    asked.sort = asked.sort or "newest"
    found = _found(session, consultation, asked)
    items = [_facts(item, consultation.counts_shown) for item in found.items]
    following = f"{consultation.url}/proposals.json{asked.address(after=found.next)}" if found.next else None
    return JSONResponse({"consultation": consultation.slug, "proposals": items, "next": following})


def _facts(item: queries.Item, counts_shown: bool) -> dict[str, Any]:
    counts = {"supports": item.supports, "opposes": item.opposes, "neutrals": item.neutrals}
    return {
        "code": item.code,
        "url": item.url,
        "visibility": item.visibility,
        "title": item.title if item.shown else None,
        "excerpt": item.excerpt if item.shown else None,
        "lang": item.lang,
        "channel": item.channel,
        "received": item.received_at.isoformat(),
        "status": item.status or None,
        "withdrawn": item.withdrawn,
        "comments": item.comments,
        "votes": counts if counts_shown else None,
        "merged": item.sources,
        "imported_supports": item.imported_supports or None,
        "lights": item.lights.facts,
    }
