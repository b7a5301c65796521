"""Acts on a consultation."""

from app.consultations.actions.changes import amend, cancel, close_early, move_dates
from app.consultations.actions.charter import amend_charter, set_charter
from app.consultations.actions.documents import Upload, add_document, remove_document
from app.consultations.actions.drafts import create, edit, remove, set_phases
from app.consultations.actions.opening import open
from app.consultations.actions.topics import add_topic, rename_topic

__all__ = [
    "Upload",
    "add_document",
    "add_topic",
    "amend",
    "amend_charter",
    "cancel",
    "close_early",
    "create",
    "edit",
    "move_dates",
    "open",
    "remove",
    "remove_document",
    "rename_topic",
    "set_charter",
    "set_phases",
]
