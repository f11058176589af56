"""How well the passages of a full text fit a query by their words (BM25), counted in the text itself.

No index has them: the words of a few papers' texts are counted in a millisecond or two each, when they are asked for.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.lexical.document import stem_of
from retrieval.lexical.index import K1, B
from retrieval.lexical.tokens import FUNCTION_WORDS
from retrieval.types import Span

HALF_SCORE = 5.0
"""The BM25 score of a passage that counts one half: that of a shorter text than an abstract with its title."""
SURE_PREFIX = 5
"""A word has the first three letters of its stem where that has so many; of a shorter one the first letter."""


@dataclass(frozen=True, slots=True)
class TextScores:
    """`words` is how well the best passage fits, by how rare words are in the collection, and `passages` how well each
    does, by how rare they are in the text; all in [0, 1]."""

    words: float
    passages: tuple[float, ...]


def text_scores(text: str, passages: Sequence[Span], terms: Mapping[str, float]) -> TextScores:
    """The scores of a text's passages, as places in it; `terms` are the stems of a query with how much each counts."""
    wanted = frozenset(terms)
    counts = [_counted(text[span.start : span.end], wanted) for span in passages]
    lengths = [span.end - span.start for span in passages]
    having = Counter(term for said in counts for term in said)
    within = {term: math.log1p((len(counts) - having[term] + 0.5) / (having[term] + 0.5)) for term in terms}
    best = max(_bm25(counts, lengths, terms), default=0.0)
    return TextScores(_bounded(best), tuple(map(_bounded, _bm25(counts, lengths, within))))


def _bounded(score: float) -> float:
    return score / (score + HALF_SCORE)


def _bm25(counts: Sequence[Mapping[str, int]], lengths: Sequence[int], rarity: Mapping[str, float]) -> list[float]:
    average = max(1.0, sum(lengths) / max(1, len(lengths)))
    least = [K1 * (1 - B + B * length / average) for length in lengths]
    return [
        sum(rarity[term] * count / (count + few) for term, count in said.items())
        for said, few in zip(counts, least, strict=True)
    ]


def _counted(passage: str, wanted: frozenset[str]) -> dict[str, int]:
    """How often a passage has each of the terms wanted."""
    # A book has thousands of passages, so nothing is made anew for each.
    words = _beginning(wanted).findall(passage.casefold()) if wanted else ()
    counts: dict[str, int] = {}
    for word in words:
        if word not in FUNCTION_WORDS and (stem := stem_of(word)) in wanted:
            counts[stem] = counts.get(stem, 0) + 1
    return counts


@lru_cache(maxsize=64)
def _beginning(terms: frozenset[str]) -> re.Pattern[str]:
    """What may be a word of one of the stems: endings change, beginnings hardly."""
    begins = sorted({re.escape(term[:3] if len(term) >= SURE_PREFIX else term[:1]) for term in terms})
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(begins)})(?:[a-z0-9]*(?:[.,]\d+)*%?)")
