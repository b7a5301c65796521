"""The steps of an official answer: handing on, legal check, signature; each recorded with its person and role."""

from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from app.core import access, clock
from app.core.access import Actor, Conflict
from app.core.columns import table
from app.core.i18n import N_
from app.obligations import queries as obligations
from app.responses import queries
from app.responses.forms import LEAST
from app.responses.models import Response, ResponseStep
from app.rules import signing
from app.rules.signing import Act, Refused, Stage

CHANGED = N_("Somebody changed this answer after you opened the page. Read it again, then go on.")
PUBLISHED = N_("This answer is published and stays as it is. To change it, write a new one: both stay readable.")
_REFUSED = {
    Refused.PUBLISHED: PUBLISHED,
    Refused.UNNAMED: N_("Each step is taken by somebody with a name."),
    Refused.OWN_TEXT: N_(
        "You wrote on this text yourself, so somebody else checks it: a colleague in your office, or a legal checker "
        "whom the administrator appoints."
    ),
}
_NOT_YET = {
    Stage.WRITING: N_("This text was not handed on yet, or it was changed after that. It is handed on, checked and "
                      "signed first."),
    Stage.SENT_BACK: N_("This text was sent back to its writer. It is changed and handed on first."),
    Stage.CHECK: N_("This text waits for the legal check."),
    Stage.SIGNATURE: N_("This text was checked and waits for the signature."),
    Stage.PUBLICATION: N_("This text was signed and waits for publication."),
}  # fmt: skip
_r = table(Response).c
_LOCK = select(_r.id).where(_r.id == bindparam("id")).with_for_update()
_STAGE = update(table(Response)).where(_r.id == bindparam("response"))


def lock(session: Session, response_id: int) -> None:
    """Let two people act on one answer one after the other."""
    session.execute(_LOCK, {"id": response_id})


def hand_on(session: Session, actor: Actor, response_id: int, role: str, seen: str = "") -> None:
    """Say that a draft is finished, so that somebody else checks it. Idempotent."""
    _take(session, actor, "responses.write", response_id, Act.DRAFT, role, seen)


def check(session: Session, actor: Actor, response_id: int, role: str, seen: str = "", note: str = "") -> None:
    """Say that a text holds in law, as somebody who did not write it. Idempotent."""
    _take(session, actor, "responses.check", response_id, Act.CHECK, role, seen, note)


def sign(session: Session, actor: Actor, response_id: int, role: str, seen: str = "", note: str = "") -> None:
    """Answer for a checked text with one's name and role. Idempotent."""
    _take(session, actor, "responses.sign", response_id, Act.SIGNATURE, role, seen, note)


def send_back(session: Session, actor: Actor, response_id: int, role: str, seen: str, note: str) -> None:
    """Give a text back to its writer with what has to change, instead of checking or signing it."""
    stage = queries.by_id(session, response_id).standing.stage
    may = "responses.sign" if stage is Stage.SIGNATURE else "responses.check"
    if len(note) < LEAST:
        raise Conflict("no-note", N_("Say in a sentence what has to change. The writer reads it."))
    _take(session, actor, may, response_id, Act.RETURN, role, seen, note)


def _take(
    session: Session, actor: Actor, permission: str, response_id: int, act: Act, role: str, seen: str, note: str = ""
) -> None:
    lock(session, response_id)
    view = queries.by_id(session, response_id)
    access.require(permission, actor, view)
    if require_turn(actor, view, act, seen):
        require_second_person(session, actor, view.items)
        require_holder(session, view.answering, view.items)
        record(session, actor, view, act, role, note)


def require_turn(actor: Actor, view: queries.ResponseView, act: Act, seen: str) -> bool:
    """Whether somebody takes a step now: False where they took it already, Conflict where it is not its turn."""
    taken = view.step(act)
    if taken is not None and taken.person == actor.participant:
        return False
    if refused := signing.refusal(act, actor.participant, view.standing):
        raise Conflict(str(refused), _REFUSED.get(refused) or _NOT_YET[view.standing.stage])
    if seen and seen != view.digest:
        raise Conflict("changed", CHANGED)
    return True


def record(
    session: Session,
    actor: Actor,
    view: queries.ResponseView,
    act: Act,
    role: str = "",
    note: str = "",
    at: datetime | None = None,
) -> None:
    """Keep who did what to which text, as what and when, and let lists know what it waits for now."""
    office = view.answering if view.answering in actor.offices else min(actor.offices, default=None)
    row = {
        "response_id": view.id,
        "act": act,
        "account_id": actor.account,
        "participant_id": actor.participant,
        "name": actor.name,
        "role": role,
        "office_id": office,
        "note": note,
        "digest": view.digest,
        "at": at or clock.now(),
    }
    session.execute(insert(table(ResponseStep)), row)
    after = signing.standing([*view.done, signing.Done(act, actor.participant, view.digest)], view.digest)
    session.execute(_STAGE.values(stage=after.stage), {"response": view.id})


def require_holder(session: Session, office_id: int, found: tuple[queries.Answered, ...]) -> None:
    """Refuse to answer what another office owes while its time runs: that office would seem to have answered.

    Once it is late any office that may answer here may do so: it stays the lateness of the one that owed it.
    """
    held = obligations.held_by(session, [item.id for item in found], in_time=True)
    for item in found:
        if held.get(item.id, set()) - {office_id}:
            raise Conflict(
                "handed-over",
                N_("%(which)s was handed over, and another office answers it. Leave it out here."),
                which=item.code,
            )


def require_second_person(session: Session, actor: Actor, items: tuple[queries.Answered, ...]) -> None:
    """Refuse that somebody looks a second time at what they answered the first time, under whatever office."""
    first = queries.signed_first(session, [item.id for item in items], actor.participant)
    if first:
        raise Conflict(
            "second-person",
            N_("You signed the answer that did not answer %(which)s. Somebody else has to answer it now."),
            which=first[0],
        )
