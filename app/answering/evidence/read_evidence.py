"""Evidence by reading: the sentences that answer, judged together with the question by a small model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.answering.events import Citation
from app.answering.evidence.calibration import ReadCalibration, features
from app.answering.evidence.evidence import Evidence
from app.answering.evidence.selection import (
    MAX_SENTENCES,
    as_quotes,
    asks_for_several,
    best_of_paper,
    papers_named,
    passages_to_read,
    quotable_by_paper,
)
from app.answering.reading.reader import Reader
from app.answering.reading.sentences import odds_of, read_sentences
from retrieval.retriever import PaperRetriever
from retrieval.types import Passage, Sentence

LEAD_SENTENCES = 2
"""Sentences of the first paper that answer by themselves."""
EXPLAINED = 1
"""How many more of a paper may come along to explain those."""
QUOTE_WORDS = 60
"""Words quoted of one paper, unless its best sentence has more."""
SENTENCE_WITHIN = 0.5
"""A further sentence is quoted from this share of the best one's chance."""
OTHERS_FROM, SEVERAL_FROM = 0.5, 0.25
"""A sentence of another paper is quoted from the first chance; where several papers are asked for, from the second."""
OTHERS_WITHIN = 0.6
"""It also reaches this share of the best one's chance."""
SCORE_COUNTS = 4.0
"""How much a paper's score in retrieval counts beside what was read in it, in log odds."""


class ReadEvidence:
    """Quotes the sentences that answer; whether any does is decided by what was read, for every collection alike."""

    def __init__(
        self,
        retriever: PaperRetriever,
        reader: Reader,
        calibration: ReadCalibration,
        answer_from: float | None = None,
    ) -> None:
        self._retriever = retriever
        self._reader = reader
        self._calibration = calibration
        self._threshold = calibration.threshold if answer_from is None else answer_from

    def find(self, question: str, standalone: str, passages: Sequence[Passage]) -> Evidence:
        """The evidence in the best papers' sentences, each read with the question."""
        papers = {passage.paper.id: passage.paper for passage in passages}
        written = tuple(self._retriever.questions(standalone, papers.values(), focus=question))
        asked = self._retriever.in_english(standalone)
        sentences = read_sentences(self._reader, asked, passages_to_read(passages))
        confidence = self._calibration.chance(features(asked, passages, sentences)) if sentences else 0.0
        quotes = quotes_read(sentences, passages, question) if confidence >= self._threshold else ()
        return Evidence(confidence, quotes, written)


def quotes_read(sentences: Sequence[Sentence], passages: Sequence[Passage], question: str) -> tuple[Citation, ...]:
    """The sentences that answer, of the paper where that is surest first, in reading order, numbered from 1.

    `sentences` have the chance of answering for a score. Other papers are quoted only
    where they answer too. A question that a paper asks is never quoted.
    """
    by_paper = quotable_by_paper(sentences)
    several = asks_for_several(question)
    chosen: list[Sentence] = []
    least = 0.0
    for place, paper in enumerate(_ranked(by_paper, passages, question)):
        own = by_paper[paper]
        best = max(sentence.score for sentence in own)
        if best < least:
            continue
        count = 1 if place else LEAD_SENTENCES
        room = min(MAX_SENTENCES - len(chosen), count + EXPLAINED)
        chosen += best_of_paper(own, count, room, chosen, SENTENCE_WITHIN, QUOTE_WORDS)
        if place == 0:
            least = max(SEVERAL_FROM if several else OTHERS_FROM, OTHERS_WITHIN * best)
    return as_quotes(chosen)


def _ranked(by_paper: Mapping[str, Sequence[Sentence]], passages: Sequence[Passage], question: str) -> list[str]:
    """The ids of the papers read, best first: those that the question names, then by what was read and found."""
    found = {passage.paper.id: passage for passage in reversed(passages)}
    named = papers_named(question, tuple(found[paper].paper for paper in by_paper))

    def rank(paper: str) -> tuple[bool, float]:
        surest = odds_of(max(sentence.score for sentence in by_paper[paper]))
        return paper not in named, -(surest + SCORE_COUNTS * found[paper].score)

    return sorted(by_paper, key=rank)
