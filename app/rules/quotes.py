"""The words somebody is answered for: a short piece of their own text, exactly as it stands there.

A quote is always a substring of its source, so that anybody can check it. Source: PRODUCT, promise 4; PUBLIC_LOG
("every quote is an exact substring of its source").
"""

LONGEST = 240
"""So many characters of a text stand before an answer at most."""

_ENDS = (". ", "? ", "! ", "\n")


def beginning(text: str, most: int = LONGEST) -> str:
    """The beginning of a text as a quote: whole sentences where one ends in time, else whole words.

    Without blanks around it. A single word that is longer is cut: nothing of it could be quoted otherwise.
    """
    text = text.strip()
    if len(text) <= most:
        return text
    head = text[: most + 1]
    end = max(head.rfind(mark) for mark in _ENDS)
    if end >= most // 3:
        return head[: end + 1].rstrip()
    for place in range(most, 0, -1):
        if head[place].isspace():
            return head[:place].rstrip()
    return head[:most]


def exact(quote: str, source: str) -> bool:
    """Whether a quote says something and stands in its source exactly like that."""
    return bool(quote.strip()) and quote in source
