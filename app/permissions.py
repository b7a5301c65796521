"""Who may do what: each permission with the predicates that must all hold. The README shows this table."""

from app.accounts.policy import administrator, anyone, confirmed, facilitator, moderator, official, signed_in
from app.consultations.policy import not_in_charge, of_the_office, readable
from app.contributions.policy import author, author_or_enterer
from app.core.access import Predicate
from app.core.i18n import N_
from app.obligations.policy import answers_in_it, owes_it
from app.proposals.policy import author_or_co_author, author_or_office, concerned
from app.responses.policy import answers_for_it, checks_it, works_on_answers

TABLE: dict[str, tuple[Predicate, ...]] = {
    "accounts.grant": (administrator,),
    "accounts.manage": (signed_in,),
    "accounts.sign_in": (anyone,),
    "admin.read": (administrator,),
    "comments.edit": (confirmed, author),
    "comments.read": (readable,),
    "comments.write": (confirmed, readable),
    "consultations.arrange": (administrator,),
    "consultations.create": (official,),
    "consultations.edit": (of_the_office,),
    "consultations.list": (anyone,),
    "consultations.read": (readable,),
    "contributions.enter": (facilitator, readable),
    "contributions.handle": (answers_in_it,),
    "contributions.read": (readable,),
    "decisions.read": (anyone,),
    "decisions.write": (of_the_office,),
    "demo.mail": (anyone,),
    "desk.read": (official,),
    "exports.read": (readable,),
    "facilitation.read": (facilitator,),
    "finding.read": (anyone,),
    "moderation.act": (moderator, readable),
    "moderation.read": (moderator,),
    "moderation.report": (readable,),
    "obligations.act": (owes_it,),
    "obligations.arrange": (administrator,),
    "obligations.read": (anyone,),
    "offices.edit": (administrator,),
    "offices.read": (anyone,),
    "operation.probe": (anyone,),
    "pages.read": (anyone,),
    "proposals.edit": (confirmed, author_or_co_author),
    "proposals.merge": (confirmed, readable, author_or_office),
    "proposals.read": (readable,),
    "proposals.settle": (confirmed, readable, concerned),
    "proposals.write": (confirmed, readable),
    "responses.check": (checks_it,),
    "responses.list": (works_on_answers,),
    "responses.publish": (answers_for_it,),
    "responses.receive": (confirmed, readable, author_or_enterer),
    "responses.sign": (answers_for_it,),
    "responses.write": (answers_in_it,),
    "themes.appeal": (confirmed, readable, author_or_enterer),
    "themes.read": (readable,),
    "themes.write": (of_the_office,),
    "votes.cast": (confirmed, readable, not_in_charge),
}

#: What somebody who is signed out reads, where "Sign in to do this" would not tell what.
SIGNED_OUT: dict[str, str] = {
    "accounts.manage": N_("Sign in to see your account."),
    "comments.edit": N_("Sign in to change your comment."),
    "comments.write": N_("Sign in to comment."),
    "proposals.edit": N_("Sign in to change your proposal."),
    "proposals.merge": N_("Sign in to merge proposals."),
    "proposals.settle": N_("Sign in to agree or to refuse."),
    "proposals.write": N_("Sign in to write a proposal."),
    "responses.receive": N_("Sign in to say whether this answers you."),
    "themes.appeal": N_("Sign in to say why it should be taken into account."),
    "votes.cast": N_("Sign in to vote."),
}
