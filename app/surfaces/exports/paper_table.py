"""Chosen papers side by side as a file: a table in Markdown, or CSV."""

from __future__ import annotations

import csv
import io

from app.answering.citation import Citation
from app.answering.side_by_side.table import ANSWER, PaperRow, PaperTable
from app.notices.notice import said
from app.surfaces.exports.comparison import csv_cell
from app.surfaces.exports.files import escaped, linked_paper
from app.surfaces.ui_strings import UiStrings

PAPER_COLUMNS = ("paper_id", "paper", "organisation", "published", "url")
CELL_COLUMNS = ("", "_gloss", "_start", "_end")
"""What is told of each quote, behind its column's name: itself, its English, and where it stands …"""
TEXT_COLUMNS = ("_part", "_page")
"""… and, where there are full texts, in which of a paper's texts, and on which page."""


def table_markdown(table: PaperTable, words: UiStrings) -> str:
    """A heading, the table with a row a paper, and what readers are told besides; outside text is escaped."""
    heading = escaped(table.question) if table.question else words("compare_heading")
    head = [words("table_paper"), *(words(f"compare_{column}") for column in table.columns)]
    lines = [head, ["---"] * len(head), *(_cells(row, table, words) for row in table.rows)]
    parts = [f"# {heading}", "\n".join(f"| {' | '.join(cells)} |" for cells in lines)]
    if table.note:
        parts.append(words("md_note", note=escaped(said(table.note, words.language))))
    return "\n\n".join(parts) + "\n"


def _cells(row: PaperRow, table: PaperTable, words: UiStrings) -> list[str]:
    cells: list[str] = [linked_paper(row.paper)]
    for column in table.columns:
        quote = row.cells[column]
        if quote is None:
            cells.append(words("compare_unsaid"))
            continue
        near = column == ANSWER and row.status == "partly"
        cells.append(words("compare_near", quote=_quoted(quote, words)) if near else _quoted(quote, words))
    return cells


def _quoted(quote: Citation, words: UiStrings) -> str:
    own = f"“{escaped(quote.quote)}”"
    return f"{own} {words('card_gloss', gloss=escaped(quote.gloss))}" if quote.gloss else own


def table_csv(table: PaperTable) -> str:
    """The table with a heading (RFC 4180), a line a paper; what is not said is empty. No cell is a formula."""
    file = io.StringIO()
    writer = csv.writer(file)
    status = ("status",) if table.question else ()
    texts = any(row.paper.text for row in table.rows)
    ends = (*CELL_COLUMNS, *TEXT_COLUMNS) if texts else CELL_COLUMNS
    told = [f"{column}{end}" for column in table.columns for end in ends]
    writer.writerow([*PAPER_COLUMNS, *status, *told])
    for row in table.rows:
        paper = row.paper
        published = paper.published.isoformat() if paper.published else ""
        values: list[object] = [paper.id, paper.name, paper.organisation or "", published, paper.url or ""]
        values += [row.status or ""] if status else []
        for column in table.columns:
            quote = row.cells[column]
            values += _told(quote)[: len(ends)] if quote else [""] * len(ends)
        writer.writerow([csv_cell(value) for value in values])
    return file.getvalue()


def _told(quote: Citation) -> list[object]:
    """What `CELL_COLUMNS` and `TEXT_COLUMNS` say of it."""
    page = quote.place.page if quote.place else None
    return [quote.quote, quote.gloss or "", quote.start, quote.end, quote.part, "" if page is None else page]
