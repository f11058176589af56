"""What full texts add to a search: papers by the words of their texts, and the best passages within chosen papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from retrieval.chunking import part_at
from retrieval.dense import DenseSearch
from retrieval.grouping import TEXT_PASSAGES
from retrieval.lexical.index import LexicalIndex
from retrieval.lexical.passage_words import TextScores, text_scores
from retrieval.papers.papers import Papers
from retrieval.types import LeftOut, Passage, Span

READ_PAPERS = 4
"""Papers of which all passages are looked at, as so many are read."""
BY_MEANING, BY_WORDS = 8, 12
"""Papers of which the text's words are counted: the nearest by vectors, and those that words have found."""
MOST_CHARACTERS = 8_000_000
"""Of the texts whose words are counted at once, the first of which always is: some long books, or all twenty papers."""


class TextSearch:
    """Looks into the full texts of papers that were found otherwise; safe from any thread.

    Its methods raise `CorpusError` where a text cannot be read, and what `DenseSearch` raises.
    """

    def __init__(self, papers: Papers, dense: DenseSearch, lexical: LexicalIndex | None) -> None:
        self._papers = papers
        self._dense = dense
        self._lexical = lexical

    def scores(self, query: str, near: Sequence[int], by_words: Sequence[int]) -> dict[str, TextScores]:
        """How well the words of the texts fit the query, by the paper's id.

        `near` and `by_words` are the numbers of papers that were found, best first; of either the first are looked at.
        """
        return self._counted(query, [*near[:BY_MEANING], *by_words[:BY_WORDS]])

    def deepened(
        self,
        query: str,
        found: Sequence[Passage],
        papers: int,
        vector: np.ndarray,
        known: Mapping[str, TextScores],
        left_out: LeftOut,
    ) -> list[Passage]:
        """The passages found, those of the texts of the first `papers` in the place of which their best are, of all.

        By words as well as by meaning: within a paper, of which all passages speak of the same things, the words of
        the question tell most. `known` is what `scores` has counted.
        """
        first = dict.fromkeys(passage.paper.id for passage in found if passage.paper.text)
        among = set(list(dict.fromkeys(passage.paper.id for passage in found))[:papers])
        numbers = self._papers.numbers_of(paper for paper in first if paper in among)
        if not numbers:
            return list(found)
        own: dict[str, list[Passage]] = {}
        for passage in self._dense.of(numbers.values(), vector, left_out):
            if passage.part == "text":
                own.setdefault(passage.paper.id, []).append(passage)
        counted = {**known, **self._counted(query, [numbers[paper] for paper in own if paper not in known])}
        read = self._papers.numbered(numbers[paper] for paper in own)
        best = {
            paper: _best(passages, counted.get(paper), _places(read[numbers[paper]].spans))
            for paper, passages in own.items()
        }
        return _exchanged(found, best)

    def _counted(self, query: str, numbers: Sequence[int]) -> dict[str, TextScores]:
        if self._lexical is None or not numbers:
            return {}
        terms = self._lexical.rarity_of(query)
        counted: dict[str, TextScores] = {}
        room = MOST_CHARACTERS
        for one in self._papers.numbered(numbers).values():
            if one.paper.text is None or (counted and one.paper.text.characters > room):
                continue
            room -= one.paper.text.characters
            counted[one.paper.id] = text_scores(one.paper.part("text"), _places(one.spans), terms)
        return counted


def _places(spans: Sequence[Span]) -> list[Span]:
    """Those of a paper's passages that are of its text, as places in that, in the order of the collection."""
    parts = ((part_at(span.start), part_at(span.end)) for span in spans)
    return [Span(start, end) for (part, start), (_, end) in parts if part == "text"]


def _best(passages: Sequence[Passage], words: TextScores | None, places: Sequence[Span]) -> list[Passage]:
    """The best of a text's passages, best first; `words` has a score for each of the `places`."""
    said = dict(zip(places, words.passages, strict=True)) if words else {}
    near = [passage.score + said.get(Span(passage.start, passage.end), 0.0) for passage in passages]
    ranked = sorted(range(len(passages)), key=lambda place: -near[place])
    return [passages[place] for place in ranked[:TEXT_PASSAGES]]


def _exchanged(found: Sequence[Passage], best: Mapping[str, Sequence[Passage]]) -> list[Passage]:
    """The passages found, of the papers in `best` those in the place of their texts' own, with their papers' scores."""
    out: list[Passage] = []
    for paper in dict.fromkeys(passage.paper.id for passage in found):
        own = [passage for passage in found if passage.paper.id == paper]
        if paper not in best:
            out += own
            continue
        first = own[0]
        gave = {name: value for name, value in first.signals.items() if name != "passage"}
        texts = [
            replace(passage, score=first.score, signals={"passage": passage.score, **gave}) for passage in best[paper]
        ]
        abstract = [passage for passage in own if passage.part == "abstract"]
        out += [*abstract, *texts] if first.part == "abstract" else [*texts, *abstract]
    return out
