"""Finding a theme in all copies of a text at once, taking that back, and what was added to copies."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, bindparam, select, update
from sqlmodel import Session

from app.accounts import queries as accounts
from app.contributions.models import Contribution
from app.core import access, clock, db, jobs
from app.core.access import Actor, Conflict
from app.core.columns import table
from app.core.i18n import N_
from app.rules import campaigns as rule
from app.rules.quoting import Passage
from app.themes import queries
from app.themes.actions.coding import passage_of, record, take_back
from app.themes.forms import CodingForm
from app.themes.models import CampaignAddition, CampaignSignature, Coding, SharedCoding, Source

#: So many copies are gone through in one write, so that the writer is not held for long.
CHUNK = 10
_s, _d, _h, _k, _c = (
    table(model).c for model in (CampaignSignature, CampaignAddition, SharedCoding, Coding, Contribution)
)
_LOCK_ALL = select(_c.id).where(_c.id.in_(bindparam("ids", expanding=True))).order_by(_c.id).with_for_update()
_BY_ROW: BindParameter[int] = bindparam("number")


def code_all(session: Session, actor: Actor, campaign_id: int, form: CodingForm) -> None:
    """Say that a text many sent contains a theme: a coding of its own in each copy, with the words of that copy.

    The first copies are coded with the act, the others by a job. Sent again it goes through the copies that have come
    since, or that a colleague had open. Conflict as for one contribution, and where the theme was found for all copies
    in another passage already.
    """
    one = queries.campaign(session, campaign_id)
    access.require("themes.write", actor, one)
    if actor.account is None or not actor.name.strip():
        raise Conflict("nameless", N_("Only somebody with a name can code a contribution."))
    book = queries.in_force(session, one.consultation.id)
    theme = book.by_number.get(form.theme) if book else None
    if book is None or theme is None:
        raise Conflict("no-theme", N_("This theme is not in the codebook that is in force. Choose another one."))
    item = queries.words(session, one.code)
    if item.gone:
        raise Conflict("gone", N_("The text shown is gone. Let the texts be compared again, then another copy stands."))
    if form.seen != item.h:
        raise Conflict(
            "text-changed",
            N_("The author changed the text while you were reading. Read it again, then mark the passage."),
        )
    quote = passage_of(item, form).of(item.text)
    standing = next((it for it in queries.shared_in(session, one, book) if it.theme_id == theme.id), None)
    if standing is not None and standing.text_h != item.h:
        session.execute(_CHANGE.values(quote=quote, text_h=item.h), {"number": standing.id})
    elif standing is not None and standing.quote != quote:
        raise Conflict(
            "found-already",
            N_("%(name)s found this theme here already. If another passage carries it, take that back first."),
            name=standing.name,
        )
    number = standing.id if standing else None
    if number is None:
        shared = SharedCoding(
            campaign_id=campaign_id, theme_id=theme.id, version=book.number, quote=quote, text_h=item.h,
            account_id=actor.account, name=actor.name, at=clock.now(),
        )  # fmt: skip
        session.add(shared)
        session.flush()
        number = shared.id
        assert number is not None
    go_on(session, number, actor.account, 0)


_NEXT_COPIES = (
    select(_s.contribution_id.label("id"), _s.text_h, _c.code)
    .join_from(table(CampaignSignature), table(Contribution), _c.id == _s.contribution_id)
    .where(_s.campaign_id == bindparam("campaign"), _s.contribution_id > bindparam("after"))
    .order_by(_s.contribution_id)
    .limit(CHUNK + 1)
)
_MADE = (
    select(_k.id, _c.code)
    .join_from(table(Coding), table(Contribution), _c.id == _k.contribution_id)
    .where(_k.shared_id == bindparam("shared"), _k.retracted_at.is_(None))
    .order_by(_c.id)
    .limit(CHUNK + 1)
)
_CHANGE = update(table(SharedCoding)).where(_h.id == _BY_ROW)


def go_on(session: Session, shared_id: int, account: int, after: int) -> None:
    """Go through the next copies, to code them or, once the act was taken back, to take that back; a job does the rest.

    Whoever asked must still be allowed to, and the text they marked must stand as it was; else it ends here and the
    page says in how many copies the theme stands. Idempotent: a copy that has the theme is left as it is.
    """
    one = queries.shared(session, shared_id)
    actor = accounts.actor_of_account(session, account)
    common = queries.words(session, queries.campaign(session, one.campaign_id).code)
    lost = one.retracted_at is None and common.h != one.text_h
    if lost or actor is None or not access.may("themes.write", actor, one):
        session.execute(_CHANGE.values(through=None), {"number": shared_id})
        return
    if one.retracted_at is not None:
        rows: Any = session.execute(_MADE, {"shared": shared_id}).all()
        for row in rows[:CHUNK]:
            take_back(session, actor, queries.words(session, row.code), row.id)
    else:
        rows = session.execute(_NEXT_COPIES, {"campaign": one.campaign_id, "after": after}).all()
        _code_some(session, actor, one, common.text, rows[:CHUNK])
    left = len(rows) > CHUNK
    after = rows[CHUNK - 1].id if left else 0
    session.execute(_CHANGE.values(through=after if left else None), {"number": shared_id})
    if left:
        jobs.later(session, "themes.shared", shared=shared_id, account=account, after=after)
    db.renew_pages(session)


def _code_some(session: Session, actor: Actor, one: queries.SharedView, common: str, rows: Sequence[Any]) -> None:
    """Code these copies, but none that is one's own, open with a colleague, left out, changed, or lacks the passage."""
    session.execute(_LOCK_ALL, {"ids": [row.id for row in rows]})
    book = queries.in_force(session, one.consultation.id)
    theme = book.by_id.get(one.theme_id) if book else None
    passage = Passage(common.find(one.quote), common.find(one.quote) + len(one.quote))
    if book is None or theme is None:
        return
    now = clock.now()
    for row in rows:
        item = queries.words(session, row.code)
        lease = item.open_with
        elsewhere = lease is not None and lease.account != actor.account and lease.until > now
        own = item.participant_id is not None and item.participant_id == actor.participant
        if item.gone or own or elsewhere or item.h != row.text_h:
            continue
        if any(it.lifted_at is None for it in queries.exclusions_of(session, item)):
            continue
        present = queries.found_in(session, item, book)
        there = rule.counterpart(common, passage, item.text)
        if there is None or any(it.retracted_at is None and it.theme == theme for it in present):
            continue
        record(session, actor, item, theme, book.number, there, Source.PERSON, one.id)


