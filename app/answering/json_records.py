"""The contract's JSON objects as an answer and its events are told; docs/api.md says what each key means."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from app.notices.notice import NoticeRecord
from retrieval.types import PaperRecord


class BoxRecord(TypedDict):
    """A rectangle on a page, in points from its top left."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


class PlaceRecord(TypedDict):
    """Where a quote stands, told where its paper has a full text: offsets are into `part`."""

    part: NotRequired[str]
    page: NotRequired[int]
    section: NotRequired[str]
    boxes: NotRequired[list[BoxRecord]]


class CitationRecord(PlaceRecord):
    """A numbered quote."""

    number: int
    paper: PaperRecord
    quote: str
    start: int
    end: int
    score: float
    gloss: NotRequired[str]


class SentenceRecord(TypedDict):
    """A sentence of the answer and how it was checked."""

    text: str
    citations: list[int]
    support: str
    score: float


class SourceRecord(PlaceRecord):
    """A paper that was found, with its best passage."""

    rank: int
    paper: PaperRecord
    passage: str
    start: int
    end: int
    score: float


class ReadRecord(PlaceRecord):
    """A sentence that was read, and the chance that it answers; `paper` is its id."""

    paper: str
    sentence: str
    start: int
    end: int
    score: float


class DirectRecord(TypedDict):
    """The line that answers before the quotes do."""

    text: str
    by: str
    verdict: str | None
    citations: list[int]


class OutsideFilterRecord(PlaceRecord):
    """What the filters hide: the sentence that says so, and the quote that answers; null where no one paper does."""

    text: str
    paper: PaperRecord | None
    quote: str | None
    start: int | None
    end: int | None


class PartRecord(TypedDict):
    """One of several questions that were asked at once."""

    question: str
    status: str
    citations: list[int]


class TableRowRecord(TypedDict):
    """A side of a comparison; without a quote where no paper says what it is."""

    name: str
    paper: str | None
    quote: str | None
    citation: int | None


class TableRecord(TypedDict):
    """The sides of a comparison; `columns` are keys of the rows."""

    columns: list[str]
    rows: list[TableRowRecord]


class CellRecord(PlaceRecord):
    """A quote in a table of papers; whose it is, its row says."""

    number: int
    quote: str
    start: int
    end: int
    score: float
    gloss: NotRequired[str]


class PaperRowRecord(TypedDict):
    """A paper with its quotes by column; null where it was not seen to say it."""

    paper: PaperRecord
    status: str | None
    cells: dict[str, CellRecord | None]


class PaperTableRecord(TypedDict):
    """Chosen papers side by side."""

    question: str | None
    columns: list[str]
    rows: list[PaperRowRecord]
    note: str | None
    notes: list[NoticeRecord]


class AnswerRecord(TypedDict):
    """The whole answer."""

    id: str
    question: str
    standalone_question: str
    status: str
    mode: str
    answer: str
    confidence: float
    sentences: list[SentenceRecord]
    citations: list[CitationRecord]
    sources: list[SourceRecord]
    followups: list[str]
    timings: dict[str, float]
    models: dict[str, str | None]
    note: str | None
    notes: list[NoticeRecord]
    direct: DirectRecord | None
    read: list[ReadRecord]
    parts: list[PartRecord]
    table: TableRecord | None
    outside_filter: OutsideFilterRecord | None
