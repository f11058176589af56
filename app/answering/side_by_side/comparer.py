"""Sets chosen papers side by side, by what each says of its work or by what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.answering.citation import Citation
from app.answering.collection.aspects import aspects_of
from app.answering.collection.records import Records
from app.answering.evidence.evidence import NOTHING, Evidence, surest, unread
from app.answering.evidence.search import EvidenceSearch
from app.answering.missing import Missing, told_of_missing
from app.answering.query.foreign_question import ForeignQuestion, TermsByLanguage, foreign_question
from app.answering.question import Question
from app.answering.side_by_side.request import ToCompare
from app.answering.side_by_side.table import ANSWER, Column, PaperRow, PaperTable
from app.answering.writing.quotes import own_words
from app.notices.notice import Notice, together
from retrieval.retriever import LeftOut
from retrieval.types import Paper, Part, Passage

Answers = Mapping[str, Evidence]
"""What each paper answers, by its id; one that the index has nothing of is not among them."""
Numbers = dict[tuple[str, Part, int, int], int]
"""The numbers that quotes have, by their papers and places."""


@dataclass(frozen=True, slots=True)
class PaperComparer:
    """Asks each paper by itself, as if the collection had no other; safe from any thread."""

    search: EvidenceSearch
    records: Records
    terms: TermsByLanguage

    def compare(self, asked: ToCompare) -> PaperTable:
        """The table. Raises `IndexGoneError` where another process has replaced the index."""
        left_out: set[Missing] = set()
        question = asked.question
        foreign = foreign_question(question, self.records, self.terms) if question else None
        answers = self._answers(asked.papers, question, foreign, left_out.update) if question else None
        numbers: Numbers = {}
        rows = [_row(paper, asked, answers, numbers) for paper in asked.papers]
        notes = [Notice("paper_unquotable", name=own_words(paper.name)) for paper in asked.papers if not paper.readable]
        note = together(
            *notes,
            Notice("question_by_terms") if foreign else None,
            told_of_missing(left_out),
        )
        return PaperTable(asked.columns, tuple(rows), question.text if question else None, note)

    def _answers(
        self, papers: tuple[Paper, ...], question: Question, foreign: ForeignQuestion | None, left_out: LeftOut
    ) -> Answers:
        text = (foreign.question if foreign else question).text
        own: dict[str, list[Passage]] = {}
        for passage in self.search.retriever.passages_of(text, papers, left_out):
            own.setdefault(passage.paper.id, []).append(passage)
        found = {paper: self.search.read(text, text, text, passages).evidence for paper, passages in own.items()}
        if foreign is None:
            return found
        return {paper: unread(evidence, bool(foreign.terms)) for paper, evidence in found.items()}


def _row(paper: Paper, asked: ToCompare, answers: Answers | None, numbers: Numbers) -> PaperRow:
    """A paper's row; its quotes get the next of the `numbers`, the same words the same one."""
    cells: dict[Column, Citation | None] = {}
    if asked.aspects:
        said = aspects_of(paper)
        cells |= {aspect: said[aspect] for aspect in asked.aspects}
    evidence = None if answers is None else answers.get(paper.id, NOTHING)
    if evidence:
        cells[ANSWER] = surest(evidence.quotes) if evidence.quotes else None
    numbered: dict[Column, Citation | None] = {}
    for column, quote in cells.items():
        if quote is None:
            numbered[column] = None
            continue
        number = numbers.setdefault((paper.id, quote.part, quote.start, quote.end), len(numbers) + 1)
        numbered[column] = replace(quote, number=number)
    return PaperRow(paper, numbered, evidence.status if evidence else None)
