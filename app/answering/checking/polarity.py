"""Words that turn a statement round: those that deny, and those that say more or less."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


DENYING = _words(
    "not no never neither nor none cannot without hardly fail fails failed failing unable lack lacks lacked lacking "
    "absence absent refuse refuses avoid avoids prevent prevents prevented insufficient 不 没 无 未 非"
)
MORE = _words(
    "increase increases increased increasing rise rises rose rising raise raises raised grow grows grew growing more "
    "higher greater larger bigger better best most improve improves improved improving improvement strengthen "
    "strengthens strengthened gain gains exceed exceeds exceeded outperform outperforms outperformed outperforming "
    "beat beats above over faster stronger strong enhance enhances enhanced boost boosts promote promotes promoted "
    "upregulated elevated aggravate aggravates"
)
LESS = _words(
    "decrease decreases decreased decreasing reduce reduces reduced reducing reduction fall falls fell falling drop "
    "drops dropped lower less fewer smaller worse worst least worsen worsens worsened worsening decline declines "
    "declined weaken weakens weakened degrade degrades degraded mitigate mitigates mitigated mitigating "
    "diminish diminished diminishes shrink shrinks shrank slower weaker inhibit inhibits inhibited suppress "
    "suppresses suppressed underperform underperforms underperformed underperforming loses lost downregulated impair "
    "impairs impaired"
)
_PAIRS = (
    *(("easier", "harder"), ("easy", "hard"), ("easy", "difficult"), ("safe", "dangerous"), ("harmful", "harmless")),
    *(("over", "under"), ("above", "below"), ("up", "down"), ("many", "few"), ("high", "low"), ("strong", "weak")),
    *(("before", "after"), ("with", "without"), ("always", "never"), ("all", "none"), ("same", "different")),
    *(("cheap", "expensive"), ("true", "false"), ("positive", "negative"), ("succeed", "fail")),
)
OPPOSITES = frozenset(_PAIRS) | {(two, one) for one, two in _PAIRS}
_PREFIXES = ("un", "in", "im", "ir", "dis", "mis", "non", "non-")
_FEWEST_LETTERS = 4


def is_denial(word: str) -> bool:
    """Whether the word, in small letters, denies what follows it."""
    return word in DENYING or word.endswith("n't")


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
