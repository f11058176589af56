"""The search for evidence of one part, as for a question that is asked alone."""

from __future__ import annotations

from dataclasses import dataclass

from app.answering.evidence.search import EvidenceSearch
from app.answering.several.findings import Findings
from app.answering.writing.opening import opening_of
from app.languages.phrases import AnswerPhrases
from retrieval.facets import Filters
from retrieval.retriever import LeftOut
from retrieval.types import Passage


@dataclass(frozen=True, slots=True)
class Search:
    """What all parts of a question are searched with."""

    search: EvidenceSearch
    filters: Filters
    left_out: LeftOut
    words: AnswerPhrases

    def passages(self, text: str, filters: Filters | None = None) -> tuple[Passage, ...]:
        return self.search.passages(text, filters or self.filters, self.left_out)

    def find(self, text: str, standalone: str, filters: Filters | None = None) -> Findings:
        """The evidence for a part; `standalone` is how it reads with what it needs of those before it."""
        passages = self.passages(standalone, filters)
        read = self.search.read(text, standalone, text, passages)
        found = self.search.with_prepared(read, standalone, filters or self.filters).told(text, self.words.language)
        evidence = found.evidence
        return Findings(
            text,
            evidence.status,
            evidence.quotes,
            opening="" if found.prepared else opening_of(text, evidence, self.words),
            unsaid=evidence.direct.text if evidence.direct and not evidence.quotes else "",
            confidence=evidence.confidence,
            passages=found.passages,
            written=found.written,
            read=evidence.read,
            direct=evidence.direct if found.prepared else None,
        )
