"""The blind check: drawing a sample, and what a second person finds in it without seeing the first."""

import json
import secrets
from collections.abc import Sequence

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from app.consultations import queries as consultations
from app.contributions.models import Contribution
from app.core import access, clock, db
from app.core.access import Actor, Conflict
from app.core.columns import table
from app.core.i18n import N_
from app.publiclog import actions as publiclog
from app.rules.agreement import FEWEST
from app.rules.canonical import digest
from app.rules.sampling import sample
from app.themes import queries
from app.themes.forms import SecondForm
from app.themes.models import BlindCheck, BlindItem

_i, _c = table(BlindItem).c, table(Contribution).c
_LOCK = select(_i.id).where(_i.id == bindparam("id")).with_for_update()


def new_seed() -> str:
    """A seed nobody chose."""
    return secrets.token_hex(16)


def draw(session: Session, actor: Actor, consultation_id: int, codes: Sequence[str], size: int, seed: str) -> int:
    """Draw a sample from what is coded and record its seed; gives its number.

    `codes` are those of everything that is coded, read just before. Conflict where too few are coded for a figure,
    and while an earlier sample is still being coded with the version in force.
    """
    access.require("themes.write", actor, consultations.by_id(session, consultation_id))
    book = queries.in_force(session, consultation_id)
    if book is None or len(codes) < FEWEST:
        raise Conflict(
            "too-few",
            N_("A figure needs at least %(fewest)s coded contributions. So far there are %(number)s."),
            fewest=FEWEST, number=len(codes),
        )  # fmt: skip
    before = queries.newest_check(session, consultation_id, book)
    if before is not None and before.open and before.version == book.number:
        raise Conflict("open", N_("The last sample is not finished. Code it to its end, then draw another one."))
    row = BlindCheck(
        consultation_id=consultation_id, version=book.number, seed=seed, drawn_from=len(codes), name=actor.name,
        account_id=actor.account, at=clock.now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    assert row.id is not None
    chosen = sample(seed, codes, size)
    found = session.execute(select(_c.code, _c.id).where(_c.code.in_(chosen)))
    numbers = {it.code: it.id for it in found}
    blank = {"check_id": row.id, "name": "", "first": "", "second": ""}
    session.execute(insert(table(BlindItem)), [blank | {"contribution_id": numbers[code]} for code in chosen])
    facts = {"version": book.number, "seed": seed, "of": len(codes), "size": len(chosen)}
    publiclog.record(session, "code", consultation_id, ("blind_check", row.id), act="sample", **facts)
    db.renew_pages(session)
    return row.id


def code_second(session: Session, actor: Actor, item_id: int, form: SecondForm) -> None:
    """Record which themes a second person found in a contribution of a sample, with what the first had found then.

    A text that is gone by then is passed over. Conflict for whoever coded it before, for one's own words, for what is
    coded already by somebody else, where the text changed since it was shown, and once the codebook has changed.
    """
    item = queries.to_check(session, item_id)
    access.require("themes.write", actor, item)
    session.execute(_LOCK, {"id": item_id})
    item, words = queries.to_check(session, item_id), queries.words(session, item.code)
    book = queries.in_force(session, item.consultation.id)
    if item.at is not None:
        raise Conflict("done", N_("This one is coded already. Go on with the next."))
    if book is None or book.number != item.version:
        raise Conflict("version", N_("The codebook has changed since the sample was drawn. Draw another one."))
    if queries.coded_before(session, item.contribution_id, actor.account):
        raise Conflict("first", N_("You found themes in this one yourself. A second person codes it again."))
    if words.participant_id is not None and words.participant_id == actor.participant:
        raise Conflict("own", N_("You wrote this yourself. A colleague codes it: nobody codes their own words."))
    if not words.gone and form.seen != words.h:
        raise Conflict(
            "text-changed",
            N_("The author changed the text while you were reading. Read it again, then choose."),
        )
    chosen = [book.by_number.get(number) for number in form.themes]
    if any(theme is None for theme in chosen):
        raise Conflict("no-theme", N_("This theme is not in the codebook that is in force. Choose another one."))
    found = [one for one in queries.found_in(session, words, book) if one.retracted_at is None and one.theme]
    values = {
        "account_id": actor.account, "name": actor.name, "at": clock.now(),
        "first": "" if words.gone else json.dumps(sorted({one.label for one in found})),
        "second": "" if words.gone else json.dumps(sorted({theme.label for theme in chosen if theme})),
    }  # fmt: skip
    session.execute(update(table(BlindItem)).where(_i.id == item_id).values(values))
    if queries.left_to_check(session, item.check_id) == 0:
        _record_end(session, item, book)
    db.renew_pages(session)


def _record_end(session: Session, item: queries.ToCheck, book: queries.CodebookView) -> None:
    check = queries.newest_check(session, item.consultation.id, book)
    assert check is not None
    pairs = sorted([sorted(first), sorted(second)] for first, second in check.pairs)
    facts = {"version": item.version, "size": check.size, "pairs": digest(pairs)}
    publiclog.record(session, "code", item.consultation.id, ("blind_check", item.check_id), act="checked", **facts)
