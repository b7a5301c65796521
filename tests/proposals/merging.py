"""A consultation whose proposals are to be merged, for the tests of merging."""

from typing import Any

from app.accounts.models import Participant
from app.contributions import actions as contributions
from app.core import clock, db
from app.proposals import actions, queries
from app.proposals.actions import writing
from app.proposals.forms import MergeForm, ProposalForm
from app.votes import actions as votes
from app.votes.models import Choice
from tests import factories
from tests.factories import Person

WHY = "Keduanya meminta hal yang sama."


class Village:
    """A consultation with three proposals of three authors, and the office that asks."""

    def __init__(self, **fields: Any) -> None:
        self.office = factories.office(slug="dinas")
        self.official = factories.official(self.office)
        self.consultation = factories.consultation(self.office, slug="air", **fields)
        self.authors = [factories.person() for _ in range(3)]
        self.target, self.source, self.other = (factories.proposal(self.consultation, it) for it in self.authors)

    def propose(self, actor: Person, *sources: int, into: int | None = None, reason: str = WHY) -> int:
        codes = " ".join(factories.code(it) for it in sources or (self.source,))
        form = MergeForm(codes=codes, reason=reason)
        return db.write_now(actions.propose_merge, actor.actor, into or self.target, form)

    def agree(self, actor: Person, merge: int, version: int = 1) -> bool:
        return db.write_now(actions.agree, actor.actor, merge, version)

    def refuse(self, actor: Person, merge: int) -> None:
        db.write_now(actions.refuse_merge, actor.actor, merge, "Usulan saya lain.")

    def undo(self, actor: Person, merge: int) -> None:
        db.write_now(actions.undo_merge, actor.actor, merge, "Ternyata berbeda.")

    def merged(self, *sources: int) -> int:
        """Proposed by the office and agreed to by every author."""
        sources = sources or (self.source,)
        merge = self.propose(self.official, *sources)
        for author, proposal in zip(self.authors, (self.target, self.source, self.other), strict=True):
            if proposal in (self.target, *sources):
                self.agree(author, merge)
        return merge

    def cast(self, person: Person, proposal: int, choice: str = "support") -> Any:
        return db.write_now(votes.cast, person.actor, factories.code(proposal), Choice(choice), clock.now())

    def view(self, proposal: int) -> queries.ProposalView:
        with db.reading() as session:
            return queries.by_id(session, proposal)

    def merge(self, number: int) -> queries.MergeView:
        with db.reading() as session:
            return queries.merge_by_id(session, number)


def on_paper(consultation: int) -> int:
    """A proposal of somebody without an account."""
    participant = factories.add(Participant(name="Mbah Karto", created_at=clock.now()))
    form = ProposalForm(title="Usulan di atas kertas", body="Isi yang ditulis tangan oleh warga.")
    origin = contributions.Origin("paper", participant=participant)
    facilitator = factories.person(roles=["facilitator"]).actor
    return db.write_now(
        lambda session: writing.enter(session, facilitator, consultation, form, clock.now(), origin=origin).id
    )
