"""Texts that would run a script, or make an element or attribute of their own, where they were not escaped."""

from collections.abc import Iterator

from tests.core.test_markdown import PAYLOADS as IN_MARKDOWN

#: What breaks out of a place in a page: an attribute, a title, a text area, JSON in a script, an address, a template.
IN_PLACES = (
    '"><img src=x onerror=alert(1)>',
    "'><img src=x onerror=alert(1)>",
    '" onmouseover=alert(1) autofocus onfocus=alert(1) x="',
    "' onfocus=alert(1) autofocus x='",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</option></select><img src=x onerror=alert(1)>",
    "--><svg onload=alert(1)>",
    "javascript:alert(1)//https://x.example",
    "{{ 7 * 7 }}{% raw %}${alert(1)}",
    "&lt;img src=x onerror=alert(1)&gt;",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "<xss-element xss-attribute=1>a</xss-element>",
    "a</p><div hx-get=/x hx-trigger=load data-hx-get=/x>",
    "[x\"onmouseover=alert(1)](https://x.example/\"onmouseover=alert(1))",
    "![x\" onerror=alert(1)](x\" onerror=alert(1))",
    "<https://x.example/\"onmouseover=alert(1)>",
    "=HYPERLINK(\"https://x.example\",\"x\")<b>",
)  # fmt: skip
PAYLOADS = (*IN_PLACES, *IN_MARKDOWN)


def texts(longest: int, shift: int) -> str:
    """As many payloads as fit, beginning with one of them, in words that a form takes."""
    found = "Teks"
    for payload in _from(shift):
        if len(found) + len(payload) + 1 <= longest:
            found += ("\n\n" if longest > 1000 else " ") + payload
    return found[:longest]


def _from(shift: int) -> Iterator[str]:
    start = shift % len(PAYLOADS)
    yield from PAYLOADS[start:]
    yield from PAYLOADS[:start]
