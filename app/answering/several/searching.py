"""The search for evidence of one part, as for a question that is asked alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.answering.evidence.evidence import EvidenceFinder
from app.answering.evidence.figures import lacks_figure
from app.answering.several.findings import Findings
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

    def passages(self, text: str, filters: Filters | None = None) -> tuple[Passage, ...]:
        return tuple(self.retriever.passages(text, filters or self.filters, left_out=self.left_out))

    def find(self, text: str, standalone: str, filters: Filters | None = None) -> Findings:
        """The evidence for a part; `standalone` is how it reads with what it needs of those before it."""
        return self.find_in(text, standalone, self.passages(standalone, filters))

    def find_in(self, text: str, standalone: str, passages: Sequence[Passage]) -> Findings:
        """The evidence in these passages."""
        papers = {passage.paper.id: passage.paper for passage in passages}
        written = self.retriever.questions(standalone, papers.values(), focus=text)
        found = self.evidence.find(text, standalone, passages, written)
        return Findings(
            text,
            found.status,
            found.quotes,
            corrects=found.corrects,
            confidence=found.confidence,
            passages=tuple(passages),
            written=written,
            read=found.read,
        )


def opening_of(found: Findings, words: AnswerPhrases) -> str:
    """What is said before a part's first quote, where that is more than that the paper says it."""
    if found.corrects:
        return words.otherwise
    if found.status != "partly":
        return ""
    return words.no_figure if all(lacks_figure(found.name, one.quote) for one in found.quotes) else words.nearest
