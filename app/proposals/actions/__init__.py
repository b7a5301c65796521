"""Acts on proposals: write, change, take back, merge, and keep what is not finished."""

from app.proposals.actions.drafting import discard_draft, save_draft
from app.proposals.actions.merging import agree, propose_merge
from app.proposals.actions.unmerging import refuse_merge, undo_merge
from app.proposals.actions.writing import Edited, edit, propose, withdraw

__all__ = [
    "Edited",
    "agree",
    "discard_draft",
    "edit",
    "propose",
    "propose_merge",
    "refuse_merge",
    "save_draft",
    "undo_merge",
    "withdraw",
]
