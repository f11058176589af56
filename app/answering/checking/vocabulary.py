"""How much a word says in a collection, and which words are names there."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, Protocol

from retrieval.lexical.tokens import content_words
from retrieval.lexical.words import Field, Words, words_in_memory
from retrieval.papers.papers import Papers, papers_of
from retrieval.types import Paper

LOOKED_AT = 100
"""Papers in which it is looked up how a word is written."""
READ_AT_ONCE = 10
"""Most words are no names, and the first few papers show it."""
KEPT_WORDS = 20_000
_FIELDS: tuple[Field, ...] = ("summary", "abstract")
_LEAST = 0.02
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-.]\w+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n]\s+|[“\"(])$")
Written = Literal["small", "capital"]


class Vocabulary(Protocol):
    """What is known of words, by which a claim and its evidence are weighed."""

    def weight(self, word: str) -> float:
        """What the content word says, in (0, 1]; 1 where no document has it."""
        ...

    def is_name(self, word: str) -> bool:
        """Whether the word is known as a name, in whatever letters it is given."""
        ...


class CollectionVocabulary:
    """The words of a collection's names, summaries and abstracts, in English where they have it.

    Each is looked up when it is asked for; safe from any thread. Both methods raise `IndexStoreError` and, of names,
    `CorpusError` where the collection cannot be read.
    """

    def __init__(self, papers: Papers, words: Words) -> None:
        self._papers = papers
        self._words = words
        # The same words come with every question.
        self._weights = lru_cache(maxsize=KEPT_WORDS)(self._weighed)
        self._names = lru_cache(maxsize=KEPT_WORDS)(self._looked_up)

    def weight(self, word: str) -> float:
        """Its inverse document frequency as a share of the highest, that of a word of one paper or of none."""
        return self._weights(word)

    def is_name(self, word: str) -> bool:
        """Whether papers write it with a capital in mid-sentence and never without, of the first that have it."""
        return self._names(word.casefold())

    def _weighed(self, word: str) -> float:
        # The words on disk may still have papers that are replaced, so that more have it than there are.
        count = min(self._words.frequency_in_any(_FIELDS, word), len(self._papers))
        if not count:
            return 1.0
        never = math.log(len(self._papers) + 1) or 1.0
        return max(_LEAST, math.log((len(self._papers) + 1) / count) / never)

    def _looked_up(self, word: str) -> bool:
        terms = content_words(word)
        if not terms:
            return False
        having = sorted({number for field in _FIELDS for number in self._words.having(field, terms, LOOKED_AT)})
        written: set[Written | None] = set()
        for at in range(0, min(len(having), LOOKED_AT), READ_AT_ONCE):
            found = self._papers.numbered(having[at : at + READ_AT_ONCE]).values()
            written |= {_how_written(word, _read_text(one.paper)) for one in found}
            if "small" in written:
                return False
        return "capital" in written


def vocabulary_of(papers: Iterable[Paper]) -> CollectionVocabulary:
    """The vocabulary of papers that are no collection on disk."""
    own = papers_of(papers)
    return CollectionVocabulary(own, words_in_memory(own))


def _read_text(paper: Paper) -> str:
    return " \n".join((paper.name, paper.summary, paper.translations.get("en") or paper.abstract))


def _how_written(word: str, text: str) -> Written | None:
    """How the text writes the word: "small" somewhere, else with a "capital" in mid-sentence; None for neither."""
    capital = False
    for match in _WORD.finditer(text):
        if match[0].casefold() != word:
            continue
        if match[0][0].islower():
            return "small"
        capital = capital or not _SENTENCE_START.search(text[max(0, match.start() - 3) : match.start()])
    return "capital" if capital else None
