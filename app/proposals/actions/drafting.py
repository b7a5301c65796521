"""Keeping what is still being written."""

from sqlalchemy import bindparam, delete
from sqlmodel import Session, select

from app.accounts.actions import leaving
from app.consultations import queries as consultations
from app.core import access, clock
from app.core.access import Actor, Conflict
from app.core.columns import table
from app.core.i18n import N_
from app.proposals.forms import DraftForm
from app.proposals.models import ProposalDraft

_d = table(ProposalDraft).c
_DISCARD = delete(table(ProposalDraft)).where(
    _d.account_id == bindparam("account"),
    _d.consultation_id == bindparam("consultation"),
    _d.proposal_id == bindparam("proposal"),
)


def save_draft(session: Session, actor: Actor, consultation_id: int, proposal_id: int, form: DraftForm) -> int:
    """Keep a draft and give the number of this saving.

    Conflict when the draft was saved from another browser since this one read it: neither text is lost, the
    other one stays stored and this one stays in its window.
    """
    access.require("proposals.write", actor, consultations.by_id(session, consultation_id))
    kept = _mine(session, actor, consultation_id, proposal_id)
    if kept is None:
        kept = ProposalDraft(
            account_id=_account(actor),
            consultation_id=consultation_id,
            proposal_id=proposal_id,
            saved_at=clock.now(),
            saving=0,
        )
        session.add(kept)
    elif form.saving != kept.saving:
        raise Conflict(
            "saved-elsewhere",
            N_(
                "This draft was changed in another window since you opened it. "
                "Copy your text, then load the page again."
            ),
        )
    kept.title, kept.body, kept.topic, kept.area = form.title, form.body, form.topic, form.area
    kept.saving, kept.saved_at = kept.saving + 1, clock.now()
    return kept.saving


def discard_draft(session: Session, actor: Actor, consultation_id: int, proposal_id: int = 0) -> None:
    """Throw a draft away."""
    which = {"account": _account(actor), "consultation": consultation_id, "proposal": proposal_id}
    session.execute(_DISCARD, which)


def _mine(session: Session, actor: Actor, consultation_id: int, proposal_id: int) -> ProposalDraft | None:
    query = select(ProposalDraft).where(
        _d.account_id == _account(actor), _d.consultation_id == consultation_id, _d.proposal_id == proposal_id
    )
    return session.exec(query).first()


def _account(actor: Actor) -> int:
    assert actor.account is not None
    return actor.account


@leaving.when_erased
def forget_drafts(session: Session, account_id: int, participant_id: int) -> None:
    """An erased person's unfinished texts go with them."""
    session.execute(delete(ProposalDraft).where(_d.account_id == account_id))
