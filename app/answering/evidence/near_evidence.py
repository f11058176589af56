"""Evidence by similarity: for collections that are asked without a reader."""

from __future__ import annotations

from collections.abc import Sequence

from app.answering.evidence.answerability import Answerability
from app.answering.evidence.evidence import Evidence
from app.answering.evidence.selection import candidates_of, choose_quotes
from retrieval.retriever import PaperRetriever
from retrieval.types import Passage


class NearEvidence:
    """Quotes the sentences that are nearest to the question; nothing is read."""

    def __init__(self, retriever: PaperRetriever, answerability: Answerability) -> None:
        self._retriever = retriever
        self._answerability = answerability

    def find(self, question: str, standalone: str, passages: Sequence[Passage]) -> Evidence:
        """The evidence, by the similarities of passages, sentences and the questions written for papers."""
        found = candidates_of(self._retriever, standalone, passages, focus=question)
        verdict = self._answerability.judge(question, passages, found.sentences)
        quotes = choose_quotes(found.sentences, passages, question, found.expansion_queries) if verdict.answers else ()
        return Evidence(verdict.confidence, quotes, found.expansion_queries)
