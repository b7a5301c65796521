"""Acts on proposals: write, change, take back, and keep what is not finished."""

from app.proposals.actions.drafting import discard_draft, save_draft
from app.proposals.actions.writing import Edited, edit, propose, withdraw

__all__ = ["Edited", "discard_draft", "edit", "propose", "save_draft", "withdraw"]
