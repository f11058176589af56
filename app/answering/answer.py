"""What an answer is made of; `Answer.as_json` is the contract's object."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from app.answering.citation import Citation, ReadSentence, sources_as_json
from app.answering.json_records import (
    AnswerRecord,
    DirectRecord,
    OutsideFilterRecord,
    PartRecord,
    PlaceRecord,
    SentenceRecord,
    TableRecord,
    TableRowRecord,
)
from app.answering.places import place_record
from app.notices.notice import notices_as_json
from retrieval.types import Passage

REFUSAL = "The papers do not answer this."
"""The one sentence that says so, shared by quotes mode, prompts, tests and metrics."""

AnswerStatus = Literal["answered", "partly", "abstained"]
"""Whether the papers answer: "partly" where they come near and may not say what was asked."""
Mode = Literal["quotes", "generated"]
Support = Literal["supported", "contradicted", "unsupported", "uncited"]


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A sentence of the answer with the numbers it cites and how they support it.

    `score`, in [0, 1], is how well they do (docs/verification.md).
    """

    text: str
    citations: tuple[int, ...]
    support: Support
    score: float

    def trimmed(self) -> AnswerSentence:
        """The same without the space that sets it off from what stands before it."""
        return AnswerSentence(self.text.strip(), self.citations, self.support, self.score)

    def as_json(self) -> SentenceRecord:
        return {
            "text": self.text,
            "citations": list(self.citations),
            "support": self.support,
            "score": round(self.score, 4),
        }


Author = Literal["project", "model"]
"""Whose words a direct answer has: this project's, or a language model's."""


Verdict = Literal["yes", "no", "mixed"]
"""What a question comes to that wants a yes or a no."""


@dataclass(frozen=True, slots=True)
class Direct:
    """The line that answers before the quotes do: in whose words, and the numbers of the quotes that say it.

    `score`, in [0, 1], is how surely they do.
    """

    text: str
    by: Author
    citations: tuple[int, ...]
    verdict: Verdict | None = None
    score: float = 1.0

    def as_json(self) -> DirectRecord:
        return {"text": self.text, "by": self.by, "verdict": self.verdict, "citations": list(self.citations)}


@dataclass(frozen=True, slots=True)
class OutsideFilter:
    """That the whole collection answers what the question's filters hide: a sentence, which stands in `answer` too.

    `quote` answers it first, of those that the filters leave out; None where no one paper does.
    """

    text: str
    quote: Citation | None = None

    def as_json(self) -> OutsideFilterRecord:
        quote = self.quote
        place: PlaceRecord = place_record(quote.paper, quote.part, quote.place) if quote else {}
        return {
            "text": self.text,
            "paper": quote.paper.as_json() if quote else None,
            "quote": quote.quote if quote else None,
            "start": quote.start if quote else None,
            "end": quote.end if quote else None,
            **place,
        }


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """One of several questions in the asker's words, what came of it, and the numbers of its quotes."""

    question: str
    status: AnswerStatus
    citations: tuple[int, ...] = ()

    def as_json(self) -> PartRecord:
        return {"question": self.question, "status": self.status, "citations": list(self.citations)}


@dataclass(frozen=True, slots=True)
class TableRow:
    """A side of a comparison as the asker calls it, with the quote that says what it is; None where none does."""

    name: str
    citation: Citation | None

    def as_json(self) -> TableRowRecord:
        quote = self.citation
        return {
            "name": self.name,
            "paper": quote.paper.name if quote else None,
            "quote": quote.quote if quote else None,
            "citation": quote.number if quote else None,
        }


TABLE_COLUMNS = ("name", "paper", "quote")
"""What a row of a comparison says, by the names that it has in the contract."""


def table_as_json(rows: tuple[TableRow, ...]) -> TableRecord | None:
    """The contract's `table`; None where nothing was compared."""
    return {"columns": list(TABLE_COLUMNS), "rows": [row.as_json() for row in rows]} if rows else None


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds since the question came in; None for a step that was not taken."""

    retrieve_ms: float | None = None
    evidence_ms: float | None = None
    first_token_ms: float | None = None
    total_ms: float | None = None

    def as_json(self) -> dict[str, float]:
        """The steps that were taken."""
        return {name: ms for name, ms in asdict(self).items() if ms is not None}


@dataclass(frozen=True, slots=True)
class AnswerModels:
    """What an answer was made with: names with versions, None for what had no part in it."""

    embedding: str | None = None
    reranker: str | None = None
    llm: str | None = None
    prompt: str | None = None
    corpus: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer: the contract's JSON object is `as_json()`."""

    id: str
    question: str
    standalone_question: str
    status: AnswerStatus
    mode: Mode
    answer: str
    confidence: float
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    sources: tuple[Passage, ...] = ()
    followups: tuple[str, ...] = ()
    timings: Timings = Timings()
    models: AnswerModels = AnswerModels()
    note: str | None = None
    """Why the answer is not in the mode that was asked for, and that passages were left out, where that is so."""
    read: tuple[ReadSentence, ...] = ()
    """What was read with the question, the surest first; empty where there is no reader."""
    direct: Direct | None = None
    """The line that answers before the quotes do, where there is one; it stands first in `answer` too."""
    parts: tuple[AnswerPart, ...] = ()
    """What was asked, where it was several things or a comparison of them."""
    table: tuple[TableRow, ...] = ()
    """The sides of a comparison."""
    outside_filter: OutsideFilter | None = None
    """What the question's filters hide, where the answer lacks it."""

    @property
    def understood_as(self) -> str:
        """How the question was understood, where that is another than was asked, and one that a person would ask.

        What was said before and the question in a row is none; empty then.
        """
        read = self.standalone_question
        return "" if read.casefold().endswith(self.question.casefold()) else read

    def as_json(self) -> AnswerRecord:
        return {
            "id": self.id,
            "question": self.question,
            "standalone_question": self.standalone_question,
            "status": self.status,
            "mode": self.mode,
            "answer": self.answer,
            "confidence": round(self.confidence, 4),
            "sentences": [sentence.as_json() for sentence in self.sentences],
            "citations": [citation.as_json() for citation in self.citations],
            "sources": sources_as_json(self.sources),
            "followups": list(self.followups),
            "timings": self.timings.as_json(),
            "models": asdict(self.models),
            "note": self.note,
            "notes": notices_as_json(self.note),
            "direct": self.direct.as_json() if self.direct else None,
            "read": [sentence.as_json() for sentence in self.read],
            "parts": [part.as_json() for part in self.parts],
            "table": table_as_json(self.table),
            "outside_filter": self.outside_filter.as_json() if self.outside_filter else None,
        }