def retract_all(session: Session, actor: Actor, shared_id: int) -> None:
    """Take back what was found in all copies of a text: each of its codings, as one act. Idempotent."""
    one = queries.shared(session, shared_id)
    access.require("themes.write", actor, one)
    if one.retracted_at is not None:
        return
    assert actor.account is not None
    taken = {"retracted_at": clock.now(), "retracted_by": actor.name}
    session.execute(_CHANGE.where(_h.retracted_at.is_(None)).values(taken), {"number": shared_id})
    go_on(session, shared_id, actor.account, 0)


_CLEAR = update(table(CampaignAddition)).where(_d.contribution_id == bindparam("contribution"), _d.cleared_at.is_(None))


def clear(session: Session, actor: Actor, code: str) -> None:
    """Say that what somebody added to a text many sent was read and holds no further theme. Idempotent."""
    item = queries.words(session, code)
    access.require("themes.write", actor, item)
    if actor.account is None or not actor.name.strip():
        raise Conflict("nameless", N_("Only somebody with a name can code a contribution."))
    if item.participant_id is not None and item.participant_id == actor.participant:
        raise Conflict("own", N_("You wrote this yourself. A colleague codes it: nobody codes their own words."))
    cleared = {"cleared_at": clock.now(), "cleared_by": actor.name, "account_id": actor.account}
    session.execute(_CLEAR.values(cleared), {"contribution": item.id})
    db.renew_pages(session)
