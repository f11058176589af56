"""The search for what answers one question: what is found, what is read in it, and what was prepared for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.answering.evidence.evidence import NOTHING, Evidence, EvidenceFinder, WrittenNear
from app.answering.evidence.prepared_answers import NEAR_FROM, PreparedAnswers, PreparedMatch
from retrieval.retriever import LeftOut, PaperRetriever
from retrieval.types import Filters, Passage

NEARNESS_UNKNOWN = 0.65
"""What stands for it where nothing was prepared, set by hand."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a question: the passages, best first, the questions written near it, and the evidence.

    `prepared` is the answer that was prepared for it.
    """

    passages: tuple[Passage, ...] = ()
    written: WrittenNear = ()
    evidence: Evidence = NOTHING
    prepared: PreparedMatch | None = None

    def told(self, question: str, language: str) -> Found:
        """The same with what was prepared for the evidence, told in the language, and its papers in front."""
        if self.prepared is None:
            return self
        match, answer = self.prepared, self.prepared.answer
        evidence = answer.evidence(question, match.chance, language, self.evidence.read, match.nearest)
        return replace(self, passages=answer.passages(self.passages), evidence=evidence)


@dataclass(frozen=True, slots=True)
class EvidenceSearch:
    """Finds, reads, and looks whether an answer was prepared; for a question and for each of its parts alike."""

    retriever: PaperRetriever
    evidence: EvidenceFinder
    prepared: PreparedAnswers | None = None

    def passages(self, text: str, filters: Filters, left_out: LeftOut) -> tuple[Passage, ...]:
        return tuple(self.retriever.passages(text, filters, left_out=left_out))

    def nearness(self, text: str) -> float:
        """How near the text comes to a way of asking for a prepared answer: a cosine similarity."""
        if self.prepared is None:
            return NEARNESS_UNKNOWN
        return max((near for _, near in self.prepared.nearest(text)), default=NEAR_FROM)

    def read(self, asked: str, standalone: str, focus: str, passages: Sequence[Passage]) -> Found:
        """What is read in the passages that were found for `standalone`, the question with what it needs of those
        before it; `focus` are its own words, and `asked` those of the question that shall be answered."""
        papers = {passage.paper.id: passage.paper for passage in passages}
        written = self.retriever.questions(standalone, papers.values(), focus=focus)
        return Found(tuple(passages), written, self.evidence.find(asked, standalone, passages, written))

    def with_prepared(self, found: Found, standalone: str, filters: Filters) -> Found:
        """The same with the answer that was prepared for the question, where one was."""
        if self.prepared is None:
            return found
        match = self.prepared.match(standalone, found.passages, found.evidence.read, filters)
        return replace(found, prepared=match)
