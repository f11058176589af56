"""How else the words of a paper's name may be spelled: with slips, or as the British do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches

LEAST_CHARS = 5
"""Words that are at least so long may be spelled otherwise …"""
ALIKE = 0.75
"""… as far as they stay so alike, by difflib's measure."""
MAX_WORDS = 3_000
"""Words that one is compared with: each takes its time."""
_NEAREST = 3
_WORD = re.compile(r"[^\W_]+")
_BRITISH = re.compile(r"(?<=[a-z]{3})is(?=(?:e[ds]?|ing|ations?)\b)")


def spellings(term: str, is_known: Callable[[str], bool], nearest: Callable[[str], str]) -> Iterator[str]:
    """The term as it is, then in American spelling, then with each word that is not known read as the `nearest` one."""

    def read(match: re.Match[str]) -> str:
        word = match[0]
        return word if len(word) < LEAST_CHARS or is_known(word) else nearest(word)

    folded = term.casefold()
    american = _BRITISH.sub("iz", folded)
    yield term
    if american != folded:
        yield american
    yield from (spelled for one in dict.fromkeys((folded, american)) if (spelled := _WORD.sub(read, one)) != one)


def nearest_words(word: str, words: Iterable[str]) -> list[str]:
    """Those of the words, or of the first `MAX_WORDS` of them, that a word with slips may stand for, nearest first."""
    long_enough = [one for one in words if len(one) >= LEAST_CHARS][:MAX_WORDS]
    return get_close_matches(word, long_enough, _NEAREST, ALIKE)
