"""Putting a proposal forward, changing it as a new version, and taking it back."""

import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from app.consultations import queries as consultations
from app.consultations.actions.closing import require_open, require_received
from app.consultations.models import Topic
from app.contributions import actions as contributions
from app.contributions.models import Contribution, Kind
from app.core import access, clock, db, indexing, markdown
from app.core.access import Actor, Conflict
from app.core.columns import table
from app.core.i18n import N_
from app.proposals import queries
from app.proposals.actions import merge_steps, unmerging
from app.proposals.actions.drafting import discard_draft
from app.proposals.forms import ProposalForm
from app.proposals.models import Proposal, ProposalStat, ProposalVersion, VersionStat
from app.publiclog import actions as publiclog

EXCERPT = 220
_INSERT, _INSERT_STAT, _INSERT_VERSION, _INSERT_VERSION_STAT = (
    insert(table(model)) for model in (Proposal, ProposalStat, ProposalVersion, VersionStat)
)
_NO_VOTES = {"supports": 0, "opposes": 0, "neutrals": 0}
_NOTHING_YET = {**_NO_VOTES, "comments": 0, "imported_supports": 0, "imported_comments": 0}
_TOPIC = select(table(Topic).c.id).where(table(Topic).c.slug == bindparam("slug"))


def propose(
    session: Session,
    actor: Actor,
    consultation_id: int,
    form: ProposalForm,
    at: datetime,
    *,
    area_id: int | None = None,
    lang: str = "id",
    origin: contributions.Origin = contributions.WEB,
) -> str:
    """Put a proposal forward and give its code. Conflict while the consultation takes none.

    `at` is when it arrived; an origin other than the web says when and how it was received before that.
    """
    consultation = consultations.by_id(session, consultation_id)
    if origin.channel == "web":
        access.require("proposals.write", actor, consultation)
        _not_twice(session, actor, consultation_id, form)
        require_open(session, consultation, "propose", at)
    else:
        access.require("contributions.enter", actor, consultation)
        require_received(session, consultation, "propose", origin.received_at or at)
    receipt = enter(session, actor, consultation_id, form, at, area_id=area_id, lang=lang, origin=origin)
    if actor.account is not None and origin.channel == "web":
        discard_draft(session, actor, consultation_id)
    return receipt.code


def enter(
    session: Session,
    actor: Actor,
    consultation_id: int,
    form: ProposalForm,
    at: datetime,
    *,
    area_id: int | None = None,
    lang: str = "id",
    origin: contributions.Origin = contributions.WEB,
) -> contributions.Receipt:
    """Enter a proposal without asking for permission or the phase: for `propose`, imports and the demo."""
    receipt = contributions.receive(
        session, actor, Kind.PROPOSAL, consultation_id, at, lang=lang, area_id=area_id, origin=origin
    )
    row = {
        "id": receipt.id,
        "consultation_id": consultation_id,
        "topic_id": topic_id(session, form.topic),
        "version": 1,
        "title": form.title,
        "excerpt": markdown.to_text(form.body, EXCERPT),
        "shuffle": secrets.randbits(31),
        "status": "",
        "withdrawn_reason": "",
    }
    session.execute(_INSERT, row)
    session.execute(_INSERT_STAT, {"proposal_id": receipt.id, "consultation_id": consultation_id, **_NOTHING_YET})
    difference = form.difference or None
    h = add_version(session, receipt, 1, form.title, form.body, lang, origin.received_at or at, difference)
    publiclog.record(
        session, "item", consultation_id, ("contribution", receipt.id), h=h, code=receipt.code, kind="proposal"
    )
    indexing.changed(session, "proposal", [receipt.id])
    return receipt


def _not_twice(session: Session, actor: Actor, consultation_id: int, form: ProposalForm) -> None:
    """Refuse the same text by the same person again: the button was pressed twice."""
    latest = queries.latest_by(session, actor.participant, consultation_id)
    if latest is not None and latest.title == form.title and latest.body == form.body:
        raise AlreadySent(latest.code)


