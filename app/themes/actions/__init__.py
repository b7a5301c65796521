"""Acts on themes: writing the codebook, finding themes in contributions, and leaving contributions out."""

from app.themes.actions.campaigns import clear, code_all, go_on, retract_all
from app.themes.actions.checking import code_second, draw, new_seed
from app.themes.actions.codebooks import discard, drop, keep_theme, merge, publish, put_back, split
from app.themes.actions.coding import assign, confirm, retract
from app.themes.actions.comparing import LOST, STORED, Copy, compare, forget, store
from app.themes.actions.comparing import finish as finish_comparing
from app.themes.actions.excluding import CHUNK, appeal, decide, exclude, exclude_gone, take_in
from app.themes.actions.importing import Elsewhere, assign_all
from app.themes.actions.taking import LEASE, take_next

__all__ = [
    "CHUNK",
    "LEASE",
    "LOST",
    "STORED",
    "Copy",
    "Elsewhere",
    "appeal",
    "assign",
    "assign_all",
    "clear",
    "code_all",
    "code_second",
    "compare",
    "confirm",
    "decide",
    "discard",
    "draw",
    "drop",
    "exclude",
    "exclude_gone",
    "finish_comparing",
    "forget",
    "go_on",
    "keep_theme",
    "merge",
    "new_seed",
    "publish",
    "put_back",
    "retract",
    "retract_all",
    "split",
    "store",
    "take_in",
    "take_next",
]
