"""Names nobody may take: those of offices, and of people who hold a role here."""

import re
import unicodedata

from sqlalchemy import func, select
from sqlmodel import Session

from app.accounts.models import Account, Participant, RoleGrant
from app.accounts.queries.people import office_table
from app.core.columns import table
from app.core.i18n import N_

_a, _p, _g = (table(model).c for model in (Account, Participant, RoleGrant))
#: A name that begins with one of these says that a body of the state speaks.
BODIES = frozenset(
    "bappeda bupati camat desa dinas dprd gubernur kabupaten kecamatan kelurahan kementerian kota lurah pemda pemdes "
    "pemerintah pemkab pemkot pemprov provinsi sekda sekretariat walikota department government ministry office "
    "admin administrator moderator fasilitator facilitator rembuk".split()
)
#: A shorter name of an office is looked for only as the whole of a name: it could be a part of many.
SHORTEST = 5
AN_OFFICE = N_(
    "This name looks like that of an office. So that nobody takes you for one, choose your own name or another."
)
SOMEBODY = N_(
    "Somebody with a role here has this name. So that nobody takes you for them, choose another, or add to it."
)


def plain(name: str) -> str:
    """A name without what can be typed in many ways: letters and digits only, one form of each, no accents."""
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    return "".join(character for character in parts if character.isalnum())


def taken(session: Session, name: str, account_id: int | None = None) -> str | None:
    """Why somebody may not go by a name, as a sentence; None where they may.

    People with a role may name their office, as their role stands beside what they write.
    """
    held = select(_g.id).where(_g.account_id == account_id).limit(1)
    if session.execute(held).first() is None and _is_an_office(session, name):
        return AN_OFFICE
    others = select(func.distinct(_p.name)).join_from(table(Participant), table(Account), _a.participant_id == _p.id)
    others = others.where(_a.id.in_(select(_g.account_id)), _a.id != (account_id or 0), _p.name.is_not(None))
    wanted = plain(name)
    return SOMEBODY if any(plain(other) == wanted for other in session.execute(others).scalars()) else None


def _is_an_office(session: Session, name: str) -> bool:
    first = next(iter(re.findall(r"\w+", unicodedata.normalize("NFKC", name).casefold())), "")
    wanted, o = plain(name), office_table().c
    known = {plain(each) for row in session.execute(select(o.name, o.name_en)) for each in row if each}
    return first in BODIES or any(each == wanted or (len(each) >= SHORTEST and each in wanted) for each in known)
