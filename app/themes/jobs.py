"""Comparing the texts of a consultation, and going through the copies of a text."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlmodel import Session

from app.core import db, jobs
from app.rules import campaigns as rule
from app.themes import actions, queries

T = TypeVar("T")


@jobs.handles("themes.compare")
def compare(job_id: int, payload: dict[str, Any]) -> None:
    """Compare everything that was put in until now and store the groups piece by piece.

    Idempotent and begun anew where it was cut off: what is stored already is stored as it is. New contributions join
    their group with the next run.
    """
    with db.reading() as session:
        run = queries.run(session, payload["run"])
        before = queries.campaigns_of(session, run.consultation_id)
    if run.finished_at is not None:
        db.write_now(jobs.finish, job_id)
        return
    every = {one.id: one for one in queries.texts(run.consultation_id)}
    readable = {number: one.text for number, one in every.items() if not one.gone}
    found = rule.campaigns(readable)
    short = sum(1 for text in readable.values() if not rule.long_enough(text))
    _store(run.consultation_id, every, before, found)
    grouped = sum(one.size for one in found)
    counts = {
        "received": len(every), "gone": len(every) - len(readable), "short": short, "grouped": grouped,
        "apart": len(readable) - short - grouped, "groups": len(found),
    }  # fmt: skip

    def end(session: Session) -> None:
        actions.finish_comparing(session, run.id, **counts)
        jobs.finish(session, job_id)

    db.write_now(end)


def _store(
    consultation: int,
    every: dict[int, queries.Written],
    before: dict[int, int],
    found: Sequence[rule.Campaign],
) -> None:
    taken: set[int] = set()
    for one in found:
        known = next(
            (before[it.name] for it in one.signatures if it.name in before and before[it.name] not in taken), None
        )
        copies = [actions.Copy(it.name, every[it.name].h, it.added) for it in one.signatures]
        for some in _pieces(copies):
            number = db.write_now(actions.store, consultation, one.first, known, some)
            taken.add(number)
    grouped = {it.name for one in found for it in one.signatures}
    for parted in _pieces([number for number in before if number not in grouped]):
        db.write_now(actions.forget, parted)


def _pieces(every: Sequence[T]) -> Iterator[Sequence[T]]:
    return (every[at : at + actions.STORED] for at in range(0, len(every), actions.STORED))


@jobs.handles("themes.shared")
def go_on(job_id: int, payload: dict[str, Any]) -> None:
    """Go through the next copies; while some are left, a further job follows in the same transaction."""

    def step(session: Session) -> None:
        if session.get(jobs.Job, job_id) is not None:
            actions.go_on(session, payload["shared"], payload["account"], payload["after"])
            jobs.finish(session, job_id)

    db.write_now(step)
