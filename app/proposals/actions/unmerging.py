"""Ending a merge that waits, and undoing one that was carried out."""

from sqlalchemy import update
from sqlmodel import Session

from app.accounts.actions import leaving
from app.contributions.models import Contribution
from app.core import access, clock
from app.core.access import Actor, Conflict
from app.core.columns import table
from app.core.i18n import N_, language
from app.proposals import mails, queries
from app.proposals.actions import merge_steps as steps
from app.proposals.models import Merge, MergePart
from app.proposals.queries import MergeView
from app.publiclog import actions as publiclog
from app.settings import settings

_c, _m, _q = (table(model).c for model in (Contribution, Merge, MergePart))


def refuse_merge(session: Session, actor: Actor, merge_id: int, reason: str, base_url: str = "") -> None:
    """End a merge that is not carried out: whoever is asked refuses, whoever proposed it takes it back. Idempotent."""
    merge = steps.locked(session, merge_id)
    access.require("proposals.settle", actor, merge)
    how = queries.TAKEN_BACK if actor.account == merge.account_id else queries.REFUSED
    if merge.state in (queries.REFUSED, queries.TAKEN_BACK):
        return
    if merge.state == queries.CARRIED:
        raise Conflict("carried-out", N_("The proposals are merged already. The merge can be undone instead."))
    steps.require_asked(actor, merge)
    merge = _end(session, actor, merge, how, reason, "refuse-merge")
    mails.ended(session, merge, merge.parts, base_url or settings().base_url)


def _end(session: Session, actor: Actor, merge: MergeView, how: str, reason: str, act: str) -> MergeView:
    """Write down how a merge ended, by whom and why."""
    made = publiclog.commit_to("merge", {"reason": reason})
    values = {
        "ended_at": clock.now(), "ended_how": how, "ended_by": actor.name, "ended_account_id": actor.account,
        "ended_role": steps.role_of(actor, merge), "ended_reason": reason, "ended_lang": language.get(),
        "ended_nonce": made.nonce, "ended_h": made.h,
    }  # fmt: skip
    session.execute(update(table(Merge)).where(_m.id == merge.id).values(values))
    steps.record(session, merge, act, h=made.h)
    return queries.merge_by_id(session, merge.id)


def end_for(session: Session, actor: Actor, proposal_id: int, reason: str) -> None:
    """End the merge that waits for a proposal which its author takes back."""
    waiting = session.execute(steps.STATES, {"ids": [proposal_id]}).one().pending
    if waiting is not None:
        _end(session, actor, queries.merge_by_id(session, waiting), queries.REFUSED, reason, "refuse-merge")


def undo_merge(session: Session, actor: Actor, merge_id: int, reason: str, base_url: str = "") -> None:
    """Let the sources stand on their own again; everything is as it was before, and the merge stays readable.

    The office in charge, and each author as long as proposals can be changed. Idempotent.
    """
    merge = steps.locked(session, merge_id)
    access.require("proposals.settle", actor, merge)
    if merge.state == queries.UNDONE:
        return
    if merge.state != queries.CARRIED:
        raise Conflict("not-merged", N_("These proposals are not merged, so there is nothing to undo."))
    steps.require_time(merge.consultation)
    if steps.role_of(actor, merge) == queries.AUTHOR and not merge.consultation.open_to("edit"):
        raise Conflict(
            "not-editing",
            N_("Authors can undo a merge as long as proposals can be changed. Ask the office in charge."),
        )
    steps.hold_voting(session, merge.consultation)
    sources = [part.proposal_id for part in merge.sources]
    session.execute(update(table(Contribution)).where(_c.id.in_(sources)).values(canonical_id=None))
    merge = _end(session, actor, merge, queries.UNDONE, reason, "undo-merge")
    steps.tell(session, merge, base_url or settings().base_url, undone=True)


@leaving.when_erased
def forget_names(session: Session, account_id: int, participant_id: int) -> None:
    """An erased person's name goes from what they agreed to; what they signed for an office stays."""
    author = queries.AUTHOR
    session.execute(update(table(Merge)).where(_m.account_id == account_id, _m.role == author).values(name=""))
    ended = (_m.ended_account_id == account_id, _m.ended_role == author)
    session.execute(update(table(Merge)).where(*ended).values(ended_by=""))
    agreed = (_q.agreed_by == account_id, _q.agreed_role == author)
    session.execute(update(table(MergePart)).where(*agreed).values(agreed_name=""))
