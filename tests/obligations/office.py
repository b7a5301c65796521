"""An office that owes an answer and another one to which it can be handed over, for tests."""

from collections.abc import Callable
from datetime import date, timedelta

from app.core import clock, db
from app.obligations import actions
from app.obligations.forms import HandOverForm, HoldingReplyForm
from tests import factories
from tests.factories import Person
from tests.obligations.samples import TALKING, end, one_owed

WHY = "Jalan itu wewenang dinas lain sejak tahun lalu."


class World:
    """An office that owes one answer, its official, and another office."""

    def __init__(self, promise: Callable[..., None]) -> None:
        self.office = factories.office("Dinas PU", slug="dinas-pu")
        self.other = factories.office("Dinas Pasar", slug="dinas-pasar")
        self.official = factories.official(self.office, "Bu Sri")
        self.colleague = factories.official(self.other, "Pak Joko")
        self.consultation = factories.consultation(self.office, TALKING, slug="air")
        promise(self.consultation, proposal=(5, False))
        self.author = factories.person("Warga")
        self.proposal = factories.proposal(self.consultation, self.author, title="Ganti pipa")
        self.second = factories.proposal(self.consultation, title="Sumur baru")
        end(self.consultation)

    @property
    def number(self) -> int:
        return one_owed(self.proposal).id or 0

    @property
    def code(self) -> str:
        return factories.code(self.proposal)

    def hand_over(self, person: Person | None = None, to: str = "dinas-pasar") -> None:
        form = HandOverForm(office=to, reason=WHY)
        db.write_now(actions.hand_over, (person or self.official).actor, self.number, form)

    def reply(self, promised: date, person: Person | None = None) -> None:
        form = HoldingReplyForm.model_validate({"promised": promised.isoformat(), "text": "Kami menunggu hasil uji."})
        db.write_now(actions.reply, (person or self.official).actor, self.number, form)


def later(days: int) -> date:
    return clock.local(clock.now()).date() + timedelta(days=days)
