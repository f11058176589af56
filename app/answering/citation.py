"""What an answer quotes, reads and finds of papers, each with its place."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace

from app.answering.json_records import CitationRecord, PlaceRecord, ReadRecord, SourceRecord
from app.answering.places import PlaceInText, place_in_text, place_record
from app.answering.sources import best_passage_per_paper
from retrieval.errors import CorpusError
from retrieval.lead import lead_of
from retrieval.types import Paper, Part, Passage


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
