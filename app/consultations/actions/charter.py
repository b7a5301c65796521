"""Writing the charter: freely in a draft, until the first contribution after opening, and by amendment from then on."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.consultations import queries
from app.consultations.actions.changes import begin
from app.consultations.actions.drafts import locked, require_seen, store
from app.consultations.actions.reopening import lock_phases, reopening
from app.core.access import Actor, Conflict
from app.core.i18n import N_
from app.publiclog import actions as publiclog
from app.rules import charters
from app.rules.canonical import canonical, digest


def set_charter(
    session: Session, actor: Actor, consultation_id: int, content: dict[str, Any], at: datetime, seen: str = ""
) -> None:
    """Give a consultation its charter, in place of the one it had; Conflict once the first contribution is in.

    A draft's may lack anything. Between opening and the first contribution it stays whole, and the record tells of it.
    `seen` is the fingerprint of the charter from which this one was made; Conflict where another is stored by now.
    """
    row = locked(session, actor, consultation_id)
    if row.opened_at is None:
        require_seen(seen, queries.promised(session, consultation_id))
        store(session, consultation_id, content)
        return
    require_correctable(session, row)
    require_seen(seen, queries.promised(session, consultation_id))
    _require_whole(session, consultation_id, content)
    before = digest(queries.charter(session, consultation_id))
    store(session, consultation_id, content)
    charter = queries.charter(session, consultation_id)
    row.frozen, row.frozen_hash = canonical(charter).decode(), digest(charter)
    subject = ("consultation", consultation_id)
    publiclog.record(session, "charter", consultation_id, subject, old=before, new=row.frozen_hash)


def require_correctable(session: Session, row: Any) -> None:
    """Conflict where an opened charter changes only by amendment, or not at all."""
    if row.imported_from:
        raise Conflict("imported", N_("This consultation was taken over, so it has no charter."))
    lock_phases(session, row.id)
    since = queries.locked_since(session, row.id)
    if since is not None:
        raise Conflict(
            "locked",
            N_("The first contribution came on %(when)s. Since then the charter changes only by a public amendment."),
            when=since,
        )
    if queries.amendments(session, row.id) or row.cancelled_at is not None or row.decided_at is not None:
        raise Conflict("amended", N_("This charter was amended already, so it changes only by a public amendment."))


def amend_charter(
    session: Session,
    actor: Actor,
    consultation_id: int,
    content: dict[str, Any],
    reason: str,
    at: datetime,
    base_url: str = "",
    seen: str = "",
    looked_at: str | None = None,
) -> int:
    """Change the charter in public and give the amendment's number; what it reopens is decided by the rules.

    Conflict where nothing changed, something would be missing, votes could no longer be confirmed, or the charter is
    no longer the one that was `seen`: two officials at work must not take back each other's words unawares. It cannot
    be taken back, so a person first looks at what changes: `looked_at` is the fingerprint of what they were shown.
    """
    amendment = begin(session, actor, consultation_id, reason, base_url)
    if amendment.consultation.imported_from:
        raise Conflict("imported", N_("This consultation was taken over, so it has no charter."))
    require_seen(seen, queries.promised(session, consultation_id))
    before = queries.promised(session, consultation_id)
    changed = tuple(queries.differing(before, content))
    if not changed:
        raise Conflict("unchanged", N_("Nothing was changed: the charter is the same as before."))
    _require_whole(session, consultation_id, content)
    amendment.reopening = reopening(session, consultation_id, {part for part, _, _ in changed}, amendment.at)
    if looked_at is not None and looked_at != queries.seen(content):
        raise Conflict(queries.UNLOOKED, N_("Look at what changes before it is public."))
    for part, old, new in changed:
        amendment.note(f"charter.{part}", old, new)
    store(session, consultation_id, content)
    amendment.publish()
    return amendment.number


def _require_whole(session: Session, consultation_id: int, content: dict[str, Any]) -> None:
    """An open consultation keeps a whole charter that does not contradict itself, with a note on a bent question."""
    ways = queries.ways_of(queries.by_id(session, consultation_id))
    for code in charters.missing(content, ways):
        raise Conflict("incomplete", queries.STILL_MISSING, what=queries.part_name(code))
    for code in charters.contradictions(content, ways):
        raise Conflict("contradiction", queries.CONTRADICTIONS[code])
    queries.require_noted(queries.flags_of(session, consultation_id, content))
