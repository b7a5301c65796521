"""Reads about proposals: one, its versions, lists of them, and drafts."""

from app.proposals.queries.drafts import Draft, draft
from app.proposals.queries.found import FOUND
from app.proposals.queries.lists import (
    SEEDS,
    SORTS,
    Filters,
    Item,
    Own,
    by_author,
    genuine_place,
    listing,
    newest,
    own_votes,
    some,
    tells_own_votes,
)
from app.proposals.queries.one import (
    Difference,
    ProposalView,
    Version,
    at_code,
    by_id,
    differences,
    in_path,
    latest_by,
    versions,
)
from app.proposals.queries.votable import VOTABLE_BY_CODE, Votable, votable, votable_by_code

__all__ = [
    "FOUND",
    "SEEDS",
    "SORTS",
    "VOTABLE_BY_CODE",
    "Difference",
    "Draft",
    "Filters",
    "Item",
    "Own",
    "ProposalView",
    "Version",
    "Votable",
    "at_code",
    "by_author",
    "by_id",
    "differences",
    "draft",
    "genuine_place",
    "in_path",
    "latest_by",
    "listing",
    "newest",
    "own_votes",
    "some",
    "tells_own_votes",
    "versions",
    "votable",
    "votable_by_code",
]
