"""Chosen papers side by side, as a table of quotes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.answering.answer import AnswerStatus
from app.answering.citation import Citation
from app.answering.collection.aspects import Aspect
from app.answering.json_records import CellRecord, PaperRowRecord, PaperTableRecord
from app.answering.places import place_record
from app.notices.notice import notices_as_json
from retrieval.types import Paper

Column = Aspect | Literal["answer"]
ANSWER: Column = "answer"


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper's quotes by column, None where its abstract was not seen to say it.

    `status` is what the quote under "answer" comes to; None where nothing was asked.
    """

    paper: Paper
    cells: Mapping[Column, Citation | None]
    status: AnswerStatus | None = None

    def as_json(self) -> PaperRowRecord:
        cells = {column: _cell(quote) if quote else None for column, quote in self.cells.items()}
        return {"paper": self.paper.as_json(), "status": self.status, "cells": {**cells}}


@dataclass(frozen=True, slots=True)
class PaperTable:
    """A row for each paper, in the order in which they were chosen, with a cell for each of the `columns`.

    Quotes are numbered from 1, row by row; one that stands in two columns has one number. `note` says what readers are
    told besides, such as that a paper has no abstract.
    """

    columns: tuple[Column, ...]
    rows: tuple[PaperRow, ...]
    question: str | None = None
    note: str | None = None

    @property
    def status(self) -> AnswerStatus:
        """What all rows come to together; a table without a question has nothing to abstain from."""
        statuses = {row.status for row in self.rows} - {None}
        if statuses <= {"answered"}:
            return "answered"
        return "abstained" if statuses == {"abstained"} else "partly"

    def as_json(self) -> PaperTableRecord:
        """The contract's JSON object."""
        return {
            "question": self.question,
            "columns": [*self.columns],
            "rows": [row.as_json() for row in self.rows],
            "note": self.note,
            "notes": notices_as_json(self.note),
        }


def _cell(quote: Citation) -> CellRecord:
    record: CellRecord = {
        "number": quote.number,
        "quote": quote.quote,
        "start": quote.start,
        "end": quote.end,
        "score": round(quote.score, 4),
        **place_record(quote.paper, quote.part, quote.place),
    }
    if quote.gloss:
        record["gloss"] = quote.gloss
    return record
