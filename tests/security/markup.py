"""What a page of ours consists of: every element and attribute is one that our templates or Markdown make."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib

from app.core import markdown, web

_SOURCES = [path.read_text("utf-8") for path in sorted(Path(web.ROOT / "templates").rglob("*.html"))]
_SCRIPT = (web.ROOT / "static" / "js" / "rembuk.js").read_text("utf-8")
#: Every tag and attribute that our templates write, that Markdown may make, and that our script adds.
TAGS = (
    {tag.lower() for source in _SOURCES for tag in re.findall(r"<([a-zA-Z][\w-]*)", source)}
    | markdown._TAGS
    | {"tbody"}
)
ATTRIBUTES = (
    {name.lower() for source in _SOURCES for name in re.findall(r"([a-zA-Z][a-zA-Z0-9:-]*)=[\"']", source)}
    | {name for source in _SOURCES for name in re.findall(r"\"((?:data|aria)-[a-z-]+)\":", source)}
    | {
        "data-htmx-powered",
        "download",
        "start",
        "rel",
        *re.findall(r'(?:setAttribute|toggleAttribute)\("([\w-]+)"', _SCRIPT),
    }
    | {
        "checked",
        "selected",
        "required",
        "readonly",
        "hidden",
        "disabled",
        "defer",
        "open",
        "novalidate",
        "formnovalidate",
        "multiple",
    }
)
#: What never stands on a page, whatever a template says.
NEVER = {"iframe", "object", "embed", "base", "style", "applet", "frame", "video", "audio", "math", "foreignobject"}
_LOADS = {"src", "action", "formaction", "data", "poster", "srcset", "data-hx-get", "data-hx-post", "xlink:href"}
#: An attribute as it stands in one element of a page.
Elements = Iterable[tuple[str, Mapping[str, str]]]

#: Reads the elements of a page out of a browser, as `intruders` takes them.
READ = """() => Array.from(document.querySelectorAll('*'),
  (e) => [e.localName, Object.fromEntries(Array.from(e.attributes, (a) => [a.name, a.value]))])"""


def intruders(elements: Elements) -> list[str]:
    """Elements and attributes that no template of ours wrote."""
    found = []
    for tag, attributes in elements:
        if tag not in TAGS or tag in NEVER:
            found.append(f"<{tag}>")
        if tag == "script" and not attributes.get("src") and attributes.get("type") != "application/ld+json":
            found.append("<script> in the page")
        for name, value in attributes.items():
            if not _ours(tag, name.lower(), value):
                found.append(f'<{tag} {name}="{value[:80]}">')
    return found


def _ours(tag: str, name: str, value: str) -> bool:
    if name.startswith("on") or name in ("style", "srcdoc") or name not in ATTRIBUTES:
        return False
    address = "".join(character for character in value if character > " ").lower()
    if name in _LOADS:  # only from here
        parts = urlsplit(address)
        return (not parts.scheme and not parts.netloc) or address.startswith("http://127.0.0.1")
    if name == "href":
        return urlsplit(address).scheme in ("", "http", "https", "mailto", "tel")
    return not (tag == "meta" and name == "http-equiv")


def elements(html: str, fragment: bool = False) -> list[tuple[str, dict[str, str]]]:
    """The elements of a page as a browser would make them of its text."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    root: Element = parser.parseFragment(html) if fragment else parser.parse(html)
    found = [e for e in root.iter() if isinstance(e.tag, str)][fragment:]
    return [(e.tag.rpartition("}")[2].lower(), {str(name): value for name, value in e.attrib.items()}) for e in found]
