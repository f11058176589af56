"""The search for evidence of one part, as for a question that is asked alone."""

from __future__ import annotations

from dataclasses import dataclass

from app.answering.events import ReadSentence
from app.answering.evidence.evidence import EvidenceFinder
from app.answering.evidence.prepared_answers import PreparedAnswers, PreparedMatch
from app.answering.several.findings import Findings
from app.answering.writing.opening import opening_of
from app.languages.phrases import AnswerPhrases
from retrieval.facets import Filters
from retrieval.retriever import LeftOut, PaperRetriever
from retrieval.types import Passage


@dataclass(frozen=True, slots=True)
class Search:
    """What all parts of a question are searched with."""

    retriever: PaperRetriever
    evidence: EvidenceFinder
    filters: Filters
    left_out: LeftOut
    words: AnswerPhrases
    prepared: PreparedAnswers | None = None

    def passages(self, text: str, filters: Filters | None = None) -> tuple[Passage, ...]:
        return tuple(self.retriever.passages(text, filters or self.filters, left_out=self.left_out))

    def find(self, text: str, standalone: str, filters: Filters | None = None) -> Findings:
        """The evidence for a part; `standalone` is how it reads with what it needs of those before it."""
        passages = self.passages(standalone, filters)
        papers = {passage.paper.id: passage.paper for passage in passages}
        written = self.retriever.questions(standalone, papers.values(), focus=text)
        found = self.evidence.find(text, standalone, passages, written)
        if self.prepared and (match := self.prepared.match(standalone, passages, found.read, filters or self.filters)):
            return self._prepared(text, match, passages, found.read)
        return Findings(
            text,
            found.status,
            found.quotes,
            opening=opening_of(text, found, self.words),
            confidence=found.confidence,
            passages=passages,
            written=written,
            read=found.read,
        )

    def _prepared(
        self, text: str, match: PreparedMatch, passages: tuple[Passage, ...], read: tuple[ReadSentence, ...]
    ) -> Findings:
        found = match.answer.evidence(match.chance, self.words.language, read)
        return Findings(
            text,
            found.status,
            found.quotes,
            confidence=found.confidence,
            passages=match.answer.passages(passages),
            read=found.read,
            direct=found.direct,
        )
