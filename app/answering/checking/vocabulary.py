"""How much a word says in a collection, and which words are names there."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from retrieval.lexical.tokens import content_words
from retrieval.types import Paper

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-.]\w+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n]\s+|[“\"(])$")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`rarity` is the inverse document frequency of each content word, as a share of the highest, that of a word
    of one document or of none.

    `names` are the words, in small letters, that the collection writes with a capital
    in mid-sentence and never without.
    """

    rarity: Mapping[str, float]
    names: frozenset[str] = frozenset()

    def weight(self, word: str) -> float:
        """What the content word says, in (0, 1]; 1 where no document has it."""
        return self.rarity.get(word, 1.0)

    @classmethod
    def of(cls, documents: Iterable[str]) -> Vocabulary:
        """The vocabulary of these texts."""
        counts: Counter[str] = Counter()
        capital: set[str] = set()
        small: set[str] = set()
        total = 0
        for document in documents:
            total += 1
            counts.update(set(content_words(document)))
            for match in _WORD.finditer(document):
                word = match[0]
                if word[0].islower():
                    small.add(word.casefold())
                elif not _SENTENCE_START.search(document[max(0, match.start() - 3) : match.start()]):
                    capital.add(word.casefold())
        never = math.log(total + 1) or 1.0
        rarity = {word: max(0.02, math.log((total + 1) / count) / never) for word, count in counts.items()}
        return cls(rarity, frozenset(capital - small))


def vocabulary_of(papers: Iterable[Paper]) -> Vocabulary:
    """The vocabulary of the papers' names, summaries and abstracts, in English where they have it."""
    return Vocabulary.of(
        " \n".join((paper.name, paper.summary, paper.translations.get("en") or paper.abstract)) for paper in papers
    )
