"""Papers by words and letters: how well those fit a query that it, or something else, has found."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from retrieval.admitted import Admitted
from retrieval.dense import MOST_HITS
from retrieval.in_texts import BY_WORDS as TEXTS_BY_WORDS
from retrieval.in_texts import TextSearch
from retrieval.lexical.index import LexicalIndex, paper_document
from retrieval.lexical.passage_words import TextScores
from retrieval.papers.papers import Numbered, Papers
from retrieval.retrieval_weights import RetrievalWeights

ALL = 200
"""Of so many papers at most each is compared by words and letters; of more those that words or vectors have found."""
BY_WORDS = 60
"""Papers that are asked of the index of words."""
LOOKED_UP = 20
"""Papers whose words and letters count: those that they fit best."""
NONE_WRITTEN: Mapping[str, Sequence[str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class LookedUp:
    """By the paper's id: how well words and letters fit, of the best `LOOKED_UP`, and what was counted in texts."""

    scores: Mapping[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])
    in_texts: Mapping[str, TextScores] = field(default_factory=dict[str, TextScores])


class WordSearch:
    """Looks papers up by the words and letters of their records, their written questions and their texts.

    `written` has the questions, by the paper's id. Safe from any thread; raises `IndexStoreError` or `CorpusError`.
    """

    def __init__(
        self,
        papers: Papers,
        lexical: LexicalIndex,
        texts: TextSearch,
        written: Callable[[], Mapping[str, Sequence[str]]],
    ) -> None:
        self._papers = papers
        self._lexical = lexical
        self._texts = texts
        self._written = written

    def look_up(self, query: str, near: Sequence[int], admitted: Admitted, weights: RetrievalWeights) -> LookedUp:
        """The papers admitted that fit best; `near` are the numbers of papers that were found otherwise, best first."""
        if not (weights.lexical or weights.letters):
            return LookedUp()
        small = admitted.count <= ALL and admitted.numbers is not None
        by_words = [] if small else self._by_words(query, admitted)
        numbers = admitted.numbers if small else {*near, *by_words}
        papers = self._papers.numbered(sorted(numbers or ()))
        scores = self._scores(query, papers, weights)
        in_texts: Mapping[str, TextScores] = {}
        if weights.lexical and any(one.paper.text for one in papers.values()):
            by_words = by_words or self._lexical.nearest(query, TEXTS_BY_WORDS, admitted.numbers)
            in_texts = self._texts.scores(query, near, by_words)
            for paper, said in in_texts.items():
                words, letters = scores.get(paper, (0.0, 0.0))
                scores[paper] = max(words, said.words), letters
        ranked = sorted(scores.items(), key=lambda one: -(weights.lexical * one[1][0] + weights.letters * one[1][1]))
        return LookedUp(dict(ranked[:LOOKED_UP]), in_texts)

    def _scores(
        self, query: str, papers: Mapping[int, Numbered], weights: RetrievalWeights
    ) -> dict[str, tuple[float, float]]:
        # Who measures without the written questions measures the papers' own words.
        written = self._written() if weights.questions else NONE_WRITTEN
        documents = {number: paper_document(one.paper, written.get(one.paper.id, ())) for number, one in papers.items()}
        return {
            papers[number].paper.id: (words if weights.lexical else 0.0, letters if weights.letters else 0.0)
            for number, (words, letters) in self._lexical.scores(query, documents).items()
        }

    def _by_words(self, query: str, admitted: Admitted) -> list[int]:
        """The numbers of the papers admitted that the words fit best."""
        if admitted.alone:
            return self._lexical.nearest(query, BY_WORDS, admitted.numbers)
        best = self._lexical.nearest(query, min(MOST_HITS, math.ceil(BY_WORDS / admitted.share)))
        within = self._papers.admitted(best, admitted.filters)
        return [number for number in best if number in within][:BY_WORDS]
