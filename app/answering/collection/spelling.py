"""How else the words of a paper's name may be spelled: with slips, or as the British do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches

LEAST_CHARS = 5
"""Words that are at least so long may be spelled otherwise …"""
ALIKE = 0.75
"""… as far as they stay so alike, by difflib's measure."""
MAX_WORDS = 3_000
"""Among more words than these none is looked for: each takes its time, and some word is always near."""
_WORD = re.compile(r"[^\W_]+")
_BRITISH = re.compile(r"(?<=[a-z]{3})is(?=(?:e[ds]?|ing|ations?)\b)")


def spellings(term: str, is_known: Callable[[str], bool], words: Sequence[str]) -> Iterator[str]:
    """The term as it is, then in American spelling, then with each word that is not known read as the nearest of the
    `words`."""

    def nearest(match: re.Match[str]) -> str:
        word = match[0]
        if len(word) < LEAST_CHARS or is_known(word):
            return word
        return next(iter(get_close_matches(word, words, 1, ALIKE)), word)

    folded = term.casefold()
    american = _BRITISH.sub("iz", folded)
    yield term
    if american != folded:
        yield american
    if len(words) <= MAX_WORDS:
        yield from (spelled for one in dict.fromkeys((folded, american)) if (spelled := _WORD.sub(nearest, one)) != one)
