"""What people write, turned into HTML that is safe to show: Markdown rendered, then sanitised by an allow-list.

Raw HTML is shown as the characters it was written in; pictures give way to their description (pictures are
uploaded, not embedded); link definitions are off, since one long address used a thousand times makes a page
of a hundred megabytes; headings begin below the page's own; left-to-right overrides, which make a text read
differently from what it is, are removed. This is the one place where text becomes `Markup`.
"""

import re

MAX_CHARACTERS = 100_000
"""The longest text that is rendered, in characters; forms set their own, smaller limits."""

_MAX_NESTING = 20
_MAX_TABLE_CELLS = 5_000
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\ufeff]")
_INVISIBLE_IN_EXCERPT = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u2060\u2066-\u2069]")
_SAFE_PATH = re.compile(r"/(?![/\\])[^\\]*|#.*")
