"""The sides of comparisons as a table: in Markdown, and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable

from app.answering.answer import Answer, TableRow
from app.surfaces.ui_strings import UiStrings
from retrieval.sanitize import sanitize

CSV_COLUMNS = ("question", "name", "paper", "organisation", "published", "quote", "citation", "url")
# A spreadsheet takes a cell that begins so for a formula, and computes it; some take the wide signs of Chinese too.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def markdown_table(rows: tuple[TableRow, ...], words: UiStrings, escaped: Callable[[str], str]) -> str:
    """The rows as a table of Markdown; `escaped` makes outside text one that means nothing to it."""
    head = [words(f"table_{name}") for name in ("name", "paper", "quote")]
    lines = [head, ["---"] * len(head)]
    for row in rows:
        quote = row.citation
        said = f"{escaped(quote.quote)} [{quote.number}]" if quote else words("table_unsaid")
        lines.append([escaped(row.name), escaped(quote.paper.name) if quote else "", said])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def comparisons_csv(answers: Iterable[Answer]) -> str:
    """The rows of all comparisons as CSV with a heading (RFC 4180)."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(CSV_COLUMNS)
    for answer in answers:
        for row in answer.table:
            writer.writerow([csv_cell(value) for value in (answer.question, *_values(row))])
    return file.getvalue()


def _values(row: TableRow) -> tuple[object, ...]:
    quote = row.citation
    if quote is None:
        return (row.name, "", "", "", "", "", "")
    paper = quote.paper
    published = paper.published.isoformat() if paper.published else ""
    return (row.name, paper.name, paper.organisation or "", published, quote.quote, quote.number, paper.url or "")


def csv_cell(value: object) -> str:
    """The value on one line, and no formula."""
    text = " ".join(sanitize(str(value)).split())
    return f"'{text}" if text.startswith(_FORMULA) else text
