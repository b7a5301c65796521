"""How proposals of the district that ask for the same become one."""

from collections.abc import Callable
from random import Random

from sqlmodel import Session

from app.demo.content import Told
from app.demo.diary import Diary, District
from app.proposals import actions, queries
from app.proposals.forms import MergeForm


def note_merges(diary: Diary, district: District, told: Told, base_url: str) -> None:
    """Write down when proposals of a consultation are merged."""
    random = Random(told["slug"] + "/merges")  # noqa: S311 - the same story every time, nothing secret
    for merge in told.get("merges", ()):
        diary.note(diary.moment(random, merge["day"]), _merging(district, told, merge, base_url))


def _merging(district: District, told: Told, merge: Told, base_url: str) -> Callable[[Session], None]:
    """The office proposes it, and answers for the authors who cannot be asked."""

    def propose(session: Session) -> None:
        codes = [queries.by_id(session, district.proposals[key]).code for key in merge["from"]]
        form = MergeForm(codes=" ".join(codes), reason=merge["reason"])
        target = district.proposals[merge["into"]]
        actions.propose_merge(session, district.official(told["office"]), target, form, base_url)

    return propose
