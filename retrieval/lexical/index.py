"""The lexical side: papers found by words (BM25) and by letters, which survives typing errors.

A paper is one document of all that is said of it: name, summary, abstract and the
questions written for it. Adding likely questions to a document is doc2query's idea
(Nogueira et al. 2019); here people of the project wrote them.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# bm25s and the stemmer have no types of their own; what is used of them is said here.

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, cast

import numpy as np

from retrieval.lexical.letters import LetterIndex
from retrieval.lexical.tokens import telling_words
from retrieval.models.heavy_imports import heavy_imports
from retrieval.types import Paper

MAX_QUERY_CHARS = 2_000
HALF_SCORE = 10.0
"""The BM25 score that counts one half."""


def paper_document(paper: Paper, questions: Sequence[str] = ()) -> str:
    """All that is said of a paper, as one text to look words up in."""
    english = paper.translations.get("en", "") if paper.language != "en" else ""
    return "\n".join(filter(None, (paper.name, paper.summary, paper.abstract, english, *questions)))


class _WordScorer(Protocol):
    """BM25 of bm25s."""

    vocab_dict: Mapping[str, int]

    def index(self, corpus: list[list[str]], /, *, show_progress: bool) -> None: ...

    def get_scores(self, query: list[str], /) -> np.ndarray: ...


class LexicalIndex:
    """BM25 and letter n-gram scores of a query against every paper; held in memory.

    `papers` are in the order of the scores.
    """

    def __init__(self, papers: Sequence[Paper], questions: Mapping[str, Sequence[str]]) -> None:
        import Stemmer

        with heavy_imports():
            import bm25s

        self.papers = tuple(papers)
        documents = [paper_document(paper, questions.get(paper.id, ())) for paper in papers]
        self._stem: Callable[[str], str] = Stemmer.Stemmer("english").stemWord
        self._words = cast("_WordScorer", bm25s.BM25())
        self._words.index([self._tokens(document) for document in documents], show_progress=False)
        self._letters = LetterIndex(documents)

    def knows(self, text: str) -> bool:
        """Whether papers use all words of the text that carry meaning."""
        return all(token in self._words.vocab_dict for token in self._tokens(text))

    def word_scores(self, query: str) -> np.ndarray:
        """BM25 of every paper as b / (b + HALF_SCORE), in [0, 1]; zeros where no word is known.

        Unlike a share of the best, that stays low where the best is no good either.
        """
        known = [token for token in self._tokens(query[:MAX_QUERY_CHARS]) if token in self._words.vocab_dict]
        if not known:
            return np.zeros(len(self.papers))
        scores = np.asarray(self._words.get_scores(known), dtype=np.float64)
        return scores / (scores + HALF_SCORE)

    def letter_scores(self, query: str) -> np.ndarray:
        """Cosine of letter n-gram weights (tf-idf) of the query and every paper, in [0, 1]."""
        return self._letters.scores(query[:MAX_QUERY_CHARS])

    def _tokens(self, text: str) -> list[str]:
        return [self._stem(word) for word in telling_words(text)]
