"""Reads about proposals: one, its versions, lists of them, and drafts."""

from app.proposals.queries.drafts import Draft, draft
from app.proposals.queries.lists import SORTS, Filters, Item, by_author, listing, newest
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

__all__ = [
    "SORTS",
    "Difference",
    "Draft",
    "Filters",
    "Item",
    "ProposalView",
    "Version",
    "at_code",
    "by_author",
    "by_id",
    "differences",
    "draft",
    "in_path",
    "latest_by",
    "listing",
    "newest",
    "versions",
]
