"""The lexical side: papers found by words (BM25) and by letters, which survives typing errors.

Only candidates are scored: those that the words on disk or the vectors have found. The scores are the same as
if every paper had been scored, as what is rare is counted over the collection.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.lexical.document import paper_document as paper_document
from retrieval.lexical.document import stem_of, stems
from retrieval.lexical.letters import LetterRarity, LetterWeights, cosines
from retrieval.lexical.tokens import telling_words
from retrieval.lexical.words import Words

MAX_QUERY_CHARS = 2_000
HALF_SCORE = 10.0
"""The BM25 score that counts one half."""
K1, B = 1.5, 0.75
"""BM25's usual constants: how soon a word that is repeated counts no more, and how much long documents count less."""
KEPT_DOCUMENTS = 2_000
"""Documents of which the words and letters are kept: some 30 KB each."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What the scores need of a document: how often it has each stem, stems in all, and its letters."""

    counts: Mapping[str, int]
    length: int
    letters: LetterWeights


class LexicalIndex:
    """How well the words and letters of a query fit papers; safe from any thread.

    `papers` is how many `words` has, `tokens` how many words all of them have, as `WordsWriter.add` counts.
    """

    def __init__(self, words: Words, papers: int, tokens: int, letters: LetterRarity) -> None:
        self.words = words
        self._papers = papers
        self._average = max(1.0, tokens / max(1, papers))
        self._letters = letters
        # By its text: a paper that changes is another document.
        self._read = lru_cache(maxsize=KEPT_DOCUMENTS)(self._read_anew)

    def knows(self, text: str) -> bool:
        """Whether papers use all words of the text that carry meaning. Raises `IndexStoreError`."""
        return all(self.words.frequency("words", stem) for stem in dict.fromkeys(stems(text)))

    def nearest(self, query: str, count: int, among: Sequence[int] | None = None) -> list[int]:
        """The numbers of the at most `count` papers that the words of the query fit best, the best first.

        A word that no paper has is read as those near to it. With `among`, of those papers alone. Raises
        `IndexStoreError`.
        """
        words = telling_words(query[:MAX_QUERY_CHARS])
        known = {word: self.words.frequency("words", stem_of(word)) > 0 for word in words}
        return self.words.best([stem_of(word) if known[word] else word for word in words], count, among)

    def scores(self, query: str, documents: Mapping[int, str]) -> dict[int, tuple[float, float]]:
        """By number, how well the words and the letters of each document fit the query, both in [0, 1].

        Words: BM25 as b / (b + HALF_SCORE). Unlike a share of the best, that stays low where the best is no good
        either. Letters: the cosine of their n-gram weights. `documents` are texts of `paper_document`. Raises
        `IndexStoreError`.
        """
        query = query[:MAX_QUERY_CHARS]
        rarity = self.rarity_of(query)
        read = [self._read(text) for text in documents.values()]
        letters = cosines(self._letters.weights(query), [document.letters for document in read])
        found = (self._bm25(rarity, document) for document in read)
        words = (bm25 / (bm25 + HALF_SCORE) for bm25 in found)
        return dict(zip(documents, zip(words, letters, strict=True), strict=True))

    def rarity_of(self, query: str) -> dict[str, float]:
        """How much each stem of the query counts, those that it says twice twice. Raises `IndexStoreError`."""
        said = Counter(stems(query[:MAX_QUERY_CHARS]))
        return {stem: times * self._idf(self.words.frequency("words", stem)) for stem, times in said.items()}

    def _idf(self, having: int) -> float:
        # The words on disk may still have papers that are replaced, so that more have it than there are.
        having = min(having, self._papers)
        return math.log1p((self._papers - having + 0.5) / (having + 0.5))

    def _bm25(self, rarity: Mapping[str, float], document: _Read) -> float:
        """BM25 as Lucene has it."""
        least = K1 * (1 - B + B * document.length / self._average)
        having = ((rare, document.counts.get(stem, 0)) for stem, rare in rarity.items())
        return sum(rare * count / (count + least) for rare, count in having if count)

    def _read_anew(self, text: str) -> _Read:
        said = stems(text)
        return _Read(Counter(said), len(said), self._letters.weights(text))
