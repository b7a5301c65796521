"""What people write, made safe to show: Markdown is rendered, then sanitised by an allow-list.

Raw HTML is shown as the characters it was written in. A picture gives way to its description: pictures are
uploaded, not embedded. Link definitions are off: one long address used a thousand times would make a page of
a hundred megabytes. Headings start below the page's own and skip no level; nothing is left empty that a
screen reader announces. Characters that make a text read differently from what it is are removed. Style
sheets show these texts with `unicode-bidi: plaintext`, so that each paragraph runs in its own direction.

This is the one place where people's text becomes `Markup`.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

MAX_CHARACTERS = 100_000
"""The longest text that is rendered, in characters; what is longer is cut. Forms set their own limits."""

_HEADINGS = {"h2", "h3", "h4", "h5", "h6"}
_TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
_BLOCKS = {"p", "hr", "pre", "blockquote", "ul", "ol", "li"}
_INLINES = {"a", "br", "code", "em", "s", "strong"}
_TAGS = _HEADINGS | _TABLES | _BLOCKS | _INLINES
_ATTRIBUTES: dict[str, set[str]] = {"*": set(), "a": {"href"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
_SAFE_ADDRESS = re.compile(r"(?:https?://|mailto:|tel:|/(?![/\\]))[^\\]*", re.IGNORECASE)
_MAX_NESTING = 20

_DECEPTIVE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\ufeff]")
_INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u2060-\u2064\u2066-\u206f]")
_JOINERS = "\u200d\ufe0e\ufe0f"


def to_html(text: str, top_heading: int = 3) -> Markup:
    """Render what a person wrote as HTML that runs no script and loads nothing.

    `top_heading` is the level of its highest heading (2 to 6), one below the heading it stands under.
    """
    if not 2 <= top_heading <= 6:
        raise ValueError("headings of people's texts have the levels 2 to 6")
    rendered = _markdown.render(_readable(text[:MAX_CHARACTERS]), {"top": top_heading})
    return Markup(_sanitised(rendered))  # noqa: S704


def as_stored(html: str) -> Markup:
    """HTML that `to_html` once made and the database kept; sanitised again, for a row may have been tampered with."""
    return Markup(_sanitised(html))  # noqa: S704


def to_text(text: str, limit: int = 200) -> str:
    """Give the beginning of what a person wrote as one plain line of at most `limit` characters.

    For titles, mails and lists; it still has to be escaped like any text. A cut is marked with "…".
    """
    beginning = _readable(text[: min(MAX_CHARACTERS, 8 * limit + 2000)])
    tokens = _markdown.parse(beginning, {"top": 3})
    line = " ".join(_INVISIBLE.sub("", " ".join(_block_texts(tokens))).split())
    return line if len(line) <= limit else _cut(line, limit - 1) + "…"


def _sanitised(html: str) -> str:
    """Keep what the allow-list names, whatever the renderer made; nothing here trusts it."""
    return _cleaner.clean(html)


def _readable(text: str) -> str:
    return _DECEPTIVE.sub("", text)


def _own_path(address: str) -> str | None:
    return address if _SAFE_ADDRESS.fullmatch(address) else None


_cleaner = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    url_schemes=_SCHEMES,
    url_relative=_own_path,
    link_rel="nofollow ugc noopener",
)


def _cut(line: str, length: int) -> str:
    """Shorten at a space near the end if there is one, never inside a letter made of several."""
    space = line.rfind(" ", max(0, length - 30), length + 1)
    if space > 0:
        length = space
    while length > 0 and (_continues(line[length]) or line[length - 1] == "\u200d"):
        length -= 1
    return line[:length].rstrip(" ,;:.-")


def _continues(character: str) -> bool:
    return unicodedata.combining(character) > 0 or character in _JOINERS


def _block_texts(tokens: Iterable[Token]) -> Iterable[str]:
    for token in tokens:
        if token.type == "inline":
            yield _plain(token.children or ())
        elif token.type in ("fence", "code_block"):
            yield token.content


def _plain(tokens: Iterable[Token]) -> str:
    """The words of a line, without its marks; pictures count as their description."""
    parts = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        else:
            parts.append(_plain(token.children) if token.children else token.content)
    return "".join(parts)


class _Writing(MarkdownIt):
    """The Markdown people may use here."""

    def validateLink(self, url: str) -> bool:
        """A link leads to the web, a mailbox, a telephone or a page of this place; else it stays as typed."""
        return _SAFE_ADDRESS.fullmatch(url) is not None


def _tidy(state: StateCore) -> None:
    """Give headings their levels and leave nothing empty that a screen reader announces."""
    for token in state.tokens:
        if token.type == "inline":
            token.children = _name_links(_describe_pictures(token.children or ()))
    _rank_headings(state.tokens, state.env["top"])
    for cell, content in zip(state.tokens, state.tokens[1:], strict=False):
        if cell.type == "th_open" and not _visible(content):
            cell.tag = "td"
    _close_cells(state.tokens)


def _describe_pictures(tokens: Iterable[Token]) -> list[Token]:
    return [
        Token("text", "", 0, content=_plain(token.children or ())) if token.type == "image" else token
        for token in tokens
    ]


def _name_links(tokens: Sequence[Token]) -> list[Token]:
    """Show the address of a link that was given no words."""
    named: list[Token] = []
    opened = 0
    for token in tokens:
        if token.type == "link_open":
            opened = len(named)
        elif token.type == "link_close" and not _INVISIBLE.sub("", _plain(named[opened + 1 :])).strip():
            named.append(Token("text", "", 0, content=str(named[opened].attrGet("href"))))
        named.append(token)
    return named


def _rank_headings(tokens: list[Token], top: int) -> None:
    """Number headings by how they contain each other, from `top` on; an empty one becomes a paragraph."""
    above: list[str] = []
    for opening, content, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type != "heading_open":
            continue
        tag = "p"
        if _visible(content):
            while above and above[-1] >= opening.tag:
                above.pop()
            above.append(opening.tag)
            tag = f"h{min(top + len(above) - 1, 6)}"
        opening.tag = closing.tag = tag


def _close_cells(tokens: Iterable[Token]) -> None:
    tag = ""
    for token in tokens:
        if token.type == "th_open":
            tag = token.tag
        elif token.type == "th_close":
            token.tag = tag


def _visible(inline: Token) -> bool:
    return bool(_INVISIBLE.sub("", _plain(inline.children or ())).strip())


_markdown = _Writing("commonmark", {"html": False, "breaks": True, "maxNesting": _MAX_NESTING})
_markdown.enable(["table", "strikethrough"]).disable(["reference", "html_block", "html_inline"])
_markdown.core.ruler.push("tidy", _tidy)
