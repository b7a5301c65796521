"""Merging proposals: proposing it, agreeing, and carrying it out when the last one has agreed."""

from collections.abc import Sequence

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from app.contributions.models import Contribution
from app.core import access, clock, db
from app.core.access import Actor, Conflict
from app.core.codes import read_code
from app.core.columns import table
from app.core.i18n import N_, language
from app.proposals import mails, queries
from app.proposals.actions import merge_steps as steps
from app.proposals.forms import MergeForm
from app.proposals.models import Merge, MergePart, Proposal
from app.proposals.queries import MergeView
from app.publiclog import actions as publiclog
from app.settings import settings

_c, _p, _m, _q = (table(model).c for model in (Contribution, Proposal, Merge, MergePart))
_NAMED = select(_p.id, _c.code, _p.consultation_id).join_from(
    table(Proposal), table(Contribution), _c.id == _p.id
).where(_c.code.in_(bindparam("codes", expanding=True)))  # fmt: skip
_AGREE = update(table(MergePart)).where(
    _q.merge_id == bindparam("merge"), _q.proposal_id.in_(bindparam("parts", expanding=True))
)


@db.ordered_by("proposal")
def propose_merge(session: Session, actor: Actor, proposal_id: int, form: MergeForm, base_url: str = "") -> int:
    """Propose that proposals become one, and give the number of the merge; whoever proposes it agrees by that.

    Carried out at once where nobody else has to agree. Proposing the same again changes nothing. Conflict for what
    cannot be merged, with the reason.
    """
    proposal = queries.with_co_authors(session, queries.by_id(session, proposal_id))
    access.require("proposals.merge", actor, proposal)
    named = _named(session, form, proposal)
    target, sources = (named[0], [proposal_id]) if form.remains == "other" else (proposal_id, named)
    steps.lock_proposals(session, [target, *sources])
    steps.require_time(proposal.consultation)
    if (same := _same(session, actor, proposal, target, sources)) is not None:
        return same
    steps.require_mergeable(target, session.execute(steps.STATES, {"ids": [target, *sources]}).all())
    number = _store(session, actor, proposal, target, sources, form.reason)
    merge = queries.merge_by_id(session, number)
    steps.record(session, merge, "propose-merge", h=steps.hash_of(session, number))
    base = base_url or settings().base_url
    if not _agree(session, actor, merge, base):
        merge = queries.merge_by_id(session, number)
        mails.ask(session, merge, merge.missing, base)
    return number


def _named(session: Session, form: MergeForm, proposal: queries.ProposalView) -> list[int]:
    """The other proposals a form names, by their row numbers."""
    typed = [*form.proposal, *form.codes.replace(",", " ").split()]
    codes = {read_code(code) or code for code in typed}
    rows = session.execute(_NAMED, {"codes": list(codes)}).all()
    if len(rows) != len(codes) or any(row.consultation_id != proposal.consultation.id for row in rows):
        raise Conflict(
            "unknown", N_("One of these codes is no proposal of this consultation. Compare the codes with the pages.")
        )
    if proposal.id in {row.id for row in rows}:
        raise Conflict("itself", N_("A proposal cannot be merged into itself. Choose other proposals."))
    if not rows:
        raise Conflict("none", N_("Choose at least one other proposal, or write its code."))
    if form.remains == "other" and len(rows) > 1:
        raise Conflict("two-remain", N_("Only one proposal can remain. Choose one, or let this one remain."))
    return sorted(row.id for row in rows)


def _same(
    session: Session, actor: Actor, proposal: queries.ProposalView, target: int, sources: Sequence[int]
) -> int | None:
    """The merge there is already, where the same person proposes the same again: the button was pressed twice."""
    for merge in queries.merges_about(session, proposal):
        parts = {part.proposal_id for part in merge.parts}
        same = (merge.target_id, parts, merge.account_id) == (target, {target, *sources}, actor.account)
        if same and merge.ended_at is None:
            return merge.id
    return None


def _store(
    session: Session, actor: Actor, proposal: queries.ProposalView, target: int, sources: Sequence[int], reason: str
) -> int:
    role = steps.role_of(actor, proposal)
    made = publiclog.commit_to("merge", {"reason": reason})
    row = {
        "consultation_id": proposal.consultation.id, "target_id": target, "account_id": actor.account,
        "name": actor.name, "role": role, "reason": reason, "lang": language.get(), "at": clock.now(),
        "nonce": made.nonce, "h": made.h, "ended_how": "", "ended_by": "", "ended_role": "", "ended_reason": "",
        "ended_lang": "", "ended_nonce": b"", "ended_h": "",
    }  # fmt: skip
    number = int(session.execute(insert(table(Merge)).returning(_m.id), row).scalar_one())
    nobody = {"merge_id": number, "agreed_name": "", "agreed_role": "", "agreed_version": 0}
    session.execute(insert(table(MergePart)), [nobody | {"proposal_id": part} for part in (target, *sources)])
    return number


def agree(session: Session, actor: Actor, merge_id: int, version: int, base_url: str = "") -> bool:
    """Agree for one's own proposal, or as the office for one that has no author to ask; says whether it is merged now.

    `version` is the text that remains as it was shown. The last to agree carries it out. Idempotent. Conflict for
    whoever is not asked, after it ended, and where the text was changed meanwhile.
    """
    merge = steps.locked(session, merge_id)
    access.require("proposals.settle", actor, merge)
    if merge.state == queries.CARRIED:
        return True
    steps.require_asked(actor, merge)
    if version != merge.target.version:
        raise Conflict(
            "changed-elsewhere", N_("The text that is to remain was changed since you opened this page. Read it again.")
        )
    return _agree(session, actor, merge, base_url or settings().base_url)


def _agree(session: Session, actor: Actor, merge: MergeView, base_url: str) -> bool:
    """Write down for which parts somebody agrees, and carry the merge out where nobody is missing."""
    asked = merge.asks(actor)
    for author in (True, False):
        parts = [part.proposal_id for part in asked if part.has_author is author]
        if parts:
            values = {
                "agreed_at": clock.now(), "agreed_by": actor.account, "agreed_name": actor.name,
                "agreed_role": queries.AUTHOR if author else queries.OFFICIAL,
                "agreed_version": merge.target.version,
            }  # fmt: skip
            session.execute(_AGREE.values(values), {"merge": merge.id, "parts": parts})
    left = {part.proposal_id for part in merge.missing} - {part.proposal_id for part in asked}
    if left:
        return False
    _carry_out(session, merge, base_url)
    return True


def _carry_out(session: Session, merge: MergeView, base_url: str) -> None:
    """Let each source say where it went; votes, comments and counters stay where they are."""
    steps.require_time(merge.consultation)
    ids = [part.proposal_id for part in merge.parts]
    steps.require_mergeable(merge.target_id, session.execute(steps.STATES, {"ids": ids}).all(), merge.id)
    sources = [part.proposal_id for part in merge.sources]
    steps.hold_voting(session, merge.consultation)
    session.execute(update(table(Contribution)).where(_c.id.in_(sources)).values(canonical_id=merge.target_id))
    session.execute(update(table(Merge)).where(_m.id == merge.id).values(carried_at=clock.now()))
    steps.record(session, merge, "merge", h=steps.hash_of(session, merge.id))
    steps.tell(session, merge, base_url, undone=False)
