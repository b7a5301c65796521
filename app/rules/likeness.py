"""Which of some texts is most like another one, by the words they have in common; a rare word says more.

A word weighs the logarithm of how many of the texts there are for each that has it, so that one in all of them weighs
nothing. Two texts are as alike as the weight of the words both have, over the root of the weights of each (the cosine
of the two). It decides nothing but what somebody is shown next.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from math import log, sqrt


def most_alike(text: Collection[str], others: Sequence[Collection[str]]) -> list[int]:
    """The places of the other texts, the most alike first; equally alike ones stay in their order."""
    having = Counter(word for words in (text, *others) for word in set(words))
    weights = {word: log((len(others) + 1) / number) for word, number in having.items()}
    asked = set(text)
    whole = _weight(asked, weights)

    def likeness(words: Collection[str]) -> float:
        both = _weight(asked.intersection(words), weights)
        return both / sqrt(whole * _weight(set(words), weights)) if both else 0.0

    found = [likeness(words) for words in others]
    return sorted(range(len(others)), key=lambda place: (-found[place], place))


def _weight(words: Iterable[str], weights: dict[str, float]) -> float:
    return sum(sorted(weights[word] for word in words))
