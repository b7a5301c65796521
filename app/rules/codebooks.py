"""Versions of a codebook: which themes changed their meaning, so that older codings have to be checked again.

A theme is an argument with a clear stance, with what counts as it and what does not. It means something else in a new
version when any of these words differs, when it takes another theme in (merged), or when part of it became a theme of
its own (split). Where it stands among the others (its parent) changes nothing of what it means.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Wording:
    """What a theme means in one version; `since` is the version that last changed it."""

    stance: str
    includes: str = ""
    excludes: str = ""
    since: int = 1

    @property
    def meaning(self) -> tuple[str, str, str]:
        """The words that decide what is coded to it."""
        return self.stance, self.includes, self.excludes


def since(
    before: Mapping[int, Wording], after: Mapping[int, Wording], touched: Collection[int], number: int
) -> dict[int, int]:
    """For each theme of a new version `number` the version that last changed what it means.

    `before` and `after` hold the wordings by theme, `touched` the themes that took another in or were split.
    """
    return {
        theme: number
        if theme not in before or theme in touched or before[theme].meaning != now.meaning
        else before[theme].since
        for theme, now in after.items()
    }


class Again(StrEnum):
    """Why somebody should look again at what was coded."""

    THEME_CHANGED = "theme-changed"
    THEME_ENDED = "theme-ended"
    TEXT_CHANGED = "text-changed"


def check_again(coded_in: int, since: int | None, text_then: str, text_now: str) -> tuple[Again, ...]:
    """Why a coding has to be checked again, none if it stands as it was made.

    `coded_in` is the version of the codebook it was made with, `since` that which last changed the theme (None for a
    theme that no longer exists); the texts are named by their commitments.
    """
    theme = Again.THEME_ENDED if since is None else Again.THEME_CHANGED if coded_in < since else None
    text = Again.TEXT_CHANGED if text_then != text_now else None
    return tuple(why for why in (theme, text) if why is not None)


class Wrong(StrEnum):
    """Why a codebook cannot be published."""

    EMPTY = "empty"
    SAME = "same"
    TWICE = "twice"
    LOOP = "loop"
    CODED = "coded"


def wrong(
    before: Mapping[int, Wording],
    after: Mapping[int, Wording],
    parents: tuple[Mapping[int, int | None], Mapping[int, int | None]],
    taken_in: Collection[int],
    coded: Collection[int],
) -> Wrong | None:
    """The first reason why a version cannot be published.

    `parents` are those before and those after, `taken_in` the themes that others took in, `coded` those that are found
    in contributions: none of them may end without a theme that speaks for it.
    """
    was, now = parents
    if not after:
        return Wrong.EMPTY
    stances = [" ".join(one.stance.casefold().split()) for one in after.values()]
    if len(set(stances)) < len(stances):
        return Wrong.TWICE
    if any(_above(theme, now) is None for theme in after):
        return Wrong.LOOP
    if any(theme not in after and theme not in taken_in for theme in coded):
        return Wrong.CODED
    same = {theme: one.meaning for theme, one in before.items()} == {theme: one.meaning for theme, one in after.items()}
    return Wrong.SAME if same and dict(was) == dict(now) and not taken_in else None


def _above(theme: int, parents: Mapping[int, int | None]) -> tuple[int, ...] | None:
    """The themes above one, nearest first; None where they lead in a circle or to a theme that is not there."""
    found: list[int] = []
    above = parents.get(theme)
    while above is not None:
        if above in found or above == theme or above not in parents:
            return None
        found.append(above)
        above = parents[above]
    return tuple(found)
