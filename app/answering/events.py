"""What an answer is made of, and the events that tell of it while it is being made.

The chain yields events in this order: `Status`* · `Sources` · `Quotes` ·
(`Token` | `SentenceChecked`)* · `Followups` · `Done`, or `Failed` at any point. Where a
language model writes a line above quotes, `Draft` and `Status`* stand before the tokens.
`name_of` gives the name that an event bears on the wire, `as_json` its data.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from app.answering.json_records import (
    AnswerRecord,
    CitationRecord,
    DirectRecord,
    OutsideFilterRecord,
    PartRecord,
    PlaceRecord,
    ReadRecord,
    SentenceRecord,
    SourceRecord,
    TableRecord,
    TableRowRecord,
)
from app.answering.places import PlaceInText, place_in_text, place_record
from app.answering.sources import best_passage_per_paper
from app.notices.notice import code_of, notices_as_json
from retrieval.errors import CorpusError
from retrieval.lead import lead_of
from retrieval.types import Paper, Part, Passage

REFUSAL = "The papers do not answer this."
"""The one sentence that says so, shared by quotes mode, prompts, tests and metrics."""

AnswerStatus = Literal["answered", "partly", "abstained"]
"""Whether the papers answer: "partly" where they come near and may not say what was asked."""
Mode = Literal["quotes", "generated"]
Support = Literal["supported", "contradicted", "unsupported", "uncited"]


def _words_now(paper: Paper, part: Part, start: int, end: int) -> str | None:
    """Words of a full text, which an answer keeps: by the time that it is drawn once more the text may be gone."""
    if part == "abstract":
        return None
    with suppress(CorpusError):
        return paper.part(part)[start:end]
    return None


@dataclass(frozen=True, slots=True)
class Citation:
    """Number `number` of the answer: `quote` is exactly `paper.part(part)[start:end]`.

    `gloss` is the quote in English where the abstract is in another language.
    """

    number: int
    paper: Paper
    start: int
    end: int
    score: float
    gloss: str | None = None
    part: Part = "abstract"
    _words: str | None = field(init=False, default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_words", _words_now(self.paper, self.part, self.start, self.end))

    @property
    def quote(self) -> str:
        return self.paper.part(self.part)[self.start : self.end] if self._words is None else self._words

    @property
    def place(self) -> PlaceInText | None:
        """Where the quote stands in the paper's full text, if it does."""
        return place_in_text(self.paper, self.part, self.start, self.end)

    def as_json(self) -> CitationRecord:
        record: CitationRecord = {
            "number": self.number,
            "paper": self.paper.as_json(),
            "quote": self.quote,
            "start": self.start,
            "end": self.end,
            "score": round(self.score, 4),
            **place_record(self.paper, self.part, self.place),
        }
        if self.gloss:
            record["gloss"] = self.gloss
        return record


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


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence that was read with the question, `paper.part(part)[start:end]`, and the chance that it answers."""

    paper: Paper
    start: int
    end: int
    score: float
    part: Part = "abstract"
    _words: str | None = field(init=False, default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_words", _words_now(self.paper, self.part, self.start, self.end))

    @property
    def text(self) -> str:
        return self.paper.part(self.part)[self.start : self.end] if self._words is None else self._words

    def as_json(self) -> ReadRecord:
        return {
            "paper": self.paper.id,
            "sentence": self.text,
            "start": self.start,
            "end": self.end,
            "score": round(self.score, 4),
            **place_record(self.paper, self.part),
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


def sources_as_json(passages: tuple[Passage, ...]) -> list[SourceRecord]:
    """The contract's `sources`: one entry a paper, its best passage, best paper first."""
    return [
        {
            "rank": rank,
            "paper": passage.paper.as_json(),
            "passage": passage.text,
            "start": passage.start,
            "end": passage.end,
            "score": round(passage.score, 4),
            **_source_place(passage),
        }
        for rank, passage in enumerate(map(_readable, best_passage_per_paper(passages)), start=1)
    ]


def _readable(passage: Passage) -> Passage:
    """The passage; where its text cannot be read any more, what else opens its paper."""
    try:
        _ = passage.text
    except CorpusError:
        return replace(lead_of(passage.paper), score=passage.score, signals=passage.signals)
    return passage


def _source_place(passage: Passage) -> PlaceRecord:
    """Where a passage of a text stands. Ten papers are told, so that no text is read for one of an abstract."""
    if passage.part == "abstract":
        return place_record(passage.paper, "abstract")
    place = place_in_text(passage.paper, "text", passage.start, passage.end)
    return place_record(passage.paper, "text", replace(place, boxes=()) if place else None)


@dataclass(frozen=True, slots=True)
class Status:
    """A few words on what is happening, for the reader who waits; a `Notice`."""

    text: str


@dataclass(frozen=True, slots=True)
class Sources:
    """All that was retrieved, best first."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Quotes:
    """The chosen evidence, numbered, before any language model has said a word."""

    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """The answer in quotes alone, whole as it stands, while a language model writes a line to stand above it."""

    text: str
    sentences: tuple[AnswerSentence, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """The next piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class SentenceChecked:
    """A finished sentence of the answer, held against its quotes."""

    sentence: AnswerSentence


@dataclass(frozen=True, slots=True)
class Followups:
    """Questions that the papers found can answer next."""

    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """The whole answer; what came before it was provisional."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer could be made; `message` is one plain sentence, a `Notice` where it has a code."""

    message: str


Event = Status | Sources | Quotes | Draft | Token | SentenceChecked | Followups | Done | Failed

_NAMES: dict[type, str] = {
    Status: "status",
    Sources: "sources",
    Quotes: "quotes",
    Draft: "draft",
    Token: "token",
    SentenceChecked: "sentence",
    Followups: "followups",
    Done: "done",
    Failed: "error",
}


def name_of(event: Event) -> str:
    """The event's name in the contract: status, sources, quotes, draft, token, sentence, followups, done or error."""
    return _NAMES[type(event)]


def as_json(event: Event) -> Mapping[str, Any]:
    """The event's data in the contract's JSON form."""
    match event:
        case Sources(passages):
            return {"sources": sources_as_json(passages)}
        case Quotes(citations):
            return {"citations": [citation.as_json() for citation in citations]}
        case Draft(text, sentences):
            return {"answer": text, "sentences": [sentence.as_json() for sentence in sentences]}
        case SentenceChecked(sentence):
            return sentence.as_json()
        case Done(answer):
            return answer.as_json()
        case Status(told):
            return {"text": told, **code_of(told)}
        case Failed(told):
            return {"message": told, **code_of(told)}
        case _:
            return asdict(event)
