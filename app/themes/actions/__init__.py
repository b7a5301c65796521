"""Acts on themes: writing the codebook, finding themes in contributions, and leaving contributions out."""

from app.themes.actions.checking import code_second, draw, new_seed
from app.themes.actions.codebooks import discard, drop, keep_theme, merge, publish, put_back, split
from app.themes.actions.coding import LEASE, assign, confirm, retract, take_next
from app.themes.actions.excluding import CHUNK, appeal, decide, exclude, exclude_gone, take_in

__all__ = [
    "CHUNK",
    "LEASE",
    "appeal",
    "assign",
    "code_second",
    "confirm",
    "decide",
    "discard",
    "draw",
    "drop",
    "exclude",
    "exclude_gone",
    "keep_theme",
    "merge",
    "new_seed",
    "publish",
    "put_back",
    "retract",
    "split",
    "take_in",
    "take_next",
]
