"""What somebody who was owed an answer says of it."""

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from app.accounts.actions import leaving
from app.contributions.models import Contribution
from app.core import access, clock, db
from app.core.access import Actor, Conflict
from app.core.columns import table
from app.core.i18n import N_
from app.obligations import actions as obligations
from app.obligations import queries as obligations_read
from app.obligations.models import Kind as Due
from app.publiclog import actions as publiclog
from app.responses import queries
from app.responses.forms import ReceptionForm
from app.responses.models import Reception, Said

_LOCK = select(table(Contribution).c.id).where(table(Contribution).c.id == bindparam("id")).with_for_update()


def receive(session: Session, actor: Actor, code: str, form: ReceptionForm) -> None:
    """Say that an answer answers its contribution, as often as asked, or once that it does not.

    A dispute makes a second look owed, by somebody who did not sign the answer; it goes to that person with its
    words, which nobody else reads. Conflict without an answer, and for a second dispute.
    """
    view = queries.to_receive(session, code)
    access.require("responses.receive", actor, view)
    session.execute(_LOCK, {"id": view.contribution_id})
    view = queries.to_receive(session, code)
    if view.answer_id is None or view.answer_office_id is None:
        raise Conflict("no-answer", N_("There is no answer yet of which something can be said."))
    if form.said is Said.CONFIRMED:
        if view.confirmed:
            return
    elif view.disputed_at is not None:
        raise Conflict(
            "once", N_("That an answer does not answer you can be said once. It was said on %(when)s."),
            when=view.disputed_at,
        )  # fmt: skip
    now = clock.now()
    said = Reception(
        contribution_id=view.contribution_id,
        answer_id=view.answer_id,
        said=form.said,
        text=form.text if form.said is Said.DISPUTED else "",
        entered_by=None if view.participant_id == actor.participant else actor.account,
        at=now,
    )
    session.add(said)
    session.flush()
    subject = ("contribution", view.contribution_id)
    publiclog.record(session, "progress", view.consultation.id, subject, code=view.code, state=str(form.said))
    if form.said is Said.DISPUTED:
        due_at = obligations_read.due_of_second_look(session, view.consultation.id, view.kind, now)
        owed = [obligations.Owed(view.contribution_id, view.code)]
        obligations.arise(
            session, Due.REVIEW, view.consultation.id, view.answer_office_id, now, due_at, owed,
            answer_id=view.answer_id,
        )  # fmt: skip
    db.renew_pages(session)


@leaving.when_erased
def forget_words(session: Session, account_id: int, participant_id: int) -> None:
    """The words with which somebody who leaves disputed an answer go; that they did stays."""
    c, r = table(Contribution).c, table(Reception)
    theirs = select(c.id).where(c.participant_id == participant_id)
    session.execute(update(r).where(r.c.contribution_id.in_(theirs)).values(text=""))
