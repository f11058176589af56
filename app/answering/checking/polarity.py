"""Words that turn a statement round: those that deny, and those that say more or less."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from app.languages import LANGUAGES, words_of

DENYING = words_of(lambda language: language.claims.denying)
MORE = words_of(lambda language: language.claims.more)
LESS = words_of(lambda language: language.claims.less)
_PAIRS = frozenset(pair for language in LANGUAGES for pair in language.claims.opposites)
OPPOSITES = _PAIRS | {(two, one) for one, two in _PAIRS}
_ENDINGS = tuple(words_of(lambda language: language.claims.denying_endings))
_PREFIXES = words_of(lambda language: language.claims.denying_prefixes)
_FEWEST_LETTERS = 4


def is_denial(word: str) -> bool:
    """Whether the word, in small letters, denies what follows it."""
    return word in DENYING or word.endswith(_ENDINGS)


def opposed(claim: Sequence[str], sentence: Sequence[str]) -> bool:
    """Whether one says the opposite where the other has a word of its own: more and less, able and unable.

    Also where both have both words, but after other words: "a rises, b falls" and "a falls, b rises".
    """
    one, two = set(claim) - set(sentence), set(sentence) - set(claim)
    if any(_opposite(first, second) for first in one for second in two):
        return True
    after = set(pairwise(sentence)) - set(pairwise(claim))
    before = set(pairwise(claim)) - set(pairwise(sentence))
    return any(place == other and _opposite(word, turned) for place, word in before for other, turned in after)


def _opposite(one: str, two: str) -> bool:
    if (one in MORE and two in LESS) or (one in LESS and two in MORE) or (one, two) in OPPOSITES:
        return True
    plain, prefixed = sorted((one, two), key=len)
    return len(plain) >= _FEWEST_LETTERS and prefixed in {prefix + plain for prefix in _PREFIXES}