class AlreadySent(Exception):
    """The very same proposal is already there; `code` leads to it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def topic_id(session: Session, slug: str) -> int | None:
    """The row number of a topic; none for an unknown one."""
    found: int | None = session.execute(_TOPIC, {"slug": slug}).scalar() if slug else None
    return found


def add_version(
    session: Session,
    receipt: contributions.Receipt,
    number: int,
    title: str,
    body: str,
    lang: str,
    at: datetime,
    difference: str | None = None,
) -> str:
    """Store a version with its commitment and give that; what makes it different is part of what is committed to."""
    payload = {"code": receipt.code, "version": number, "lang": lang, "title": title, "body": body}
    made = publiclog.commit_to("proposal", payload | ({"difference": difference} if difference else {}))
    row = {
        "proposal_id": receipt.id,
        "number": number,
        "title": title,
        "body": body,
        "html": str(markdown.to_html(body)),
        "difference": difference,
        "lang": lang,
        "at": at,
        "nonce": made.nonce,
        "h": made.h,
    }
    session.execute(_INSERT_VERSION, row)
    session.execute(_INSERT_VERSION_STAT, {"proposal_id": receipt.id, "version": number, **_NO_VOTES})
    return made.h


class Edited(StrEnum):
    """What an edit changed: the text, which makes a version; only topic or place, which makes none; or nothing."""

    TEXT = "text"
    PLACING = "placing"
    NOTHING = "nothing"


@db.ordered_by("proposal")
def edit(
    session: Session, actor: Actor, proposal_id: int, form: ProposalForm, at: datetime, area_id: int | None = None
) -> Edited:
    """Change a proposal and say what was changed; a new text is a new version, the earlier ones stay readable.

    Conflict once changes are no longer taken, and when the proposal was changed since this text was opened.
    """
    proposal = _own(session, actor, proposal_id)
    _require_standing(proposal)
    require_open(session, proposal.consultation, "edit", at)
    done = Edited.PLACING if _place(session, proposal, form.topic, area_id) else Edited.NOTHING
    if (form.title, form.body) == (proposal.title, proposal.body):
        if done is Edited.PLACING:
            indexing.changed(session, "proposal", [proposal_id])
        return done
    if form.saving != proposal.version:
        raise Conflict(
            "changed-elsewhere",
            N_(
                "This proposal was changed in another window since you opened it. "
                "Copy your text, then load the page again."
            ),
        )
    change(session, proposal, form.title, form.body, at)
    if actor.account is not None:
        discard_draft(session, actor, proposal.consultation.id, proposal_id)
    return Edited.TEXT


def _place(session: Session, proposal: queries.ProposalView, topic: str, area_id: int | None) -> bool:
    """Give a proposal its topic and place; says whether one of them is another than before."""
    c = table(Contribution)
    same = ((proposal.topic_slug or ""), proposal.area_id) == (topic, area_id)
    if not same:
        session.get_one(Proposal, proposal.id).topic_id = topic_id(session, topic)
        session.execute(update(c).where(c.c.id == proposal.id).values(area_id=area_id))
    return not same


def change(session: Session, proposal: queries.ProposalView, title: str, body: str, at: datetime) -> int:
    """Store a new version without asking for permission or the phase: for `edit` and the demo."""
    row = session.get_one(Proposal, proposal.id)
    row.version += 1
    row.title, row.excerpt = title, markdown.to_text(body, EXCERPT)
    receipt, difference = contributions.Receipt(proposal.id, proposal.code), proposal.difference
    h = add_version(session, receipt, row.version, title, body, proposal.lang, at, difference)
    publiclog.record(
        session, "edit", proposal.consultation.id, ("contribution", proposal.id), h=h, s=proposal.h, code=proposal.code
    )
    indexing.changed(session, "proposal", [proposal.id])
    return row.version


@db.ordered_by("proposal")
def withdraw(session: Session, actor: Actor, proposal_id: int, reason: str) -> None:
    """Take a proposal back with a reason; its text and its votes stay readable. Idempotent."""
    proposal = _own(session, actor, proposal_id)
    if proposal.withdrawn_at is not None:
        return
    _require_standing(proposal)
    if proposal.merging:
        _leave_merges(session, actor, proposal, reason)
    if proposal.consultation.state in ("closed", "decided", "cancelled", "counting"):
        raise Conflict(
            "over",
            N_(
                "This consultation is over. What was put forward stays as it was, so that the decision can be followed."
            ),
        )
    row = session.get_one(Proposal, proposal_id)
    row.withdrawn_at, row.withdrawn_reason = clock.now(), reason
    publiclog.record(
        session, "withdraw", proposal.consultation.id, ("contribution", proposal_id), s=proposal.h, code=proposal.code
    )
    indexing.changed(session, "proposal", [proposal_id])


def _own(session: Session, actor: Actor, proposal_id: int) -> queries.ProposalView:
    """A proposal that this person may change, kept from being merged meanwhile."""
    merge_steps.lock_proposals(session, [proposal_id])
    proposal = queries.with_co_authors(session, queries.by_id(session, proposal_id))
    access.require("proposals.edit", actor, proposal)
    return proposal


def _leave_merges(session: Session, actor: Actor, proposal: queries.ProposalView, reason: str) -> None:
    """Conflict where others were merged into a proposal; a merge that waits ends with the proposal."""
    if queries.group_of(proposal.id, queries.merges_about(session, proposal)) is not None:
        raise Conflict(
            "has-sources",
            N_("Others were merged into this proposal, so it is no longer yours alone. Undo the merge first."),
        )
    unmerging.end_for(session, actor, proposal.id, reason)


def _require_standing(proposal: queries.ProposalView) -> None:
    if not proposal.shown:
        raise Conflict("hidden", N_("This proposal was hidden by a moderator and cannot be changed."))
    if proposal.merged:
        raise Conflict("merged", N_("This proposal was merged into another. Change that one, or undo the merge first."))
    if proposal.withdrawn_at is not None:
        raise Conflict("withdrawn", N_("This proposal was withdrawn and cannot be changed."))
