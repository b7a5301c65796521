"""The form for a comment, and why there may be none."""

from dataclasses import dataclass
from typing import Any

from app.comments.queries.views import CommentView
from app.core import access
from app.core.access import Actor, Reason
from app.core.forms import Submission, blank
from app.core.i18n import N_
from app.proposals.queries import ProposalView
from app.rules.phases import Refusal


@dataclass(frozen=True)
class Fields:
    """A form as its macros read it; the prefix keeps several forms on one page apart."""

    values: dict[str, str | list[str]]
    errors: dict[str, str]
    prefix: str


@dataclass(frozen=True)
class Writing:
    """The form for a comment or a reply: what was typed, or why nothing can be written now."""

    proposal: ProposalView
    parent: CommentView | None
    form: Submission[Any]
    reason: Reason | None

    @property
    def key(self) -> str:
        """What tells this form from others on the same page."""
        return self.parent.code if self.parent else "all"

    @property
    def fields(self) -> Fields:
        """The form for its macros."""
        return Fields(self.form.values, self.form.errors, f"write-{self.key}")


def writing(
    actor: Actor, proposal: ProposalView, parent: CommentView | None = None, form: Submission[Any] | None = None
) -> Writing:
    """The form for a comment on a proposal or a reply, as it stands for this person now.

    A form that was refused is shown again whatever the reason, so that nothing typed is lost.
    """
    if form is not None and form.errors:
        return Writing(proposal, parent, form, None)
    reason = closed_because(proposal) or access.refusal("comments.write", actor, proposal)
    return Writing(proposal, parent, form or blank(stance="neutral"), reason)


_HIDDEN = Reason("hidden", N_("This proposal was hidden by a moderator and takes no comments."), 409)
_WITHDRAWN = Reason("withdrawn", N_("This proposal was withdrawn and takes no more comments."), 409)
_MERGED = Reason("merged", N_("This proposal was merged into another. Comment there; what was said here stays."), 409)
_PHASES = {
    "not-offered": N_("This consultation does not take comments."),
    "not-yet": N_("Comments can be sent from %(when)s."),
    "ended": N_("Comments could be sent until %(when)s."),
}


def not_standing(proposal: ProposalView) -> Reason | None:
    """Why a proposal takes no comments whatever the phase: it was hidden, merged or withdrawn."""
    if not proposal.shown:
        return _HIDDEN
    if proposal.merged:
        return _MERGED
    return _WITHDRAWN if proposal.withdrawn_at is not None else None


def closed_because(proposal: ProposalView) -> Reason | None:
    """Why nobody can comment on a proposal now, as its page says it."""
    if (reason := not_standing(proposal)) is not None:
        return reason
    answer = proposal.consultation.takes("comment")
    if not isinstance(answer, Refusal):
        return None
    return Reason(answer.reason, _PHASES[answer.reason], 409, {"when": answer.at} if answer.at else {})
