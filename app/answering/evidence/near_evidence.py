"""Evidence by similarity: for collections that are asked without a reader."""

from __future__ import annotations

from collections.abc import Sequence

from app.answering.evidence.answerability import Answerability
from app.answering.evidence.evidence import Evidence, WrittenNear
from app.answering.evidence.selection import choose_quotes, passages_to_read
from retrieval.retriever import PaperRetriever
from retrieval.types import Passage

TEXTS_READ = 4
"""Passages of full texts of which every sentence is embedded, which takes longer than reading."""


class NearEvidence:
    """Quotes the sentences that are nearest to the question; nothing is read."""

    name = None

    def __init__(self, retriever: PaperRetriever, answerability: Answerability) -> None:
        self._retriever = retriever
        self._answerability = answerability

    def find(self, question: str, standalone: str, passages: Sequence[Passage], written: WrittenNear) -> Evidence:
        """The evidence, by the similarities of passages, sentences and the questions written for papers."""
        sentences = self._retriever.sentences(standalone, passages_to_read(passages, TEXTS_READ), focus=question)
        verdict = self._answerability.judge(question, passages, sentences)
        quotes = choose_quotes(sentences, passages, question, written) if verdict.answers else ()
        return Evidence(verdict.confidence, "answered" if quotes else "abstained", quotes)
